"""An application as its provider sees it: start, task list, submission, withdrawal."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.agreements.models import Agreement
from dps_portal.ui.acts import READ, attempt
from providers import rules, services
from providers.forms import LotsForm, StartForm, SubmitForm, WithdrawForm
from providers.models import Provider
from providers.states import ApplicationState

from .acts import answers_of, find

SECTION_PAGES = {
    "details": "save_details",
    "locations": "location_list",
    "declaration": "save_declaration",
    "evidence": "evidence_list",
    "lot": "save_lot",
}


@requires(Permission.EDIT_APPLICATION)
def start_application(request, agreement):
    agreement = get_object_or_404(Agreement.objects.public(), reference=agreement)
    provider = get_object_or_404(Provider.objects.of(request.user))
    now = timezone.now()
    lots = open_lots(provider, agreement)
    earlier = provider.applications.filter(agreement=agreement).newest_first().first()
    form = StartForm(request.POST or None, lots=lots, earlier=earlier)
    started = attempt(
        form,
        lambda: services.start_application(
            provider=provider,
            agreement=agreement,
            lots=form.cleaned_data["lots"],
            copied_from=earlier if form.cleaned_data.get("reuse") else None,
            by=request.user,
            at=now,
        ),
    )
    if started:
        return redirect(started)
    return render(
        request,
        "providers/start_application.html",
        {
            "agreement": agreement,
            "provider": provider,
            "form": form,
            "lots": lots,
            "counts_from": services.counts_from(agreement, now),
            "now": now,
            "objections": services.objections_to_start(provider, agreement, lots, now),
        },
    )


def open_lots(provider, agreement):
    """The lots that the provider does not hold yet."""
    held = provider.admissions.held(timezone.localdate()).values("lot")
    return agreement.lots.exclude(pk__in=held).order_by("number")


@requires(Permission.EDIT_APPLICATION)
def choose_lots(request, reference):
    """Add and drop lots of a draft."""
    one = find(request, reference)
    form = LotsForm(
        request.POST or None,
        lots=open_lots(one.provider, one.agreement),
        initial={"lots": one.lots.values_list("lot", flat=True)},
    )
    saved = attempt(
        form,
        lambda: services.choose_lots(
            application=one, lots=form.cleaned_data["lots"], by=request.user, at=timezone.now()
        ),
    )
    if saved:
        return redirect(saved)
    objections = rules.objections_to_change_of_lots(ApplicationState(one.state))
    facts = {"application": one, "form": form, "objections": objections}
    return render(request, "providers/choose_lots.html", facts)


@requires(Permission.EDIT_APPLICATION, methods=READ)
def application(request, reference):
    """A draft is a task list; afterwards it shows what was submitted and what came of it."""
    one = find(request, reference)
    may_submit = request.user.may(Permission.SUBMIT_APPLICATION)
    facts = {"clarifications": one.clarifications_in_order(), "today": timezone.localdate()}
    if not one.is_editable:
        withdrawable = not rules.objections_to_move(
            ApplicationState(one.state), ApplicationState.WITHDRAWN
        )
        facts |= {**answers_of(one), "may_withdraw": may_submit and withdrawable}
        return render(request, "providers/application_sent.html", facts)
    sections = rules.sections(one.answers(), today=timezone.localdate())
    now = timezone.now()
    facts |= {
        "application": one,
        "tasks": [task(one, section) for section in sections],
        "done": sum(not section.missing for section in sections),
        "may_submit": may_submit,
        "counts_from": services.counts_from(one.agreement, now),
        "now": now,
    }
    return render(request, "providers/application.html", facts)


def task(application, section) -> dict:
    place = [application.reference] + ([section.lot] if section.lot is not None else [])
    facts = {
        "text": section.title,
        "url": reverse(f"providers:{SECTION_PAGES[section.key]}", args=place),
    }
    if section.missing:
        first, *more = section.missing
        hint = f"{first} And {len(more)} more." if more else first
        return facts | {"status": "Incomplete", "colour": "blue", "hint": hint}
    return facts | {"status": "Completed"}


@requires(Permission.SUBMIT_APPLICATION)
def submit_application(request, reference):
    """All answers once more, and what is missing."""
    one = find(request, reference)
    now = timezone.now()
    form = SubmitForm(request.POST or None)
    sent = attempt(
        form,
        lambda: services.submit_application(application=one, by=request.user, at=now),
    )
    if sent:
        messages.success(request, f"Application {sent} is submitted.")
        return redirect(sent)
    facts = {"form": form, "objections": services.objections_to_submission(one, now)}
    return render(request, "providers/submit_application.html", answers_of(one) | facts)


@requires(Permission.SUBMIT_APPLICATION)
def withdraw_application(request, reference):
    one = find(request, reference)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    withdrawn = attempt(
        form,
        lambda: services.withdraw_application(application=one, by=request.user, at=timezone.now()),
    )
    if withdrawn:
        messages.success(request, f"Application {one} is withdrawn.")
        return redirect(one.provider)
    objections = rules.objections_to_move(ApplicationState(one.state), ApplicationState.WITHDRAWN)
    return render(
        request,
        "providers/withdraw_application.html",
        {"application": one, "form": form, "objections": objections},
    )
