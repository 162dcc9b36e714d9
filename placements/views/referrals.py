"""Referrals, from the list to the choice of a provider."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from dps_portal.accounts.access import ACT, requires
from dps_portal.accounts.roles import Permission
from dps_portal.ui.acts import attempt, attempt_at_once, list_page
from placements import rules, services
from placements.forms import (
    AllocationForm,
    EligibilityForm,
    IdentityForm,
    ListForm,
    ReferralForm,
)
from placements.models import Person, Placement, Referral
from placements.states import ReferralState

from .acts import act_on, permitted

READ = ("GET", "HEAD")


def find(request, reference) -> Referral:
    rows = Referral.objects.visible_to(request.user).select_related("agreement", "lot", "worker")
    return get_object_or_404(rows.select_related("person", "created_by"), reference=reference)


@requires(Permission.VIEW_CASES, methods=READ)
def referral_list(request):
    rows = Referral.objects.visible_to(request.user).select_related("person", "worker", "lot")
    form = ListForm(request.GET, states=ReferralState.choices)
    asked = form.asked()
    if wanted := asked["q"]:
        rows = rows.matching_text(wanted)
    if state := asked["state"]:
        rows = rows.filter(state=state)
    return list_page(
        request,
        "placements/referral_list.html",
        rows=rows.newest_first(),
        form=form,
        columns={
            "Reference": lambda one: one.reference,
            "Person": lambda one: one.person.reference,
            "Made": lambda one: timezone.localdate(one.created_at),
            "Urgency": lambda one: one.get_urgency_display(),
            "Worker": lambda one: one.worker and one.worker.name,
            "Lot": lambda one: one.lot,
            "State": lambda one: one.get_state_display(),
        },
        name="referrals",
        may_refer=request.user.may(Permission.MAKE_REFERRAL),
    )


@requires(Permission.MAKE_REFERRAL)
def make_referral(request):
    now = timezone.now()
    form = ReferralForm(request.POST or None, day=timezone.localdate(now))
    made = attempt(
        form, lambda: services.make_referral(**form.cleaned_data, by=request.user, at=now)
    )
    if made:
        messages.success(request, f"Referral {made} is saved as a draft.")
        return redirect(made)
    return render(request, "placements/make_referral.html", {"form": form})


@requires(Permission.VIEW_CASES, methods=READ)
def referral(request, reference):
    one = find(request, reference)
    placements = (
        Placement.objects.visible_to(request.user)
        .filter(referral=one)
        .select_related("provider")
        .newest_first()
    )
    return render(
        request,
        "placements/referral.html",
        {"referral": one, "placements": placements, "acts": next_acts(request.user, one)},
    )


def next_acts(user, one: Referral) -> list:
    """What can follow in this state, greyed out for those who may not."""
    state = ReferralState(one.state)

    def offered(name, label, to, permission, who, *, is_button=False):
        objections = permitted(user, permission, who, rules.objections_to_move(state, to))
        return act_on(one, name, label, objections, is_button=is_button)

    mine = (Permission.MAKE_REFERRAL, "The assessment team")
    managers = (Permission.ALLOCATE_REFERRAL, "An assessment manager")
    acts = {
        ReferralState.DRAFT: [
            ("submit_referral", "Submit the referral", ReferralState.SUBMITTED, *mine, True)
        ],
        ReferralState.SUBMITTED: [
            ("allocate_referral", "Allocate to a worker", ReferralState.ASSESSING, *managers, False)
        ],
        ReferralState.ASSESSING: [
            ("record_eligibility", "Record eligibility", ReferralState.ELIGIBLE, *mine, False)
        ],
        ReferralState.ELIGIBLE: [
            ("start_matching", "Start matching", ReferralState.MATCHING, *mine, True)
        ],
        ReferralState.MATCHING: [
            (
                "match_referral",
                "Find a placement",
                ReferralState.PLACEMENT_PROPOSED,
                *mine,
                False,
            )
        ],
    }
    return [offered(*rest, is_button=button) for *rest, button in acts.get(state, [])]


@requires(Permission.MAKE_REFERRAL, methods=ACT)
def submit_referral(request, reference):
    one = find(request, reference)
    attempt_at_once(
        request,
        lambda: services.submit_referral(referral=one, by=request.user, at=timezone.now()),
    )
    return redirect(one)


@requires(Permission.ALLOCATE_REFERRAL)
def allocate_referral(request, reference):
    one = find(request, reference)
    form = AllocationForm(request.POST or None)
    if attempt(
        form,
        lambda: services.allocate_referral(
            referral=one, **form.cleaned_data, by=request.user, at=timezone.now()
        ),
    ):
        messages.success(request, f"Referral {one} is allocated.")
        return redirect(one)
    return render(request, "placements/allocate_referral.html", {"referral": one, "form": form})


@requires(Permission.MAKE_REFERRAL)
def record_eligibility(request, reference):
    one = find(request, reference)
    form = EligibilityForm(
        request.POST or None,
        agreement=one.agreement,
        initial={"needs_summary": one.needs_summary, "lot": one.lot_id},
    )
    if attempt(
        form,
        lambda: services.record_eligibility(
            referral=one, **form.cleaned_data, by=request.user, at=timezone.now()
        ),
    ):
        messages.success(request, f"The decision on referral {one} is recorded.")
        return redirect(one)
    return render(request, "placements/record_eligibility.html", {"referral": one, "form": form})


@requires(Permission.MAKE_REFERRAL, methods=ACT)
def start_matching(request, reference):
    one = find(request, reference)
    attempt_at_once(
        request,
        lambda: services.start_matching(referral=one, by=request.user, at=timezone.now()),
    )
    return redirect(one)


@requires(Permission.VIEW_CASES)
def person_identity(request, reference):
    """Shown in answer to a POST that says why, never by address; each look is recorded."""
    person = get_object_or_404(Person.objects.visible_to(request.user), reference=reference)
    form = IdentityForm(request.POST or None)
    identity = attempt(
        form,
        lambda: services.person_identity(
            person=person, **form.cleaned_data, by=request.user, at=timezone.now()
        ),
    )
    return render(
        request,
        "placements/person_identity.html",
        {"person": person, "form": form, "identity": identity},
    )
