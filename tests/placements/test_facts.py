"""Facts of a stay beside admission and exit: recorded whatever the headroom, ledger in step."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from dps_portal.audit.models import AuditEvent
from dps_portal.notifications.models import Notification
from dps_portal.refusals import Refused
from placements import rules, services
from placements.models import (
    Absence,
    BudgetYear,
    Contribution,
    Exit,
    FactProposal,
    FundingRequest,
    LedgerEntry,
    Referral,
    Review,
)
from placements.services import identities
from placements.states import (
    FactKind,
    LedgerKind,
    PlacementState,
    ProposalState,
    ReferralState,
    RequestKind,
    RequestState,
)
from tests.factories.placements import PLANNED, Journey, noon, owner_of

from .test_services_money import assert_ledger_agrees, committed, entries

pytestmark = pytest.mark.django_db

COST = 1_110_571
LATER = PLANNED + timedelta(days=3)
SCORES = {"psychological": (8, 14), "physical": (10, 15), "quality": (7, 12)}


@pytest.fixture
def journey():
    return Journey().budget(y2026=27_000_000)


def refused(act, **facts):
    with pytest.raises(Refused) as refusal:
        act(**facts)
    return list(refusal.value.reasons)


def by(journey, who="assessor", on=LATER):
    return {"by": journey.people[who], "at": noon(on)}


def away(journey, placement, start, end, *, on=None, **facts):
    facts = {
        "cost_centre": "council",
        "reason": "Family visit",
        "first_nights": 7,
        "first_percent": 100,
        "later_percent": 100,
    } | facts
    return services.record_absence(
        placement=placement, start=start, end=end, **facts, **by(journey, on=on or end)
    )


# ── Nobody came ──────────────────────────────────────────────────────────────────────────────
def test_non_arrival_releases_everything_and_the_search_goes_on(journey):
    placement = journey.approved()
    asked = journey.ask(
        placement, RequestKind.ONE_OFF, start=PLANNED, one_off_pence=15_000, label="Assessment"
    )

    placement = services.record_non_arrival(
        placement=placement, reason="Did not travel.", **by(journey)
    )

    asked.refresh_from_db()
    placement.referral.refresh_from_db()
    assert (placement.state, placement.funded_until) == (PlacementState.NON_ARRIVAL, None)
    assert placement.referral.state == ReferralState.MATCHING
    assert asked.state == RequestState.LAPSED
    assert entries(placement) == [
        (LedgerKind.COMMIT, 2026, COST),
        (LedgerKind.RELEASE, 2026, -COST),
    ]
    assert_ledger_agrees()


def test_fee_of_a_non_arrival_is_a_single_charge(journey):
    placement = services.record_non_arrival(
        placement=journey.approved(), reason="Did not travel.", **by(journey)
    )

    journey.decide(
        journey.ask(
            placement, RequestKind.ONE_OFF, start=PLANNED, one_off_pence=15_000, label="Fee"
        )
    )

    assert committed() == {2026: 15_000}
    assert_ledger_agrees()


def test_admission_and_non_arrival_exclude_each_other(journey):
    admitted, missed = journey.admitted(), journey.approved()
    services.record_non_arrival(placement=missed, reason="No.", **by(journey))
    events = AuditEvent.objects.count()

    services.record_non_arrival(placement=missed, reason="No.", **by(journey))
    assert AuditEvent.objects.count() == events
    assert refused(
        services.record_non_arrival, placement=admitted, reason="No.", **by(journey)
    ) == ["The placement is marked “Admitted”, which does not allow this."]
    assert refused(
        services.record_admission, placement=missed, admission=PLANNED, **by(journey)
    ) == ["The placement is marked “Did not arrive”, which does not allow this."]


def test_non_arrival_waits_for_the_planned_day_and_for_the_word_of_the_provider(journey):
    placement = journey.approved()
    services.propose_fact(
        placement=placement,
        kind=FactKind.ARRIVAL,
        on=PLANNED - timedelta(days=1),
        until=None,
        note="",
        by=owner_of(journey.provider),
        at=noon(PLANNED - timedelta(days=1)),
    )

    assert refused(
        services.record_non_arrival,
        placement=placement,
        reason="No.",
        **by(journey, on=PLANNED - timedelta(days=1)),
    ) == [
        "The planned day of admission has not come yet. Cancel the placement.",
        "The provider says that the person arrived. Reject that first.",
    ]


@pytest.mark.parametrize("stage", ["offered", "accepted", "approved"])
def test_placement_is_cancelled_before_the_admission(journey, stage):
    placement = services.cancel_placement(
        placement=getattr(journey, stage)(), reason="The person changed their mind.", **by(journey)
    )

    placement.referral.refresh_from_db()
    assert placement.state == PlacementState.CANCELLED
    assert placement.referral.state == ReferralState.MATCHING
    assert set(committed().values()) == {0}
    assert_ledger_agrees()


def test_placement_called_off_comes_back_without_money_and_is_funded_anew(journey):
    placement = services.cancel_placement(
        placement=journey.approved(), reason="By mistake.", **by(journey)
    )

    placement = services.reopen_placement(
        placement=placement, reason="The wrong one.", **by(journey, "manager")
    )
    assert placement.state == PlacementState.AWAITING_FUNDING
    assert set(committed().values()) == {0}
    placement = journey.decide(journey.request(placement)).placement
    placement = services.record_admission(placement=placement, admission=LATER, **by(journey))

    assert placement.funded_until == date(2026, 9, 13)
    assert committed() == {2026: COST}
    assert_ledger_agrees()


# ── Absences and contributions ───────────────────────────────────────────────────────────────
def test_absence_is_paid_in_full_unless_told_otherwise(journey):
    placement = journey.admitted()

    away(journey, placement, date(2026, 7, 1), date(2026, 7, 11))

    assert entries(placement) == [(LedgerKind.COMMIT, 2026, COST)]


def test_absence_by_bands_releases_what_is_not_paid(journey):
    placement = journey.admitted()

    away(journey, placement, date(2026, 7, 1), date(2026, 7, 11), later_percent=50)

    # Three nights of ten at half: 92 − 1.5 nights of 845.00 a week.
    assert committed() == {2026: 1_092_464}
    assert entries(placement)[1:] == [(LedgerKind.RELEASE, 2026, 1_092_464 - COST)]
    assert_ledger_agrees()


def test_void_of_the_provider_pays_nothing(journey):
    placement = journey.admitted()

    away(journey, placement, date(2026, 7, 1), date(2026, 7, 8), cost_centre="provider")

    assert committed() == {2026: COST - 84_500}
    assert_ledger_agrees()


def test_absence_outside_the_stay_or_over_another_is_refused(journey):
    placement = journey.admitted()
    first = away(journey, placement, date(2026, 7, 1), date(2026, 7, 8))

    assert away(journey, placement, date(2026, 7, 1), date(2026, 7, 8)) == first
    assert refused(
        away,
        journey=journey,
        placement=placement,
        start=date(2026, 7, 7),
        end=date(2026, 9, 11),
        on=date(2026, 7, 6),
    ) == [
        "The day cannot be in the future.",
        "The absence must lie inside the funded stay.",
        "Another absence is already recorded for one of these nights.",
    ]
    assert Absence.objects.count() == 1


def test_absence_is_ended_earlier_and_then_voided(journey):
    placement = journey.admitted()
    absence = away(journey, placement, date(2026, 7, 1), date(2026, 7, 8), cost_centre="provider")
    who = by(journey, "manager", date(2026, 7, 9))

    shorter = services.correct_absence(
        absence=absence, end=date(2026, 7, 4), reason="Back earlier.", **who
    )
    assert committed() == {2026: COST - 36_214}
    assert refused(services.correct_absence, absence=absence, end=None, reason="Again.", **who) == [
        "This was corrected already."
    ]
    services.correct_absence(absence=shorter, end=None, reason="Never away.", **who)

    assert committed() == {2026: COST}
    assert [kind for kind, *_ in entries(placement)[2:]] == [LedgerKind.CORRECTION] * 2
    assert not Absence.objects.standing().exists()
    assert_ledger_agrees()


def test_contribution_changes_the_net_and_never_the_ceiling(journey):
    placement = journey.admitted()
    facts = {"placement": placement, "start": PLANNED, "collector": "provider"}

    services.record_contribution(**facts, weekly_pence=10_000, **by(journey))
    services.record_contribution(**facts, weekly_pence=7_000, **by(journey))
    services.record_contribution(**facts, weekly_pence=7_000, **by(journey))

    share = rules.shares(services.stay_of(placement))[2026]
    assert (share.gross_pence, share.contribution_pence) == (COST, 92_000)
    assert share.net_pence == COST - 92_000
    assert Contribution.objects.count() == 2
    assert committed() == {2026: COST}


# ── Reviews, exit, closing ───────────────────────────────────────────────────────────────────
def test_reviews_fall_due_in_week_four_and_nine(journey):
    placement = journey.admitted()
    due = []
    for week in (4, 9, 12):
        due.append(services.review_due(placement))
        services.record_review(
            placement=placement,
            held_on=PLANNED + timedelta(weeks=week),
            recommendation="continue",
            progress="Good.",
            **by(journey, on=PLANNED + timedelta(weeks=week)),
        )

    assert due == [date(2026, 7, 8), date(2026, 8, 12), None]
    assert list(Review.objects.order_by("pk").values_list("due_on", flat=True)) == due


def test_exit_with_a_reason_of_another_group_is_refused(journey):
    placement = journey.admitted()

    assert refused(
        journey.leave, placement=placement, day=date(2026, 7, 5), reason="dropped_out"
    ) == ["This reason does not belong to how the stay ended."]
    assert refused(
        journey.leave, placement=placement, day=date(2026, 7, 5), reason="Treatment completed"
    ) == ["This reason was not in use on the day of the exit."]


def test_placement_closes_once_nothing_is_missing(journey):
    placement = journey.admitted()
    left_on = date(2026, 7, 5)
    journey.leave(placement, left_on)
    placement.refresh_from_db()
    who = by(journey, on=date(2026, 7, 20))
    asked = journey.ask(
        placement, RequestKind.ONE_OFF, start=left_on, one_off_pence=5_000, label="Taxi"
    )

    assert refused(services.close_placement, placement=placement, **who) == [
        "The provider’s discharge report has not been received.",
        "The outcome scores have not been entered.",
        "A request for funding is still waiting for a decision.",
    ]
    services.record_report(placement=placement, received_on=date(2026, 7, 20), **who)
    services.record_outcomes(placement=placement, scores=SCORES, **who)
    journey.decide(asked)
    placement = services.close_placement(placement=placement, **who)

    assert placement.state == PlacementState.CLOSED
    assert refused(services.record_outcomes, placement=placement, scores=SCORES, **who) == [
        "The placement is marked “Closed”, which does not allow this."
    ]
    assert_ledger_agrees()


def test_report_on_a_day_that_cannot_be_true_is_refused(journey):
    placement = journey.admitted()
    journey.leave(placement, date(2026, 7, 5))

    for day, reason in [
        (date(2026, 7, 4), "The report cannot have come before the exit."),
        (date(2026, 7, 21), "The report cannot come in the future."),
    ]:
        assert refused(
            services.record_report,
            placement=placement,
            received_on=day,
            **by(journey, on=date(2026, 7, 20)),
        ) == [reason]


def test_exit_recorded_in_error_is_taken_back_step_by_step(journey):
    placement = journey.admitted()
    journey.leave(placement, date(2026, 7, 5))
    who = by(journey, "manager", date(2026, 7, 20))
    services.record_report(placement=placement, received_on=date(2026, 7, 20), **who)
    services.record_outcomes(placement=placement, scores=SCORES, **who)
    services.close_placement(placement=placement, **who)

    placement = services.reopen_placement(placement=placement, reason="Too early.", **who)
    assert (placement.state, committed()) == (PlacementState.DISCHARGED, {2026: 301_786})
    placement = services.reopen_placement(placement=placement, reason="Never left.", **who)

    placement.referral.refresh_from_db()
    assert placement.state == PlacementState.ADMITTED
    assert placement.referral.state == ReferralState.PLACED
    assert placement.report_received_on is None
    assert committed() == {2026: COST}
    assert services.last_exit(placement) is None
    journey.leave(placement, date(2026, 8, 1))
    assert list(Exit.objects.order_by("revision").values_list("revision", "void_reason")) == [
        (1, "Never left."),
        (2, ""),
    ]
    assert_ledger_agrees()


def test_reopening_is_refused_where_something_else_followed(journey):
    placement = journey.admitted()
    journey.leave(placement, date(2026, 7, 5))
    journey.draft(number=identities.identity_of(placement.referral.person).number)

    assert refused(
        services.reopen_placement,
        placement=placement,
        reason="Never left.",
        **by(journey, "manager", date(2026, 7, 20)),
    ) == ["The person has another open referral."]
    other = journey.admitted()
    assert refused(
        services.reopen_placement, placement=other, reason="No.", **by(journey, "manager")
    ) == ["The placement is marked “Admitted”, which does not allow this."]


def test_placement_entered_in_error_gives_everything_back_and_can_be_funded_again(journey):
    placement = journey.admitted()
    away(journey, placement, LATER, LATER + timedelta(days=2))

    voided = services.void_placement(
        placement=placement, reason="The wrong case.", **by(journey, "manager")
    )

    assert (voided.state, voided.admission, voided.funded_until, voided.end_reason) == (
        PlacementState.ENTERED_IN_ERROR, None, None, "The wrong case.",
    )  # fmt: skip
    assert Referral.objects.get().state == ReferralState.MATCHING
    assert list(voided.absences.standing()) == []
    assert committed() == {2026: 0}
    assert_ledger_agrees()
    assert list(voided.amendments.values_list("was", "now", "reason")) == [
        ("Admitted", "Entered in error", "The wrong case.")
    ]
    assert refused(
        services.void_placement, placement=voided, reason="Again.", **by(journey, "manager")
    ) == ["The placement is marked “Entered in error”, which does not allow this."]

    reopened = services.reopen_placement(
        placement=voided, reason="It was right.", **by(journey, "manager")
    )
    assert reopened.state == PlacementState.AWAITING_FUNDING
    journey.decide(journey.request(reopened))
    assert committed() == {2026: COST}
    assert_ledger_agrees()


# ── Corrections ──────────────────────────────────────────────────────────────────────────────
def test_corrected_admission_takes_the_only_term_with_it(journey):
    placement = journey.admitted()

    placement = services.correct_admission(
        placement=placement, admission=LATER, reason="Wrong day.", **by(journey, "manager")
    )

    assert (placement.admission, placement.funded_until) == (LATER, date(2026, 9, 13))
    assert committed() == {2026: COST}
    assert_ledger_agrees()


def test_corrected_admission_of_an_extended_stay_moves_the_start_alone(journey):
    placement = journey.admitted()
    journey.decide(journey.extension(placement, date(2026, 10, 8)))

    placement = services.correct_admission(
        placement=placement, admission=LATER, reason="Wrong day.", **by(journey, "manager")
    )

    assert (placement.admission, placement.funded_until) == (LATER, date(2026, 10, 8))
    assert entries(placement)[-1][:2] == (LedgerKind.CORRECTION, 2026)
    assert committed() == {2026: 1_412_357}
    assert_ledger_agrees()


def test_corrected_admission_leaves_a_night_of_the_first_funding(journey):
    placement = journey.admitted()
    journey.decide(journey.ask(placement, RequestKind.SHORTENING, start=LATER))

    assert refused(
        services.correct_admission,
        placement=placement,
        admission=LATER,
        reason="?",
        **by(journey, "manager"),
    ) == ["The first funded period ends before that day."]


def test_corrected_admission_is_one_that_can_be_true(journey):
    placement = journey.admitted()
    who = by(journey, "manager", date(2026, 7, 20))
    away(journey, placement, date(2026, 6, 20), date(2026, 6, 22))
    journey.leave(placement, date(2026, 7, 5))

    def objections(day):
        return refused(
            services.correct_admission, placement=placement, admission=day, reason="?", **who
        )

    assert objections(date(2026, 7, 21)) == [
        "The admission cannot be in the future.",
        "The admission cannot be after the exit.",
        "An absence is recorded before that day. Correct it first.",
    ]
    assert objections(date(2022, 3, 31)) == ["The admission cannot be before the agreement began."]


def test_corrected_exit_is_a_new_revision_and_moves_the_money(journey):
    placement = journey.admitted()
    journey.leave(placement, date(2026, 7, 5))
    facts = {
        "placement": placement,
        "day": date(2026, 7, 8),
        "status": "unplanned",
        "reason": "dropped_out",
        "destination": "Not known",
        "aftercare_agreed": False,
        "notice_nights": 0,
        "why": "Left three days later.",
        **by(journey, "manager", date(2026, 7, 20)),
    }

    left = services.correct_exit(**facts)
    again = services.correct_exit(**facts)

    assert (left.revision, again, services.last_exit(placement)) == (2, left, left)
    assert entries(placement)[-1] == (LedgerKind.CORRECTION, 2026, 36_214)
    assert_ledger_agrees()


def test_only_one_exit_stands(journey):
    placement = journey.admitted()
    left = journey.leave(placement, date(2026, 7, 5))
    left.pk, left.revision = None, 2

    with pytest.raises(IntegrityError), transaction.atomic():
        left.save()


# ── Above the ceiling (R15, R11) ─────────────────────────────────────────────────────────────
def shifted(ceiling_2027):
    """A stay that begins after the year's end, although planned before it."""
    journey = Journey(planned=date(2027, 3, 24)).budget(y2026=27_000_000, y2027=1_014_000)
    placement = journey.approved()
    BudgetYear.objects.filter(year=2027).update(ceiling_pence=ceiling_2027)
    placement = services.record_admission(
        placement=placement, admission=date(2027, 4, 2), **by(journey, on=date(2027, 4, 2))
    )
    return journey, placement


def test_admission_within_the_ceiling_asks_for_nothing():
    shifted(1_098_500)

    assert list(FundingRequest.objects.values_list("kind", flat=True)) == ["initial"]


def test_admission_above_the_ceiling_is_recorded_and_asked_for_afterwards():
    journey, placement = shifted(1_098_499)

    asked = placement.requests.get(kind=RequestKind.RETROSPECTIVE)
    assert placement.state == PlacementState.ADMITTED
    assert committed() == {2026: 0, 2027: 1_098_500}
    assert (asked.state, asked.requested_by) == (
        RequestState.SUBMITTED,
        journey.people["assessor"],
    )
    assert services.quote(asked).total_pence == 1_098_500
    assert refused(journey.decide, request=asked) == ["There is not enough money left in 2027/28."]
    made_by_a_fact = [
        "A recorded admission made this request. It is approved, declined, or waits for money."
    ]
    returned = {"decision": RequestState.RETURNED, "reason": "More."}
    assert refused(journey.decide, request=asked, **returned) == made_by_a_fact
    assert (
        refused(
            services.withdraw_request,
            request=asked,
            **by(journey, on=date(2027, 4, 3)),
        )
        == made_by_a_fact
    )
    BudgetYear.objects.filter(year=2027).update(ceiling_pence=1_098_500)
    asked = journey.decide(asked)

    assert asked.figures == {"2027": {"cost": 1_098_500, "ceiling": 1_098_500, "committed": 0}}
    assert placement.terms.count() == 1
    assert committed() == {2026: 0, 2027: 1_098_500}
    assert_ledger_agrees()


def test_offer_declined_in_error_is_answered_again(journey):
    declined = journey.decline(journey.offered())

    reopened = services.reopen_placement(
        placement=declined, reason="A slip.", **by(journey, "manager")
    )

    assert (reopened.state, reopened.decline_reason) == (PlacementState.AWAITING_PROVIDER, "")
    assert journey.accept(reopened).state == PlacementState.AWAITING_FUNDING


def test_limit_of_the_approver_counts_for_what_a_fact_has_committed():
    journey, placement = shifted(1_098_499)
    BudgetYear.objects.filter(year=2027).update(ceiling_pence=1_098_500)
    manager = journey.people["manager"]
    manager.approval_limit_pence = 1_098_499
    manager.save()

    asked = placement.requests.get(kind=RequestKind.RETROSPECTIVE)
    assert refused(journey.decide, request=asked) == [
        "The cost of this request is above your approval limit."
    ]


def test_nights_beyond_the_funding_are_exposure(journey):
    placement = journey.admitted()

    assert services.exposure(placement, today=date(2026, 9, 10)) == (0, {})
    assert services.exposure(placement, today=date(2026, 9, 17)) == (7, {2026: 84_500})
    journey.leave(placement, date(2026, 9, 12))
    assert services.exposure(placement, today=date(2026, 12, 1)) == (2, {2026: 24_143})
    assert LedgerEntry.objects.count() == 1


# ── What the provider says ───────────────────────────────────────────────────────────────────
def propose(journey, placement, kind, on, **facts):
    facts = {"until": None, "note": ""} | facts
    return services.propose_fact(
        placement=placement,
        kind=kind,
        on=on,
        **facts,
        by=owner_of(journey.provider),
        at=noon(facts["until"] or on),
    )


def test_what_the_provider_says_moves_nothing_until_the_team_records_it(journey):
    placement = journey.approved()
    proposal = propose(journey, placement, FactKind.ARRIVAL, PLANNED)
    placement.refresh_from_db()
    assert (placement.state, proposal.state) == (PlacementState.APPROVED, ProposalState.OPEN)
    assert Notification.objects.filter(to=journey.people["assessor"]).last().subject == (
        f"The provider says that something has happened in placement {placement}"
    )

    services.record_admission(placement=placement, admission=PLANNED, **by(journey))

    proposal.refresh_from_db()
    assert (proposal.state, proposal.decided_by) == (
        ProposalState.CONFIRMED,
        journey.people["assessor"],
    )


def test_rejected_proposal_may_be_made_again(journey):
    placement = journey.admitted()
    proposal = propose(journey, placement, FactKind.EXIT, LATER)
    assert refused(propose, journey=journey, placement=placement, kind=FactKind.EXIT, on=LATER) == [
        "You have already told the council. It has not answered yet."
    ]

    services.reject_proposal(proposal=proposal, reason="Still there.", **by(journey))

    assert refused(services.reject_proposal, proposal=proposal, reason="Again.", **by(journey)) == [
        "This has been answered already."
    ]
    propose(journey, placement, FactKind.EXIT, LATER)
    assert list(FactProposal.objects.order_by("pk").values_list("state", flat=True)) == [
        "rejected",
        "open",
    ]


def test_provider_proposes_only_what_the_placement_allows(journey):
    placement = journey.admitted()

    assert refused(
        propose, journey=journey, placement=placement, kind=FactKind.ARRIVAL, on=LATER
    ) == ["The placement is marked “Admitted”, which does not allow this."]
    assert refused(
        propose,
        journey=journey,
        placement=placement,
        kind=FactKind.ABSENCE,
        on=PLANNED - timedelta(days=1),
        until=PLANNED - timedelta(days=1),
    ) == ["An absence has at least one night.", "The day cannot be before the admission."]
