"""Terms: how a placement keeps the stretches it is funded for, each at its own price (R16, R17)."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from dps_portal.clock import ONE_DAY

from .costs import FULL_PRICE, Night, Price, Stay, by_year, days


@dataclass(frozen=True)
class Term:
    """A funded stretch: its nights from ``start`` up to, not including, ``end``."""

    start: date
    end: date
    weekly_pence: int


@dataclass(frozen=True)
class Layer:
    """A decision on some nights: a weekly price for them or, without one, no funding any more."""

    start: date
    end: date
    weekly_pence: int | None


def in_force(layers: Iterable[Layer]) -> list[Term]:
    """The terms that layers in the order of their approval come to: the last governs a night."""
    layers = list(layers)
    edges = sorted({edge for layer in layers for edge in (layer.start, layer.end)})
    terms = []
    for start, end in pairwise(edges):
        over = [layer for layer in layers if layer.start <= start and end <= layer.end]
        if over and (weekly_pence := over[-1].weekly_pence) is not None:
            terms.append(Term(start, end, weekly_pence))
    return terms


def stay_of(terms: Iterable[Term], **facts: Any) -> Stay:
    """The stay that contiguous terms fund, with the other ``facts`` of a ``Stay``.

    Raises ``ValueError`` where a night between two terms is not funded, or funded twice.
    """
    terms = sorted(terms, key=lambda term: term.start)
    for earlier, later in pairwise(terms):
        if earlier.end != later.start:
            raise ValueError(f"The terms do not meet on {earlier.end.isoformat()}.")
    return Stay(
        admission=terms[0].start,
        funded_until=terms[-1].end,
        prices=tuple(Price(term.start, term.weekly_pence) for term in terms),
        **facts,
    )


def term_nights(terms: Iterable[Term]) -> Iterator[Night]:
    for term in sorted(terms, key=lambda term: term.start):
        for day in days(term.start, term.end):
            yield day, term.weekly_pence * FULL_PRICE


def cost_by_year(terms: Iterable[Term]) -> dict[int, int]:
    """Pence by financial year of all the terms of one placement."""
    return {year: pence for year, pence in by_year(term_nights(terms)).items() if pence}


def longest_affordable_end(
    start: date,
    end: date,
    *,
    cost_until: Callable[[date], Mapping[int, int]],
    headroom: Mapping[int, int],
) -> date | None:
    """How far a request may run within the headroom of each year; ``None`` if not one night.

    ``cost_until`` gives what the nights from ``start`` up to a day add to each year. A year
    without an entry has no money.
    """
    best = None
    for day in days(start + ONE_DAY, end + ONE_DAY):
        if any(pence > headroom.get(year, 0) for year, pence in cost_until(day).items()):
            break
        best = day
    return best
