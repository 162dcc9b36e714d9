"""The ceiling, its alerts, and figures for publication (money.md R10, R24, B01-B10, K01-K04)."""

import pytest

from placements.rules import (
    Obstacle,
    ceiling_crossings,
    is_within_limit,
    obstacles,
    planned_exit_rate,
    suppress,
)


def test_r10_exactly_at_the_ceiling_fits_and_one_penny_more_does_not():
    full = {"ceilings": {2026: 27_000_000}, "committed": {2026: 26_999_000}}

    assert obstacles({2026: 1_000}, **full) == []
    assert obstacles({2026: 1_001}, **full) == [Obstacle(2026, True, 1)]


def test_r10_every_year_that_lacks_room_is_named_in_order():
    found = obstacles(
        {2027: 5, 2026: 10, 2025: 1}, ceilings={2025: 100, 2026: 9}, committed={2025: 0}
    )

    assert found == [Obstacle(2026, True, 1), Obstacle(2027, False, 5)]


@pytest.mark.parametrize(
    ("limit", "within"), [(1_110_570, False), (1_110_571, True), (None, False)]
)
def test_r24_equality_passes_and_no_limit_is_no_authority(limit, within):
    assert is_within_limit(1_110_571, limit) == within


def crossings(committed, alerted=()):
    return ceiling_crossings(
        ceiling_pence=27_000_000,
        committed_pence=committed,
        alerted=alerted,
        thresholds=(75, 90, 95, 100),
    )


def test_a_threshold_fires_when_it_is_reached_and_not_a_penny_before():
    assert crossings(20_249_999) == (set(), set())
    assert crossings(20_250_000) == ({75}, set())


def test_several_thresholds_can_be_reached_at_once():
    assert crossings(27_000_000) == ({75, 90, 95, 100}, set())


def test_a_threshold_rearms_only_after_a_fall_of_five_points():
    assert crossings(24_000_000, alerted={75, 90, 95}) == (set(), {95})
    assert crossings(22_950_000, alerted={75, 90, 95}) == (set(), {90, 95})


def test_an_empty_year_without_a_ceiling_raises_no_alarm():
    assert ceiling_crossings(
        ceiling_pence=0, committed_pence=0, alerted=(), thresholds=(75, 100)
    ) == (set(), set())


@pytest.mark.parametrize(
    ("planned", "unplanned", "rate"), [(50, 14, 78), (1, 1, 50), (0, 3, 0), (0, 0, None)]
)
def test_the_planned_exit_rate_is_of_planned_and_unplanned_exits(planned, unplanned, rate):
    assert planned_exit_rate(planned, unplanned) == rate


def test_a_lone_small_count_takes_the_next_smallest_with_it():
    assert suppress({"A": 12, "B": 3, "C": 7}) == {"A": "12", "B": "*", "C": "*"}


def test_two_small_counts_hide_each_other_and_none_needs_no_star():
    assert suppress({"A": 12, "B": 3, "C": 4, "D": 0}) == {
        "A": "12",
        "B": "*",
        "C": "*",
        "D": "0",
    }
    assert suppress({"A": 12, "B": 5}) == {"A": "12", "B": "5"}
