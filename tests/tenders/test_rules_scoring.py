"""MEAT scoring, against an independent count (R7.1-R7.8)."""

import json
from collections import Counter
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest

from dps_portal.money import half_up
from tenders.rules import (
    FORMULAS,
    TIE_BREAKS,
    Model,
    Offer,
    rank_bids,
    two_places,
    winners,
    working,
)
from tenders.rules.scoring import BASES, ROUNDINGS
from tests.tenders import independent


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


def test_scores_agree_with_an_independent_count_on_10_000_random_tenders():
    """Every formula, ceiling rule, rounding, minimum, basis and tie-break, whatever the order."""
    random = Random(20_261_124)  # noqa: S311
    seen = Counter()
    for _ in range(10_000):
        tender = independent.any_tender(random)
        one, offers, out = tender.model(), tender.offers(), tender.out
        results = rank_bids(one, offers, out)
        told = {
            bid: (
                result.excluded,
                result.price_score,
                result.quality_score,
                result.total,
                result.rank,
            )
            for bid, result in results.items()
        }

        assert told == independent.count(tender)
        assert sorted(winners(one, results)) == independent.winners(tender)
        shuffled = list(offers.items())
        random.shuffle(shuffled)
        assert rank_bids(one, dict(shuffled), out) == results
        seen.update(independent.kinds_of(tender))
        seen.update("tie" for result in results.values() if result.tie)
        seen.update(result.excluded for result in results.values() if result.excluded)

    wanted = {*FORMULAS, *ROUNDINGS, *BASES, *TIE_BREAKS, "tie", *independent.KINDS}
    wanted |= {"over ceiling", "below minimum score", "rejected"}
    assert {each for each in wanted if seen[each] < 300} == set()


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
    offers = {"B": offer(75, 75), "A": offer(50, 50)}

    assert working(model(), offers, rank_bids(model(), offers))["B"] == (
        "Price £75.00 against the lowest eligible £50.00: 50.00 × £50.00 ÷ £75.00 = 33.33 of 50.00.",
        "quality: 75 of 100, so 50.00 × 75 ÷ 100 = 37.50.",
        "Total 33.33 + 37.50, exactly 425/6, shown as 70.83.",
        "Rank 2.",
    )


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        (
            {"formula": "MEAN"},
            "Price £75.00 against the mean of the eligible prices, £75.00: 50.00 × (½ + (£75.00 − "
            "£75.00) ÷ £75.00), held between nothing and the weight = 25.00 of 50.00.",
        ),
        (
            {"formula": "SET_RANGE", "range_pence": (5_000, 15_000)},
            "Price £75.00 in the published range from £50.00 to £150.00: 50.00 × (£150.00 − "
            "£75.00) ÷ (£150.00 − £50.00), held between nothing and the weight = 37.50 of 50.00.",
        ),
        (
            {"formula": "BENCHMARK", "benchmark_pence": 6_000},
            "Price £75.00 against the published benchmark of £60.00: 50.00 × £60.00 ÷ £75.00, "
            "held between nothing and the weight = 40.00 of 50.00.",
        ),
        (
            {"formula": "PCT_OF_LEADER"},
            "Price £75.00 against the lowest eligible £50.00: 50.00 × (1 − (£75.00 − £50.00) ÷ "
            "£50.00), held between nothing and the weight = 25.00 of 50.00.",
        ),
        (
            {"formula": "QUALITY_ONLY"},
            "Price £75.00 is fixed, the same for everyone: 50.00 of 50.00.",
        ),
    ],
)
def test_each_formula_says_what_the_price_is_measured_against(facts, told):
    one = model(**facts)

    assert working(one, TIED, rank_bids(one, TIED))["B"][0] == told


def test_r7_10_a_price_over_the_ceiling_can_count_as_the_ceiling():
    one = model(ceiling_pence=10_000, counts_at_ceiling=True)
    offers = {"A": offer(50, 50), "B": offer(150, 75)}
    results = rank_bids(one, offers)

    assert (results["B"].excluded, results["B"].price_score) == ("", 25)
    assert working(one, offers, results)["B"][0] == (
        "The price of £150.00 is above the ceiling and counts as £100.00."
    )


def test_r7_7_what_settled_a_tie_is_told():
    results = rank_bids(model(tie_break=("higher_quality",)), TIED)

    assert results["A"].tie == "Its total is equal to another; placed by the higher quality score."
    assert rank_bids(model(), TIED)["A"].tie == (
        "Its total is equal to another, and the published rule leaves the tie."
    )


def test_a_minimum_can_hold_for_one_criterion_alone():
    one = model(criteria=(("a", Fraction(25)), ("b", Fraction(25))), minima=(None, Fraction(60)))
    results = rank_bids(one, {"A": offer(50, 10, 60), "B": offer(50, 100, 59)})

    assert {bid: result.excluded for bid, result in results.items()} == {
        "A": "",
        "B": "below minimum score",
    }


@pytest.mark.parametrize(
    ("facts", "won"),
    [
        ({}, ("A", "C")),
        ({"tie_break": ("lower_price",)}, ("A",)),
        ({"basis": "TOP_N", "places": 2, "tie_break": ("lower_price",)}, ("A", "C")),
        ({"basis": "ABOVE_THRESHOLD", "threshold": Fraction(71)}, ("A", "C")),
        ({"basis": "ABOVE_THRESHOLD", "threshold": Fraction(76)}, ()),
    ],
)
def test_who_wins_follows_the_published_basis(facts, won):
    one = model(**facts)

    assert winners(one, rank_bids(one, TIED)) == won


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


def test_r7_2_the_printed_benchmark_is_reproduced_uncapped():
    printed = next(one for one in PRINTED["printed_in_sources"] if one["id"] == "V07")
    inputs = printed["inputs"]
    one = model(
        price_weight=Fraction(40),
        criteria=(("quality", Fraction(60)),),
        formula="BENCHMARK",
        benchmark_pence=inputs["reference_price_inferred"] * 100,
        is_benchmark_capped=False,
    )
    offers = {bid["id"]: offer(bid["price"], bid["quality"]) for bid in inputs["bids"]}
    results = rank_bids(one, offers)

    assert {
        bid: {
            "price_score": half_up(result.price_score * 100 / 40),
            "total": half_up(result.total),
            "rank": result.rank,
        }
        for bid, result in results.items()
    } == printed["outputs_stated"]


@pytest.mark.parametrize("example", ["D3", "D4"])
def test_r7_2_the_worked_means_are_reproduced(example):
    worked = {one["id"]: one for one in PRINTED["worked_by_hand"]}[example]
    pounds = {"D3": (50, 75, 100), "D4": (100, 105, 108)}[example]
    one = model(price_weight=Fraction(100), criteria=(("quality", Fraction(0)),), formula="MEAN")
    results = rank_bids(one, {str(each): offer(each, 0) for each in pounds})

    assert [two_places(results[str(each)].price_score) for each in pounds] == [
        f"{score:.2f}" for score in worked["outputs"]["scores"]
    ]


def test_r7_3_a_rejected_bid_can_turn_the_first_two_round():
    worked = next(one for one in PRINTED["worked_by_hand"] if one["id"] == "D8")
    offers = {
        bid["id"]: offer(bid["price"], bid["quality_percent"]) for bid in worked["inputs"]["bids"]
    }

    def totals(results):
        return {bid: two_places(one.total) for bid, one in results.items() if one.rank}

    without = rank_bids(model(), offers, {"Z": "abnormally low"})
    assert totals(rank_bids(model(), offers)) == {"X": "60.00", "Y": "64.23", "Z": "60.00"}
    assert totals(without) == {"X": "85.00", "Y": "83.46"}
    assert without["Z"].excluded == "abnormally low"
