"""Every kind of request that moves money: what it takes, what it commits, who may take it back."""

from datetime import date

import pytest

from dps_portal.audit.models import AuditEvent
from dps_portal.refusals import Refused
from placements import services
from placements.models import BudgetYear, FundingRequest
from placements.states import LedgerKind, RequestKind, RequestState
from providers.models import Rate
from tests.factories.accounts import UserFactory
from tests.factories.agreements import LotFactory
from tests.factories.placements import AT, Journey, admit, noon, owner_of

from .test_services_money import COST, assert_ledger_agrees, committed, entries, reasons

pytestmark = pytest.mark.django_db

JULY, AUGUST = date(2026, 7, 10), date(2026, 8, 10)
UNTIL = date(2026, 9, 10)


@pytest.fixture
def journey():
    return Journey().budget(y2026=27_000_000)


def approve(journey, placement, kind, **asked):
    journey.decide(journey.ask(placement, kind, **asked))
    placement.refresh_from_db()
    assert_ledger_agrees()
    return placement


def last_entry(placement):
    kind, _, pence = entries(placement)[-1]
    return kind, pence


def test_move_to_another_lot_takes_its_price_from_the_first_night_there(journey):
    placement = journey.admitted()
    lot = LotFactory(agreement=journey.agreement, number=2, ceiling_weekly_pence=200_000)
    admit(journey.provider, lot, since=date(2022, 4, 1), owner=owner_of(journey.provider))
    Rate.objects.create(
        provider=journey.provider,
        lot=lot,
        effective_from=date(2022, 4, 1),
        weekly_pence=100_000,
        source="price_list",
    )

    approve(journey, placement, RequestKind.BAND_CHANGE, lot=lot, start=JULY)

    assert last_entry(placement) == (LedgerKind.RATE_CHANGE, 137_286)  # 30 and 62 nights
    assert (placement.lot, placement.funded_until) == (lot, UNTIL)
    assert [
        (term.lot, term.start, term.weekly_pence) for term in placement.terms.order_by("pk")
    ] == [
        (journey.lot, date(2026, 6, 10), 84_500),
        (lot, JULY, 100_000),
    ]


def test_move_needs_a_place_on_the_new_lot(journey):
    placement = journey.admitted()
    lot = LotFactory(agreement=journey.agreement, number=2)
    Rate.objects.create(
        provider=journey.provider,
        lot=lot,
        effective_from=date(2022, 4, 1),
        weekly_pence=90_000,
        source="price_list",
    )
    request = journey.ask(placement, RequestKind.BAND_CHANGE, lot=lot, start=JULY)

    with pytest.raises(Refused) as refusal:
        journey.decide(request)

    assert reasons(refusal) == ["The provider has no place on the lot on the first night."]


def test_change_of_price_holds_from_its_first_night(journey):
    placement = approve(
        journey, journey.admitted(), RequestKind.PRICE_CHANGE, start=AUGUST, weekly_pence=80_000
    )

    assert last_entry(placement) == (LedgerKind.RATE_CHANGE, -19_928)  # 31 nights


def test_shortening_releases_the_later_nights(journey):
    placement = approve(journey, journey.admitted(), RequestKind.SHORTENING, start=AUGUST)

    assert last_entry(placement) == (LedgerKind.RELEASE, -374_214)  # 61 nights stay
    assert placement.funded_until == AUGUST


def test_extension_goes_on_where_a_shortening_left_off(journey):
    placement = approve(journey, journey.admitted(), RequestKind.SHORTENING, start=AUGUST)

    approve(journey, placement, RequestKind.EXTENSION, end=UNTIL)

    assert committed() == {2026: COST}
    assert placement.funded_until == UNTIL


def test_nights_already_stayed_are_funded_afterwards(journey):
    day = date(2026, 9, 20)
    placement = journey.admitted()

    approve(journey, placement, RequestKind.RETROSPECTIVE, on=day, end=day)

    assert last_entry(placement) == (LedgerKind.EXTEND, 120_715)  # 102 nights in all
    assert placement.funded_until == day


def test_nights_up_to_a_late_exit_are_funded_afterwards(journey):
    placement = journey.admitted()
    journey.leave(placement, date(2026, 9, 15))

    approve(
        journey, placement, RequestKind.RETROSPECTIVE, on=date(2026, 9, 20), end=date(2026, 9, 15)
    )

    assert last_entry(placement) == (LedgerKind.EXTEND, 60_358)  # 97 nights in all


def test_correction_reaches_back_and_may_be_negative(journey):
    placement = approve(
        journey,
        journey.admitted(),
        RequestKind.CORRECTION,
        start=JULY,
        end=date(2026, 7, 20),
        weekly_pence=70_000,
    )

    assert last_entry(placement) == (LedgerKind.CORRECTION, -20_714)  # ten nights, £145 a week less
    assert placement.funded_until == UNTIL


def test_single_charge_falls_wholly_in_the_year_of_its_day(journey):
    journey.budget(y2027=5_000_000)
    placement = approve(
        journey,
        journey.admitted(),
        RequestKind.ONE_OFF,
        start=date(2027, 4, 1),
        one_off_pence=120_000,
        label="Medically managed detoxification",
    )

    assert committed() == {2026: COST, 2027: 120_000}
    assert entries(placement)[-1] == (LedgerKind.ONE_OFF, 2027, 120_000)


def test_figures_of_the_decision_are_kept(journey):
    request = journey.ask(journey.admitted(), RequestKind.SHORTENING, start=AUGUST)

    journey.decide(request)

    assert FundingRequest.objects.get(pk=request.pk).figures == {
        "2026": {"cost": -374_214, "ceiling": 27_000_000, "committed": COST}
    }


@pytest.mark.parametrize(
    ("decision", "figures"),
    [
        (
            RequestState.DECLINED,
            {"2026": {"cost": 338_000, "ceiling": 27_000_000, "committed": COST}},
        ),
        (RequestState.RETURNED, None),
        (RequestState.DEFERRED, None),
    ],
)
def test_decline_keeps_what_it_would_have_cost(journey, decision, figures):
    request = journey.extension(journey.admitted(), date(2026, 10, 8))
    if decision == RequestState.DEFERRED:
        BudgetYear.objects.update(ceiling_pence=COST)

    journey.decide(request, decision, reason="Not now.")

    request.refresh_from_db()
    assert (request.state, request.figures) == (decision, figures)
    assert committed() == {2026: COST}


def test_money_comes_back_in_a_year_that_is_over_its_ceiling(journey):
    placement = journey.admitted()
    BudgetYear.objects.update(ceiling_pence=1)

    approve(journey, placement, RequestKind.SHORTENING, start=AUGUST)

    assert committed() == {2026: COST - 374_214}


@pytest.mark.parametrize(
    ("kind", "asked", "expected"),
    [
        (
            "extension",
            {"end": UNTIL},
            "An extension must end later than the funding that is in place.",
        ),
        (
            "retrospective",
            {"end": date(2026, 9, 20)},
            "There are no nights without funding so far.",
        ),
        (
            "shortening",
            {"start": UNTIL},
            "The new end must be earlier than the funding that is in place.",
        ),
        ("shortening", {"start": date(2026, 6, 10)}, "The new end must leave at least one night."),
        (
            "price_change",
            {"start": UNTIL, "weekly_pence": 80_000},
            "The first night must be one that is funded.",
        ),
        (
            "price_change",
            {"start": AUGUST, "weekly_pence": 10**8},
            "The weekly price is above the ceiling of the lot.",
        ),
        (
            "correction",
            {"start": JULY, "end": JULY, "weekly_pence": 80_000},
            "A correction must have at least one night.",
        ),
        (
            "correction",
            {"start": JULY, "end": date(2026, 9, 11), "weekly_pence": 80_000},
            "A correction must lie within the funded nights.",
        ),
    ],
)
def test_request_that_cannot_be_is_refused_with_its_reason(journey, kind, asked, expected):
    placement = journey.admitted()
    journey.lot.ceiling_weekly_pence = 100_000
    journey.lot.save()

    with pytest.raises(Refused) as refusal:
        journey.ask(placement, RequestKind(kind), **asked)

    assert expected in reasons(refusal)
    assert placement.requests.count() == 1


def test_every_reason_comes_at_once(journey):
    placement = journey.admitted()
    journey.ask(placement, RequestKind.SHORTENING, start=AUGUST)

    with pytest.raises(Refused) as refusal:
        journey.ask(
            placement,
            RequestKind.PRICE_CHANGE,
            on=date(2026, 9, 20),
            start=UNTIL,
            weekly_pence=80_000,
        )

    assert reasons(refusal) == [
        "A request for this placement is already waiting for a decision.",
        "The first night must be one that is funded.",
        "A new price cannot start in the past. Ask for a correction instead.",
    ]


# ── Returned, withdrawn ──────────────────────────────────────────────────────────────────────
def test_returned_request_is_sent_again_as_it_is_to_be_now(journey):
    request = journey.extension(journey.admitted(), date(2026, 10, 8))
    journey.decide(request, RequestState.RETURNED, reason="Six weeks would do.")

    services.change_request(
        request=request,
        end=date(2026, 10, 22),
        reason="Six weeks.",
        by=journey.people["assessor"],
        at=noon(JULY),
    )

    request.refresh_from_db()
    assert (request.state, request.end, request.reason, request.requested_at) == (
        RequestState.SUBMITTED,
        date(2026, 10, 22),
        "Six weeks.",
        noon(JULY),
    )
    journey.decide(request)
    assert_ledger_agrees()


def test_returned_request_still_blocks_another_one(journey):
    placement = journey.admitted()
    request = journey.extension(placement, date(2026, 10, 8))
    journey.decide(request, RequestState.RETURNED, reason="Why?")

    with pytest.raises(Refused) as refusal:
        journey.extension(placement, date(2026, 10, 8))

    assert reasons(refusal) == ["A request for this placement is already waiting for a decision."]


def test_withdrawn_request_makes_room_for_another(journey):
    placement = journey.admitted()
    request = journey.extension(placement, date(2026, 10, 8))

    services.withdraw_request(request=request, by=journey.people["assessor"], at=AT)

    assert FundingRequest.objects.get(pk=request.pk).state == RequestState.WITHDRAWN
    assert AuditEvent.objects.filter(action="funding.withdrawn").count() == 1
    assert journey.extension(placement, date(2026, 10, 8)).state == RequestState.SUBMITTED


@pytest.mark.parametrize("act", ["change_request", "withdraw_request"])
def test_only_the_person_who_asked_takes_it_back_or_changes_it(journey, act):
    request = journey.extension(journey.admitted(), date(2026, 10, 8))
    journey.decide(request, RequestState.RETURNED, reason="Why?")
    facts = {"end": date(2026, 10, 8), "reason": "Why not."} if act == "change_request" else {}

    with pytest.raises(Refused) as refusal:
        getattr(services, act)(request=request, **facts, by=UserFactory(), at=AT)

    assert reasons(refusal) == ["Only the person who asked for it can withdraw or change it."]


# ── In stages ────────────────────────────────────────────────────────────────────────────────
def test_first_funding_can_be_committed_in_stages(journey):
    journey.agreement.funding_stages = [4, 8]
    journey.agreement.save()

    placement = journey.admitted()

    assert placement.funded_until == date(2026, 7, 8)
    assert committed() == {2026: 338_000}  # four weeks
    end = services.usual_end_of(placement)
    assert end == date(2026, 9, 2)
    approve(journey, placement, RequestKind.EXTENSION, end=end)
    assert committed() == {2026: 1_014_000}  # twelve
    assert services.usual_end_of(placement) == date(2026, 9, 30)


def test_stage_that_starts_on_another_day_keeps_its_nights(journey):
    journey.agreement.funding_stages = [4]
    journey.agreement.save()

    placement = journey.admitted(date(2026, 6, 12))

    assert placement.funded_until == date(2026, 7, 10)
    assert committed() == {2026: 338_000}


# ── An admission put right while something is asked for ──────────────────────────────────────
def correct_admission(journey, placement, day):
    services.correct_admission(
        placement=placement,
        admission=day,
        reason="Another day.",
        by=journey.people["manager"],
        at=noon(JULY),
    )


def test_extension_that_is_asked_for_holds_the_end_that_it_starts_from(journey):
    placement = journey.admitted()
    request = journey.extension(placement, date(2026, 10, 8))

    correct_admission(journey, placement, date(2026, 6, 1))

    placement = journey.decide(FundingRequest.objects.get(pk=request.pk)).placement
    assert (placement.admission, placement.funded_until) == (date(2026, 6, 1), date(2026, 10, 8))
    assert_ledger_agrees()


def test_nights_asked_about_before_a_later_admission_cost_nothing(journey):
    placement = journey.admitted()
    facts = {"start": placement.admission, "end": AUGUST, "weekly_pence": 70_000}
    request = journey.ask(placement, RequestKind.CORRECTION, on=JULY, **facts)

    correct_admission(journey, placement, date(2026, 6, 20))

    placement = journey.decide(FundingRequest.objects.get(pk=request.pk)).placement
    assert services.stay_of(placement).admission == date(2026, 6, 20)
    assert_ledger_agrees()
