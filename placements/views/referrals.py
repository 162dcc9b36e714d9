"""Referrals: the team's queue, one of them with its sections, and who it is about."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from dps_portal.accounts.access import ACT, requires
from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Permission
from dps_portal.ui.acts import READ, attempt, attempt_at_once, list_page
from placements import rules, services
from placements.forms import (
    SECTION_FORMS,
    DiscardForm,
    IdentityForm,
    ReferralForm,
    ReferralListForm,
)
from placements.models import Person, Placement, Referral
from placements.states import REFERRAL_ACTS, PlacementState, ReferralState

from .acts import act_on, act_page, permitted, sent

COLUMNS = {
    "Reference": lambda one: one.reference,
    "Person": lambda one: one.person.reference,
    "Made": lambda one: timezone.localdate(one.created_at),
    "Urgency": lambda one: one.get_urgency_display(),
    "Worker": lambda one: one.worker and one.worker.name,
    "Lot": lambda one: one.lot,
    "State": lambda one: one.get_state_display(),
    "Next step due": lambda one: one.due_on,
}
WORKERS = User.objects.with_permission(Permission.MAKE_REFERRAL)


def find(request, reference) -> Referral:
    at = timezone.now()
    rows = Referral.objects.visible_to(request.user, at).select_related(
        "agreement", "lot", "worker"
    )
    one = get_object_or_404(rows.select_related("person", "created_by"), reference=reference)
    services.record_sight(person=one.person, by=request.user, at=at)
    return one


@requires(Permission.VIEW_CASES, methods=READ)
def referral_list(request):
    is_manager = request.user.may(Permission.ALLOCATE_REFERRAL)
    today = timezone.localdate(timezone.now())
    rows = Referral.objects.visible_to(request.user).select_related("person", "worker", "lot")
    form = ReferralListForm(
        request.GET,
        states=[("late", "Next step is late"), *ReferralState.choices],
        workers=WORKERS.order_by("name") if is_manager else None,
    )
    asked = form.asked()
    if wanted := asked["q"]:
        rows = rows.matching_text(wanted)
    if urgency := asked["urgency"]:
        rows = rows.filter(urgency=urgency)
    if worker := asked.get("worker"):
        rows = rows.filter(worker=worker)
    match asked["state"]:
        case "late":
            rows = rows.late(today)
        case str(state) if state:
            rows = rows.filter(state=state)
    return list_page(
        request,
        "placements/referral_list.html",
        rows=rows.soonest_due_first(),
        form=form,
        columns=COLUMNS,
        name="referrals",
        today=today,
        may_refer=request.user.may(Permission.MAKE_REFERRAL),
        may_allocate=is_manager,
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
        Placement.objects.visible_to(request.user, timezone.now())
        .filter(referral=one)
        .select_related("provider")
        .newest_first()
    )
    return render(
        request,
        "placements/referral.html",
        {
            "referral": one,
            "placements": placements,
            "tasks": task_list(one) if request.user.may(Permission.MAKE_REFERRAL) else [],
            "acts": next_acts(request.user, one),
            "assignments": one.assignments.select_related("worker", "assigned_by").order_by("pk"),
            "holds": one.holds.select_related("held_by").order_by("pk"),
            "decisions": one.ineligibilities.select_related("recorded_by", "answered_by").order_by(
                "pk"
            ),
        },
    )


def task_list(one: Referral) -> list[dict]:
    """The sections that are open in this state."""
    sections = rules.SECTIONS_OF.get(ReferralState(one.state), ())
    return [
        {
            "text": section.title,
            "url": reverse("placements:save_answers", args=[one.reference, section.key]),
            **(
                {"status": "Incomplete", "colour": "blue"}
                if rules.gaps([section], one.answers)
                else {"status": "Completed"}
            ),
        }
        for section in sections
    ]


def next_acts(user, one: Referral) -> list:
    """What can follow in this state, greyed out for those who may not."""
    state = ReferralState(one.state)
    mine = (Permission.MAKE_REFERRAL, "The assessment team")
    managers = (Permission.ALLOCATE_REFERRAL, "An assessment manager")
    find = "Prepare a transfer" if state == ReferralState.PLACED else "Find a placement"
    give = "Allocate to a worker" if one.worker is None else "Give to another worker"
    acts = {
        "submit_referral": ("Submit the referral", mine, True),
        "countersign_referral": ("Answer the decision", managers, False),
        "record_eligible": ("Record that the person is eligible", mine, True),
        "start_matching": ("Start matching", mine, True),
        "choose_option": (find, mine, False),
        "resume_referral": ("Take up again", mine, True),
        "reopen_referral": ("Reopen the referral", managers, False),
        "allocate_referral": (give, managers, False),
        "record_not_eligible": ("Record that the person is not eligible", mine, False),
        "hold_referral": ("Put on hold", mine, False),
        "unallocate_referral": ("Put back into the queue", managers, True),
        "discard_draft": ("Discard the draft", mine, False),
        "withdraw_referral": ("Withdraw the referral", mine, False),
    }
    pages = {"choose_option": "match_referral"}  # the options come before the choice
    return [
        act_on(
            one,
            pages.get(name, name),
            label,
            permitted(user, *who, objections_to(name, one, user)),
            is_button=is_button,
        )
        for name, (label, who, is_button) in acts.items()
        if state in REFERRAL_ACTS[name]
    ]


def objections_to(act: str, one: Referral, user) -> list[str]:
    """What stands against an act that the state allows, before anything is typed."""
    state, objections = ReferralState(one.state), []
    match act:
        case "submit_referral":
            objections = rules.objections_to_submission(state, one.answers)
        case "discard_draft":
            objections = rules.objections_to_discard(state=state, is_own=one.created_by == user)
        case "record_eligible":
            objections = rules.objections_to_eligibility(
                state=state, answers=one.answers, today=timezone.localdate(timezone.now())
            )
        case "countersign_referral":
            decision = one.ineligibilities.get(ended_at=None)
            objections = rules.objections_to_countersignature(
                state=state,
                is_recorder=decision.recorded_by_id == user.pk,
                made_referral=one.created_by == user,
                agrees=True,
                reason="",
            )
        case "choose_option":
            prepared = one.placements.live().exclude(state=PlacementState.ADMITTED)
            objections = rules.objections_to_preparing(is_prepared=prepared.exists())
        case "withdraw_referral":
            admitted = one.placements.filter(state=PlacementState.ADMITTED)
            objections = rules.objections_to_withdrawal(state=state, is_admitted=admitted.exists())
        case "reopen_referral":
            objections = rules.objections_to_reopening(
                state=state, has_other_open=one.person.referrals.open().exists()
            )
    return objections


@requires(Permission.MAKE_REFERRAL)
def save_answers(request, reference, section):
    """One section of the draft or of the assessment."""
    one = find(request, reference)
    sections = rules.SECTIONS_OF.get(ReferralState(one.state), ())
    this = next((each for each in sections if each.key == section), None)
    if this is None:
        if section not in SECTION_FORMS:
            raise Http404
        messages.error(request, "This section is no longer open for changes.")
        return redirect(one)
    now = timezone.now()
    form = SECTION_FORMS[section](request.POST or None, referral=one, day=timezone.localdate(now))
    return act_page(
        request,
        one,
        form,
        lambda: services.save_answers(
            referral=one, answers=form.cleaned_data, by=request.user, at=now
        ),
        template="placements/save_answers.html",
        done=f"{this.title}: saved.",
        referral=one,
        section=this,
    )


@requires(Permission.MAKE_REFERRAL)
def discard_draft(request, reference):
    one = find(request, reference)
    form = DiscardForm(sent(request))

    def discard():
        services.discard_draft(referral=one, by=request.user, at=timezone.now())
        return True

    if attempt(form, discard):
        messages.success(request, f"Draft {reference} is discarded.")
        return redirect("placements:referral_list")
    return render(request, "placements/discard_draft.html", {"referral": one, "form": form})


@requires(Permission.MAKE_REFERRAL, methods=ACT)
def submit_referral(request, reference):
    one = find(request, reference)
    attempt_at_once(
        request,
        lambda: services.submit_referral(referral=one, by=request.user, at=timezone.now()),
    )
    return redirect(one)


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
    at = timezone.now()
    person = get_object_or_404(Person.objects.visible_to(request.user, at), reference=reference)
    form = IdentityForm(request.POST or None)
    identity = attempt(
        form,
        lambda: services.person_identity(
            person=person, **form.cleaned_data, by=request.user, at=at
        ),
    )
    return render(
        request,
        "placements/person_identity.html",
        {"person": person, "form": form, "identity": identity},
    )
