"""CSV that no spreadsheet can be made to run."""

import csv
import io
from collections.abc import Iterable
from datetime import datetime

from django.http import HttpResponse
from django.utils import timezone

ACTIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def cell(value: object) -> str:
    """The text of a cell; what a spreadsheet would take for a formula is made plain text.

    A moment is given as London has it, with its offset; nothing as nothing.
    """
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(sep=" ", timespec="minutes")
    text = "" if value is None else str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(ACTIVE) else text


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
