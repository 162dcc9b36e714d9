"""CSV that no spreadsheet can be made to run."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from django.http import HttpResponse
from django.utils import timezone

from dps_portal.money import pounds

from .tables import GBP, Table

ACTIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
CREDIT = re.compile(r"-\d+\.\d{2}", re.ASCII)


def cell(value: object) -> str:
    """The text of a cell; what a spreadsheet would take for a formula is made plain text.

    A moment is given as London has it, with its offset; nothing as nothing. An amount below zero,
    as ``money.pounds`` writes it, stays a number.
    """
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(sep=" ", timespec="minutes")
    text = "" if value is None else str(value)
    is_active = isinstance(value, str) and text.startswith(ACTIVE) and not CREDIT.fullmatch(text)
    return f"'{text}" if is_active else text


def download(name: str, head: Iterable[str], rows: Iterable[Iterable[object]]) -> HttpResponse:
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(head)
    writer.writerows([cell(value) for value in row] for row in rows)
    return HttpResponse(
        out.getvalue(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def download_columns(
    name: str, columns: Mapping[str, Callable], rows: Iterable[object]
) -> HttpResponse:
    """Under each head of ``columns`` what its function tells of a row."""
    cells = ([tell(row) for tell in columns.values()] for row in rows)
    return download(name, columns, cells)


def download_table(name: str, table: Table) -> HttpResponse:
    """The rows of a table and its total; amounts in pounds."""
    kinds = [column.kind for column in table.columns]
    rows = (
        [
            pounds(value) if kind == GBP and value is not None else value
            for value, kind in zip(row, kinds, strict=True)
        ]
        for row in table.all_rows
    )
    return download(name, [column.name for column in table.columns], rows)
