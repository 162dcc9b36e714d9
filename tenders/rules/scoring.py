"""MEAT: cost against quality, in exact fractions; only what is shown is rounded (R7.1-R7.8)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from dps_portal.money import gbp, half_up

OVER_CEILING = "over ceiling"
BELOW_MINIMUM = "below minimum score"
WHOLE = 100
ZERO = Fraction(0)


@dataclass(frozen=True)
class Model:
    """The published evaluation model; ``price_weight`` and the weights of criteria total 100.

    ``tie_break`` orders equal totals by ``higher_quality`` and ``lower_price`` as listed; a tie
    that it leaves is shared.
    """

    price_weight: Fraction
    criteria: tuple[tuple[str, Fraction], ...]
    scale_max: Fraction
    minimum_score: Fraction | None = None
    ceiling_pence: int | None = None
    formula: str = "LOWEST_RATIO"
    tie_break: tuple[str, ...] = ()


@dataclass(frozen=True)
class Offer:
    """A bid as it is scored: its price in pence and one raw score for each criterion."""

    pence: int
    scores: tuple[Fraction, ...]


@dataclass(frozen=True)
class Result:
    """One bid's place. ``excluded`` is a reason, or empty; then the scores are exact."""

    excluded: str
    price_score: Fraction = ZERO
    quality_score: Fraction = ZERO
    rank: int | None = None
    steps: tuple[str, ...] = ()

    @property
    def total(self) -> Fraction:
        return self.price_score + self.quality_score


def two_places(score: Fraction) -> str:
    """``33.33``: half up to two decimals, for display only (R7.8)."""
    return f"{half_up(score * WHOLE) // WHOLE}.{half_up(score * WHOLE) % WHOLE:02d}"


# ── Price formulas (R7.2): a share of the price weight, from a price and the eligible prices ──


def lowest_ratio(pence: int, lowest: int) -> Fraction:
    return Fraction(lowest, pence)


def percent_of_leader(pence: int, lowest: int) -> Fraction:
    return max(ZERO, 1 - Fraction(pence - lowest, lowest))


def quality_only(_pence: int, _lowest: int) -> Fraction:
    """The price is fixed for everyone, so it earns everyone the same (PCR reg 67)."""
    return Fraction(1)


FORMULAS: dict[str, Callable[[int, int], Fraction]] = {
    "LOWEST_RATIO": lowest_ratio,
    "PCT_OF_LEADER": percent_of_leader,
    "QUALITY_ONLY": quality_only,
}
TIE_BREAKS: dict[str, Callable[[Result, Offer], Fraction]] = {
    "higher_quality": lambda result, _offer: -result.quality_score,
    "lower_price": lambda _result, offer: Fraction(offer.pence),
}


def exclusion(model: Model, offer: Offer) -> str:
    """Why the bid is out before any price is compared; empty if it is not (R7.4, R7.10)."""
    if model.ceiling_pence is not None and offer.pence > model.ceiling_pence:
        return OVER_CEILING
    if model.minimum_score is not None and min(offer.scores) < model.minimum_score:
        return BELOW_MINIMUM
    return ""


def rank_bids(model: Model, offers: Mapping[str, Offer]) -> dict[str, Result]:
    """Every bid's scores and rank. Exclusions come first, so they move no other bid's price."""
    excluded = {bid: exclusion(model, offer) for bid, offer in offers.items()}
    eligible = {bid: offer for bid, offer in offers.items() if not excluded[bid]}
    results = {bid: Result(excluded=reason) for bid, reason in excluded.items() if reason}
    if not eligible:
        return results
    lowest = min(offer.pence for offer in eligible.values())
    scored = {bid: _score(model, offer, lowest) for bid, offer in eligible.items()}
    keys = {
        bid: (-result.total, *(TIE_BREAKS[name](result, offers[bid]) for name in model.tie_break))
        for bid, result in scored.items()
    }
    for bid, result in scored.items():
        rank = 1 + sum(key < keys[bid] for key in keys.values())
        results[bid] = Result(
            "", result.price_score, result.quality_score, rank, (*result.steps, f"Rank {rank}.")
        )
    return results


def _score(model: Model, offer: Offer, lowest: int) -> Result:
    price = model.price_weight * FORMULAS[model.formula](offer.pence, lowest)
    steps = [
        f"Price {gbp(offer.pence)} against the lowest eligible {gbp(lowest)}: "
        f"{two_places(price)} of {two_places(model.price_weight)}."
    ]
    quality = ZERO
    for (name, weight), score in zip(model.criteria, offer.scores, strict=True):
        marks = weight * score / model.scale_max
        quality += marks
        steps.append(
            f"{name}: {score} of {model.scale_max}, "
            f"weight {two_places(weight)}: {two_places(marks)}."
        )
    steps.append(
        f"Total {two_places(price)} + {two_places(quality)}, exactly {price + quality}, "
        f"shown as {two_places(price + quality)}."
    )
    return Result("", price, quality, steps=tuple(steps))
