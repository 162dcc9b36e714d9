"""Restricted records, break-glass and its review, and who looked at whose record."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Permission
from dps_portal.ui.acts import READ, attempt, list_page
from placements import services
from placements.forms import (
    AccessListForm,
    BreakGlassListForm,
    BreakGlassReviewForm,
    ReadersForm,
    ReasonForm,
    RestrictionForm,
)
from placements.models import BreakGlass, Person, PersonAccess, Referral

from .acts import act_page
from .people import find


@requires(Permission.MANAGE_PRIVACY)
def restrict_person(request, reference):
    """The list begins with those who work on the case and the manager who restricts it."""
    at = timezone.now()
    one = find(request, reference, at)
    workers = Referral.objects.visible_to(request.user, at).filter(person=one).values("worker")
    form = RestrictionForm(
        request.POST or None,
        initial={
            "readers": User.objects.filter(pk__in=workers) | User.objects.filter(pk=request.user.pk)
        },
    )
    return act_page(
        request,
        one,
        form,
        lambda: services.restrict_person(person=one, **form.cleaned_data, by=request.user, at=at),
        person=one,
        done="The record is restricted.",
    )


@requires(Permission.MANAGE_PRIVACY)
def change_readers(request, reference):
    at = timezone.now()
    one = find(request, reference, at)
    readers = one.readers.open().values_list("user", flat=True)
    form = ReadersForm(request.POST or None, initial={"readers": list(readers)})
    if attempt(
        form,
        lambda: services.change_readers(person=one, **form.cleaned_data, by=request.user, at=at),
    ):
        messages.success(request, "The list is changed.")
        in_sight = Person.objects.visible_to(request.user, at).filter(pk=one.pk).exists()
        return redirect(one if in_sight else "placements:find_person")
    return render(request, "placements/change_readers.html", {"person": one, "form": form})


@requires(Permission.MANAGE_PRIVACY)
def lift_restriction(request, reference):
    at = timezone.now()
    one = find(request, reference, at)
    form = ReasonForm(request.POST or None, submit="Lift the restriction")
    return act_page(
        request,
        one,
        form,
        lambda: services.lift_restriction(person=one, **form.cleaned_data, by=request.user, at=at),
        person=one,
        done="The restriction is lifted.",
    )


@requires(Permission.VIEW_CASES)
def break_glass(request, reference):
    """Of anybody held, in sight or not: the page itself tells nothing of them."""
    at = timezone.now()
    one = get_object_or_404(Person.objects.to_break_glass(request.user), reference=reference)
    form = ReasonForm(request.POST or None, submit="Open the case", is_destructive=True)
    return act_page(
        request,
        one,
        form,
        lambda: services.break_glass(person=one, **form.cleaned_data, by=request.user, at=at),
        person=one,
        done="The case is open to you for 24 hours. The managers have been told.",
    )


@requires(Permission.VIEW_ACCESSES, methods=READ)
def break_glass_list(request):
    """To the auditor as well: references and reasons, and nobody's name."""
    rows = BreakGlass.objects.visible_to(request.user).select_related("person", "user")
    form = BreakGlassListForm(request.GET)
    asked = form.asked()
    if wanted := asked["q"]:
        rows = rows.matching_text(wanted)
    if state := asked["state"]:
        rows = rows.filter(reviewed_at__isnull=state == "waiting")
    return list_page(
        request,
        "placements/break_glass_list.html",
        rows=rows.newest_first(),
        form=form,
        columns={
            "Reference": lambda one: one.reference,
            "Person": lambda one: one.person.reference,
            "Opened by": lambda one: one.user.ref,
            "From": lambda one: one.at,
            "Until": lambda one: one.until,
            "Reason": lambda one: one.reason,
            "Reviewed": lambda one: one.reviewed_at,
            "Justified": lambda one: {True: "Yes", False: "No"}.get(one.is_justified),
            "Review": lambda one: one.review_note,
        },
        name="break-glass",
        may_review=request.user.may(Permission.MANAGE_PRIVACY),
    )


@requires(Permission.MANAGE_PRIVACY)
def review_break_glass(request, reference):
    opened = get_object_or_404(
        BreakGlass.objects.visible_to(request.user).select_related("person", "user"),
        reference=reference,
    )
    form = BreakGlassReviewForm(request.POST or None)
    if attempt(
        form,
        lambda: services.review_break_glass(
            opened=opened, **form.cleaned_data, by=request.user, at=timezone.now()
        ),
    ):
        messages.success(request, f"The review of {opened} is recorded.")
        return redirect("placements:break_glass_list")
    return render(request, "placements/review_break_glass.html", {"opened": opened, "form": form})


@requires(Permission.VIEW_ACCESSES, methods=READ)
def access_list(request):
    rows = PersonAccess.objects.visible_to(request.user).select_related("person", "user")
    form = AccessListForm(request.GET)
    asked = form.asked()
    if wanted := asked["person"]:
        rows = rows.filter(person__reference__startswith=wanted.upper())
    if wanted := asked["user"]:
        rows = rows.filter(user__ref__startswith=wanted.upper())
    if kind := asked["kind"]:
        rows = rows.filter(kind=kind)
    if purpose := asked["purpose"]:
        rows = rows.filter(purpose="" if purpose == "none" else purpose)
    if first := asked["first_day"]:
        rows = rows.filter(at__date__gte=first)
    if last := asked["last_day"]:
        rows = rows.filter(at__date__lte=last)
    return list_page(
        request,
        "placements/access_list.html",
        rows=rows.newest_first(),
        form=form,
        columns={
            "When": lambda one: one.at,
            "Person": lambda one: one.person.reference,
            "Who looked": lambda one: one.user.ref,
            "What": lambda one: one.get_kind_display(),
            "Why": lambda one: one.get_purpose_display(),
        },
        name="record-accesses",
    )
