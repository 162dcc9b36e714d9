"""Drafting a tender and publishing it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from math import inf

from dps_portal.identifiers import identifiers_in
from tenders.states import TenderState

from .moves import objections_to_move

FEWEST_EVALUATORS = 2  # of quality, for a small panel as published (R7.5)
FULL_WEIGHT = 100
FEWEST_PLACES = 2  # of a tender that is awarded to more than one


def objections_to_change(state: TenderState) -> list[str]:
    """Weights, criteria and terms never change after publication (targets §4, SoD 8)."""
    if state == TenderState.DRAFT:
        return []
    return ["Only a draft can be changed. Abandon the tender and publish another one."]


def objections_to_terms(
    *,
    contract: tuple[date, date],
    agreement: tuple[date, date],
    closes_on: date,
    price_weight: int,
    price_weights: tuple[int, int],
    scale_max: int,
    scale: Sequence[str],
    minimum_score: int | None,
    options: tuple[int, int] = (0, 0),
) -> list[str]:
    """``contract`` and ``agreement`` are half-open; ``price_weights`` are published (R2.12).

    ``options`` to extend are how many, and the months of each.
    """
    objections = []
    start, end = contract
    if end <= start:
        objections.append("The contract must end after it starts.")
    if start < agreement[0] or end > agreement[1]:
        objections.append("The contract must lie within the term of the agreement.")
    if bool(options[0]) != bool(options[1]):
        objections.append("Give both the number of options and the months of each, or neither.")
    if closes_on >= start:
        objections.append("Bids must close before the contract starts.")
    if not price_weights[0] <= price_weight <= price_weights[1]:
        objections.append("The price weight is outside the range that the agreement published.")
    if scale and len(scale) != scale_max + 1:
        objections.append(
            f"The scale needs {scale_max + 1} descriptions, one for each score from 0 to "
            f"{scale_max}; it has {len(scale)}."
        )
    if minimum_score is not None and minimum_score > scale_max:
        objections.append("The minimum score is above the highest score.")
    return objections


def objections_to_price_model(
    *,
    formula: str,
    price_weight: int,
    ceiling_pence: int,
    range_pence: tuple[int | None, int | None],
    benchmark_pence: int | None,
    fixed_pence: int | None,
    compared_weeks: int | None = None,
) -> list[str]:
    """What the formula needs, within the ceiling of the lot (R7.2).

    The ceiling is one of a week; what a stay costs besides its weeks has none.
    """
    low, high = range_pence
    most: float = ceiling_pence if compared_weeks is None else inf
    objections = []
    if formula == "SET_RANGE":
        if low is None or high is None or high <= low:
            objections.append("The range of prices needs a low end, and a higher high end.")
        elif high > most:
            objections.append("The range of prices ends above the ceiling of the lot.")
    if formula == "BENCHMARK" and (benchmark_pence is None or benchmark_pence > most):
        objections.append("The benchmark must be given, and not above the ceiling of the lot.")
    if formula == "QUALITY_ONLY":
        if fixed_pence is None or fixed_pence > ceiling_pence:
            objections.append("The fixed price must be given, and not above the ceiling.")
        if compared_weeks is not None:
            objections.append("A fixed price is one for a week. Leave out the weeks of a stay.")
    elif price_weight == 0:
        objections.append("A price that weighs nothing needs the formula “quality only”.")
    return objections


def objections_to_basis(*, basis: str, places: int | None, threshold: int | None) -> list[str]:
    if basis == "TOP_N" and (places or 0) < FEWEST_PLACES:
        return [f"Say how many bids are awarded: {FEWEST_PLACES} or more."]
    if basis == "ABOVE_THRESHOLD" and not 0 < (threshold or 0) <= FULL_WEIGHT:
        return ["Say which total a bid must reach, from 1 to 100."]
    return []


def objections_to_texts(texts: Iterable[str]) -> list[str]:
    """What everybody will read must not carry anyone's number or address (R8.3)."""
    return [
        f"{found} Take it out: every provider and the public read this."
        for text in texts
        for found in identifiers_in(text)
    ]


def objections_to_criteria(
    *,
    names: Sequence[str],
    weights: Iterable[int],
    minima: Iterable[int | None],
    price_weight: int,
    scale_max: int,
) -> list[str]:
    objections = []
    if any(least is not None and least > scale_max for least in minima):
        objections.append("A criterion has a minimum above the highest score.")
    if not names:
        objections.append("There must be at least one criterion.")
    if len({name.casefold() for name in names}) < len(names):
        objections.append("Each criterion needs a name of its own.")
    if names and sum(weights) + price_weight != FULL_WEIGHT:
        objections.append("The weights of the criteria and of the price must add up to 100.")
    return objections


def objections_to_headings(
    *,
    criteria: Sequence[tuple[str, str | None, int]],
    published: Mapping[str, tuple[int, int]],
) -> list[str]:
    """Criteria only say more precisely what the notice published (reg 34(23)-(24); R2.12).

    ``criteria`` are name, heading and weight; ``published`` the least and the most that those
    under a heading may weigh together. An agreement that published none binds nobody.
    """
    if not published or not criteria:
        return []
    objections = [
        f"The criterion “{name}” stands under no heading that the agreement published."
        for name, heading, _ in criteria
        if heading not in published
    ]
    for heading, (least, most) in published.items():
        weight = sum(weight for _, under, weight in criteria if under == heading)
        if not least <= weight <= most:
            objections.append(
                f"What stands under “{heading}” weighs {weight}. The agreement published "
                f"{least} to {most}."
            )
    return objections


def objections_to_panel(
    *, evaluators: int, has_moderator: bool, moderator_scores: bool
) -> list[str]:
    objections = []
    if evaluators < FEWEST_EVALUATORS:
        objections.append(f"The panel needs at least {FEWEST_EVALUATORS} evaluators.")
    if not has_moderator:
        objections.append("The panel needs a moderator.")
    if moderator_scores:
        objections.append("The moderator may not be one of the evaluators.")
    return objections


def is_short_time(*, at: datetime, closes_at: datetime, days: int, earliest_day: date) -> bool:
    """Less than the days to bid, in full, and to the end of the period (R2.11).

    ``days`` are ten, or what the agreement published instead (R1.3); ``earliest_day`` is the day
    on which the period ends. Both moments are in London time.
    """
    return closes_at - at < timedelta(days=days) or closes_at.date() < earliest_day


def objections_to_deadline(
    *, is_short: bool, is_past: bool, is_asked: bool, has_everyone_agreed: bool
) -> list[str]:
    """A shorter time only with everyone who is invited, to that very moment (reg 34(12))."""
    if not is_short or (has_everyone_agreed and not is_past):
        return []
    objections = ["The closing date leaves bidders too little time."]
    if is_asked and not has_everyone_agreed:
        objections.append("Not everyone who would be invited has agreed to the shorter time.")
    return objections


def objections_to_publication(
    *, state: TenderState, is_drafter: bool, invitees: int, others: Iterable[str]
) -> list[str]:
    """``others`` are the objections to the terms, criteria, panel and deadline."""
    objections = objections_to_move(state, TenderState.PUBLISHED)
    if is_drafter:
        objections.append("A tender is published by a person other than the one who drafted it.")
    if not invitees:
        objections.append("No provider is admitted to this lot.")
    return [*objections, *others]
