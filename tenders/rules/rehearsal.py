"""What an evaluation model does to invented bids, and where it behaves oddly (R7.2, R7.3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from .scoring import (
    FORMULAS,
    RELATIVE,
    ZERO,
    Model,
    Offer,
    eligible,
    prices_of,
    rank_bids,
    two_places,
    winners,
)

STEPS = 12  # points of the curve
LITTLE = Fraction(1, 20)  # of the price weight


@dataclass(frozen=True)
class Point:
    """Where the curve stands: a price in pence, and its marks."""

    pence: int
    marks: Fraction


def price_curve(model: Model, offers: Mapping[str, Offer], *, highest: int) -> list[Point]:
    """The marks that one more bid would get at prices up to ``highest``, the others as they are."""
    good = eligible(model, offers)
    points = []
    for step in range(1, STEPS + 1):
        pence = max(1, highest * step // STEPS)
        prices = prices_of([*good.values(), Offer(pence, ())])
        points.append(
            Point(pence, model.price_weight * FORMULAS[model.formula](model, pence, prices))
        )
    return points


def oddities(model: Model, offers: Mapping[str, Offer]) -> list[str]:
    """Warnings in words, each with what was seen on these bids."""
    good = eligible(model, offers)
    if not good:
        return ["Every one of these bids is excluded, so there is nothing to compare."]
    results = rank_bids(model, good)
    marks = {bid: results[bid].price_score for bid in good}
    spread = max(marks.values()) - min(marks.values())
    found = [*_reversal(model, good), *_lone(model, good)]
    if model.formula != "QUALITY_ONLY" and model.price_weight:
        if (
            len({offer.pence for offer in good.values()}) > 1
            and spread < model.price_weight * LITTLE
        ):
            found.append(
                f"Price hardly counts: between the cheapest and the dearest of these bids lie "
                f"{two_places(spread)} of {two_places(model.price_weight)} marks."
            )
        if [bid for bid in good if marks[bid] == ZERO][1:]:
            found.append(
                "Several of these prices score nothing, so the formula cannot tell them apart."
            )
        if [bid for bid in good if marks[bid] >= model.price_weight][1:]:
            found.append(
                "Several different prices score the full weight, so bidding lower earns nothing."
                if len({good[bid].pence for bid in good if marks[bid] >= model.price_weight}) > 1
                else "Several of these bids have the same lowest price."
            )
        if any(mark > model.price_weight for mark in marks.values()):
            found.append("A price below the benchmark scores more than the whole price weight.")
    if len(winners(model, results)) > model.places and model.basis != "ABOVE_THRESHOLD":
        found.append("The published tie-break leaves more winners than there are contracts.")
    return found


def _reversal(model: Model, offers: Mapping[str, Offer]) -> list[str]:
    """Whether taking out a bid that does not win changes who does (rank reversal, R7.3)."""
    if model.formula not in RELATIVE:
        return []
    won = winners(model, rank_bids(model, offers))
    for out in sorted(offers):
        rest = {bid: offer for bid, offer in offers.items() if bid != out}
        if out in won or not rest:
            continue
        now = winners(model, rank_bids(model, rest))
        if now != won:
            return [
                f"Rank reversal: if bid {out} were excluded, {' and '.join(now)} would win instead "
                f"of {' and '.join(won)}, though no price or score of theirs has changed."
            ]
    return []


def _lone(model: Model, offers: Mapping[str, Offer]) -> list[str]:
    lone = {"LOWEST_RATIO": "all", "PCT_OF_LEADER": "all", "MEAN": "half"}.get(model.formula)
    if not lone or len(offers) > 1:
        return []
    marks = rank_bids(model, offers)
    score = next(iter(marks.values())).price_score
    return [f"A bid alone gets {lone} the price marks, {two_places(score)}, whatever it asks for."]
