"""When something may be published, and which quarter an award belongs to."""

from collections import defaultdict
from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


# ── R8.6 ─────────────────────────────────────────────────────────────────────────────────────
def told(counts) -> tuple:
    """What is published of some counts: those by themselves, and the sum of the others."""
    least = rules.least_shown(counts)
    shown = tuple((place, count) for place, count in enumerate(counts) if count >= least)
    others = sum(count for count in counts if count < least)
    return (shown, others) if others == 0 or others >= rules.FEWEST else ("few",)


@pytest.mark.parametrize(
    ("counts", "published"),
    [
        ([], ((), 0)),
        ([5, 9], (((0, 5), (1, 9)), 0)),
        ([4], ("few",)),
        ([2, 2], ("few",)),
        ([2, 3, 7], (((2, 7),), 5)),
        ([3, 7, 9], (((2, 9),), 10)),  # one alone would be the sum itself
        ([1, 2, 8, 9], (((3, 9),), 11)),  # three are too few
        ([4, 4, 6, 9], (((3, 9),), 14)),  # eight can be four and four alone
        ([4, 6, 6], ((), 16)),  # both sixes, or their order would tell
    ],
)
def test_r8_6_small_numbers_are_added_up(counts, published):
    assert told(counts) == published


@pytest.mark.parametrize(("cells", "most"), [(1, 40), (2, 20), (3, 13), (4, 8)])
def test_r8_6_no_number_that_was_left_out_can_be_found(cells, most):
    """Every table there is: whoever sees what is published, and knows the rule, has a choice."""
    tables = defaultdict(list)
    for counts in product(range(most + 1), repeat=cells):
        tables[told(counts)].append(counts)

    for published, possible in tables.items():
        places = dict(published[0]) if published != ("few",) else {}
        if published == ("few",) or published[1]:
            hidden = set(range(cells)) - set(places)
            assert [len({counts[place] for counts in possible}) > 1 for place in hidden] == [
                True
            ] * len(hidden), published


@given(st.lists(st.integers(0, 60), min_size=1, max_size=9))
def test_r8_6_whatever_is_hidden_could_be_another_number(counts):
    published, least = told(counts), rules.least_shown(counts)
    for place in [place for place, count in enumerate(counts) if 0 < count < least]:
        assert any(told(other) == published for other in others_of(counts, place, published)), (
            counts,
            place,
        )


def others_of(counts, place, published):
    """Tables that differ there: changed with another, taken from another, or a few more or less."""
    mine = counts[place]
    for other, theirs in enumerate(counts):
        for now in {theirs, *range(mine + theirs + 1)} - {mine} if other != place else ():
            yield changed(counts, {place: now, other: mine + theirs - now})
    if published == ("few",):
        yield from (changed(counts, {place: now}) for now in range(1, 5) if now != mine)


def changed(counts, cells: dict) -> list[int]:
    return [cells.get(place, count) for place, count in enumerate(counts)]


@pytest.mark.parametrize(
    ("pence", "rounded"), [(0, 0), (49_999, 0), (50_000, 100_000), (1_234_567, 1_200_000)]
)
def test_sum_of_small_numbers_is_told_to_a_thousand_pounds(pence, rounded):
    assert rules.about(pence) == rounded


@pytest.mark.parametrize(
    ("pence", "is_published"),
    [(50_000, False), (50_001, True), (-50_000, False), (-50_001, True), (0, False)],
)
def test_r5_3_spend_is_published_strictly_above_500_pounds(pence, is_published):
    assert rules.is_published_spend(pence) is is_published


@pytest.mark.parametrize(("pence", "is_registered"), [(500_000, False), (500_001, True)])
def test_r5_4_contracts_are_registered_strictly_above_5000_pounds(pence, is_registered):
    assert rules.is_registered_contract(pence) is is_registered
