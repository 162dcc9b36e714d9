"""Every money rule of money.md §6, by its number; the worked numbers are those of its vectors."""

import ast
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from dps_portal.agreements.models import Agreement
from dps_portal.clock import ONE_DAY, add_months, financial_year
from dps_portal.refusals import Refused
from placements import rules, services
from placements.models import BudgetYear
from placements.rules import (
    Absence,
    InvoiceMatch,
    Layer,
    NoPriceForDate,
    Obstacle,
    OneOff,
    Posting,
    Price,
    Share,
    Stay,
    Term,
    before,
    by_year,
    cost_between,
    difference,
    position,
    total,
)
from placements.states import ExitStatus, PlacementState, RequestKind
from tests.factories.placements import Journey, council

JUNE = date(2024, 6, 10)
MARCH = date(2027, 3, 10)  # three months from here touch 2026/27 (22 nights) and 2027/28
COST = 1_110_571  # 92 nights at £845.00 a week
in_database = pytest.mark.django_db


def stay(admission=JUNE, until=date(2024, 9, 10), *, weekly=84_500, **facts):
    return Stay(admission, until, (Price(admission, weekly),), **facts)


def gross(one: Stay) -> int:
    return total(one.nights())


def layered(*layers) -> Stay:
    """What decisions on some nights, each over those before it, come to."""
    return rules.stay_of(rules.in_force(Layer(*layer) for layer in layers))


def committed():
    return dict(BudgetYear.objects.order_by("year").values_list("year", "committed_pence"))


def refused(act, *args, **facts):
    with pytest.raises(Refused) as refusal:
        act(*args, **facts)
    return list(refusal.value.reasons)


# ── R1–R7: nights and rounding ───────────────────────────────────────────────────────────────
def test_r01_clocks_going_forward_take_no_night_away():
    one = stay(date(2026, 1, 8), date(2026, 4, 2), weekly=70_000)

    assert by_year(one.nights()) == {2025: 830_000, 2026: 10_000}


def test_r01_money_rules_ask_no_clock_and_use_no_floats():
    """Of the rules about money ``queue`` alone names ``datetime``: it orders by a moment."""
    found = set()
    # Moments, miles, rates and names, and no money.
    moneyless = {"deadlines.py", "distances.py", "outcomes.py", "people.py", "suppliers.py"}
    for path in Path(rules.__file__).parent.glob("*.py"):
        if path.name in moneyless:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case (
                    ast.Attribute(attr=("now" | "today") as name)
                    | ast.Name(id=("float" | "datetime") as name)
                ):
                    found.add((path.name, name))
                case ast.Constant(value=float() as number):
                    found.add((path.name, number))

    assert found == {("queue.py", "datetime")}


@in_database
def test_r01_today_is_the_day_in_london():
    placement = Journey().budget(y2026=COST).approved()
    by, day = placement.referral.worker, date(2026, 6, 11)
    admit = {"placement": placement, "admission": day, "by": by}

    assert refused(
        services.record_admission, **admit, at=datetime(2026, 6, 10, 22, 59, tzinfo=UTC)
    ) == ["The admission cannot be in the future."]
    late = datetime(2026, 6, 10, 23, 1, tzinfo=UTC)
    assert services.record_admission(**admit, at=late).admission == day


def test_r02_the_night_of_the_end_is_not_charged_unless_days_are_inclusive():
    dates = {"admission": date(2022, 12, 1), "until": date(2023, 3, 1), "weekly": 70_000}

    assert gross(stay(**dates, discharge=date(2022, 12, 3))) == 20_000
    assert gross(stay(**dates, discharge=date(2022, 12, 3), days_inclusive=True)) == 30_000
    # The funded end is converted at the same edge, and once: notice does not add another day.
    assert stay(**dates, days_inclusive=True).end == date(2023, 3, 2)
    assert stay(
        **dates, discharge=date(2022, 12, 3), notice_nights=2, days_inclusive=True
    ).end == date(2022, 12, 6)


def test_r03_a_same_day_exit_charges_the_minimum():
    assert gross(stay(discharge=JUNE)) == 12_071
    assert gross(stay(discharge=JUNE, min_charge_nights=0)) == 0
    assert gross(stay(discharge=JUNE + ONE_DAY, min_charge_nights=3)) == 36_214


def test_r04_three_months_are_calendar_months_clipped_once_or_a_number_of_nights():
    three = Agreement(first_funding_months=3).first_funding_ends

    assert three(date(2024, 11, 30)) == date(2025, 2, 28)
    assert three(date(2023, 11, 30)) == date(2024, 2, 29)
    assert three(JUNE) == date(2024, 9, 10)
    assert Agreement(funding_stages=[12]).first_funding_ends(JUNE) == date(2024, 9, 2)
    # Counted from the admission each time; month upon month would drift to the 28th.
    assert add_months(date(2024, 11, 30), 4) == date(2025, 3, 30)
    assert add_months(three(date(2024, 11, 30)), 1) == date(2025, 3, 28)


def test_r05_the_price_of_the_night_counts_and_a_missing_one_is_an_error():
    two = replace(stay(), prices=(Price(JUNE, 84_500), Price(date(2024, 7, 22), 87_500)))

    assert gross(two) == 507_000 + 625_000
    with pytest.raises(NoPriceForDate) as missing:
        gross(replace(two, prices=(Price(JUNE + ONE_DAY, 84_500),)))
    assert missing.value.day == JUNE


def test_r06_parts_are_differences_of_rounded_totals():
    one = stay(date(2025, 2, 10), date(2025, 5, 10))
    nights = list(one.nights())
    first, second = date(2025, 4, 1), date(2025, 4, 2)

    assert cost_between(nights, one.admission, first) == 603_571
    assert cost_between(nights, first, second) == 12_072  # a penny more than 845/7 rounded alone
    assert cost_between(nights, second, one.end) == 458_714
    assert total(nights) == 603_571 + 12_072 + 458_714


def test_r06_half_a_penny_goes_up():
    away = Absence(JUNE, JUNE + 7 * ONE_DAY, ((None, 50),))

    assert gross(stay(until=away.end, weekly=1, absences=(away,))) == 1


def test_r07_the_night_of_31_march_is_in_the_old_year():
    assert (financial_year(date(2025, 3, 31)), financial_year(date(2025, 4, 1))) == (2024, 2025)
    assert by_year(stay(date(2025, 3, 31), date(2025, 4, 2), weekly=70_000).nights()) == {
        2024: 10_000,
        2025: 10_000,
    }
    assert by_year(stay(date(2025, 1, 1), date(2025, 4, 1)).nights()) == {2024: 1_086_429}


# ── R8–R12: position, ledger and ceiling ─────────────────────────────────────────────────────
@in_database
def test_r08_each_event_posts_new_minus_old_and_the_ledger_sums_to_the_position():
    journey = Journey(planned=MARCH).budget(y2026=27_000_000, y2027=27_000_000)
    placement = journey.admitted(date(2027, 3, 12))
    journey.decide(journey.extension(placement, date(2027, 7, 12)))
    journey.leave(placement, date(2027, 4, 1))

    entries = list(
        placement.entries.order_by("pk").values_list("kind", "budget_year__year", "pence")
    )
    assert entries == [
        ("commit", 2026, 265_571),
        ("commit", 2027, 845_000),
        ("admission_shift", 2026, -24_142),
        ("admission_shift", 2027, 24_142),
        ("extend", 2027, 362_143),
        ("release", 2027, -1_231_285),
    ]
    assert services.position(placement) == {2026: 241_429}
    assert committed() == {2026: 241_429, 2027: 0}


def test_r08_years_that_stay_the_same_are_not_posted():
    assert difference({2024: 5, 2025: 7}, {2024: 5, 2025: 9, 2026: 1}) == {2025: -2, 2026: -1}


def test_r09_nights_strictly_before_the_day_have_accrued():
    one = stay(date(2025, 2, 10), date(2025, 5, 10))
    on_the_second = by_year(before(one.nights(), date(2025, 4, 2)))

    assert by_year(before(one.nights(), one.admission)) == {}
    assert by_year(before(one.nights(), date(2025, 4, 1))) == {2024: 603_571}
    assert on_the_second == {2024: 603_571, 2025: 12_072}
    assert difference(by_year(one.nights()), on_the_second) == {2025: 458_714}


@in_database
def test_r10_a_decision_passes_at_the_ceiling_of_every_year_and_not_a_penny_above():
    assert Journey(planned=MARCH).budget(y2026=265_571, y2027=845_000).approved().funded_until
    journey = Journey(planned=MARCH).budget(y2026=265_571, y2027=844_999)

    assert refused(journey.decide, journey.requested()) == [
        "There is not enough money left in 2027/28."
    ]


@in_database
def test_r10_only_a_recorded_revision_by_two_people_lifts_the_ceiling():
    journey = Journey().budget(y2026=COST - 1)
    request, people = journey.requested(), journey.people
    assert refused(journey.decide, request) == ["There is not enough money left in 2026/27."]

    revision = services.propose_ceiling(
        agreement=journey.agreement,
        year=2026,
        ceiling_pence=COST,
        decision_reference="Cabinet 12",
        by=people["commissioner"],
        at=journey.at,
    )
    assert refused(journey.decide, request) == ["There is not enough money left in 2026/27."]
    services.confirm_ceiling(revision=revision, by=people["finance"], at=journey.at)
    journey.decide(request)

    assert committed() == {2026: COST}


def test_r10_a_year_without_a_ceiling_and_one_without_room_are_told_apart():
    assert rules.obstacles(
        {2024: 603_571, 2025: 470_786}, ceilings={2024: 603_570}, committed={2024: 0}
    ) == [Obstacle(2024, True, 1), Obstacle(2025, False, 470_786)]


@in_database
def test_r11_facts_are_recorded_whatever_the_headroom():
    journey = Journey(planned=date(2027, 3, 31)).budget(y2026=27_000_000, y2027=1_098_500)
    placement = journey.approved()
    BudgetYear.objects.filter(year=2027).update(ceiling_pence=0)

    services.record_admission(
        placement=placement,
        admission=date(2027, 4, 1),
        by=journey.people["assessor"],
        at=datetime(2027, 4, 1, 12, tzinfo=UTC),
    )

    assert placement.__class__.objects.get().state == PlacementState.ADMITTED
    assert committed() == {2026: 0, 2027: 1_098_500}


def test_r11_nights_beyond_the_funding_are_exposure_and_not_position():
    over = stay(discharge=date(2024, 9, 17))

    assert position(over) == {2024: COST}
    assert rules.exposure(over, today=date(2024, 12, 1)) == {2024: 84_500}
    assert rules.exposure(stay(), today=date(2024, 9, 11)) == {2024: 12_072}
    assert rules.exposure(stay(), today=date(2024, 9, 10)) == {}


@in_database
def test_r12_figures_read_before_another_decision_do_not_decide():
    """The race itself, with its twin, is in test_race.py; this is the copy loaded earlier."""
    one = Journey().budget(y2026=2 * COST - 1)
    other = Journey(lot=one.lot, provider=one.provider, people=one.people)
    first, second = one.requested(), other.requested()
    quoted = services.quote(second)

    one.decide(first)

    assert quoted.fits
    assert refused(other.decide, second) == ["There is not enough money left in 2026/27."]
    assert committed() == {2026: COST}


# ── R13–R18: what changes a stay ─────────────────────────────────────────────────────────────
def test_r13_an_early_exit_pays_to_the_exit_and_notice_within_the_funding():
    assert gross(stay(discharge=date(2024, 7, 5))) == 301_786
    assert gross(stay(discharge=date(2024, 7, 5), notice_nights=7)) == 386_286
    assert gross(stay(discharge=date(2024, 9, 8), notice_nights=7)) == COST
    across = stay(date(2025, 2, 10), date(2025, 5, 10))
    left = replace(across, discharge=date(2025, 4, 1))
    assert difference(position(left), position(across)) == {2025: -470_786}


def test_r13_notice_is_paid_only_after_an_unplanned_exit():
    def objections(status):
        return rules.objections_to_exit(
            state=PlacementState.ADMITTED,
            is_recorded=False,
            status=status,
            notice_nights=7,
            admission=JUNE,
            day=date(2024, 7, 5),
            today=date(2024, 7, 5),
        )

    assert objections(ExitStatus.UNPLANNED) == []
    assert objections(ExitStatus.PLANNED) == [
        "Notice nights are paid only after an unplanned exit."
    ]


def test_r14_a_stay_not_taken_up_releases_everything_but_a_fee():
    assert difference(position(None), position(stay())) == {2024: -COST}
    assert position(None, [OneOff(date(2024, 6, 12), 15_000)]) == {2024: 15_000}


def test_r15_an_admission_on_another_day_takes_the_funded_months_with_it():
    first, until, day = date(2025, 3, 24), date(2025, 6, 24), date(2025, 4, 2)
    end = rules.reanchored(first, until, to=day)
    planned, moved = layered((first, until, 84_500)), layered((day, end, 84_500))

    assert end == date(2025, 7, 2)
    assert difference(position(moved), position(planned)) == {2024: -96_571, 2025: 84_500}


def test_r15_an_earlier_admission_keeps_the_locked_price():
    end = rules.reanchored(JUNE, date(2024, 9, 10), to=date(2024, 6, 3))

    assert end == date(2024, 9, 3)
    assert position(layered((date(2024, 6, 3), end, 84_500))) == position(stay())
    assert rules.reanchored(JUNE, date(2024, 9, 2), to=date(2024, 6, 3)) == date(2024, 8, 26)
    four_weeks = {"start": date(2025, 2, 1), "end": date(2025, 3, 1), "to": date(2025, 3, 1)}
    assert rules.reanchored(**four_weeks) == date(2025, 4, 1)
    assert rules.reanchored(**four_weeks, in_nights=True) == date(2025, 3, 29)


def test_r16_an_extension_costs_its_marginal_nights_and_is_released_whole():
    funded = (date(2024, 7, 1), date(2024, 10, 1), 84_500)
    base, longer = layered(funded), layered(funded, (funded[1], date(2024, 11, 1), 84_500))
    left = replace(longer, discharge=date(2024, 10, 1))

    assert difference(position(longer), position(base)) == {2024: 374_215}
    assert difference(position(left), position(longer)) == {2024: -374_215}


def test_r16_extensions_are_later_four_weeks_by_default_and_six_months_in_all():
    funded = rules.Funded(
        PlacementState.ADMITTED, has_open_request=False, first_night=JUNE, funded_until=JUNE
    )
    assert rules.objections_to_period(
        RequestKind.EXTENSION, funded, start=JUNE, end=JUNE, today=JUNE
    ) == ["An extension must end later than the funding that is in place."]
    assert rules.usual_end(first_night=JUNE, funded_until=JUNE, stages=[], days=28) == date(
        2024, 7, 8
    )
    assert not rules.is_long_stay(first_night=JUNE, end=date(2024, 12, 10), months=6)
    assert rules.is_long_stay(first_night=JUNE, end=date(2024, 12, 11), months=6)
    with pytest.raises(ValueError, match="do not meet on 2024-06-17"):
        rules.stay_of(
            [Term(JUNE, date(2024, 6, 17), 1), Term(date(2024, 6, 18), date(2024, 7, 1), 1)]
        )


def test_r17_approved_nights_keep_their_price_and_an_extension_takes_the_list_price():
    first, until = (date(2025, 2, 1), date(2025, 5, 1), 84_500), date(2025, 6, 1)
    listed = [Price(date(2024, 4, 1), 84_500), Price(date(2025, 4, 1), 87_880)]
    longer = layered(first, (first[1], until, rules.price_on(listed, first[1])))

    assert position(layered(first)) == {2024: 712_214, 2025: 362_143}
    assert difference(position(longer), position(layered(first))) == {2025: 389_183}
    assert rules.price_on([Price(date(2025, 5, 2), 1)], first[1]) is None


def test_r17_a_correction_may_be_backdated_and_negative():
    wrong = (date(2024, 8, 12), date(2024, 11, 12), 89_950)
    right = layered(wrong, (*wrong[:2], 85_950))

    assert difference(position(right), position(layered(wrong))) == {2024: -52_571}


def test_r18_a_band_changes_from_its_day_on():
    until = date(2024, 9, 10)
    enhanced = layered((JUNE, until, 84_500), (date(2024, 8, 5), until, 119_950))

    assert cost_between(enhanced.nights(), JUNE, date(2024, 8, 5)) == 676_000
    assert difference(position(enhanced), position(stay())) == {2024: 182_315}


# ── R19–R25: what else is paid ───────────────────────────────────────────────────────────────
def test_r19_an_absence_pays_by_bands_and_a_void_nothing():
    def costs(**facts):
        return gross(stay(absences=(Absence(date(2024, 7, 1), date(2024, 7, 11), **facts),)))

    assert costs() == COST
    assert costs(bands=((7, 100), (None, 50))) == 1_092_464
    assert costs(bands=((7, 100), (None, 50)), is_void=True) == COST - 120_714


def test_r19_somebody_is_asked_on_the_seventh_night():
    away = Absence(date(2024, 7, 1), date(2024, 7, 8))

    assert away.check_on(7) == date(2024, 7, 7)
    assert replace(away, end=date(2024, 7, 7)).check_on(7) is None
    assert replace(away, is_void=True).check_on(7) is None


def test_r19_an_absence_lies_inside_the_stay_and_apart_from_others():
    away = Absence(date(2024, 7, 1), date(2024, 7, 8))
    one = stay(absences=(away,))

    assert (
        rules.objections_to_absence(replace(away, start=away.end, end=date(2024, 7, 9)), one) == []
    )
    assert rules.objections_to_absence(Absence(JUNE - ONE_DAY, date(2024, 7, 2)), one) == [
        "The absence must lie inside the funded stay.",
        "Another absence is already recorded for one of these nights.",
    ]
    assert rules.objections_to_absence(Absence(JUNE, JUNE), one) == [
        "An absence has at least one night."
    ]


def test_r20_a_contribution_has_its_own_series_and_never_exceeds_its_night():
    pays = stay(contributions=(Price(JUNE, 9_835),))
    across = replace(pays, admission=date(2025, 2, 10), funded_until=date(2025, 5, 10))

    assert rules.shares(pays) == {2024: Share(COST, 129_260)}
    assert rules.shares(pays)[2024].net_pence == 981_311
    assert rules.shares(across) == {2024: Share(603_571, 70_250), 2025: Share(470_786, 54_795)}
    assert rules.shares(stay(contributions=(Price(JUNE, 84_501),))) == {2024: Share(COST, COST)}
    void = Absence(JUNE, JUNE + ONE_DAY, is_void=True)
    assert rules.shares(replace(pays, absences=(void,), discharge=JUNE)) == {2024: Share(0, 0)}
    assert position(pays) == {2024: COST}  # the ceiling is tested on gross


def test_r21_a_one_off_falls_wholly_in_the_year_of_its_day():
    one = stay(date(2025, 3, 24), date(2025, 6, 24))

    assert position(one, [OneOff(date(2025, 3, 24), 125_000)]) == {2024: 221_571, 2025: 1_014_000}
    assert position(one, [OneOff(date(2026, 4, 1), 1)]) == {2024: 96_571, 2025: 1_014_000, 2026: 1}


def test_r22_the_night_of_a_transfer_is_the_new_providers_only():
    move = {"min_charge_nights": 0, "discharge": date(2024, 7, 22)}
    first, second = stay(**move), stay(date(2024, 7, 22), weekly=87_500)

    assert (gross(first), gross(second)) == (507_000, 625_000)
    assert len([*first.nights(), *second.nights()]) == 92
    # The same on the day of admission itself.
    assert gross(stay(**move | {"discharge": JUNE})) == 0


def test_r23_a_closed_year_is_corrected_in_the_open_one_on_its_own_line():
    held = stay(date(2025, 2, 10), date(2025, 5, 10))
    change = difference(position(replace(held, discharge=date(2025, 3, 20))), position(held))

    assert change == {2024: -144_857, 2025: -470_786}
    assert rules.postings(change, closed={2024}, open_year=2025) == [
        Posting(2025, -470_786),
        Posting(2025, -144_857, corrects=2024),
    ]
    assert rules.postings(change, closed=set(), open_year=2025) == [
        Posting(2024, -144_857),
        Posting(2025, -470_786),
    ]


@in_database
@pytest.mark.parametrize(
    ("limit", "reasons"),
    [
        (COST, []),
        (COST - 1, ["The cost of this request is above your approval limit."]),
        (None, ["You have no approval limit, so you cannot approve funding."]),
    ],
)
def test_r24_the_limit_tests_the_cost_of_the_request_in_all_its_years(limit, reasons):
    journey = Journey(people=council(manager=limit), planned=MARCH)
    request = journey.budget(y2026=27_000_000, y2027=27_000_000).requested()

    if reasons:
        assert refused(journey.decide, request) == reasons
    else:
        assert journey.decide(request).state == "approved"


@pytest.mark.parametrize(
    ("invoiced", "difference_pence", "within"),
    [
        (337_988, -12, True),
        (338_100, 100, True),
        (338_101, 101, False),
        (337_900, -100, True),
        (337_899, -101, False),
    ],
)
def test_r25_an_invoice_may_differ_by_a_pound(invoiced, difference_pence, within):
    match = InvoiceMatch(cost_between(stay().nights(), JUNE, JUNE + 28 * ONE_DAY), invoiced)

    assert (match.ours_pence, match.difference_pence, match.is_within_tolerance) == (
        338_000,
        difference_pence,
        within,
    )
