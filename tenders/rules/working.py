"""The arithmetic of a result in words, step by step (design D13)."""

from collections.abc import Mapping

from dps_portal.money import gbp

from .prices import in_weeks
from .scoring import (
    TIE_WORDS,
    WHOLE,
    Model,
    Offer,
    Prices,
    Result,
    counted,
    eligible,
    paid,
    prices_of,
    two_places,
)

UNLIMITED = {"LOWEST_RATIO"}  # whose sum is never below nothing, nor above the weight


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
    stay = offer.quote if offer.quote and offer.quote.compared_weeks else None
    if stay:
        steps.append(f"{stay}.")
    if pence != offer.pence:
        steps.append(
            f"The price of a week is above the ceiling and counts as it: {paid(model, stay)}."
            if stay
            else f"The price of {gbp(offer.pence)} is above the ceiling and counts as {gbp(pence)}."
        )
    against = price_in_words(model, prices)
    steps.append(
        f"Price {gbp(pence)}{against}: {price_sum(model, pence, prices)}"
        f"{two_places(result.price_score)} of {two_places(model.price_weight)}."
    )
    for (name, weight), score in zip(model.criteria, offer.scores, strict=True):
        marks = two_places(weight * score / model.scale_max)
        sum_ = f"{two_places(weight)} × {score} ÷ {model.scale_max} = {marks}"
        steps.append(f"{name}: {score} of {model.scale_max}, so {sum_}.")
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


def price_sum(model: Model, pence: int, prices: Prices) -> str:
    """The sum that makes the price score, up to its equals sign; nothing where there is none."""
    price, low, mean = gbp(pence), gbp(prices.lowest), f"£{two_places(prices.mean / WHOLE)}"
    bottom, top = (gbp(end) for end in model.range_pence or (0, 0))
    sums = {
        "LOWEST_RATIO": f"{low} ÷ {price}",
        "PCT_OF_LEADER": f"(1 − ({price} − {low}) ÷ {low})",
        "MEAN": f"(½ + ({mean} − {price}) ÷ {mean})",
        "SET_RANGE": f"({top} − {price}) ÷ ({top} − {bottom})",
        "BENCHMARK": f"{gbp(model.benchmark_pence or 0)} ÷ {price}",
    }
    if model.formula not in sums:
        return ""
    limits = ", held between nothing and the weight" * (model.formula not in UNLIMITED)
    return f"{two_places(model.price_weight)} × {sums[model.formula]}{limits} = "


def model_in_words(
    model: Model, fixed_pence: int | None = None, compared_weeks: int | None = None
) -> list[str]:
    """How bids are scored, in the sentences that every bidder reads (R7.1)."""
    top = model.scale_max
    said = [f"Each answer is scored from 0 to {top}, and counts for its weight × score ÷ {top}."]
    if model.minimum_score is not None:
        said.append(f"A bid with any answer below {model.minimum_score} is excluded.")
    for (name, _), least in zip(model.criteria, model.minima, strict=True):
        if least is not None:
            said.append(f"A bid with an answer on “{name}” below {least} is excluded.")
    if compared_weeks is not None:
        said += stay_in_words(compared_weeks)
    said.append(formula_in_words(model, fixed_pence))
    if model.ceiling_pence is not None and fixed_pence is None:
        ceiling = gbp(model.ceiling_pence)
        price = "price" if compared_weeks is None else "weekly price"
        said.append(
            f"A {price} above the ceiling of {ceiling} counts, and is paid, as {ceiling}."
            if model.counts_at_ceiling
            else f"A bid with a {price} above the ceiling of {ceiling} is excluded."
        )
    said.append("Excluded bids are left out before any two prices are compared.")
    said.append(
        {
            "NONE": "Scores are exact fractions, shown to two decimals.",
            "PRICE": "The price score is rounded to two decimals, half up; the rest is exact.",
            "TOTAL": "Totals are rounded to two decimals, half up, before they are compared.",
        }[model.rounding]
    )
    order = ", then ".join(TIE_WORDS[name] for name in model.tie_break)
    said.append(f"If totals are equal, what decides is {order}; then a lot drawn before witnesses.")
    said.append(
        {
            "SINGLE": "The bid ranked first is awarded the contract.",
            "TOP_N": f"The first {model.places} bids are awarded contracts.",
            "ABOVE_THRESHOLD": f"Every bid with a total of {model.threshold} or more is awarded "
            "a contract.",
        }[model.basis]
    )
    return said


def stay_in_words(weeks: int) -> list[str]:
    """What is compared, and on which VAT basis (R7.11)."""
    return [
        f"Prices are compared over a funded stay of {in_weeks(weeks)}: weekly price × {weeks} + "
        "detoxification supplement + one-off charges − discount.",
        "Prices are given without VAT. Welfare services of providers registered with the Care "
        "Quality Commission are normally exempt from it.",
    ]


def formula_in_words(model: Model, fixed_pence: int | None) -> str:
    weight = model.price_weight
    low, high = (gbp(pence) for pence in model.range_pence or (0, 0))
    return {
        "LOWEST_RATIO": f"The price counts for {weight} × lowest price ÷ price.",
        "PCT_OF_LEADER": f"The lowest price counts for {weight}; every percent above it takes off "
        f"one percent of that, down to nothing.",
        "SET_RANGE": f"A price of {low} or less counts for {weight}, one of {high} or more for "
        "nothing, and between them in proportion. No bid changes the price score of another.",
        "MEAN": f"The mean of all prices counts for half of {weight}; every percent below it adds "
        f"one percent of {weight}, every percent above it takes one off.",
        "BENCHMARK": f"The price counts for {weight} × {gbp(model.benchmark_pence or 0)} ÷ price, "
        f"and never for more than {weight}.",
        "QUALITY_ONLY": f"The price is fixed at {gbp(fixed_pence or 0)} a week. It earns every bid "
        f"the same {weight}, so quality alone decides.",
    }[model.formula]
