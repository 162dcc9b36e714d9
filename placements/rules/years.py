"""Closed years: a correction to one is posted in the open year, on its own line (money.md R23)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Posting:
    """One ledger entry to write. ``corrects`` names the closed year that it belongs to by night.

    To find what a year's nights already hold in the ledger, sum entries by ``corrects`` where it
    is set and by ``year`` otherwise; what a year reports is the sum by ``year``.
    """

    year: int
    pence: int
    corrects: int | None = None


def postings(
    change: Mapping[int, int], *, closed: Collection[int], open_year: int
) -> list[Posting]:
    """The entries by which the ledger takes a change of position, prior years last."""
    own = [Posting(year, pence) for year, pence in sorted(change.items()) if year not in closed]
    prior = [
        Posting(open_year, pence, corrects=year)
        for year, pence in sorted(change.items())
        if year in closed
    ]
    return own + prior


def by_posting_year(entries: Iterable[Posting]) -> dict[int, int]:
    """Net pence by the year that takes them, in the order in which years are locked (R12)."""
    years: dict[int, int] = {}
    for entry in sorted(entries, key=lambda entry: entry.year):
        years[entry.year] = years.get(entry.year, 0) + entry.pence
    return years
