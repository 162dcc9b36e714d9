"""Terms: how a placement keeps the stretches it is funded for, each at its own price (R16, R17)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Any

from dps_portal.clock import ONE_DAY

from .costs import FULL_PRICE, Night, Price, Stay, by_year, days, difference


@dataclass(frozen=True)
class Term:
    """A funded stretch: its nights from ``start`` up to, not including, ``end``."""

    start: date
    end: date
    weekly_pence: int


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


def charged_terms(terms: Iterable[Term], *, exit_on: date, notice_nights: int) -> list[Term]:
    """The terms cut to what is charged after an exit, at least one night (R3, R13)."""
    terms = sorted(terms, key=lambda term: term.start)
    end = max(exit_on + ONE_DAY * notice_nights, terms[0].start + ONE_DAY)
    return [replace(term, end=min(term.end, end)) for term in terms if term.start < end]


def longest_affordable_end(
    funded: Iterable[Term], asked: Term, *, headroom: Mapping[int, int]
) -> date | None:
    """How far ``asked`` may run within the headroom of each year; ``None`` if not one night.

    A year without an entry has no money.
    """
    funded = list(funded)
    held = cost_by_year(funded)
    best = None
    for day in days(asked.start, asked.end):
        now = cost_by_year([*funded, replace(asked, end=day + ONE_DAY)])
        if any(pence > headroom.get(year, 0) for year, pence in difference(now, held).items()):
            break
        best = day + ONE_DAY
    return best
