"""The forecast, worked by hand on the six placements of vector F01 (money.md §7)."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest

from dps_portal.money import half_up
from placements.rules import (
    Asked,
    Assumptions,
    Experience,
    ForecastPart,
    Holding,
    OneOff,
    Price,
    Stay,
    Waiting,
    YearFacts,
    affordable_in_queue,
    effect_of,
    forecast_year,
    in_queue_order,
    position,
    unidentified_demand,
    used_share,
)

AS_OF = date(2025, 10, 1)
CEILING = 27_000_000


def stay(admission, until, weekly_pence, **facts):
    return Stay(admission, until, (Price(admission, weekly_pence),), **facts)


def holding(name, one):
    return Holding(name, one, is_admitted=one.admission < AS_OF)


P1 = stay(date(2025, 4, 14), date(2025, 7, 14), 84_500, discharge=date(2025, 7, 7))
P2 = stay(date(2025, 5, 19), date(2025, 8, 19), 87_500, discharge=date(2025, 6, 12))
P3 = stay(date(2025, 8, 11), date(2025, 11, 11), 84_500)
P4 = stay(date(2025, 9, 22), date(2025, 12, 22), 119_950)
P5 = stay(date(2025, 10, 13), date(2026, 1, 13), 68_600)
P6 = stay(date(2026, 2, 16), date(2026, 5, 16), 84_500)
HOLDINGS = tuple(holding(f"P{n}", one) for n, one in enumerate((P1, P2, P3, P4, P5, P6), 1))
ASKED = Asked("P7", stay(date(2026, 1, 5), date(2026, 3, 30), 70_000), Fraction(1, 2))
FACTS = YearFacts(2025, AS_OF, CEILING, HOLDINGS, (ASKED,))
ASSUMED = Assumptions(
    show_rate=Fraction(9, 10),
    extension_rate=Fraction(1, 4),
    further_admissions=Fraction(10),
    mean_stay_nights=Fraction(45),
    mean_weekly_pence=Fraction(84_500),
)
NOTHING_ASSUMED = Assumptions(*(Fraction(number) for number in (1, 0, 0, 0, 0)))


def parts(told):
    return {one.part: (one.full_pence, one.likely_pence) for one in told.components}


def test_f01_what_is_promised_needs_no_assumption():
    told = forecast_year(replace(FACTS, requests=()), NOTHING_ASSUMED)

    assert (told.committed.pence, told.committed.headroom_pence) == (5_416_664, 21_583_336)
    assert parts(told)[ForecastPart.ACCRUED] == (2_083_864, 2_083_864)


def test_f02_every_part_is_rounded_once_and_then_added():
    told = forecast_year(FACTS, ASSUMED)

    assert told.used_share == Fraction(857, 1000)
    assert parts(told) == {
        ForecastPart.PRIOR_YEARS: (0, 0),
        ForecastPart.ACCRUED: (2_083_864, 2_083_864),
        ForecastPart.RESIDENTS: (1_900_057, 1_628_349),  # × 0.857
        ForecastPart.APPROVED: (1_432_743, 1_105_075),  # × 0.9 × 0.857
        ForecastPart.PENDING: (840_000, 323_946),  # × 0.5 × 0.9 × 0.857
        # 28 nights of P3, P4 and, × 0.9, of P5; P6 is funded beyond the year. × 0.25 × 0.857
        ForecastPart.EXTENSIONS: (1_092_200, 228_125),
        ForecastPart.UNIDENTIFIED: (4_760_587, 4_760_587),  # 10 × (45 − 45²/364) × 845/7
    }
    assert [line.pence for line in (told.committed, told.likely, told.prudent)] == [
        5_416_664,
        10_129_946,
        12_109_451,
    ]


@pytest.mark.parametrize(
    ("mean_stay", "pence"),
    [
        (45, 4_760_587),  # 10 × (45 − 45²/364) × 845/7
        (182, 10_985_000),  # 10 × 182/2 × 845/7, from both formulas
        (300, 10_985_000),
        (0, 0),
    ],
)
def test_f03_unidentified_demand_for_stays_shorter_and_longer_than_the_horizon(mean_stay, pence):
    assumed = replace(ASSUMED, mean_stay_nights=Fraction(mean_stay))

    assert half_up(unidentified_demand(assumed, nights=182, horizon=182)) == pence
    assert parts(forecast_year(FACTS, assumed))[ForecastPart.UNIDENTIFIED] == (pence, pence)


def test_nobody_is_expected_once_the_year_is_over():
    over = forecast_year(replace(FACTS, as_of=date(2026, 4, 1)), ASSUMED)

    assert parts(over)[ForecastPart.UNIDENTIFIED] == (0, 0)


@pytest.mark.parametrize(
    ("ceiling", "committed", "likely", "prudent"),
    [
        (2_083_864, date(2025, 9, 30), date(2025, 9, 30), date(2025, 9, 30)),
        (2_083_865, date(2025, 10, 1), date(2025, 10, 1), date(2025, 10, 1)),
        (5_416_664, date(2026, 3, 31), date(2025, 12, 9), date(2025, 11, 29)),
        (5_416_665, None, date(2025, 12, 9), date(2025, 11, 29)),
        (12_109_451, None, None, date(2026, 3, 31)),
        (12_109_452, None, None, None),
    ],
)
def test_the_day_on_which_a_line_reaches_the_ceiling(ceiling, committed, likely, prudent):
    told = forecast_year(replace(FACTS, ceiling_pence=ceiling), ASSUMED)

    assert (told.committed.reached_on, told.likely.reached_on, told.prudent.reached_on) == (
        committed,
        likely,
        prudent,
    )


def test_a_year_of_nothing_never_reaches_its_ceiling():
    assert forecast_year(YearFacts(2025, AS_OF, 0), NOTHING_ASSUMED).prudent.reached_on is None


def test_one_more_approval_moves_a_request_into_what_is_promised():
    effect = effect_of(FACTS, ASSUMED, approved=Holding("P7", ASKED.stay, is_admitted=False))

    assert effect.added_pence == 840_000
    assert effect.after.committed.pence == 5_416_664 + 840_000
    assert parts(effect.after)[ForecastPart.PENDING] == (0, 0)
    assert parts(effect.after)[ForecastPart.APPROVED] == (
        2_272_743,
        half_up(2_272_743 * Fraction(7713, 10_000)),
    )


def test_an_extension_asked_for_counts_its_own_nights_and_is_not_expected_besides():
    longer = replace(P3, funded_until=date(2025, 12, 11))
    told = forecast_year(replace(FACTS, requests=(Asked("P3", longer, Fraction(1, 2)),)), ASSUMED)

    # C(122) − C(92); the person is here, so that the show rate is out of it.
    assert parts(told)[ForecastPart.PENDING] == (362_143, half_up(362_143 * Fraction(857, 2000)))
    assert parts(told)[ForecastPart.EXTENSIONS][0] == 479_800 + 274_400


def test_an_extension_is_expected_at_the_price_in_force_on_its_first_night_and_in_the_year():
    late = stay(date(2026, 1, 1), date(2026, 3, 25), 70_000)
    late = replace(late, prices=(*late.prices, Price(date(2026, 3, 25), 77_000)))
    told = forecast_year(YearFacts(2025, AS_OF, CEILING, (holding("P", late),)), ASSUMED)

    assert parts(told)[ForecastPart.EXTENSIONS][0] == 77_000


def test_notice_after_an_exit_is_certain_and_so_are_corrections_of_closed_years():
    left = replace(P3, discharge=date(2025, 9, 28), notice_nights=7)
    facts = YearFacts(
        2025, AS_OF, CEILING, (holding("P", left),), prior_years=(OneOff(AS_OF, -144_857),)
    )
    told = parts(forecast_year(facts, replace(ASSUMED, further_admissions=Fraction(0))))

    assert told[ForecastPart.RESIDENTS] == (48_286, 48_286)  # C(55) − C(51)
    assert told[ForecastPart.PRIOR_YEARS] == (-144_857, -144_857)
    assert told[ForecastPart.EXTENSIONS] == (0, 0)


def test_nothing_has_accrued_for_a_person_who_has_not_arrived():
    late = replace(HOLDINGS[2], is_admitted=False)
    told = parts(forecast_year(replace(FACTS, holdings=(late,)), ASSUMED))

    assert told[ForecastPart.ACCRUED] == (0, 0)
    assert told[ForecastPart.APPROVED][0] == 1_110_571


def test_the_used_share_is_observed_from_twenty_discharges_on():
    assert used_share(ASSUMED, Experience(19, 900, 1_000)) == Fraction(857, 1000)
    assert used_share(ASSUMED, Experience(20, 900, 1_000)) == Fraction(9, 10)


@pytest.mark.parametrize("seed", range(20))
def test_parts_lines_and_positions_always_agree(seed):
    rng = random.Random(seed)  # noqa: S311
    holdings = []
    for number in range(rng.randrange(12)):
        admission = date(2024, 12, 1) + timedelta(rng.randrange(480))
        until = admission + timedelta(rng.randint(1, 120))
        one = stay(admission, until, rng.randint(1, 250_000))
        if rng.random() < 0.4:
            one = replace(one, discharge=admission + timedelta(rng.randrange(100)))
        charges = (OneOff(admission, rng.randrange(100_000)),)
        holdings.append(Holding(f"P{number}", one, admission <= AS_OF, charges))
    told = forecast_year(YearFacts(2025, AS_OF, CEILING, tuple(holdings), (ASKED,)), ASSUMED)
    full = {part: pence for part, (pence, _) in parts(told).items()}
    unsure = (
        full[ForecastPart.PENDING] + full[ForecastPart.EXTENSIONS] + full[ForecastPart.UNIDENTIFIED]
    )

    assert told.committed.pence == sum(
        position(one.stay, one.one_offs).get(2025, 0) for one in holdings
    )
    assert told.prudent.pence == told.committed.pence + unsure
    assert told.likely.pence == sum(likely for _, likely in parts(told).values())
    assert len(told.likely.path) == 365


# ── Queue ────────────────────────────────────────────────────────────────────────────────────
def waiting(name, hour, *, urgent=False, **cost):
    years = {int(year[1:]): pence for year, pence in cost.items()}
    return Waiting(name, urgent, datetime(2026, 5, 1, hour, tzinfo=UTC), years)


def test_the_queue_is_by_urgency_and_then_by_time():
    queue = [
        waiting("C", 9),
        waiting("B", 12, urgent=True),
        waiting("D", 8),
        waiting("A", 11, urgent=True),
    ]

    assert [one.reference for one in in_queue_order(queue)] == ["A", "B", "D", "C"]


def test_a_release_could_fund_those_in_order_who_fit_together():
    queue = [
        waiting("first", 8, y2026=60, y2027=1),
        waiting("too dear", 9, y2026=50),
        waiting("last", 10, y2026=40),
        waiting("none left", 11, y2026=1),
    ]

    found = affordable_in_queue(queue, ceilings={2026: 200, 2027: 1}, committed={2026: 100})

    assert [one.reference for one in found] == ["first", "last"]
