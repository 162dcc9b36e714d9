"""MEAT scoring, against an independent count (R7.1-R7.8)."""

import json
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenders.rules import Model, Offer, rank_bids, two_places

QUICK = settings(max_examples=300, derandomize=True, deadline=None)


def model(**facts):
    return Model(
        **{
            "price_weight": Fraction(50),
            "criteria": (("quality", Fraction(50)),),
            "scale_max": Fraction(100),
            **facts,
        }
    )


def offer(pounds, *scores):
    return Offer(pounds * 100, tuple(Fraction(score) for score in scores))


@st.composite
def tenders(draw):
    price_weight = draw(st.integers(0, 99))
    first = draw(st.integers(0, 100 - price_weight))
    one = Model(
        price_weight=Fraction(price_weight),
        criteria=(("a", Fraction(first)), ("b", Fraction(100 - price_weight - first))),
        scale_max=Fraction(5),
        minimum_score=draw(st.none() | st.integers(0, 5).map(Fraction)),
        ceiling_pence=draw(st.none() | st.integers(50_000, 200_000)),
    )
    score = st.integers(0, 5).map(Fraction)
    bids = st.builds(Offer, st.integers(1, 250_000), st.tuples(score, score))
    return one, draw(st.dictionaries(st.text("ABCDEFG", min_size=1, max_size=2), bids, max_size=6))


@QUICK
@given(tenders())
def test_scores_agree_with_an_independent_count(tender):
    one, offers = tender
    results = rank_bids(one, offers)
    good = {
        bid: o
        for bid, o in offers.items()
        if not (one.ceiling_pence is not None and o.pence > one.ceiling_pence)
        and not (one.minimum_score is not None and any(s < one.minimum_score for s in o.scores))
    }
    totals = {}
    for bid, o in good.items():
        cheapest = min(other.pence for other in good.values())
        quality = sum(w * s for (_, w), s in zip(one.criteria, o.scores, strict=True)) / 5
        totals[bid] = one.price_weight * cheapest / o.pence + quality

    assert {bid for bid, result in results.items() if not result.excluded} == set(good)
    for bid, exact in totals.items():
        assert results[bid].total == exact
        assert results[bid].rank == 1 + sum(other > exact for other in totals.values())


@QUICK
@given(tenders(), st.randoms(use_true_random=False))
def test_the_order_of_bids_never_matters(tender, random):
    one, offers = tender
    shuffled = list(offers.items())
    random.shuffle(shuffled)

    assert rank_bids(one, dict(shuffled)) == rank_bids(one, offers)


def test_exclusions_come_before_the_lowest_price_is_taken():
    results = rank_bids(
        model(minimum_score=Fraction(30)),
        {"X": offer(100, 70), "Y": offer(130, 90), "Z": offer(50, 20)},
    )

    assert results["Z"].excluded == "below minimum score"
    assert (results["X"].price_score, results["X"].rank) == (50, 1)


def test_a_bid_at_the_ceiling_is_in_and_one_penny_over_is_out():
    results = rank_bids(
        model(ceiling_pence=10_000), {"A": offer(100, 50), "B": Offer(10_001, (Fraction(50),))}
    )

    assert (results["A"].excluded, results["B"].excluded) == ("", "over ceiling")


TIED = {"A": offer(50, 50), "B": offer(75, 75), "C": offer(100, 100)}


@pytest.mark.parametrize(
    ("tie_break", "ranks"),
    [
        ((), {"A": 1, "B": 3, "C": 1}),
        (("higher_quality",), {"A": 2, "B": 3, "C": 1}),
        (("lower_price",), {"A": 1, "B": 3, "C": 2}),
    ],
)
def test_a_tie_is_shared_unless_the_tender_settles_it(tie_break, ranks):
    results = rank_bids(model(tie_break=tie_break), TIED)

    assert {bid: result.rank for bid, result in results.items()} == ranks


@pytest.mark.parametrize(
    ("formula", "scores"),
    [
        ("LOWEST_RATIO", {"A": "50.00", "B": "33.33", "C": "25.00"}),
        ("PCT_OF_LEADER", {"A": "50.00", "B": "25.00", "C": "0.00"}),
        ("QUALITY_ONLY", {"A": "50.00", "B": "50.00", "C": "50.00"}),
    ],
)
def test_each_price_formula(formula, scores):
    results = rank_bids(model(formula=formula), TIED)

    assert {bid: two_places(result.price_score) for bid, result in results.items()} == scores


def test_every_step_of_the_arithmetic_is_told():
    results = rank_bids(model(), {"B": offer(75, 75), "A": offer(50, 50)})

    assert results["B"].steps == (
        "Price £75.00 against the lowest eligible £50.00: 33.33 of 50.00.",
        "quality: 75 of 100, weight 50.00: 37.50.",
        "Total 33.33 + 37.50, exactly 425/6, shown as 70.83.",
        "Rank 2.",
    )


def test_no_bids_make_no_ranking():
    assert rank_bids(model(), {}) == {}


PRINTED = json.loads((Path(__file__).parent.parent / "vectors/meat_examples.json").read_text())


def test_r7_2_printed_examples_of_the_lowest_ratio_are_reproduced():
    first, second, third = PRINTED["printed_in_sources"][:3]

    def scores(example, places):
        inputs = example["inputs"]
        one = model(price_weight=Fraction(inputs["price_weight"]))
        offers = {bid["id"]: offer(bid["price"], 0) for bid in inputs["bids"]}
        return {
            bid: round(float(result.price_score), places)
            for bid, result in rank_bids(one, offers).items()
        }

    assert scores(first, 0) == first["outputs_stated"]
    assert scores(second, 3) == second["outputs_stated"]
    assert scores(third, 0) == third["outputs_stated"]
