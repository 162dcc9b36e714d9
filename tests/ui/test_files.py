"""No cell of a CSV or a workbook is ever active, and amounts stay numbers (T33)."""

import csv
import io
import zipfile
from datetime import date

import openpyxl
import pytest

from dps_portal.ui import csv_files, xlsx_files
from dps_portal.ui.csv_files import ACTIVE
from dps_portal.ui.tables import COUNT, DAY, GBP, VALUE, Column, Table, changes_between

ALL = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
TAILS = ("1+1", "cmd|' /C calc'!A0", 'HYPERLINK("http://x","y")', "", '","=1+1', "\n=1+1")
TEXTS = [f"{start}{tail}" for start in ALL for tail in TAILS]
COLUMNS = (
    *(Column("Text"), Column("Said", VALUE), Column("Pounds", GBP)),
    *(Column("Number", COUNT), Column("Day", DAY)),
)
DAY_ONE = date(2026, 4, 1)


def table(texts=TEXTS, *, pence=-1_234_567):
    rows = tuple((text, text, pence, -3, DAY_ONE) for text in texts)
    return Table("hostile", "=1+1", COLUMNS, rows, total=("=1+1", "", pence, None, None))


def book_of(*tables):
    return openpyxl.load_workbook(io.BytesIO(xlsx_files.workbook("=1+1", tables)))


def test_every_start_of_a_formula_is_known():
    assert ACTIVE == ALL


def test_no_text_of_a_csv_is_active():
    text = csv_files.download_table("a.csv", table()).text
    rows = list(csv.reader(io.StringIO(text, newline="")))[1:]

    assert [row[0] for row in rows[:-1]] == [f"'{one}" for one in TEXTS]
    assert {row[1] for row in rows} == {f"'{one}" for one in TEXTS} | {""}
    assert {row[2] for row in rows} == {"-12345.67"}
    assert {row[3] for row in rows} == {"-3", ""}


def test_no_cell_of_a_workbook_is_active():
    content = xlsx_files.workbook("=1+1", [table()])
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]

    assert {cell.data_type for cell in cells} == {"s", "n", "d"}
    assert all(cell.quotePrefix for cell in cells if cell.data_type == "s")
    assert not any(cell.hyperlink for cell in cells)
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        for name in parts.namelist():
            assert b"<f>" not in parts.read(name)
            assert "externalLink" not in name
            assert "vba" not in name.lower()


def test_amounts_of_a_workbook_are_pounds_to_the_penny():
    amounts = [0, 1, -1, 10, 99, 100, -12_345, 1_110_571, 99_999_999_999_99]
    rows = tuple(("a", "", pence, 1, DAY_ONE) for pence in amounts)
    sheet = book_of(Table("sums", "Sums", COLUMNS, rows))["Sums"]
    read = [sheet.cell(row, 3) for row in range(3, 3 + len(amounts))]

    assert [round(cell.value * 100) for cell in read] == amounts
    assert {cell.data_type for cell in read} == {"n"}
    assert {cell.number_format for cell in read} == {xlsx_files.FORMATS[GBP]}


def test_the_same_tables_are_the_same_file():
    assert xlsx_files.workbook("A", [table()]) == xlsx_files.workbook("A", [table()])


@pytest.mark.parametrize("text", ["a\x00b", "a\x0bb", "\u202egnp", "x" * 40_000, "\U0001f600"])
def test_odd_text_makes_a_whole_workbook(text):
    sheet = book_of(table([text]))["Hostile"]

    assert sheet.cell(3, 1).data_type == "s"


def test_changes_are_told_by_row_and_column():
    columns = (Column("Lot"), Column("Sum", GBP), Column("Said", VALUE))
    old = Table("a", "A", columns, (("One", 1, "x"), ("Two", 2, "y"), ("Two", 3, "y")))
    new = Table(
        "a", "A", columns, (("One", 1, "z"), ("Two", 2, "y"), ("Two", 4, "y"), ("Six", 0, ""))
    )

    assert [
        (one.row, one.column, one.before, one.after) for one in changes_between((old,), (new,))
    ] == [
        ("One", "Said", "x", "z"),
        ("Two", "Sum", "£0.03", "£0.04"),
        ("Six", "Sum", "–", "£0.00"),
    ]
    assert changes_between((old,), (old,)) == ()
