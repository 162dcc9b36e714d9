"""What a stay costs, against an independent count night by night (money.md R1-R22)."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placements.rules import (
    Absence,
    Layer,
    NoPriceForDate,
    Price,
    Stay,
    Term,
    before,
    by_year,
    cost_by_year,
    difference,
    in_force,
    longest_affordable_end,
    split,
    stay_of,
    total,
)

START = date(2024, 6, 10)
QUICK = settings(max_examples=300, derandomize=True, deadline=None)


def stay(**facts):
    return Stay(
        **{
            "admission": START,
            "funded_until": date(2024, 9, 10),
            "prices": (Price(START, 84_500),),
            **facts,
        }
    )


@st.composite
def stays(draw):
    admission = draw(st.dates(date(2022, 1, 1), date(2028, 3, 31)))
    length = draw(st.integers(1, 200))
    prices = [Price(admission, draw(st.integers(1, 250_000)))]
    for gap in draw(st.lists(st.integers(1, 90), max_size=3)):
        prices.append(Price(prices[-1].start + timedelta(gap), draw(st.integers(1, 250_000))))
    leaves = draw(st.none() | st.integers(0, length))
    away = draw(st.none() | st.tuples(st.integers(0, 60), st.integers(1, 30)))
    absences = ()
    if away:
        first = admission + timedelta(away[0])
        absences = (Absence(first, first + timedelta(away[1]), ((7, 100), (None, 50))),)
    return Stay(
        admission=admission,
        funded_until=admission + timedelta(length),
        prices=tuple(prices),
        discharge=None if leaves is None else admission + timedelta(leaves),
        notice_nights=draw(st.integers(0, 7)),
        absences=absences,
        contributions=(Price(admission, draw(st.integers(0, 100_000))),),
    )


def counted(one):
    """The same stay, counted again without our code: {night: exact pence}."""
    end = one.funded_until
    if one.discharge is not None:
        end = min(end, one.discharge + timedelta(one.notice_nights))
        end = max(end, one.admission + timedelta(1))
    nights = {}
    day = one.admission
    while day < end:
        weekly = [price.weekly_pence for price in one.prices if price.start <= day][-1]
        percent = 100
        for absence in one.absences:
            if absence.start <= day < absence.end:
                percent = 100 if (day - absence.start).days < 7 else 50
        nights[day] = Fraction(weekly, 7) * Fraction(percent, 100)
        day += timedelta(1)
    return nights


def rounded(exact):
    return (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)


@QUICK
@given(stays())
def test_r6_parts_always_add_up_to_the_whole_to_the_penny(one):
    nights = counted(one)
    whole = rounded(sum(nights.values(), Fraction(0)))

    assert total(one.nights()) == whole
    assert sum(by_year(one.nights()).values()) == whole
    assert sum(split(one.nights(), lambda day: (day.year, day.month)).values()) == whole
    assert sum(split(one.nights(), lambda day: day).values()) == whole


@QUICK
@given(stays())
def test_r7_each_year_is_a_difference_of_two_rounded_totals(one):
    nights = counted(one)
    old = 0
    expected = {}
    for year in sorted(
        {day.year if day >= date(day.year, 4, 1) else day.year - 1 for day in nights}
    ):
        so_far = sum(
            (cost for day, cost in nights.items() if day < date(year + 1, 4, 1)), Fraction(0)
        )
        expected[year] = rounded(so_far) - old
        old = rounded(so_far)

    assert by_year(one.nights()) == expected


@QUICK
@given(stays())
def test_r20_a_contribution_never_exceeds_the_night_it_pays_for(one):
    cost = dict(one.nights())

    assert all(paid <= cost[day] for day, paid in one.contribution_nights())


def test_r2_the_night_of_the_end_date_is_not_charged():
    assert total(stay(discharge=date(2024, 6, 17)).nights()) == 84_500


def test_r3_a_same_day_exit_charges_one_night():
    assert total(stay(discharge=START).nights()) == 12_071


def test_r5_a_missing_price_is_an_error_never_zero():
    with pytest.raises(NoPriceForDate) as error:
        total(stay(prices=(Price(date(2024, 7, 1), 84_500),)).nights())

    assert error.value.day == START


def test_r8_the_ledger_posts_new_minus_old_and_nothing_where_nothing_changes():
    assert difference({2024: 500, 2025: 70}, {2024: 500, 2025: 100, 2026: 5}) == {
        2025: -30,
        2026: -5,
    }


def test_r9_the_night_before_the_day_has_accrued_and_the_night_of_the_day_has_not():
    assert total(before(stay().nights(), date(2024, 6, 11))) == 12_071
    assert total(before(stay().nights(), START)) == 0


def test_r13_notice_nights_never_run_past_what_is_funded():
    assert total(stay(discharge=date(2024, 9, 9), notice_nights=7).nights()) == 1_110_571


def test_r13_an_exit_after_the_funding_ended_is_charged_to_the_end_of_funding():
    assert total(stay(discharge=date(2024, 10, 1)).nights()) == 1_110_571


def test_r17_each_term_keeps_its_own_price():
    terms = [
        Term(date(2025, 2, 1), date(2025, 5, 1), 84_500),
        Term(date(2025, 5, 1), date(2025, 6, 1), 87_880),
    ]

    assert cost_by_year(terms) == {2024: 712_214, 2025: 751_326}


def test_r16_an_exit_before_an_extension_starts_releases_all_of_it():
    base = Term(date(2024, 7, 1), date(2024, 10, 1), 84_500)
    more = Term(date(2024, 10, 1), date(2024, 11, 1), 84_500)

    left = stay_of([base, more], discharge=date(2024, 10, 1))
    assert by_year(left.nights()) == cost_by_year([base])


@QUICK
@given(
    st.dates(date(2023, 12, 1), date(2025, 4, 1)),
    st.lists(st.tuples(st.integers(1, 40), st.integers(1, 250_000)), min_size=1, max_size=4),
)
def test_terms_and_the_stay_that_they_fund_cost_the_same(start, lengths):
    terms, edge = [], start
    for nights, weekly in lengths:
        terms.append(Term(edge, edge + timedelta(nights), weekly))
        edge = terms[-1].end

    assert difference(by_year(stay_of(terms).nights()), cost_by_year(terms)) == {}


def test_last_layer_governs_a_night_and_without_a_price_takes_its_funding_away():
    base = Layer(date(2024, 7, 1), date(2024, 10, 1), 84_500)
    dearer = Layer(date(2024, 8, 1), date(2024, 10, 1), 90_000)
    cut = Layer(date(2024, 9, 1), date(2024, 10, 1), None)
    again = Layer(date(2024, 9, 1), date(2024, 9, 15), 80_000)

    assert in_force([base, dearer, cut, again]) == [
        Term(date(2024, 7, 1), date(2024, 8, 1), 84_500),
        Term(date(2024, 8, 1), date(2024, 9, 1), 90_000),
        Term(date(2024, 9, 1), date(2024, 9, 15), 80_000),
    ]
    assert in_force([]) == []


def test_r19_an_absence_pays_by_bands():
    absence = Absence(date(2024, 7, 1), date(2024, 7, 11), ((7, 100), (None, 50)))

    assert total(stay(absences=(absence,)).nights()) == 1_092_464


def test_the_longest_affordable_end_stops_at_the_first_year_without_room():
    start, end = date(2025, 3, 25), date(2025, 4, 20)

    def longest(headroom):
        return longest_affordable_end(
            start,
            end,
            cost_until=lambda day: cost_by_year([Term(start, day, 70_000)]),
            headroom=headroom,
        )

    assert longest({2024: 70_000, 2025: 30_000}) == date(2025, 4, 4)
    assert longest({2024: 69_999}) == date(2025, 3, 31)
    assert longest({2025: 10**9}) is None
