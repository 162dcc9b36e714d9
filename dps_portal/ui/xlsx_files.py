"""XLSX in which no text can ever be a formula, and every amount is a number in pounds."""

import io
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

import xlsxwriter

from .tables import COUNT, DAY, GBP, NUMERIC, Cell, Table

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS = {GBP: "£#,##0.00;[Red]-£#,##0.00", COUNT: "#,##0", DAY: "d mmmm yyyy"}
MADE = datetime(2000, 1, 1)  # noqa: DTZ001 - the same content is the same file
WIDEST, NARROWEST = 48, 12
LONGEST_TEXT = 32_767  # characters that a cell can hold


def workbook(title: str, tables: Iterable[Table]) -> bytes:
    """One sheet a table, named after it; its caption above the head, its note below the rows.

    Text is written as text and marked to stay so when it is edited (``quote_prefix``).
    """
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out,
        {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False},
    )
    book.set_properties({"title": title, "created": MADE})
    styles = {
        (kind, bold): book.add_format(
            {"bold": bold, "num_format": FORMATS[kind]}
            if kind in FORMATS
            else {"bold": bold, "quote_prefix": True}
        )
        for kind in (GBP, COUNT, DAY, "text", "value")
        for bold in (False, True)
    }
    right = book.add_format({"bold": True, "align": "right", "quote_prefix": True})
    for table in tables:
        sheet = book.add_worksheet(table.name.replace("_", " ").capitalize())
        _write_text(sheet, 0, 0, table.caption, styles["text", True])
        for column, one in enumerate(table.columns):
            style = right if one.kind in NUMERIC else styles["text", True]
            _write_text(sheet, 1, column, one.name, style)
            sheet.set_column(column, column, _width(table, column))
        sheet.freeze_panes(2, 1)
        for row, cells in enumerate(table.all_rows, start=2):
            is_total = table.total is not None and row == len(table.rows) + 2
            for column, (cell, one) in enumerate(zip(cells, table.columns, strict=True)):
                _write(sheet, (row, column), cell, one.kind, styles[one.kind, is_total])
        below = len(table.all_rows) + 3
        _write_text(sheet, below, 0, table.note or "", styles["text", False])
    book.close()
    return out.getvalue()


def _write(sheet, place: tuple[int, int], cell: Cell, kind: str, style) -> None:
    if cell is None or cell == "":
        return
    if kind == GBP:
        sheet.write_number(*place, Decimal(cell) / 100, style)
    elif kind == COUNT:
        sheet.write_number(*place, cell, style)
    elif isinstance(cell, date):
        sheet.write_datetime(*place, cell, style)
    else:
        _write_text(sheet, *place, str(cell), style)


def _write_text(sheet, row: int, column: int, text: str, style) -> None:
    if text:
        sheet.write_string(row, column, text[:LONGEST_TEXT], style)


def _width(table: Table, column: int) -> int:
    texts = [table.columns[column].name, *(table.show(row)[column] for row in table.all_rows[:200])]
    return max(NARROWEST, min(WIDEST, max(map(len, texts)) + 2))
