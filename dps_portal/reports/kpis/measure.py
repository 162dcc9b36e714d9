"""A measure: how it is read of a card, told on a page and in a file, and what it means."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from dps_portal.reports import rules
from dps_portal.reports.scorecards import Card

NOTHING = "–"


@dataclass(frozen=True)
class Rows:
    """Words that lead to the rows of a figure."""

    text: str
    figure: str


Line = str | Rows | dict[str, str]  # a dict is a tag: its text and its colour
Columns = Mapping[str, Callable[[Card], object]]


@dataclass(frozen=True)
class Measure:
    """``lines`` are those of a page, ``columns`` those of a file. Most have no threshold."""

    name: str
    means: str
    lines: Callable[[Card], list[Line]]
    columns: Columns
    threshold: str = ""


def figure(name: str, means: str, read: Callable[[Card], object], rows: str = "") -> Measure:
    """A count, or words. With ``rows`` a count leads to the rows of that figure."""

    def lines(card: Card) -> list[Line]:
        told = read(card)
        text = NOTHING if told is None else str(told)
        return [Rows(text, rows) if rows and told else text]

    return Measure(name, means, lines, {name: read})


def share(name: str, means: str, read: Callable[[Card], rules.Share], rows: str = "") -> Measure:
    def lines(card: Card) -> list[Line]:
        told = read(card)
        return [Rows(str(told), rows) if rows and told.count else str(told)]

    return Measure(name, means, lines, columns_of(name, read))


def columns_of(name: str, read: Callable[[Card], rules.Share]) -> Columns:
    return {
        name: lambda card: read(card).count,
        f"{name}, of": lambda card: read(card).of,
        f"{name}, %": lambda card: read(card).percent,
    }


def middle(
    name: str,
    means: str,
    read: Callable[[Card], rules.Middle | None],
    *,
    part: str,
    of: tuple[str, str],
) -> Measure:
    """A mean or a median, with the number of those of whom it is: one ``of`` them, and many."""

    def value(card: Card) -> str:
        found = read(card)
        if found is None:
            return ""
        return f"{float(found.mean):.1f}" if part == "mean" else str(found.median)

    def lines(card: Card) -> list[Line]:
        found = read(card)
        if found is None:
            return [NOTHING]
        return [f"{value(card)} ({found.count} {of[found.count != 1]})"]

    return Measure(name, means, lines, {name: value})
