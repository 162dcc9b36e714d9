"""When something may be published, and which quarter an award belongs to."""

from datetime import date

import pytest

from dps_portal.agreements.rules import Quarter
from dps_portal.publication import rules


@pytest.mark.parametrize(
    ("awarded", "quarter", "due"),
    [
        (date(2026, 6, 30), "April to June 2026", date(2026, 7, 30)),
        (date(2026, 7, 1), "July to September 2026", date(2026, 10, 30)),
        (date(2026, 12, 31), "October to December 2026", date(2027, 1, 30)),
        (date(2027, 1, 1), "January to March 2027", date(2027, 4, 30)),
        (date(2028, 2, 29), "January to March 2028", date(2028, 4, 30)),
    ],
)
def test_r2_16_award_belongs_to_its_quarter_whose_notice_is_due_30_days_after_it(
    awarded, quarter, due
):
    found = Quarter.of(awarded)

    assert (str(found), found.notice_due) == (quarter, due)


def test_all_reasons_against_a_question_are_told_at_once():
    assert rules.objections_to_question(open_questions=5, is_over=True) == [
        "The agreement has ended, so no more questions are taken.",
        "You have 5 questions that wait for an answer. Ask again when one of them is answered.",
    ]
    assert rules.objections_to_question(open_questions=4, is_over=False) == []


@pytest.mark.parametrize(
    ("rule", "fact"),
    [
        (rules.objections_to_answer, "is_answered"),
        (rules.objections_to_document, "is_title_taken"),
        (rules.objections_to_version, "is_same_file"),
    ],
)
def test_rule_of_one_fact(rule, fact):
    assert len(rule(**{fact: True})) == 1
    assert rule(**{fact: False}) == []
