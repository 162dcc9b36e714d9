"""A table as a value: page, PDF, CSV and XLSX all show the same one, so they cannot differ."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from dps_portal import money
from dps_portal.clock import in_words

Cell = str | int | date | None
# A row is known by its ``text``; whatever else stands in it is a figure.
TEXT, VALUE, GBP, COUNT, DAY = "text", "value", "gbp", "count", "day"
NUMERIC = frozenset({GBP, COUNT})
NOTHING = "–"


@dataclass(frozen=True)
class Column:
    """``gbp`` cells are pence, ``count`` cells whole numbers, ``day`` cells dates."""

    name: str
    kind: str = TEXT


@dataclass(frozen=True)
class Chart:
    """What the chart tag draws above its table; ``series`` are whole and not negative."""

    kind: str
    title: str
    description: str
    labels: tuple
    series: tuple[tuple[str, tuple[int, ...]], ...]


@dataclass(frozen=True)
class Table:
    """``name`` is its address and its sheet; ``is_detail`` marks the long one, a row a placement.

    ``is_about_now`` says that it tells of the moment of the report, so that no later report is a
    correction of it.
    """

    name: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: tuple[Cell, ...] | None = None
    note: str = ""
    empty: str = ""
    chart: Chart | None = None
    is_detail: bool = False
    is_about_now: bool = False

    @property
    def head(self) -> list:
        """What the table component takes."""
        return [{"text": one.name, "numeric": one.kind in NUMERIC} for one in self.columns]

    @property
    def all_rows(self) -> tuple[tuple[Cell, ...], ...]:
        return (*self.rows, self.total) if self.total else self.rows

    @property
    def shown(self) -> list[list[str]]:
        return [self.show(row) for row in self.rows]

    @property
    def shown_total(self) -> list[str]:
        return self.show(self.total) if self.total else []

    @property
    def has_references(self) -> bool:
        """Whether a row begins with the reference of a placement, which stays on one line."""
        return self.columns[0].name == "Placement"

    @property
    def has_chart(self) -> bool:
        return self.chart is not None and bool(self.rows)

    def show(self, row: tuple[Cell, ...]) -> list[str]:
        return [shown(cell, one.kind) for cell, one in zip(row, self.columns, strict=True)]

    def only(self, rows: Iterable[tuple[Cell, ...]]) -> "Table":
        """The same table with some of its rows, as on one page of many."""
        return replace(self, rows=tuple(rows))


def shown(cell: Cell, kind: str = TEXT) -> str:
    if cell is None or cell == "":
        return ""
    if kind == GBP:
        return money.gbp(cell)
    if kind == COUNT:
        return f"{cell:,}"
    return in_words(cell) if kind == DAY else str(cell)


@dataclass(frozen=True)
class Change:
    """One figure, as it was and as it is; nothing where it did not exist."""

    table: str
    row: str
    column: str
    before: str
    after: str


def changes_between(before: tuple[Table, ...], after: tuple[Table, ...]) -> tuple[Change, ...]:
    """Every figure that differs, in the order of the tables; what is about a moment stays out."""
    old, new = _figures(before), _figures(after)
    return tuple(
        Change(table, words, column, was, now)
        for table, words, turn, column in dict.fromkeys([*new, *old])
        if (was := old.get((table, words, turn, column)) or NOTHING)
        != (now := new.get((table, words, turn, column)) or NOTHING)
    )


def _figures(tables: tuple[Table, ...]) -> dict[tuple[str, str, int, str], str]:
    """Each figure by its table, the words of its row and their turn, and its column."""
    found = {}
    for table in tables:
        turns: Counter[str] = Counter()
        for row in table.all_rows if not table.is_about_now else ():
            cells = list(zip(row, table.columns, strict=True))
            words = ", ".join(str(cell) for cell, one in cells if one.kind == TEXT and cell)
            turns[words] += 1
            for cell, one in cells:
                if one.kind != TEXT:
                    key = table.caption, words, turns[words], one.name
                    found[key] = shown(cell, one.kind)
    return found
