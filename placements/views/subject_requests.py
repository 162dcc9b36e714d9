"""Exports and erasures of everything held, by two managers, and what is due to be erased."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.ui.acts import READ, attempt, list_page
from placements import rules, services
from placements.forms import (
    DownloadForm,
    ReasonForm,
    RetentionListForm,
    SubjectDecisionForm,
    SubjectRequestListForm,
)
from placements.models import Person, SubjectRequest
from placements.states import SubjectRequestKind, SubjectRequestState

from .acts import act_on, act_page, permitted
from .people import find as find_person

LAYOUTS = {
    "txt": (services.as_text, "text/plain; charset=utf-8"),
    "json": (services.as_json, "application/json"),
}


def find(request, reference, at) -> SubjectRequest:
    rows = SubjectRequest.objects.visible_to(request.user, at)
    return get_object_or_404(
        rows.select_related("person", "asked_by", "decided_by"), reference=reference
    )


@requires(Permission.MANAGE_PRIVACY)
def request_export(request, reference):
    at = timezone.now()
    one = find_person(request, reference, at)
    form = ReasonForm(request.POST or None, submit="Ask for the export")
    return act_page(
        request,
        one,
        form,
        lambda: services.request_export(person=one, **form.cleaned_data, by=request.user, at=at),
        person=one,
        done="The export is asked for. Another manager decides on it.",
    )


@requires(Permission.MANAGE_PRIVACY)
def request_erasure(request, reference):
    at = timezone.now()
    one = find_person(request, reference, at)
    form = ReasonForm(request.POST or None, submit="Ask for the erasure", is_destructive=True)
    return act_page(
        request,
        one,
        form,
        lambda: services.request_erasure(person=one, **form.cleaned_data, by=request.user, at=at),
        person=one,
        done="The erasure is asked for. Another manager decides on it.",
    )


@requires(Permission.VIEW_ACCESSES, methods=READ)
def subject_request_list(request):
    rows = SubjectRequest.objects.visible_to(request.user).select_related(
        "person", "asked_by", "decided_by"
    )
    form = SubjectRequestListForm(request.GET)
    asked = form.asked()
    if wanted := asked["q"]:
        rows = rows.matching_text(wanted)
    for name in ("kind", "state"):
        if asked[name]:
            rows = rows.filter(**{name: asked[name]})
    return list_page(
        request,
        "placements/subject_request_list.html",
        rows=rows.newest_first(),
        form=form,
        columns={
            "Reference": lambda one: one.reference,
            "Person": lambda one: one.person.reference,
            "What": lambda one: one.get_kind_display(),
            "Asked": lambda one: one.asked_at,
            "Asked by": lambda one: one.asked_by.ref,
            "State": lambda one: one.get_state_display(),
            "Decided": lambda one: one.decided_at,
            "Decided by": lambda one: one.decided_by and one.decided_by.ref,
        },
        name="subject-requests",
    )


@requires(Permission.VIEW_ACCESSES, methods=READ)
def subject_request(request, reference):
    at = timezone.now()
    one = find(request, reference, at)
    return render(
        request,
        "placements/subject_request.html",
        {"asked": one, "acts": next_acts(request.user, one, at)},
    )


def next_acts(user, one: SubjectRequest, at) -> list:
    manager = (user, Permission.MANAGE_PRIVACY, "An assessment manager")
    if one.state == SubjectRequestState.WAITING:
        objections = rules.objections_to_subject_decision(
            state=SubjectRequestState(one.state),
            is_own=one.asked_by_id == user.pk,
            is_approved=True,
            reason="",
        )
        deciding = permitted(*manager, objections)
        return [act_on(one, "decide_subject_request", "Decide on it", deciding)]
    if one.kind == SubjectRequestKind.EXPORT and one.state == SubjectRequestState.APPROVED:
        taking = permitted(*manager, objections_to_download(one, at))
        return [act_on(one, "download_export", "Download everything held", taking)]
    return []


def objections_to_download(one: SubjectRequest, at) -> list[str]:
    return rules.objections_to_download(
        kind=SubjectRequestKind(one.kind),
        state=SubjectRequestState(one.state),
        is_erased=one.person.erased_at is not None,
        decided_on=one.decided_at and timezone.localdate(one.decided_at),
        today=timezone.localdate(at),
    )


@requires(Permission.MANAGE_PRIVACY)
def decide_subject_request(request, reference):
    at = timezone.now()
    one = find(request, reference, at)
    form = SubjectDecisionForm(request.POST or None)
    form.is_destructive = one.kind == SubjectRequestKind.ERASURE
    if attempt(
        form,
        lambda: services.decide_subject_request(
            asked=one, **form.cleaned_data, by=request.user, at=at
        ),
    ):
        messages.success(request, f"The decision on {one} is recorded.")
        return redirect(one)
    return render(request, "placements/decide_subject_request.html", {"asked": one, "form": form})


@requires(Permission.MANAGE_PRIVACY)
def download_export(request, reference):
    """The file answers a POST that says why, so that no address opens it."""
    at = timezone.now()
    one = find(request, reference, at)
    form = DownloadForm(request.POST or None)
    record = attempt(
        form,
        lambda: services.download_export(
            asked=one, purpose=form.cleaned_data["purpose"], by=request.user, at=at
        ),
    )
    if record is None:
        return render(request, "placements/download_export.html", {"asked": one, "form": form})
    layout = form.cleaned_data["layout"]
    write, media_type = LAYOUTS[layout]
    return HttpResponse(
        write(record),
        content_type=media_type,
        headers={"Content-Disposition": f'attachment; filename="{one.person}.{layout}"'},
    )


@requires(Permission.VIEW_ACCESSES, methods=READ)
def retention_list(request):
    """What is due to be erased, the longest due first; what is on hold among it."""
    today = timezone.localdate(timezone.now())
    rows = Person.objects.due_for_erasure(rules.last_contact_of_due(today)).for_retention(
        request.user
    )
    form = RetentionListForm(request.GET)
    if wanted := form.asked()["q"]:
        rows = rows.filter(reference__icontains=wanted)
    return list_page(
        request,
        "placements/retention_list.html",
        rows=rows.order_by("last_contact_at", "pk"),
        form=form,
        columns={
            "Person": lambda one: one.reference,
            "Last contact": lambda one: timezone.localdate(one.last_contact_at),
            "Due": due_on,
            "State": lambda one: one.standing,
        },
        name="due-for-erasure",
        prepare=tell_when_due,
        may_erase=request.user.may(Permission.MANAGE_PRIVACY),
    )


def tell_when_due(people):
    for one in people:
        one.due_on = due_on(one)


def due_on(one: Person):
    return rules.erasure_due_on(timezone.localdate(one.last_contact_at))
