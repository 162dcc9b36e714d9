"""MEAT: cost against quality, in exact fractions; only what is shown is rounded (R7.1-R7.8)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby

from dps_portal.money import half_up

from .prices import Quote

OVER_CEILING = "over ceiling"
BELOW_MINIMUM = "below minimum score"
WHOLE = 100
ZERO, HALF, ONE = Fraction(0), Fraction(1, 2), Fraction(1)


@dataclass(frozen=True)
class Model:
    """The published evaluation model; ``price_weight`` and the weights of criteria total 100.

    ``minima`` holds a lowest acceptable score for each criterion, or nothing; ``minimum_score``
    holds for all. A weekly price over ``ceiling_pence`` is out, or, where ``counts_at_ceiling``,
    taken as the ceiling (R7.10). ``range_pence`` is what SET_RANGE needs, ``benchmark_pence`` what
    BENCHMARK needs. ``rounding`` is the stage that is rounded to two places: NONE, PRICE or TOTAL
    (R7.8). ``tie_break`` orders equal totals by the names in ``TIE_BREAKS`` as listed; a tie that
    it leaves is shared. ``basis`` says who wins: the first, the first ``places``, or everyone
    whose total reaches ``threshold``.
    """

    price_weight: Fraction
    criteria: tuple[tuple[str, Fraction], ...]
    scale_max: Fraction
    minimum_score: Fraction | None = None
    minima: tuple[Fraction | None, ...] = ()
    ceiling_pence: int | None = None
    counts_at_ceiling: bool = False
    formula: str = "LOWEST_RATIO"
    range_pence: tuple[int, int] | None = None
    benchmark_pence: int | None = None
    is_benchmark_capped: bool = True
    rounding: str = "NONE"
    tie_break: tuple[str, ...] = ()
    basis: str = "SINGLE"
    places: int = 1
    threshold: Fraction | None = None


@dataclass(frozen=True)
class Offer:
    """A bid as it is scored: its price in pence and one raw score for each criterion.

    ``quote`` is what the price is made of, where that is known.
    """

    pence: int
    scores: tuple[Fraction, ...]
    quote: Quote | None = None

    @classmethod
    def of(cls, quote: Quote, scores: Iterable[Fraction]) -> Offer:
        return cls(quote.compared_pence, tuple(scores), quote)


@dataclass(frozen=True)
class Result:
    """One bid's place. ``excluded`` is a reason, or empty; then the scores are exact.

    ``tie`` says what settled an equal total, or that nothing did.
    """

    excluded: str
    price_score: Fraction = ZERO
    quality_score: Fraction = ZERO
    total: Fraction = ZERO
    rank: int | None = None
    tie: str = ""


@dataclass(frozen=True)
class Prices:
    """What a relative formula takes from the eligible bids: pence, and their mean."""

    lowest: int
    mean: Fraction


def two_places(score: Fraction) -> str:
    """``33.33``: half up to two decimals, for display only (R7.8)."""
    return f"{half_up(score * WHOLE) // WHOLE}.{half_up(score * WHOLE) % WHOLE:02d}"


def rounded(score: Fraction) -> Fraction:
    return Fraction(half_up(score * WHOLE), WHOLE)


# ── Price formulas (R7.2): a share of the price weight ───────────────────────────────────────


def lowest_ratio(_model: Model, pence: int, prices: Prices) -> Fraction:
    return Fraction(prices.lowest, pence)


def percent_of_leader(_model: Model, pence: int, prices: Prices) -> Fraction:
    return max(ZERO, 1 - Fraction(pence - prices.lowest, prices.lowest))


def set_range(model: Model, pence: int, _prices: Prices) -> Fraction:
    """All at the low end of the published range, nothing at the high end; no bid moves another."""
    low, high = model.range_pence or (0, 1)
    return min(ONE, max(ZERO, Fraction(high - pence, high - low)))


def mean(_model: Model, pence: int, prices: Prices) -> Fraction:
    """Half at the mean; a hundredth more or less for each percent below or above it."""
    return min(ONE, max(ZERO, HALF + (prices.mean - pence) / prices.mean))


def benchmark(model: Model, pence: int, _prices: Prices) -> Fraction:
    """The published price divided by the bid's; above the weight only where it is not capped."""
    share = Fraction(model.benchmark_pence or 0, pence)
    return min(ONE, share) if model.is_benchmark_capped else share


def quality_only(_model: Model, _pence: int, _prices: Prices) -> Fraction:
    """The price is fixed for everyone, so it earns everyone the same (PCR reg 67)."""
    return ONE


FORMULAS: dict[str, Callable[[Model, int, Prices], Fraction]] = {
    "LOWEST_RATIO": lowest_ratio,
    "PCT_OF_LEADER": percent_of_leader,
    "SET_RANGE": set_range,
    "MEAN": mean,
    "BENCHMARK": benchmark,
    "QUALITY_ONLY": quality_only,
}
# Those in which one bid's price moves the marks of another (R7.3).
RELATIVE = frozenset({"LOWEST_RATIO", "PCT_OF_LEADER", "MEAN"})
TIE_BREAKS: dict[str, Callable[[Result, Offer], Fraction]] = {
    "higher_quality": lambda result, _offer: -result.quality_score,
    "lower_price": lambda _result, offer: Fraction(offer.pence),
    "first_criterion": lambda _result, offer: -offer.scores[0],
}
TIE_WORDS = {
    "higher_quality": "the higher quality score",
    "lower_price": "the lower price",
    "first_criterion": "the score on the first criterion",
}
ROUNDINGS = ("NONE", "PRICE", "TOTAL")
BASES = ("SINGLE", "TOP_N", "ABOVE_THRESHOLD")


def limit(model: Model, offer: Offer) -> int | None:
    """The price of the offer, were a week of it to cost the ceiling."""
    if model.ceiling_pence is None or offer.quote is None:
        return model.ceiling_pence
    return offer.quote.at(model.ceiling_pence).compared_pence


def counted(model: Model, offer: Offer) -> int:
    """The pence that are scored, and paid: never above the ceiling where that is the rule."""
    most = limit(model, offer)
    return offer.pence if most is None or not model.counts_at_ceiling else min(offer.pence, most)


def paid(model: Model, quote: Quote) -> Quote:
    """The quote at the weekly price that is paid, as ``counted`` scores it."""
    if model.counts_at_ceiling and model.ceiling_pence is not None:
        return quote.at(min(quote.weekly_pence, model.ceiling_pence))
    return quote


def exclusion(model: Model, offer: Offer) -> str:
    """Why the bid is out before any price is compared; empty if it is not (R7.4, R7.10)."""
    most = limit(model, offer)
    if most is not None and counted(model, offer) > most:
        return OVER_CEILING
    if model.minimum_score is not None and min(offer.scores) < model.minimum_score:
        return BELOW_MINIMUM
    if any(
        least is not None and score < least
        for score, least in zip(offer.scores, model.minima, strict=False)
    ):
        return BELOW_MINIMUM
    return ""


def eligible(
    model: Model, offers: Mapping[str, Offer], excluded: Mapping[str, str] | None = None
) -> dict[str, Offer]:
    """The bids whose prices are compared, each at the price that is counted."""
    out = excluded or {}
    return {
        bid: replace(offer, pence=counted(model, offer))
        for bid, offer in offers.items()
        if bid not in out and not exclusion(model, offer)
    }


def prices_of(offers: Iterable[Offer]) -> Prices:
    pence = [offer.pence for offer in offers]
    return Prices(min(pence), Fraction(sum(pence), len(pence)))


def rank_bids(
    model: Model, offers: Mapping[str, Offer], excluded: Mapping[str, str] | None = None
) -> dict[str, Result]:
    """Every bid's scores and rank. Exclusions come first, so they move no other bid's price.

    ``excluded`` gives reasons found outside the arithmetic, such as a rejected price (R7.9).
    """
    outside = excluded or {}
    good = eligible(model, offers, outside)
    results = {
        bid: Result(excluded=outside.get(bid) or exclusion(model, offer))
        for bid, offer in offers.items()
        if bid not in good
    }
    if not good:
        return results
    prices = prices_of(good.values())
    scored = {bid: _score(model, offer, prices) for bid, offer in good.items()}
    keys = {
        bid: (-result.total, *(TIE_BREAKS[name](result, good[bid]) for name in model.tie_break))
        for bid, result in scored.items()
    }
    ordered = sorted(scored, key=keys.__getitem__)
    place = 0
    for _, level in groupby(ordered, key=lambda bid: keys[bid][0]):
        tied = list(level)
        for _, equals in groupby(tied, key=keys.__getitem__):
            same = list(equals)
            for bid in same:
                tie = _tie(model, keys, bid, tied, is_shared=len(same) > 1)
                results[bid] = replace(scored[bid], rank=place + 1, tie=tie)
            place += len(same)
    return results


def _score(model: Model, offer: Offer, prices: Prices) -> Result:
    price = model.price_weight * FORMULAS[model.formula](model, offer.pence, prices)
    if model.rounding == "PRICE":
        price = rounded(price)
    marks = zip(model.criteria, offer.scores, strict=True)
    quality = sum((weight * score for (_, weight), score in marks), ZERO) / model.scale_max
    total = price + quality
    return Result("", price, quality, rounded(total) if model.rounding == "TOTAL" else total)


def _tie(
    model: Model,
    keys: Mapping[str, tuple[Fraction, ...]],
    bid: str,
    tied: list[str],
    *,
    is_shared: bool,
) -> str:
    if len(tied) == 1:
        return ""
    if is_shared:
        return "Its total is equal to another, and the published rule leaves the tie."
    parted = max(
        next(i for i, (a, b) in enumerate(zip(keys[bid], keys[other], strict=True)) if a != b)
        for other in tied
        if other != bid
    )
    return f"Its total is equal to another; placed by {TIE_WORDS[model.tie_break[parted - 1]]}."


def abnormally_low(pence: Mapping[str, int], *, percent: int) -> list[str]:
    """The bids more than ``percent`` below the mean of the others' prices (R7.9)."""
    found = []
    for bid, own in pence.items():
        others = [price for other, price in pence.items() if other != bid]
        if others and own * WHOLE * len(others) < sum(others) * (WHOLE - percent):
            found.append(bid)
    return sorted(found)


def winners(model: Model, results: Mapping[str, Result]) -> tuple[str, ...]:
    """Who is to be awarded a contract on the published basis; more than its places on a tie."""
    ranked = [(result.rank, bid, result.total) for bid, result in results.items() if result.rank]
    if model.basis == "ABOVE_THRESHOLD":
        least = model.threshold or ZERO
        return tuple(bid for _, bid, total in sorted(ranked) if total >= least)
    most = model.places if model.basis == "TOP_N" else 1
    return tuple(bid for rank, bid, _ in sorted(ranked) if rank <= most)
