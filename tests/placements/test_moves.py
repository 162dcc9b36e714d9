"""Boundaries of the rules that pages and sweeps share; the services' tests cover the refusals."""

from datetime import date, timedelta

import pytest

from placements import rules
from placements.states import (
    PLACEMENT_MOVES,
    REFERRAL_ACTS,
    REFERRAL_MOVES,
    REQUEST_MOVES,
    PlacementState,
    ReferralState,
    RequestState,
)

DAY = date(2026, 9, 10)


@pytest.mark.parametrize(
    ("states", "moves"),
    [
        (ReferralState, REFERRAL_MOVES),
        (PlacementState, PLACEMENT_MOVES),
        (RequestState, REQUEST_MOVES),
    ],
)
def test_every_state_names_its_moves_and_no_other_is_allowed(states, moves):
    for state in states:
        for to in states:
            assert (rules.objections_to_move(state, to) == []) == (to in moves[state])


@pytest.mark.parametrize("act", REFERRAL_ACTS)
def test_every_act_on_a_referral_is_allowed_in_its_states_and_no_other(act):
    for state in ReferralState:
        refused = [f"The referral is marked “{state.label}”, which does not allow this."]
        expected = [] if state in REFERRAL_ACTS[act] else refused
        assert rules.objections_to_act(act, state) == expected


@pytest.mark.parametrize(
    ("days", "flag"), [(29, None), (28, "ending"), (1, "ending"), (0, "unfunded"), (-1, "unfunded")]
)
def test_funding_flag_turns_on_the_exact_day(days, flag):
    today = DAY - timedelta(days=days)

    assert rules.funding_flag(state=PlacementState.ADMITTED, funded_until=DAY, today=today) == flag


def test_funding_flag_is_for_people_in_place_only():
    today = DAY + timedelta(days=1)

    assert (
        rules.funding_flag(state=PlacementState.DISCHARGED, funded_until=DAY, today=today) is None
    )


@pytest.mark.parametrize(
    ("days", "due"),
    [(29, None), (28, 28), (15, 28), (14, 14), (8, 14), (7, 7), (1, 7), (0, 0), (-40, 0)],
)
def test_nearest_reminder_is_due(days, due):
    assert rules.reminder_due(funded_until=DAY, today=DAY - timedelta(days=days)) == due


def test_stay_of_exactly_six_months_is_not_long():
    first = date(2026, 8, 31)

    assert not rules.is_long_stay(first_night=first, end=date(2027, 2, 28), months=6)
    assert rules.is_long_stay(first_night=first, end=date(2027, 3, 1), months=6)


@pytest.mark.parametrize(
    ("start", "end", "to", "until"),
    [
        (date(2026, 6, 10), date(2026, 9, 10), date(2026, 6, 12), date(2026, 9, 12)),
        (date(2026, 11, 30), date(2027, 2, 28), date(2026, 12, 1), date(2027, 3, 1)),
        (date(2026, 1, 31), date(2026, 2, 28), date(2026, 1, 30), date(2026, 2, 28)),
        (date(2026, 6, 10), date(2026, 7, 8), date(2026, 6, 12), date(2026, 7, 10)),
    ],
)
def test_period_that_moves_keeps_its_months_or_its_nights(start, end, to, until):
    assert rules.reanchored(start, end, to=to) == until


def test_figures_that_changed_under_the_lock_are_refused():
    assert rules.objections_to_figures(are_current=True) == []
    assert rules.objections_to_figures(are_current=False) == [
        "The placement has just changed. Look at the figures again."
    ]
