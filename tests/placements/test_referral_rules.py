"""The rules of a referral: what is missing, who may decide, and by when."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from placements import rules
from placements.states import REFERRAL_MOVES, WORKED, ReferralState
from tests.factories.placements import ASSESSMENT, DRAFT

TODAY = date(2026, 5, 1)
LONDON = ZoneInfo("Europe/London")
COMPLETE = DRAFT | ASSESSMENT | {"lot": 1}
EMPTY = {name: None if isinstance(value, date | bool) else "" for name, value in COMPLETE.items()}
R = ReferralState


def test_every_gap_of_a_draft_is_named_at_once():
    assert rules.objections_to_submission(R.DRAFT, EMPTY) == [
        "Say who referred the person.",
        "Say when it was received.",
        "Say what the person needs.",
        "Describe the home circumstances.",
        "Record the person’s consent to the referral.",
        "Say which community options were tried or considered.",
    ]
    assert rules.objections_to_submission(R.DRAFT, COMPLETE) == []


def test_submitted_referral_is_not_asked_for_its_gaps():
    assert rules.objections_to_submission(R.SUBMITTED, EMPTY) == [
        "The referral is marked “Submitted”, which does not allow this."
    ]


def objections(state=R.ASSESSING, **answers):
    return rules.objections_to_eligibility(state=state, answers=COMPLETE | answers, today=TODAY)


def test_every_gap_of_an_assessment_is_named_at_once():
    assert objections(**EMPTY) == [
        "Give the date of the Care Act assessment.",
        "Say whether the Care Act assessment finds the person eligible.",
        "Give the reason for the finding under the Care Act.",
        "Say who made the clinical review.",
        "Give the date of the clinical review.",
        "Say what the clinical review found.",
        "Say which community options were tried or considered.",
        "Say what the person needs.",
        "Record the ordinary residence.",
        "Record the financial assessment, or that there is no charge.",
        "Say which outcomes are wanted.",
        "Recommend a lot.",
        "The person’s consent is needed to look for a placement.",
    ]


@pytest.mark.parametrize(
    ("answers", "reasons"),
    [
        ({}, []),
        ({"care_act_assessed_on": TODAY, "clinical_review_on": TODAY}, []),
        (
            {"care_act_assessed_on": date(2026, 5, 2)},
            ["An assessment cannot have a date in the future."],
        ),
        (
            {"clinical_review_on": date(2026, 5, 2), "care_act_eligible": False},
            [
                "An assessment cannot have a date in the future.",
                "The Care Act assessment does not find the person eligible.",
            ],
        ),
        (
            {"has_consent": False, "residence": "elsewhere"},
            [
                "The person’s consent is needed to look for a placement.",
                "The person is ordinarily resident elsewhere, so is not ours to place.",
            ],
        ),
        ({"residence": "disputed"}, []),
    ],
)
def test_eligibility_follows_from_the_assessment(answers, reasons):
    assert objections(**answers) == reasons


def test_answers_are_written_in_their_own_state_only():
    closed = ["The referral is marked “Submitted”, which does not allow this."]
    late = ["This section is no longer open for changes."]

    assert rules.objections_to_answers(R.DRAFT, ["source", "urgency"]) == []
    assert rules.objections_to_answers(R.DRAFT, ["source", "lot"]) == late
    assert rules.objections_to_answers(R.ASSESSING, ["lot", "complexity"]) == []
    assert rules.objections_to_answers(R.ASSESSING, ["has_consent"]) == late
    assert rules.objections_to_answers(R.SUBMITTED, ["source"]) == closed


def test_no_not_eligible_without_a_reason():
    assert rules.objections_to_ineligibility(state=R.ASSESSING, reason="") == [
        "Say why the person is not eligible."
    ]


def test_countersignature_is_another_persons():
    facts = {"state": R.COUNTERSIGNING, "agrees": True, "reason": ""}
    nobody = {"is_recorder": False, "made_referral": False}

    assert rules.objections_to_countersignature(**facts, **nobody) == []
    assert rules.objections_to_countersignature(**facts, is_recorder=True, made_referral=True) == [
        "You recorded this decision, so another person countersigns it.",
        "You made this referral, so another person countersigns the decision.",
    ]
    assert rules.objections_to_countersignature(**facts | {"agrees": False}, **nobody) == [
        "Say why it goes back to the worker."
    ]


def test_manager_allocates_to_another_person_who_does_this_work():
    fine = {"is_self": False, "can_work": True, "has_it": False}

    assert rules.objections_to_allocation(state=R.SUBMITTED, **fine) == []
    assert rules.objections_to_allocation(
        state=R.SUBMITTED, is_self=True, can_work=False, has_it=True
    ) == [
        "Another manager allocates a referral to you.",
        "This person does not work on referrals.",
        "This person has the referral already.",
    ]


def test_caseload_goes_to_another_person_who_does_this_work():
    assert rules.objections_to_transfer(
        is_self=True, can_work=False, is_same=True, is_empty=True
    ) == [
        "Another manager allocates a referral to you.",
        "This person does not work on referrals.",
        "Choose another person than the one who has the caseload.",
        "There is nothing on this caseload.",
    ]
    assert (
        rules.objections_to_transfer(is_self=False, can_work=True, is_same=False, is_empty=False)
        == []
    )


@pytest.mark.parametrize(
    ("moment", "due"),
    [
        (datetime(2026, 4, 29, 13, 0, tzinfo=LONDON), date(2026, 5, 1)),
        (
            datetime(2026, 4, 29, 13, 1, tzinfo=LONDON),
            date(2026, 5, 5),
        ),  # the day after; 4 May is a holiday
        (datetime(2026, 5, 2, 9, 0, tzinfo=LONDON), date(2026, 5, 7)),  # Saturday counts as Tuesday
    ],
)
def test_two_working_days_count_from_the_day_of_receipt(moment, due):
    assert rules.due_on(moment, 2) == due


def test_ten_working_days_and_five_go_over_a_bank_holiday():
    friday = datetime(2026, 5, 1, 10, tzinfo=LONDON)

    assert rules.due_on(friday, 10) == date(2026, 5, 18)
    assert rules.due_on(friday, 5) == date(2026, 5, 11)


def test_hold_has_a_reason_and_a_review_later_than_today():
    facts = {"state": R.ELIGIBLE, "today": TODAY}

    assert rules.objections_to_hold(**facts, reason="Ill", review_on=date(2026, 5, 2)) == []
    assert rules.objections_to_hold(**facts, reason="", review_on=TODAY) == [
        "Say why the person is not ready.",
        "The review must be later than today.",
    ]


def test_withdrawal_is_blocked_while_the_person_is_placed():
    assert rules.objections_to_withdrawal(state=R.PLACED, is_admitted=True) == [
        "The person is in a placement. Record the exit instead."
    ]
    assert rules.objections_to_withdrawal(state=R.DRAFT, is_admitted=False, why="died") == []
    assert rules.objections_to_withdrawal(state=R.DRAFT, is_admitted=False, why="other") == [
        "Say what the other reason is."
    ]


def test_reopening_is_blocked_by_another_open_referral():
    assert rules.objections_to_reopening(state=R.CLOSED, has_other_open=True) == [
        "This person has another open referral."
    ]


@pytest.mark.parametrize(
    ("was_submitted", "has_worker", "state"),
    [(False, False, R.DRAFT), (True, False, R.SUBMITTED), (True, True, R.ASSESSING)],
)
def test_work_is_taken_up_where_it_can_be(was_submitted, has_worker, state):
    found = rules.reopened_state(was_submitted=was_submitted, has_worker=has_worker)

    assert found == state
    assert found in REFERRAL_MOVES[R.CLOSED]


def test_draft_is_discarded_by_who_began_it():
    assert rules.objections_to_discard(state=R.DRAFT, is_own=True) == []
    assert rules.objections_to_discard(state=R.SUBMITTED, is_own=False) == [
        "The referral is marked “Submitted”, which does not allow this.",
        "Only the person who began this draft can discard it.",
    ]


def test_case_in_work_is_between_allocation_and_closing():
    assert set(R) - WORKED == {R.DRAFT, R.SUBMITTED, R.CLOSED}
