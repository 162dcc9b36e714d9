"""What may be published, opened, lengthened and ended, and when notices are due."""

from datetime import UTC, date, datetime, timedelta

import pytest

from dps_portal.agreements import rules
from dps_portal.agreements.regimes import LIGHT_TOUCH, STRICT

TODAY = date(2026, 11, 22)
OWN = dict.fromkeys(rules.FIGURES)


def of_rules(regime, *, opens_in_rounds=None, **figures):
    return rules.objections_to_rules(regime, opens_in_rounds=opens_in_rounds, figures=OWN | figures)


@pytest.mark.parametrize("regime", [STRICT, LIGHT_TOUCH])
def test_r1_3_the_figures_of_the_regime_may_always_be_published(regime):
    assert of_rules(regime) == []


def test_r1_3_regulation_34_binds_a_strict_system_and_not_the_light_touch():
    own = {
        "decide_days": 12,
        "extended_days": 20,
        "refresh_days": 7,
        "minimum_tender_days": 5,
        "opens_in_rounds": True,
    }
    assert of_rules(LIGHT_TOUCH, **own) == []
    assert of_rules(STRICT, **own) == [
        "Under regulation 34 a system is open for its whole term.",
        "Working days to decide on an application: regulation 34 allows 10 at most.",
        "Working days to decide where a case needs more time: regulation 34 allows 15 at most.",
        "Working days to renew a declaration: regulation 34 says 5.",
        "Days at least for a tender: regulation 34 asks for 10 at least.",
    ]


def test_published_figures_must_make_sense():
    assert of_rules(LIGHT_TOUCH, decide_days=9, extended_days=8, refresh_days=0) == [
        "Every period must be at least one day.",
        "The longer time to decide cannot be shorter than the usual one.",
    ]


def test_r1_3_a_deviation_is_reasoned_and_only_for_what_is_locked():
    assert rules.objections_to_deviation(is_locked=True, reason="x", no_breach="y") == []
    assert rules.objections_to_deviation(is_locked=False, reason="", no_breach="") == [
        "The contract notice is not recorded yet, so change the rules directly.",
        "Say why the rule changes.",
        "Say why this breaches neither transparency nor equal treatment.",
    ]


@pytest.mark.parametrize(
    ("rule", "value", "objections"),
    [
        ("decide_days", 8, []),
        ("decide_days", "8", ["Give a number of days."]),
        ("opens_in_rounds", False, []),
        ("opens_in_rounds", "no", ["Say when applications are open."]),
        ("placement_competition", False, []),
        ("placement_competition", None, ["Say whether each placement is competed for."]),
        ("lapsed_evidence", "shown", []),
        ("inadequate_rating", "other", ["Say what becomes of the provider."]),
        (
            "regime_key",
            "PCR_2015_REG_34",
            ["This is no rule that a notice publishes, so it cannot change."],
        ),
    ],
)
def test_r1_1_only_a_published_rule_can_deviate(rule, value, objections):
    assert rules.objections_to_value(rule, value, handlings=["shown"]) == objections


def of_round(regime=LIGHT_TOUCH, **facts):
    return rules.objections_to_round(
        regime,
        **{
            "opens_at": datetime(2026, 12, 1, tzinfo=UTC),
            "closes_at": datetime(2026, 12, 16, tzinfo=UTC),
            "now": datetime(2026, 11, 22, tzinfo=UTC),
            "is_within_term": True,
            "overlaps": False,
        }
        | facts,
    )


def test_r2_2_a_strict_system_has_no_closing_date_and_a_round_lies_ahead_within_the_term():
    assert of_round() == []
    assert of_round(STRICT) == [
        "Under the rules of this agreement applications are open for the whole term."
    ]
    past = datetime(2026, 11, 1, tzinfo=UTC)
    assert of_round(opens_at=past, closes_at=past, is_within_term=False, overlaps=True) == [
        "The round must close after it opens.",
        "The round must open in the future.",
        "The round must lie within the term of the agreement.",
        "The round overlaps with another one.",
    ]


def test_r2_4_first_requests_have_thirty_days_and_a_weekend_runs_on():
    assert rules.earliest_first_close(STRICT, date(2026, 12, 3)) == date(2027, 1, 4)
    assert rules.earliest_first_close(LIGHT_TOUCH, date(2026, 12, 3)) is None


def invitation(**facts):
    return rules.objections_to_invitation(
        **{
            "today": TODAY,
            "hard_stop": date(2027, 4, 1),
            "first_requests_until": None,
            "initial_evaluation_until": None,
        }
        | facts
    )


OVER = (
    "The system's validity is over, so nobody can be invited under it. Regulation 29 of the "
    "Provider Selection Regime spares a system only while its validity runs."
)


def test_r1_4_nobody_is_invited_after_the_last_day():
    assert invitation(today=date(2027, 3, 31)) == []
    assert invitation(today=date(2027, 4, 1)) == [OVER]


def test_r2_4_r2_6_nobody_is_invited_before_the_first_requests_and_their_evaluation_are_over():
    assert invitation(first_requests_until=TODAY - timedelta(days=1)) == []
    assert invitation(first_requests_until=TODAY, initial_evaluation_until=TODAY) == [
        "The time for the first requests to join is not over yet.",
        "The first evaluation was given more time, and it is not over yet.",
    ]


def test_r2_6_the_first_evaluation_is_extended_before_the_first_invitation_only():
    def objections(**facts):
        return rules.objections_to_initial_evaluation(**facts)

    assert objections(is_anything_invited=False, is_past=False) == []
    assert objections(is_anything_invited=False, is_past=True) == ["Give a day in the future."]
    assert objections(is_anything_invited=True, is_past=False) == [
        "An invitation was sent already, so the first evaluation cannot be extended."
    ]


def option(**facts):
    return rules.objections_to_option(
        **{
            "is_exercised": False,
            "on": date(2026, 2, 1),
            "today": TODAY,
            "exercise_by": date(2026, 3, 31),
            "continues_term": True,
            "end": date(2027, 4, 1),
            "evidence": "Decision 1",
            "legal_check": "",
        }
        | facts
    )


LATE = (
    "The decision was made after 23 February 2026, when validity could no longer be changed. "
    "Record the legal advice that exercising an advertised option stands."
)


def test_r1_2_an_option_after_the_freeze_needs_legal_advice():
    assert option() == []
    assert option(on=date(2026, 3, 1)) == [LATE]
    assert option(on=date(2026, 3, 1), legal_check="Counsel, 2 March.") == []


def test_r6_2_an_option_is_exercised_by_its_last_day():
    assert option(on=date(2026, 4, 1), legal_check="Advice.") == [
        "The last day to exercise this option has passed."
    ]


def test_r6_2_an_option_is_exercised_by_a_decision_that_was_made():
    assert option(on=TODAY + timedelta(days=1), exercise_by=TODAY + timedelta(days=9)) == [
        "The decision cannot lie in the future.",
        LATE,
    ]


def test_r1_2_no_option_reaches_past_the_backstop():
    assert option(end=date(2029, 2, 24)) == []
    assert option(end=date(2029, 2, 25)) == [
        "No system under the 2015 Regulations lasts past 23 February 2029."
    ]


def validity(**facts):
    return rules.objections_to_validity(
        **{
            "end": date(2028, 4, 1),
            "end_before": date(2027, 4, 1),
            "decided_on": date(2026, 2, 23),
            "today": TODAY,
            "evidence": "Decision 2",
        }
        | facts
    )


def test_r1_2_validity_changes_until_the_freeze_and_never_past_the_backstop():
    assert validity() == []
    assert validity(decided_on=date(2026, 2, 24)) == [
        "Validity could not be changed after 23 February 2026."
    ]
    assert validity(end=date(2029, 3, 2)) == [
        "No system under the 2015 Regulations lasts past 23 February 2029."
    ]
    assert validity(end=date(2027, 4, 1), decided_on=date(2026, 11, 23), evidence="") == [
        "Validity could not be changed after 23 February 2026.",
        "The decision cannot lie in the future.",
        "The new end must lie after the present one. To end early, end it.",
        "Say where the decision is recorded.",
    ]


def test_r2_14_an_early_end_lies_ahead_and_before_the_present_one():
    facts = {
        "end_before": date(2027, 4, 1),
        "decided_on": TODAY,
        "today": TODAY,
        "evidence": "Decision 3",
    }
    assert rules.objections_to_end_early(end=date(2026, 12, 1), **facts) == []
    late = {"decided_on": TODAY + timedelta(days=1), "evidence": ""}
    assert rules.objections_to_end_early(end=TODAY, **facts | late) == [
        "The decision cannot lie in the future.",
        "The system ends in the future; give a later day.",
        "Say where the decision is recorded.",
    ]
    assert rules.objections_to_end_early(end=date(2027, 4, 1), **facts) == [
        "The system ends by then anyway."
    ]


@pytest.mark.parametrize(
    ("left", "stage"),
    [(181, None), (180, 180), (121, 180), (120, 120), (60, 60), (30, 30), (0, 30), (-1, None)],
)
def test_r1_9_the_countdown_tells_the_nearest_stage(left, stage):
    assert rules.countdown_stage(TODAY + timedelta(days=left), TODAY) == stage


@pytest.mark.parametrize(
    ("award", "due"),
    [
        (date(2026, 6, 30), date(2026, 7, 30)),
        (date(2026, 7, 1), date(2026, 10, 30)),
        (date(2026, 12, 31), date(2027, 1, 30)),
        (date(2027, 1, 1), date(2027, 4, 30)),
    ],
)
def test_r2_16_awards_are_told_thirty_days_after_their_quarter(award, due):
    assert rules.Quarter.of(award).notice_due == due


def test_notice_is_recorded_once_and_not_before_it_is_out():
    facts = {"is_recorded": False, "reference": "2026/S 1", "published_on": TODAY, "today": TODAY}
    assert rules.objections_to_notice(**facts) == []
    assert rules.objections_to_notice(**facts | {"is_recorded": True}) == [
        "This notice is recorded already."
    ]
    late = {"reference": " ", "published_on": TODAY + timedelta(days=1)}
    assert rules.objections_to_notice(**facts | late) == [
        "Enter the reference of the notice.",
        "A notice cannot be published in the future.",
    ]


def test_r3_3_turnover_is_measured_against_the_largest_call_off():
    most = 2 * 13 * 75_000
    assert rules.most_turnover(75_000) == most

    def objections(minimum_pence, justification=""):
        return rules.objections_to_turnover(
            minimum_pence=minimum_pence,
            ceiling_weekly_pence=75_000,
            justification=justification,
        )

    assert objections(None) == objections(most) == []
    assert objections(most + 1) == [
        "A minimum above twice the largest call-off needs a justification."
    ]
    assert objections(most + 1, "High risk.") == []
