"""Every objection to an act, and the boundary at which it begins."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tenders import rules
from tenders.rules.moves import objections_to_move
from tenders.states import MOVES, TenderState

CLOSES = datetime(2026, 6, 15, 11, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)
NOT_ALLOWED = "The tender is marked “Draft”, which does not allow this."
CONFLICTED = "You have declared an interest in this tender."
UNDECLARED = "Declare first whether you have an interest in this tender."


@pytest.mark.parametrize("state", TenderState)
def test_every_state_knows_its_moves(state):
    for to in TenderState:
        assert (objections_to_move(state, to) == []) == (to in MOVES[state])


def terms(**facts):
    return rules.objections_to_terms(
        **{
            "contract": (date(2026, 7, 1), date(2027, 7, 1)),
            "agreement": (date(2022, 4, 1), date(2027, 7, 1)),
            "closes_on": date(2026, 6, 30),
            "price_weight": 40,
            "price_weights": (30, 60),
            "scale_max": 5,
            "scale": (),
            "minimum_score": 5,
        }
        | facts
    )


def test_terms_within_the_agreement_have_no_objection():
    assert terms() == []
    assert terms(price_weight=30) == []
    assert terms(price_weight=60) == []
    assert terms(minimum_score=None) == []
    assert terms(scale=["none", "poor", "partial", "acceptable", "good", "excellent"]) == []
    assert terms(scale=["none", "all"]) == [
        "The scale needs 6 descriptions, one for each score from 0 to 5; it has 2."
    ]


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (
            {"contract": (date(2026, 7, 1), date(2026, 7, 1))},
            "The contract must end after it starts.",
        ),
        (
            {"contract": (date(2026, 7, 1), date(2027, 7, 2))},
            "The contract must lie within the term of the agreement.",
        ),
        (
            {"agreement": (date(2026, 7, 2), date(2027, 7, 1))},
            "The contract must lie within the term of the agreement.",
        ),
        ({"closes_on": date(2026, 7, 1)}, "Bids must close before the contract starts."),
        (
            {"price_weight": 29},
            "The price weight is outside the range that the agreement published.",
        ),
        (
            {"price_weight": 61},
            "The price weight is outside the range that the agreement published.",
        ),
        ({"minimum_score": 6}, "The minimum score is above the highest score."),
    ],
)
def test_each_term_out_of_bounds_is_named(facts, reason):
    assert terms(**facts) == [reason]


def test_criteria_need_names_of_their_own_and_weights_that_add_up():
    def objections(names, weights, *, minima=(None, 5), price_weight=40):
        return rules.objections_to_criteria(
            names=names, weights=weights, minima=minima, price_weight=price_weight, scale_max=5
        )

    assert objections(["A", "B"], [40, 20]) == []
    assert objections(["A", "a"], [40, 19], minima=(6,)) == [
        "A criterion has a minimum above the highest score.",
        "Each criterion needs a name of its own.",
        "The weights of the criteria and of the price must add up to 100.",
    ]
    assert objections([], [], price_weight=100) == ["There must be at least one criterion."]


@pytest.mark.parametrize(
    ("facts", "reasons"),
    [
        ({}, []),
        ({"price_weight": 0}, ["A price that weighs nothing needs the formula “quality only”."]),
        ({"formula": "QUALITY_ONLY", "fixed_pence": 100, "price_weight": 0}, []),
        (
            {"formula": "QUALITY_ONLY", "fixed_pence": 101},
            ["The fixed price must be given, and not above the ceiling."],
        ),
        ({"formula": "SET_RANGE", "range_pence": (50, 100)}, []),
        (
            {"formula": "SET_RANGE", "range_pence": (50, 50)},
            ["The range of prices needs a low end, and a higher high end."],
        ),
        (
            {"formula": "SET_RANGE", "range_pence": (50, 101)},
            ["The range of prices ends above the ceiling of the lot."],
        ),
        ({"formula": "BENCHMARK", "benchmark_pence": 100}, []),
        (
            {"formula": "BENCHMARK"},
            ["The benchmark must be given, and not above the ceiling of the lot."],
        ),
    ],
)
def test_r7_2_a_formula_needs_its_figures_within_the_ceiling(facts, reasons):
    given = {
        "formula": "LOWEST_RATIO",
        "price_weight": 40,
        "ceiling_pence": 100,
        "range_pence": (None, None),
        "benchmark_pence": None,
        "fixed_pence": None,
    }
    assert rules.objections_to_price_model(**given | facts) == reasons


@pytest.mark.parametrize(
    ("basis", "places", "threshold", "reasons"),
    [
        ("SINGLE", None, None, []),
        ("TOP_N", 2, None, []),
        ("TOP_N", 1, None, ["Say how many bids are awarded: 2 or more."]),
        ("ABOVE_THRESHOLD", None, 100, []),
        ("ABOVE_THRESHOLD", None, None, ["Say which total a bid must reach, from 1 to 100."]),
    ],
)
def test_a_basis_of_award_needs_its_figure(basis, places, threshold, reasons):
    assert rules.objections_to_basis(basis=basis, places=places, threshold=threshold) == reasons


def test_r8_3_a_need_with_an_nhs_number_or_a_postcode_is_not_published():
    assert rules.objections_to_texts(["Ten places", "For 943 476 5919"]) == [
        "“943 476 5919” looks like an NHS number. Take it out: every provider and the public "
        "read this."
    ]


def test_a_panel_is_two_evaluators_and_a_moderator_who_does_not_score():
    good = {"evaluators": 2, "has_moderator": True, "moderator_scores": False}
    assert rules.objections_to_panel(**good) == []
    assert rules.objections_to_panel(evaluators=1, has_moderator=False, moderator_scores=True) == [
        "The panel needs at least 2 evaluators.",
        "The panel needs a moderator.",
        "The moderator may not be one of the evaluators.",
    ]


@pytest.mark.parametrize(
    ("closes_at", "earliest", "allowed"),
    [
        (datetime(2026, 6, 11, 9, tzinfo=UTC), date(2026, 6, 11), True),
        (datetime(2026, 6, 11, 9, tzinfo=UTC) - MOMENT, date(2026, 6, 11), False),
        # the period ends on a bank holiday and runs to the day after
        (datetime(2026, 6, 11, 23, tzinfo=UTC), date(2026, 6, 12), False),
        (datetime(2026, 6, 12, 0, tzinfo=UTC), date(2026, 6, 12), True),
    ],
)
def test_bidders_have_ten_full_days(closes_at, earliest, allowed):
    is_short = rules.is_short_time(
        at=datetime(2026, 6, 1, 9, tzinfo=UTC), closes_at=closes_at, days=10, earliest_day=earliest
    )
    assert is_short is not allowed


@pytest.mark.parametrize(
    ("is_past", "is_asked", "has_everyone_agreed", "objections"),
    [
        (False, False, False, ["The closing date leaves bidders too little time."]),
        (False, True, True, []),
        (True, True, True, ["The closing date leaves bidders too little time."]),
        (
            False,
            True,
            False,
            [
                "The closing date leaves bidders too little time.",
                "Not everyone who would be invited has agreed to the shorter time.",
            ],
        ),
    ],
)
def test_r2_11_a_shorter_time_stands_only_with_everyones_agreement(
    is_past, is_asked, has_everyone_agreed, objections
):
    facts = {"is_past": is_past, "is_asked": is_asked, "has_everyone_agreed": has_everyone_agreed}

    assert rules.objections_to_deadline(is_short=True, **facts) == objections
    assert rules.objections_to_deadline(is_short=False, **facts) == []


def test_publication_is_refused_with_every_reason_at_once():
    assert rules.objections_to_publication(
        state=TenderState.PUBLISHED, is_drafter=True, invitees=0, others=["Another reason."]
    ) == [
        "The tender is marked “Published”, which does not allow this.",
        "A tender is published by a person other than the one who drafted it.",
        "No provider is admitted to this lot.",
        "Another reason.",
    ]


def bidding(**facts):
    return rules.objections_to_bidding(
        **{
            "state": TenderState.PUBLISHED,
            "closes_at": CLOSES,
            "now": CLOSES - MOMENT,
            "is_admitted": True,
        }
        | facts
    )


def test_a_bid_is_in_time_until_the_last_moment_before_the_deadline():
    assert bidding() == []
    assert bidding(now=CLOSES) == ["The deadline for bids has passed."]


@pytest.mark.parametrize("state", [one for one in TenderState if one != TenderState.PUBLISHED])
def test_only_a_published_tender_takes_bids(state):
    assert bidding(state=state) == ["This tender is not open for bids."]


def test_only_a_provider_still_admitted_bids():
    assert bidding(is_admitted=False) == ["Your organisation is not admitted to this lot."]


@pytest.mark.parametrize(
    ("pence", "ceiling", "listed", "reasons"),
    [
        (1, 100, None, []),
        (100, 100, 100, []),
        (0, 100, None, ["The weekly price must be more than nothing."]),
        (101, 100, None, ["The weekly price is above the ceiling of the lot."]),
        (91, 100, 90, ["The weekly price is above the one on your price list."]),
    ],
)
def test_a_price_is_at_most_the_ceiling_and_the_price_list(pence, ceiling, listed, reasons):
    assert (
        rules.objections_to_price(
            weekly_pence=pence, ceiling_pence=ceiling, list_pence=listed, fixed_pence=None
        )
        == reasons
    )


def test_a_fixed_price_is_the_price_whatever_the_list_says():
    def objections(pence):
        return rules.objections_to_price(
            weekly_pence=pence, ceiling_pence=100, list_pence=50, fixed_pence=90
        )

    assert objections(90) == []
    assert objections(89) == ["The price of this tender is fixed."]


def test_an_answer_may_have_as_many_words_as_its_limit():
    assert rules.objections_to_answers(answers=[("Safety", "one two", 2)]) == []
    assert rules.objections_to_answers(answers=[("Safety", "one two three", 2)]) == [
        "The answer on “Safety” is longer than its word limit."
    ]


def test_a_bid_without_gaps_can_be_submitted():
    assert rules.objections_to_gaps(answers=[("Safety", "Text")], weekly_pence=1) == []
    assert rules.objections_to_gaps(answers=[("Safety", "")], weekly_pence=None) == [
        "The question on “Safety” is not answered.",
        "The weekly price is missing.",
    ]


def test_questions_are_asked_while_bids_are_open_and_answered_until_the_opening():
    ask = {"closes_at": CLOSES, "questions_until": CLOSES, "at": CLOSES - MOMENT}
    refused = ["Questions can be asked only while the tender is open for bids."]
    assert rules.objections_to_clarification(state=TenderState.PUBLISHED, **ask) == []
    assert rules.objections_to_clarification(state=TenderState.OPENED, **ask) == refused
    assert rules.objections_to_answer(state=TenderState.PUBLISHED, is_answered=False) == []
    assert rules.objections_to_answer(state=TenderState.OPENED, is_answered=True) == [
        "Questions can be answered only before the bids are opened.",
        "This question has been answered.",
    ]


def opening(**facts):
    return rules.objections_to_opening(
        **{
            "state": TenderState.PUBLISHED,
            "closes_at": CLOSES,
            "now": CLOSES,
            "may_open": True,
            "has_interest": False,
            "has_approved": False,
            "are_all_commissioners": False,
        }
        | facts
    )


@pytest.mark.parametrize(
    ("facts", "reasons"),
    [
        ({}, []),
        ({"now": CLOSES - MOMENT}, ["Bids may be opened only after the closing time."]),
        ({"state": TenderState.DRAFT}, [NOT_ALLOWED]),
        (
            {"has_approved": True, "are_all_commissioners": True},
            ["You have approved the opening. Another officer must approve it too."],
        ),
        (
            {"may_open": False},
            ["You are no longer one of the officers who open bids."],
        ),
        (
            {"are_all_commissioners": True},
            ["One of the two officers must be from outside commissioning."],
        ),
        ({"has_interest": None}, [UNDECLARED]),
        ({"has_interest": True}, [CONFLICTED]),
    ],
)
def test_opening_waits_for_the_deadline_and_for_two_without_interest(facts, reasons):
    assert opening(**facts) == reasons


def test_interests_are_declared_after_publication_and_never_taken_back():
    declare = rules.objections_to_declaration
    assert declare(state=TenderState.DRAFT, declared=None) == [
        "Interests are declared once the tender is published."
    ]
    assert declare(state=TenderState.OPENED, declared=None) == []
    assert declare(state=TenderState.OPENED, declared=False) == []
    assert declare(state=TenderState.OPENED, declared=True) == [CONFLICTED]


def scoring(**facts):
    return rules.objections_to_scoring(
        **{
            "state": TenderState.OPENED,
            "scores": True,
            "has_interest": False,
            "is_complete": False,
        }
        | facts
    )


@pytest.mark.parametrize(
    ("facts", "reasons"),
    [
        ({}, []),
        ({"scores": False}, ["Only the evaluators on the panel score this tender."]),
        (
            {"state": TenderState.QUALITY_LOCKED},
            ["The answers can be scored only between the opening and the lock."],
        ),
        (
            {"is_complete": True},
            ["Every evaluator has scored; the scores no longer change."],
        ),
        ({"has_interest": None}, [UNDECLARED]),
    ],
)
def test_only_the_panel_scores_and_only_until_all_have(facts, reasons):
    assert scoring(**facts) == reasons


def test_points_are_on_the_scale():
    points = rules.objections_to_points
    assert [points(points=given, scale_max=5) for given in (0, 5)] == [[], []]
    for given in (-1, 6):
        assert points(points=given, scale_max=5) == ["The score is not on the published scale."]


def moderation(**facts):
    return rules.objections_to_moderation(
        **{
            "state": TenderState.OPENED,
            "moderates": True,
            "has_interest": False,
            "is_complete": True,
        }
        | facts
    )


@pytest.mark.parametrize(
    ("facts", "reasons"),
    [
        ({}, []),
        ({"moderates": False}, ["Only the moderator of the panel does this."]),
        (
            {"state": TenderState.QUALITY_LOCKED},
            ["Scores can be moderated only between the opening and the lock."],
        ),
        ({"is_complete": False}, ["Not every evaluator has scored every answer."]),
        ({"has_interest": True}, [CONFLICTED]),
    ],
)
def test_the_moderator_waits_for_every_score(facts, reasons):
    assert moderation(**facts) == reasons


def test_scores_two_apart_need_a_note_of_ten_words():
    note = "one two three four five six seven eight nine ten"
    assert rules.objections_to_consensus(points=[3, 4], reason="Agreed.") == []
    assert rules.objections_to_consensus(points=[3, 5], reason=note) == []
    assert rules.objections_to_consensus(points=[3, 5], reason=note[:-4]) == [
        "The evaluators were far apart. Note what was discussed, in 10 words or more."
    ]


def lock(**facts):
    return rules.objections_to_lock(
        **{
            "state": TenderState.OPENED,
            "is_on_panel": False,
            "has_interest": False,
            "is_scored": True,
            "missing": 0,
            "bids": 1,
            "is_model_intact": True,
        }
        | facts
    )


@pytest.mark.parametrize(
    ("facts", "reasons"),
    [
        ({}, []),
        ({"state": TenderState.DRAFT}, [NOT_ALLOWED]),
        ({"is_on_panel": True}, ["Prices are revealed by a person who is not on the panel."]),
        ({"is_scored": False}, ["Not every evaluator has scored every answer."]),
        ({"missing": 1}, ["Not every answer has a consensus score."]),
        ({"bids": 0, "is_scored": False}, ["There is no bid to evaluate."]),
        (
            {"is_model_intact": False},
            ["The evaluation model is not the one that was published."],
        ),
        ({"has_interest": None}, [UNDECLARED]),
    ],
)
def test_quality_is_locked_whole_and_from_outside_the_panel(facts, reasons):
    assert lock(**facts) == reasons


def test_a_recommendation_comes_from_outside_the_panel():
    recommend = rules.objections_to_recommendation
    assert (
        recommend(
            state=TenderState.QUALITY_LOCKED,
            is_on_panel=False,
            has_interest=False,
            is_model_intact=True,
        )
        == []
    )
    assert recommend(
        state=TenderState.DRAFT, is_on_panel=True, has_interest=True, is_model_intact=False
    ) == [
        NOT_ALLOWED,
        "An award is recommended by a person who is not on the panel.",
        "The evaluation model is not the one that was published.",
        CONFLICTED,
    ]


DEPARTS = (
    "The published basis names A. Choose as it says, or record why not, in 10 words or more; the "
    "person who decides must agree in writing."
)
EXCLUDED = "B is excluded and cannot be awarded."
UNEXPLAINED = "The price of C is abnormally low. Ask for an explanation and decide on it first."
DRAWN = (
    "Equal bids are parted by drawing a lot. Record when, how and before whom it was drawn, in "
    "10 words or more."
)
WHY = "A reason that both people wrote down, in ten words."


@pytest.mark.parametrize(
    ("facts", "reasons"),
    [
        ({}, []),
        ({"chosen": []}, ["Choose at least one bid.", DEPARTS]),
        ({"chosen": ["B"]}, [DEPARTS]),
        ({"chosen": ["B"], "departure": WHY}, []),
        ({"chosen": ["B"], "departure": WHY, "excluded": {"B"}}, [EXCLUDED]),
        ({"not_admitted": ["A"]}, ["A is no longer admitted to the lot."]),
        ({"unexplained": ["C"]}, [UNEXPLAINED]),
        ({"expected": ["A", "B"]}, [DRAWN]),
        ({"expected": ["A", "B"], "draw": WHY}, []),
        ({"expected": ["A", "B"], "chosen": ["A", "B"], "places": None}, []),
        ({"expected": ["A", "B"], "chosen": ["A", "B"], "places": 2}, []),
    ],
)
def test_who_may_be_recommended(facts, reasons):
    given = {
        "chosen": ["A"],
        "expected": ["A"],
        "places": 1,
        "excluded": (),
        "not_admitted": (),
        "unexplained": (),
        "departure": "",
        "draw": "",
    }
    assert rules.objections_to_winners(**given | facts) == reasons


def approval(**facts):
    return rules.objections_to_approval(
        **{
            "state": TenderState.RECOMMENDED,
            "is_on_panel": False,
            "is_recommender": False,
            "has_interest": False,
            "not_admitted": (),
            "undeclared": (),
            "overdue": (),
            "departure": "",
            "agreed": "",
            "overdue_reason": "",
            "consulted_on": date(2026, 7, 1),
            "today": date(2026, 7, 1),
        }
        | facts
    )


@pytest.mark.parametrize("state", TenderState)
def test_only_a_recommended_award_is_approved_so_that_no_standstill_is_cut_short(state):
    assert (approval(state=state) == []) == (state == TenderState.RECOMMENDED)


@pytest.mark.parametrize(
    ("facts", "reasons"),
    [
        ({}, []),
        ({"consulted_on": None}, []),
        ({"state": TenderState.DRAFT}, [NOT_ALLOWED]),
        (
            {"is_recommender": True},
            ["An award is approved by a person other than the one who recommended it."],
        ),
        ({"is_on_panel": True}, ["An award is approved by a person who is not on the panel."]),
        ({"not_admitted": ["A"]}, ["A is no longer admitted to the lot."]),
        (
            {"undeclared": ["A"]},
            ["A has been asked to renew its declaration, and still has time to."],
        ),
        ({"overdue": ["A"], "overdue_reason": WHY}, []),
        ({"overdue": ["A"], "overdue_reason": None}, []),
        (
            {"overdue": ["A", "B"]},
            [
                "The declaration of A and B is overdue. Suspend first, or record why the award "
                "goes on without it, in 10 words or more."
            ],
        ),
        ({"departure": WHY, "agreed": WHY}, []),
        ({"departure": WHY, "agreed": None}, []),
        (
            {"departure": WHY},
            [
                "The recommendation departs from the published basis. Record why you agree, in "
                "10 words or more."
            ],
        ),
        ({"consulted_on": date(2026, 7, 2)}, ["The consultation cannot be in the future."]),
        ({"has_interest": None}, [UNDECLARED]),
    ],
)
def test_an_award_is_approved_by_another_person_after_consultation(facts, reasons):
    assert approval(**facts) == reasons


def test_nobody_abandons_a_tender_twice_over():
    abandon = rules.objections_to_abandonment
    assert abandon(state=TenderState.PUBLISHED, is_asker=False) == []
    assert abandon(state=TenderState.ABANDONED, is_asker=True) == [
        "The tender is marked “Abandoned”, which does not allow this.",
        "You asked for this. Another person must agree.",
    ]


def test_a_draft_alone_can_be_changed_and_only_a_submitted_bid_withdrawn():
    assert rules.objections_to_change(TenderState.DRAFT) == []
    assert rules.objections_to_change(TenderState.PUBLISHED) == [
        "Only a draft can be changed. Abandon the tender and publish another one."
    ]
    assert rules.objections_to_withdrawal(has_bid=True) == []
    assert rules.objections_to_withdrawal(has_bid=False) == ["There is no bid to withdraw."]
