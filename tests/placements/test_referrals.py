"""What each act on a referral does, refuses, records and tells."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from dps_portal.accounts.roles import Role
from dps_portal.audit.models import AuditEvent
from dps_portal.refusals import Refused
from placements import services
from placements.models import (
    BudgetYear,
    Ineligibility,
    LedgerEntry,
    Person,
    Referral,
    ReferralAssignment,
    ReferralHold,
)
from placements.states import PlacementState, ReferralState, RequestState
from tests.factories.accounts import UserFactory
from tests.factories.placements import AT, PLANNED, Journey, owner_of

from .test_services import last_event, reasons, told

pytestmark = pytest.mark.django_db

NOT_NOW = "The referral is marked “{}”, which does not allow this."
COST = 1_110_571
LATER = AT + timedelta(days=1)


@pytest.fixture
def journey():
    return Journey().budget(y2026=27_000_000)


def refused(act, **facts):
    with pytest.raises(Refused) as refusal:
        act(**{"at": AT} | facts)
    return reasons(refusal)


# ── Draft ────────────────────────────────────────────────────────────────────────────────────
def test_draft_is_written_by_sections_and_submitted_once_it_is_complete(journey):
    by = journey.people["assessor"]
    referral = journey.empty_draft()

    services.save_answers(referral=referral, answers={"source": "Probation"}, by=by, at=AT)
    assert refused(services.submit_referral, referral=referral, by=by) == [
        "Say when it was received.",
        "Say what the person needs.",
        "Describe the home circumstances.",
        "Record the person’s consent to the referral.",
        "Say which community options were tried or considered.",
    ]

    referral.refresh_from_db()
    assert (referral.source, referral.state) == ("Probation", ReferralState.DRAFT)
    assert last_event().facts == {"fields": ["source"]}


def test_discarded_draft_takes_with_it_who_the_person_was(journey):
    referral = journey.draft()

    services.discard_draft(referral=referral, by=journey.people["assessor"], at=AT)

    assert not Referral.objects.exists()
    person = Person.objects.get()
    assert (bytes(person.identity), person.number_hash, person.name_hash) == (b"", None, "")
    assert last_event().action == "referral.discarded"


def test_another_persons_draft_is_not_discarded(journey):
    assert refused(
        services.discard_draft, referral=journey.draft(), by=journey.people["manager"]
    ) == ["Only the person who began this draft can discard it."]
    assert Referral.objects.count() == 1


# ── Allocation ───────────────────────────────────────────────────────────────────────────────
def history(referral):
    return list(
        referral.assignments.order_by("pk").values_list("worker", "assigned_by", "ended_at")
    )


def test_reallocation_closes_the_old_row_and_keeps_the_target(journey):
    referral, manager = journey.assessing(), journey.people["manager"]
    colleague = UserFactory(roles=[Role.ASSESSOR])
    due = referral.due_on

    referral = services.allocate_referral(referral=referral, worker=colleague, by=manager, at=LATER)

    assert (referral.state, referral.worker, referral.due_on, referral.allocated_at) == (
        ReferralState.ASSESSING,
        colleague,
        due,
        AT,
    )
    assert history(referral) == [
        (journey.people["assessor"].pk, manager.pk, LATER),
        (colleague.pk, manager.pk, None),
    ]
    assert told(f"Referral {referral} has been allocated to you") == sorted(
        [journey.people["assessor"].email, colleague.email]
    )


def test_manager_does_not_allocate_to_themself(journey):
    manager = journey.people["manager"]

    assert refused(
        services.allocate_referral, referral=journey.submitted(), worker=manager, by=manager
    ) == ["Another manager allocates a referral to you."]


def test_person_who_left_is_given_nothing(journey):
    gone = UserFactory(roles=[Role.ASSESSOR], is_active=False)

    assert refused(
        services.allocate_referral,
        referral=journey.submitted(),
        worker=gone,
        by=journey.people["manager"],
    ) == ["This person does not work on referrals."]


def test_unallocated_referral_is_in_the_queue_again(journey):
    referral = services.unallocate_referral(
        referral=journey.assessing(), by=journey.people["manager"], at=LATER
    )

    assert (referral.state, referral.worker) == (ReferralState.SUBMITTED, None)
    assert referral.due_on == date(2026, 5, 7)
    assert [ended for *_, ended in history(referral)] == [LATER]


def test_case_past_its_assessment_always_has_a_worker(journey):
    referral = journey.eligible()

    assert refused(
        services.unallocate_referral, referral=referral, by=journey.people["manager"]
    ) == [NOT_NOW.format("Eligible")]
    with pytest.raises(IntegrityError), transaction.atomic():
        Referral.objects.filter(pk=referral.pk).update(worker=None)


def test_whole_caseload_is_transferred_and_told_once(journey):
    held = [journey.assessing(), journey.on_hold(), journey.offered().referral]
    kept = [journey.submitted(), journey.withdraw(journey.assessing())]
    colleague, manager = UserFactory(roles=[Role.ASSESSOR]), journey.people["manager"]
    leaver = journey.people["assessor"]

    moved = services.transfer_caseload(worker=leaver, to=colleague, by=manager, at=LATER)

    assert moved == 3
    assert set(colleague.caseload.all()) == set(held)
    assert [history(one)[-1] for one in held] == [(colleague.pk, manager.pk, None)] * 3
    for one in kept:
        one.refresh_from_db()
        assert one.worker != colleague
    assert told("A caseload has been transferred to you") == [colleague.email]
    assert refused(
        services.transfer_caseload, worker=leaver, to=colleague, by=manager, at=LATER
    ) == ["There is nothing on this caseload."]


def test_one_open_assignment_per_referral(journey):
    row = ReferralAssignment.objects.get(referral=journey.assessing())
    row.pk = None

    with pytest.raises(IntegrityError):
        row.save(force_insert=True)


# ── Eligibility ──────────────────────────────────────────────────────────────────────────────
def test_eligibility_is_refused_with_every_reason_at_once(journey):
    referral = journey.assessed(
        lot=None, clinical_review_on=date(2026, 5, 2), care_act_eligible=False, residence=""
    )

    assert refused(services.record_eligible, referral=referral, by=journey.people["assessor"]) == [
        "Record the ordinary residence.",
        "Recommend a lot.",
        "An assessment cannot have a date in the future.",
        "The Care Act assessment does not find the person eligible.",
    ]
    referral.refresh_from_db()
    assert referral.state == ReferralState.ASSESSING


def test_person_who_made_the_referral_hears_of_the_assessment(journey):
    maker = UserFactory(roles=[Role.ASSESSOR])
    referral = journey.draft(by=maker)

    referral = journey.assess(journey.submit_and_allocate(referral))

    assert (referral.state, referral.assessed_at, referral.due_on) == (
        ReferralState.ELIGIBLE,
        AT,
        None,
    )
    assert told(f"The assessment of referral {referral} has been recorded") == [maker.email]


def test_not_eligible_waits_for_another_person(journey):
    referral = journey.not_eligible()

    assert (referral.state, referral.closed_at) == (ReferralState.COUNTERSIGNING, None)
    assert told(f"Referral {referral} waits for a countersignature") == [
        journey.people["manager"].email
    ]


def test_countersigned_decision_closes_the_referral_with_the_reason(journey):
    referral = journey.countersign(journey.not_eligible())

    assert (referral.state, referral.closed_reason, referral.closed_at, referral.due_on) == (
        ReferralState.CLOSED,
        "No need found",
        AT,
        None,
    )
    decision = Ineligibility.objects.get()
    assert (decision.is_agreed, decision.answered_by, decision.ended_at) == (
        True,
        journey.people["manager"],
        AT,
    )
    assert told(f"The assessment of referral {referral} has been recorded") == [
        journey.people["assessor"].email
    ]


def test_returned_decision_goes_back_to_the_worker_and_may_come_again(journey):
    referral = journey.countersign(journey.not_eligible(), agrees=False, reason="Look again.")

    assert referral.state == ReferralState.ASSESSING
    assert told(f"Referral {referral} has come back to you") == [journey.people["assessor"].email]
    journey.countersign(journey.not_eligible(referral))
    decisions = Ineligibility.objects.order_by("pk").values_list("is_agreed", "answer_reason")
    assert list(decisions) == [(False, "Look again."), (True, "")]


def test_recorder_and_maker_do_not_countersign(journey):
    both = UserFactory(roles=[Role.ASSESSMENT_MANAGER])
    referral = journey.submit_and_allocate(journey.draft(by=both))
    services.record_not_eligible(referral=referral, reason="No need", by=both, at=AT)

    assert refused(
        services.countersign_referral, referral=referral, agrees=True, reason="", by=both
    ) == [
        "You recorded this decision, so another person countersigns it.",
        "You made this referral, so another person countersigns the decision.",
    ]
    with pytest.raises(IntegrityError), transaction.atomic():
        Ineligibility.objects.update(is_agreed=True, answered_by=both, ended_at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Ineligibility.objects.update(is_agreed=True)


def test_countersigning_what_nobody_recorded_is_refused(journey):
    assert refused(
        services.countersign_referral,
        referral=journey.assessing(),
        agrees=True,
        reason="",
        by=journey.people["manager"],
    ) == [NOT_NOW.format("Being assessed")]


# ── Hold ─────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("step", ["eligible", "matching"])
def test_held_referral_goes_back_to_the_state_it_came_from(journey, step):
    referral = journey.hold(getattr(journey, step)())
    assert (referral.state, referral.due_on) == (ReferralState.ON_HOLD, date(2026, 5, 20))

    referral = services.resume_referral(referral=referral, by=journey.people["assessor"], at=LATER)

    assert (referral.state, referral.due_on) == (ReferralState(step), None)
    hold = ReferralHold.objects.get()
    assert (hold.from_state, hold.reason, hold.ended_at) == (
        step,
        "In hospital for a fortnight",
        LATER,
    )


def test_matching_does_not_start_from_a_hold(journey):
    assert refused(
        services.start_matching, referral=journey.on_hold(), by=journey.people["assessor"]
    ) == [NOT_NOW.format("On hold")]


# ── Withdrawal and cancellation ──────────────────────────────────────────────────────────────
def committed():
    return BudgetYear.objects.get().committed_pence


@pytest.mark.parametrize(
    "step",
    ["draft", "submitted", "assessing", "not_eligible", "eligible", "on_hold", "matching"],
)
def test_open_referral_is_withdrawn_with_a_reason_of_the_persons(journey, step):
    referral = journey.withdraw(getattr(journey, step)(), "moved_away", details="To the coast")

    assert (referral.state, referral.withdrawn_for, referral.closed_reason, referral.due_on) == (
        ReferralState.CLOSED,
        "moved_away",
        "Moved out of the area: To the coast",
        None,
    )
    assert not ReferralHold.objects.filter(ended_at=None).exists()
    assert not Ineligibility.objects.filter(ended_at=None).exists()


def test_withdrawal_cancels_what_was_offered_and_lapses_its_request(journey):
    request = journey.requested()
    placement = request.placement

    journey.withdraw(placement.referral)

    placement.refresh_from_db()
    request.refresh_from_db()
    assert (placement.state, placement.end_reason, request.state) == (
        PlacementState.CANCELLED,
        "The referral was withdrawn.",
        RequestState.LAPSED,
    )
    assert told(f"Placement {placement} has ended before anybody was admitted") == [
        owner_of(journey.provider).email
    ]


def test_withdrawal_releases_money_that_was_committed_and_not_spent(journey):
    placement = journey.approved()
    assert committed() == COST

    referral = journey.withdraw(placement.referral)

    assert committed() == 0
    assert list(LedgerEntry.objects.order_by("pk").values_list("kind", "pence")) == [
        ("commit", COST),
        ("release", -COST),
    ]
    placement.refresh_from_db()
    assert services.position(placement) == {}
    actions = list(AuditEvent.objects.order_by("seq").values_list("action", flat=True))
    assert actions[-2:] == ["placement.cancelled", "referral.withdrawn"]
    referral.refresh_from_db()
    assert referral.state == ReferralState.CLOSED


def test_withdrawal_is_blocked_while_the_person_is_placed(journey):
    placement = journey.admitted()

    assert refused(
        services.withdraw_referral,
        referral=placement.referral,
        why="died",
        details="",
        by=journey.people["assessor"],
    ) == ["The person is in a placement. Record the exit instead."]
    placement.refresh_from_db()
    assert (placement.state, committed()) == (PlacementState.ADMITTED, COST)


def test_worker_and_maker_hear_of_a_withdrawal_by_another(journey):
    referral = journey.assessing()

    services.withdraw_referral(
        referral=referral, why="died", details="", by=journey.people["manager"], at=AT
    )

    assert told(f"Referral {referral} has been withdrawn") == [journey.people["assessor"].email]


@pytest.mark.parametrize("step", ["offered", "accepted", "approved"])
def test_cancelled_placement_sends_the_referral_back_to_matching(journey, step):
    placement = getattr(journey, step)()

    services.cancel_placement(
        placement=placement, reason="No bed", by=journey.people["assessor"], at=LATER
    )

    placement.refresh_from_db()
    placement.referral.refresh_from_db()
    assert (placement.state, placement.funded_until) == (PlacementState.CANCELLED, None)
    assert placement.referral.state == ReferralState.MATCHING
    assert committed() == 0
    assert journey.choose(placement.referral).state == PlacementState.AWAITING_PROVIDER


def test_declined_funding_sends_the_referral_back_to_matching(journey):
    request = journey.requested()

    journey.decide(request, RequestState.DECLINED, reason="Not now.")

    assert Referral.objects.get().state == ReferralState.MATCHING


# ── Reopening ────────────────────────────────────────────────────────────────────────────────
def test_reopened_referral_is_assessed_anew_by_its_worker(journey):
    referral = journey.reopen(journey.withdraw(journey.eligible()), at=LATER)

    assert (referral.state, referral.worker, referral.due_on) == (
        ReferralState.ASSESSING,
        journey.people["assessor"],
        date(2026, 5, 19),
    )
    assert (referral.closed_at, referral.closed_reason, referral.withdrawn_for) == (None, "", "")
    assert (referral.reopened_reason, last_event().facts) == ("Came back", {"state": "assessing"})


def test_reopened_referral_of_a_worker_who_left_is_allocated_again(journey):
    referral = journey.countersign(journey.not_eligible())
    worker = journey.people["assessor"]
    worker.is_active = False
    worker.save()

    referral = journey.reopen(referral)

    assert (referral.state, referral.worker) == (ReferralState.SUBMITTED, None)
    assert not referral.assignments.filter(ended_at=None).exists()


def test_withdrawn_draft_is_a_draft_again(journey):
    assert journey.reopen(journey.withdraw(journey.draft())).state == ReferralState.DRAFT


def test_completed_referral_can_be_taken_up_again(journey):
    placement = journey.admitted()
    journey.leave(placement, PLANNED + timedelta(days=3))

    assert journey.reopen(placement.referral).state == ReferralState.ASSESSING


def test_referral_of_a_person_with_another_open_one_stays_closed(journey):
    closed = journey.withdraw(journey.draft(number="AB1"))
    journey.draft(number="AB1")

    assert refused(
        services.reopen_referral,
        referral=closed,
        reason="Came back",
        by=journey.people["manager"],
    ) == ["This person has another open referral."]
