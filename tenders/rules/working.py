"""The arithmetic of a result in words, step by step (design D13)."""

from collections.abc import Mapping

from dps_portal.money import gbp

from .scoring import WHOLE, Model, Offer, Prices, Result, counted, eligible, prices_of, two_places


def working(
    model: Model,
    offers: Mapping[str, Offer],
    results: Mapping[str, Result],
    excluded: Mapping[str, str] | None = None,
) -> dict[str, tuple[str, ...]]:
    """Every step for every bid that was scored."""
    good = eligible(model, offers, excluded)
    if not good:
        return {}
    prices = prices_of(good.values())
    return {bid: _steps(model, offers[bid], results[bid], prices) for bid in good}


def _steps(model: Model, offer: Offer, result: Result, prices: Prices) -> tuple[str, ...]:
    steps = []
    pence = counted(model, offer)
    if pence != offer.pence:
        steps.append(
            f"The price of {gbp(offer.pence)} is above the ceiling and counts as {gbp(pence)}."
        )
    against = price_in_words(model, prices)
    steps.append(
        f"Price {gbp(pence)}{against}: "
        f"{two_places(result.price_score)} of {two_places(model.price_weight)}."
    )
    for (name, weight), score in zip(model.criteria, offer.scores, strict=True):
        marks = two_places(weight * score / model.scale_max)
        steps.append(f"{name}: {score} of {model.scale_max}, weight {two_places(weight)}: {marks}.")
    exact = result.price_score + result.quality_score
    steps.append(
        f"Total {two_places(result.price_score)} + {two_places(result.quality_score)}, "
        f"exactly {exact}, shown as {two_places(result.total)}."
    )
    if result.tie:
        steps.append(result.tie)
    return (*steps, f"Rank {result.rank}.")


def price_in_words(model: Model, prices: Prices) -> str:
    """What the price is measured against, after the words “Price £900.00”."""
    if model.formula in {"LOWEST_RATIO", "PCT_OF_LEADER"}:
        return f" against the lowest eligible {gbp(prices.lowest)}"
    if model.formula == "MEAN":
        pounds = two_places(prices.mean / WHOLE)
        return f" against the mean of the eligible prices, £{pounds}"
    if model.formula == "SET_RANGE" and model.range_pence:
        low, high = model.range_pence
        return f" in the published range from {gbp(low)} to {gbp(high)}"
    if model.formula == "BENCHMARK" and model.benchmark_pence:
        return f" against the published benchmark of {gbp(model.benchmark_pence)}"
    return " is fixed, the same for everyone"
