"""What the tables of a dashboard are made of: cells that lead to their rows, and a file of each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.http import Http404, HttpResponse

from dps_portal.money import gbp, pounds
from dps_portal.reports.dashboard import NONE
from dps_portal.ui import csv_files

Cell = str | dict


@dataclass(frozen=True)
class BoardTable:
    """``name`` is its address in ``?table=``; a cell is text, or as ``linked`` makes it."""

    name: str
    caption: str
    head: Sequence[Cell]
    rows: Sequence[Sequence[Cell]]
    foot: Sequence[Cell] = ()
    empty: str = ""

    @property
    def lines(self) -> list[list[str]]:
        """Of the file: as on the page, but for amounts, which are plain pounds."""
        rows = [*self.rows, self.foot] if self.foot else self.rows
        return [[plain(cell) for cell in row] for row in rows]


def numbers(*names: str) -> list[Cell]:
    """A head: names of rows, then columns of numbers."""
    return ["", *({"text": name, "numeric": True} for name in names)]


def linked(figure: str | int, url: str, hidden: str) -> Cell:
    """A figure that leads to its rows; no figure and a count of none have no rows to lead to.

    ``hidden`` says to a screen reader what it is.
    """
    if figure in {NONE, 0}:
        return str(figure)
    return {"text": str(figure), "url": url, "hidden": hidden}


def amount(pence: int | None, url: str, hidden: str) -> Cell:
    if pence is None:
        return NONE
    return {"text": gbp(pence), "plain": pounds(pence), "url": url, "hidden": hidden}


def plain(cell: Cell) -> str:
    return cell if isinstance(cell, str) else cell.get("plain", cell["text"])


def csv_of(tables: Iterable[BoardTable], name: str) -> HttpResponse:
    """The table of that name, as it is filtered."""
    table = next((one for one in tables if one.name == name), None)
    if table is None:
        raise Http404
    head = [plain(column) for column in table.head]
    return csv_files.download(f"dashboard-{name.replace('_', '-')}.csv", head, table.lines)
