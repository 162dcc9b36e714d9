"""Sensitivity against trying everything, the rehearsal's warnings, and texts about people."""

from dataclasses import replace
from fractions import Fraction
from random import Random

import pytest

from tenders.rules import (
    FORMULAS,
    Margin,
    Model,
    Offer,
    hints_in,
    identifiers_in,
    margins,
    oddities,
    price_curve,
    rank_bids,
    winners,
)
from tenders.rules.sensitivity import reweighted


def model(**facts):
    return Model(
        **{
            "price_weight": Fraction(50),
            "criteria": (("Safety", Fraction(30)), ("Outcomes", Fraction(20))),
            "scale_max": Fraction(5),
            "range_pence": (10, 60),
            "benchmark_pence": 20,
            "tie_break": ("higher_quality", "lower_price"),
            **facts,
        }
    )


def offer(pence, *scores):
    return Offer(pence, tuple(map(Fraction, scores)))


def won(one, offers):
    return winners(one, rank_bids(one, offers))


def nearest(values, same):
    """The first value at which somebody else wins, by trying each."""
    return next((value for value in values if not same(value)), None)


@pytest.mark.parametrize("formula", sorted(FORMULAS))
def test_every_margin_is_the_nearest_value_that_changes_who_wins(formula):
    random = Random(formula)  # noqa: S311
    for _ in range(25):
        one = model(formula=formula, ceiling_pence=60)
        offers = {
            name: offer(random.randint(8, 60), random.randint(0, 5), random.randint(0, 5))
            for name in "ABC"[: random.randint(2, 3)]
        }
        first = won(one, offers)
        for margin in margins(one, offers):
            now = margin.now

            def same(value, margin=margin, one=one, offers=offers, first=first):
                if margin.kind == "price":
                    moved = replace(offers[margin.bid], pence=value)
                    return won(one, {**offers, margin.bid: moved}) == first
                place = [name for name, _ in one.criteria].index(margin.criterion or "Safety")
                if margin.kind == "score":
                    scores = list(offers[margin.bid].scores)
                    scores[place] = Fraction(value)
                    moved = replace(offers[margin.bid], scores=tuple(scores))
                    return won(one, {**offers, margin.bid: moved}) == first
                place = 0 if margin.kind == "price_weight" else place + 1
                return won(reweighted(one, place, Fraction(value)), offers) == first

            least, most = {"price": (1, 60), "score": (0, 5)}.get(margin.kind, (0, 100))
            down, up = range(int(now) - 1, least - 1, -1), range(int(now) + 1, most + 1)
            assert (margin.down, margin.up) == (nearest(down, same), nearest(up, same))


def test_a_published_example_in_full():
    """A has 75 marks, B 70.83: each figure worked out by hand."""
    one = model(criteria=(("Safety", Fraction(50)),), scale_max=Fraction(100))
    offers = {"A": offer(50, 50), "B": offer(75, 75)}

    assert margins(one, offers) == [
        Margin("price_weight", "", "", 50, 42, None),
        Margin("weight", "", "Safety", 50, None, 58),
        Margin("price", "A", "", 50, None, 57),
        Margin("price", "B", "", 75, 66, None),
        Margin("score", "A", "Safety", 50, 41, None),
        Margin("score", "B", "Safety", 75, None, 84),
    ]


def test_without_a_winner_there_is_nothing_to_move():
    assert margins(model(), {}) == []


# ── The rehearsal ────────────────────────────────────────────────────────────────────────────


def test_r7_3_rank_reversal_is_warned_of():
    one = model(criteria=(("Quality", Fraction(50)),), scale_max=Fraction(100))
    offers = {"X": offer(100, 70), "Y": offer(130, 90), "Z": offer(50, 20)}

    assert oddities(one, offers) == [
        "Rank reversal: if bid Z were excluded, X would win instead of Y, though no price or "
        "score of theirs has changed."
    ]
    absolute = replace(one, formula="SET_RANGE", range_pence=(40, 140))
    assert oddities(absolute, offers) == []


@pytest.mark.parametrize(
    ("facts", "prices", "warning"),
    [
        ({"formula": "MEAN"}, (50,), "A bid alone gets half the price marks, 25.00"),
        ({"formula": "LOWEST_RATIO"}, (50,), "A bid alone gets all the price marks, 50.00"),
        ({"formula": "LOWEST_RATIO"}, (1000, 1010), "Price hardly counts"),
        ({"formula": "PCT_OF_LEADER"}, (10, 20, 30), "Several of these prices score nothing"),
        ({"formula": "BENCHMARK"}, (10, 15, 60), "Several different prices score the full weight"),
        (
            {"formula": "BENCHMARK", "is_benchmark_capped": False},
            (10, 40),
            "A price below the benchmark scores more",
        ),
        ({"ceiling_pence": 5}, (10, 20), "Every one of these bids is excluded"),
        (
            {"tie_break": (), "formula": "QUALITY_ONLY"},
            (10, 10),
            "The published tie-break leaves more winners",
        ),
    ],
)
def test_a_formula_that_behaves_oddly_is_warned_of(facts, prices, warning):
    offers = {f"B{at}": offer(pence, 3, 3) for at, pence in enumerate(prices)}

    assert [found for found in oddities(model(**facts), offers) if found.startswith(warning)]


def test_the_price_curve_is_what_one_more_bid_would_get():
    one = model(formula="SET_RANGE", range_pence=(0, 120))

    assert [point.marks for point in price_curve(one, {}, highest=120)] == [
        Fraction(50 * (120 - pence), 120) for pence in range(10, 121, 10)
    ]


# ── The need ─────────────────────────────────────────────────────────────────────────────────


def test_r8_3_numbers_and_postcodes_of_people_are_found():
    text = "Patient 943 476 5919 of L23 0AB; order 943 476 5918; lot 2, 12 weeks from 1 May."

    assert identifiers_in(text) == [
        "“943 476 5919” looks like an NHS number.",
        "“L23 0AB” looks like a postcode.",
    ]


def test_r7_13_what_may_point_to_a_person_is_hinted_at():
    text = "Mr Okafor, born 3/4/1987, ring 07700 900123 or ann@example.org. Ten places, lot 1."

    assert hints_in(text) == [
        "“Mr Okafor” looks like the name of a person.",
        "“3/4/1987” looks like a date of birth.",
        "“ann@example.org” looks like an e-mail address.",
        "“07700 900123” looks like a telephone number.",
    ]
    assert hints_in("Six places for adults with standard needs from May to August.") == []
