"""The money rules as the services hold them: what is asked, decided and recorded moves just this.

``test_money_rules`` has the arithmetic of each; the numbers here are of £845.00 a week.
"""

from datetime import date

import pytest
import time_machine
from django.urls import reverse

from dps_portal.refusals import Refused
from placements import services
from placements.models import BudgetYear, Exit, FundingRequest
from placements.states import LedgerKind, PlacementState, RequestKind, RequestState
from providers.models import Rate
from tests.factories.agreements import LotFactory
from tests.factories.placements import PLANNED, Journey, admit, noon, owner_of

from .test_services_money import assert_ledger_agrees, committed, entries

pytestmark = pytest.mark.django_db

COST = 1_110_571  # 92 nights
NIGHTS_28 = 338_000
MARCH = date(2027, 3, 10)  # 22 nights in 2026/27, 70 in 2027/28
OCTOBER = date(2026, 10, 8)


@pytest.fixture
def journey():
    return Journey().budget(y2026=27_000_000)


@pytest.fixture
def across():
    return Journey(planned=MARCH).budget(y2026=27_000_000, y2027=27_000_000)


def refused(act, *args, **facts):
    with pytest.raises(Refused) as refusal:
        act(*args, **facts)
    return list(refusal.value.reasons)


def price(journey, lot, since, weekly_pence):
    Rate.objects.create(
        provider=journey.provider,
        lot=lot,
        effective_from=since,
        weekly_pence=weekly_pence,
        source="price_list",
    )


def other_lot(journey):
    lot = LotFactory(agreement=journey.agreement, number=2, ceiling_weekly_pence=200_000)
    admit(journey.provider, lot, since=date(2022, 4, 1), owner=owner_of(journey.provider))
    price(journey, lot, date(2022, 4, 1), 100_000)
    return lot


def away(journey, placement, start, end, **facts):
    return services.record_absence(
        **{
            "placement": placement,
            "start": start,
            "end": end,
            "reason": "Hospital",
            "cost_centre": "council",
            "first_nights": 7,
            "first_percent": 100,
            "later_percent": 100,
            "by": journey.people["assessor"],
            "at": noon(start),
        }
        | facts
    )


# ── R2, R3, R13, R14: how a stay ends ────────────────────────────────────────────────────────
@pytest.mark.parametrize(("day", "pence"), [(10, 12_071), (11, 12_071), (12, 24_143)])
def test_r02_r03_the_night_of_the_exit_is_not_paid_but_one_night_is(journey, day, pence):
    journey.leave(journey.admitted(), date(2026, 6, day))

    assert committed() == {2026: pence}


@pytest.mark.parametrize(
    ("day", "notice", "kept"),
    [
        (date(2027, 3, 20), 0, {2026: 120_714, 2027: 0}),  # 10 nights
        (date(2027, 3, 28), 7, {2026: 265_571, 2027: 36_215}),  # 18 and 7, over the year's end
        (date(2027, 6, 8), 7, {2026: 265_571, 2027: 845_000}),  # 2 of the 7 are funded
    ],
)
def test_r13_unplanned_exit_pays_its_notice_and_releases_the_rest_in_its_own_year(
    across, day, notice, kept
):
    placement = across.admitted()

    across.leave(placement, day, status="unplanned", notice_nights=notice)

    assert committed() == kept
    assert_ledger_agrees()


@pytest.mark.parametrize("status", ["planned", "withdrawn_by_provider", "excluded"])
def test_r13_no_other_exit_pays_notice(journey, status):
    placement, day = journey.admitted(), date(2026, 7, 5)

    assert refused(journey.leave, placement, day, status=status, notice_nights=7) == [
        "Notice nights are paid only after an unplanned exit."
    ]
    assert not Exit.objects.exists()
    journey.leave(placement, day, status=status)
    assert committed() == {2026: 301_786}  # 25 nights


def test_r14_non_arrival_releases_every_year_and_a_fee_is_asked_for_alone(across):
    placement = services.record_non_arrival(
        placement=across.approved(),
        reason="Did not travel.",
        by=across.people["assessor"],
        at=noon(date(2027, 3, 11)),
    )
    assert committed() == {2026: 0, 2027: 0}

    across.decide(
        across.ask(placement, RequestKind.ONE_OFF, start=MARCH, one_off_pence=15_000, label="Fee")
    )

    assert entries(placement) == [
        (LedgerKind.COMMIT, 2026, 265_571),
        (LedgerKind.COMMIT, 2027, 845_000),
        (LedgerKind.RELEASE, 2026, -265_571),
        (LedgerKind.RELEASE, 2027, -845_000),
        (LedgerKind.ONE_OFF, 2026, 15_000),
    ]


# ── R15–R18: how it changes ──────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(("ceiling", "asked"), [(869_142, []), (869_141, [RequestState.SUBMITTED])])
def test_r15_admission_above_a_ceiling_is_recorded_and_asked_for_afterwards(across, ceiling, asked):
    placement = across.approved()
    BudgetYear.objects.filter(year=2027).update(ceiling_pence=ceiling)

    placement = services.record_admission(
        placement=placement,
        admission=date(2027, 3, 12),
        by=across.people["assessor"],
        at=noon(date(2027, 3, 12)),
    )

    assert (placement.state, placement.funded_until) == (
        PlacementState.ADMITTED,
        date(2027, 6, 12),
    )
    assert committed() == {2026: 241_429, 2027: 869_142}
    afterwards = FundingRequest.objects.filter(kind=RequestKind.RETROSPECTIVE)
    assert list(afterwards.values_list("state", flat=True)) == asked
    for request in afterwards:
        assert (request.start, request.end) == (date(2027, 3, 12), date(2027, 6, 12))
        assert refused(across.decide, request) == ["There is not enough money left in 2027/28."]


def test_r16_extension_begins_where_funding_ends_and_an_exit_before_it_releases_it_all(journey):
    placement = journey.admitted()
    request = journey.extension(placement, OCTOBER)
    assert (request.start, committed()) == (date(2026, 9, 10), {2026: COST})

    journey.decide(request)
    assert committed() == {2026: COST + NIGHTS_28}
    journey.leave(placement, date(2026, 9, 10))

    assert entries(placement)[-2:] == [
        (LedgerKind.EXTEND, 2026, NIGHTS_28),
        (LedgerKind.RELEASE, 2026, -NIGHTS_28),
    ]


def test_r17_list_price_that_rises_moves_nothing_but_the_next_extension(journey):
    placement = journey.admitted()
    price(journey, journey.lot, date(2026, 7, 1), 87_880)
    assert services.position(placement) == committed() == {2026: COST}

    request = journey.extension(placement, OCTOBER)
    journey.decide(request)

    assert request.weekly_pence == 87_880
    assert committed() == {2026: COST + 351_520}
    assert [term.weekly_pence for term in placement.terms.order_by("pk")] == [84_500, 87_880]


def test_r17_extension_takes_the_price_of_its_first_night_and_no_later_one(journey):
    placement = journey.admitted()
    price(journey, journey.lot, date(2026, 9, 11), 87_880)

    assert journey.extension(placement, OCTOBER).weekly_pence == 84_500


def test_r18_lot_changes_by_a_decision_from_its_first_night(journey):
    placement, lot = journey.admitted(), other_lot(journey)
    request = journey.ask(
        placement, RequestKind.BAND_CHANGE, on=PLANNED, lot=lot, start=date(2026, 7, 8)
    )
    placement.refresh_from_db()
    assert (placement.lot, committed()) == (journey.lot, {2026: COST})

    placement = journey.decide(request).placement

    assert placement.lot == lot
    assert committed() == {2026: NIGHTS_28 + 914_286}  # 28 nights, and 64 at £1,000.00 a week


# ── R19–R23: what else is paid ───────────────────────────────────────────────────────────────
def test_r19_absence_is_paid_in_full_until_bands_or_the_provider_bear_it(journey):
    placement = journey.admitted()
    paid = []
    for start, facts in (
        (date(2026, 7, 1), {}),
        (date(2026, 7, 21), {"later_percent": 50}),
        (date(2026, 8, 10), {"cost_centre": "provider"}),
    ):
        away(journey, placement, start, start.replace(day=start.day + 10), **facts)
        paid.append(committed()[2026])

    assert paid == [COST, 1_092_464, 971_750]  # 3 nights at half, then 10 at nothing
    assert_ledger_agrees()


@pytest.mark.parametrize(("day", "is_flagged"), [(6, False), (7, True), (11, False)])
def test_r19_somebody_is_asked_on_the_seventh_night_until_the_person_is_back(
    client, journey, day, is_flagged
):
    placement = journey.admitted()
    away(journey, placement, date(2026, 7, 1), date(2026, 7, 11))
    client.force_login(journey.people["assessor"])

    with time_machine.travel(noon(date(2026, 7, day)), tick=False):
        page = client.get(reverse("placements:placement", args=[placement.reference]))

    assert ("Long absence" in page.content.decode()) == is_flagged


def test_r20_ceiling_is_tested_on_gross_whatever_the_person_pays():
    journey = Journey().budget(y2026=COST + NIGHTS_28 - 1)
    placement = journey.admitted()
    services.record_contribution(
        placement=placement,
        start=PLANNED,
        weekly_pence=84_500,
        collector="provider",
        by=journey.people["assessor"],
        at=noon(PLANNED),
    )
    request = journey.extension(placement, OCTOBER)
    placement.refresh_from_db()

    assert refused(journey.decide, request) == ["There is not enough money left in 2026/27."]
    assert committed() == services.position(placement) == {2026: COST}


def test_r21_single_charge_is_posted_in_the_year_of_its_day(across):
    placement = across.admitted()
    before = committed()

    for day, pence in ((date(2027, 3, 31), 5_000), (date(2027, 4, 1), 700)):
        across.decide(
            across.ask(
                placement, RequestKind.ONE_OFF, start=day, one_off_pence=pence, label="Detox"
            )
        )

    assert committed() == {2026: before[2026] + 5_000, 2027: before[2027] + 700}


def test_r23_exit_told_after_the_year_is_closed_is_posted_in_the_open_one(across):
    placement = across.admitted()
    after = noon(date(2027, 6, 14))
    across.decide(across.extension(placement, date(2027, 7, 8)))
    held = committed()
    year = BudgetYear.objects.get(year=2026)
    services.propose_close(year=year, by=across.people["commissioner"], at=after)
    services.confirm_close(year=year, by=across.people["finance"], at=after)

    across.leave(placement, date(2027, 3, 20), at=after)

    posted = placement.entries.filter(kind=LedgerKind.RELEASE).order_by("pk")
    assert list(posted.values_list("budget_year__year", "corrects", "pence")) == [
        (2027, None, -held[2027]),
        (2027, 2026, 120_714 - 265_571),
    ]
    assert committed() == {2026: 265_571, 2027: 120_714 - 265_571}
    assert services.compare_ledger().differences == []


# ── How exits are coded (§5, K01) ────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("status", "other"),
    [
        ("planned", "dropped_out"),
        ("unplanned", "withdrawn"),
        ("withdrawn_by_provider", "died"),
        ("excluded", "completed_drug_free"),
    ],
)
def test_k01_reason_of_an_exit_belongs_to_how_it_counts(journey, status, other):
    placement, day = journey.admitted(), date(2026, 7, 5)

    assert refused(journey.leave, placement, day, status=status, reason=other) == [
        "This reason does not belong to how the stay ended."
    ]
    assert journey.leave(placement, day, status=status).status == status


def test_k01_deaths_and_closures_are_no_outcome_and_a_withdrawal_is_unplanned():
    journey = Journey().budget(y2026=27_000_000)
    for status in ("planned", "planned", "unplanned", "withdrawn_by_provider", "excluded"):
        one = Journey(lot=journey.lot, provider=journey.provider, people=journey.people)
        one.leave(one.admitted(), date(2026, 7, 1), status=status)

    (option,) = services.match_options(journey.eligible(), PLANNED)

    assert (option.planned_exits, option.unplanned_exits) == (2, 2)
