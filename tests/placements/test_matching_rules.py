"""The rules of matching: the profile, the answer, distances and outcome figures."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from placements import rules
from placements.states import PlacementState, ReferralState

LONDON = ZoneInfo("Europe/London")
ALEX = {"name": "Alex Example", "born_on": date(1980, 2, 29), "number": "SC 123 456"}


@pytest.mark.parametrize(
    ("day", "band"),
    [
        (date(1998, 2, 27), "Under 18"),
        (date(1998, 3, 1), "18 to 24"),
        (date(2005, 2, 27), "18 to 24"),
        (date(2005, 3, 1), "25 to 34"),
        (date(2045, 2, 27), "55 to 64"),
        (date(2045, 3, 1), "65 or over"),
    ],
)
def test_age_is_told_in_bands(day, band):
    assert rules.age_band(ALEX["born_on"], day) == band


def test_a_part_of_the_name_is_a_doubt_where_it_is_written_as_a_name():
    found = ["A part of the person's name is in the text."]
    assert rules.names_in("Alex wants to go.", name="Alex Example") == found
    assert rules.names_in("An example, alexandrine.", name="Alex Example") == []
    assert rules.names_in("Jo wants to go.", name="Jo Li") == []


def test_r7_13_what_must_not_be_told_is_refused_and_doubts_are_checked():
    def objections(**facts):
        return rules.objections_to_profile(
            **{
                "told": ["Near PR8 1AA."],
                "identity": ["The text has the person's name."],
                "doubts": ["“Mr Smith” looks like the name of a person."],
                "has_checked": False,
                "ends_before_start": True,
            }
            | facts
        )

    refused = [
        "“PR8 1AA” looks like a postcode.",
        "The text has the person's name.",
        "The latest day of admission is before the planned one.",
    ]
    assert objections() == [
        *refused,
        "“Mr Smith” looks like the name of a person.",
        "Take this out, or tick that you have checked the words.",
    ]
    assert objections(has_checked=True) == refused
    assert objections(told=[], identity=[], doubts=[], ends_before_start=False) == []


def test_doubts_of_the_record_are_postcodes_too():
    assert rules.doubts_about(["Ask Dr Jones."], ["Near PR8 1AA."]) == [
        "“Dr Jones” looks like the name of a person.",
        "“PR8 1AA” looks like a postcode.",
    ]


def test_profile_says_what_was_told_and_nothing_that_was_left_out():
    profile = {
        "lot": "Lot 1: Standard",
        "age_band": "45 to 54",
        "sex": "",
        "complexity": [],
        "needs": "A quiet room.",
        "constraints": "",
        "urgency": "Routine",
        "start_from": "2026-06-10",
        "start_until": "2026-06-10",
    }
    assert rules.profile_lines(profile) == [
        ("Lot", "Lot 1: Standard"),
        ("Age", "45 to 54"),
        ("Complexity", "None recorded"),
        ("Needs", "A quiet room."),
        ("Urgency", "Routine"),
        ("Start", "10 June 2026"),
    ]
    assert rules.profile_lines(profile | {"start_until": "2026-06-24"})[-1] == (
        "Start",
        "10 June 2026 to 24 June 2026",
    )


def test_t7_answer_is_refused_with_every_reason_at_once():
    today = date(2026, 5, 1)

    def objections(**facts):
        return rules.objections_to_answer(
            **{
                "state": PlacementState.AWAITING_PROVIDER,
                "accepts": True,
                "earliest_admission": today,
                "decline_kind": "",
                "reason": "",
                "today": today,
            }
            | facts
        )

    assert objections() == []
    assert objections(earliest_admission=None) == ["Say from which day the person can be admitted."]
    assert objections(earliest_admission=date(2026, 4, 30)) == [
        "The day from which the person can be admitted is in the past."
    ]
    declined = {"accepts": False, "earliest_admission": None}
    assert objections(**declined) == [
        "Choose why the placement is declined.",
        "Say why the placement is declined.",
    ]
    assert objections(**declined, decline_kind="other", reason="Full.") == []


@pytest.mark.parametrize(
    ("offered", "due"),
    [
        (datetime(2026, 4, 28, 13, 0, tzinfo=LONDON), date(2026, 5, 1)),
        (
            datetime(2026, 4, 28, 13, 1, tzinfo=LONDON),
            date(2026, 5, 5),
        ),  # over the bank holiday of 4 May
        (datetime(2026, 5, 2, 9, 0, tzinfo=LONDON), date(2026, 5, 8)),
    ],
)
def test_an_answer_is_wanted_in_three_working_days(offered, due):
    assert rules.due_on(offered, 3) == due


def test_option_marked_unsuitable_is_refused_before_its_price_is_looked_at():
    today = date(2026, 5, 1)
    facts = {
        "state": ReferralState.MATCHING,
        "agreement_is_running": True,
        "is_offered": True,
        "is_suitable": False,
        "is_cheapest": False,
        "why_not_cheapest": "",
        "planned_admission": today,
        "today": today,
    }
    assert rules.objections_to_option(**facts) == [
        "This provider is marked as not suitable for the person."
    ]


@pytest.mark.parametrize(
    ("asked", "held", "won", "reasons"),
    [
        (False, False, False, []),
        (True, False, False, ["The agreement asks for a competition for each placement."]),
        (True, True, False, ["The competition for this placement has no winner yet."]),
        (False, True, False, ["The competition for this placement has no winner yet."]),
        (True, True, True, []),
    ],
)
def test_r10_3_a_competition_is_waited_for(asked, held, won, reasons):
    assert rules.objections_to_choosing(is_asked=asked, is_held=held, is_won=won) == reasons


def test_competition_is_refused_with_every_reason_at_once():
    assert rules.objections_to_competition(
        state=ReferralState.ELIGIBLE, is_running=True, agreement_is_running=False, is_past=True
    ) == [
        "The referral is marked “Eligible”, which does not allow this.",
        "The agreement is not running, so nobody can be invited under it.",
        "The planned admission is in the past.",
        "A competition for this placement is running already.",
    ]


def test_vacancy_is_refused_with_every_reason_at_once():
    today = date(2026, 5, 1)
    assert rules.objections_to_vacancy(
        is_on_lot=False, earliest_on=date(2026, 4, 30), today=today
    ) == ["Your organisation has no place on this lot.", "The earliest admission is in the past."]
    assert rules.objections_to_vacancy(is_on_lot=True, earliest_on=today, today=today) == []


@pytest.mark.parametrize(
    ("one", "other", "miles"),
    [
        ("PR8 1AA", "PR1 2HE", 0),
        ("L1 1AA", "M1 1AA", 31),  # Liverpool to Manchester
        ("SW1A 1AA", "EH1 1AA", 333),  # London to Edinburgh
        ("E1 1AA", "EC1A 1BB", 3),
        ("PR8", "ZZ99 3VZ", None),
        ("", "PR8", None),
    ],
)
def test_distance_is_between_the_towns_of_two_areas(one, other, miles):
    assert rules.miles_between(one, other) == rules.miles_between(other, one) == miles


@pytest.mark.parametrize(
    ("planned", "unplanned", "interval"),
    # By hand: (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n), z = 1.96
    [(0, 0, None), (39, 11, (65, 87)), (5, 0, (57, 100)), (0, 5, (0, 43)), (1, 1, (9, 91))],
)
def test_planned_exit_rate_comes_with_wilsons_interval(planned, unplanned, interval):
    assert rules.planned_exit_interval(planned, unplanned) == interval
