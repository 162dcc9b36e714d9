"""Only the house's two modules write CSV and XLSX, so that no cell escapes their care (T33)."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("dps_portal", "providers", "tenders", "placements")
WRITERS = {"writer", "DictWriter"}
BOOKS = {"xlsxwriter", "openpyxl", "xlwt", "pyexcel", "odf"}
SENT = {"CSV": "text/csv", "XLSX": "spreadsheetml"}
OURS = {"dps_portal/ui/csv_files.py": {"CSV"}, "dps_portal/ui/xlsx_files.py": {"XLSX"}}


def kinds_in(source: str) -> Iterator[str]:
    """What a module writes, by what it imports, calls or says that it sends."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.ImportFrom(module="csv", names=names):
                if WRITERS & {one.name for one in names}:
                    yield "CSV"
            case ast.Attribute(value=ast.Name(id="csv"), attr=name) if name in WRITERS:
                yield "CSV"
            case ast.keyword(arg="content_type", value=ast.Constant(value=str(text))):
                yield from (kind for kind, media_type in SENT.items() if media_type in text)
            case ast.Import(names=names) if BOOKS & {one.name.split(".")[0] for one in names}:
                yield "XLSX"
            case ast.ImportFrom(module=str(name)) if name.split(".")[0] in BOOKS:
                yield "XLSX"


def test_files_are_written_in_two_places():
    found = {}
    for path in (one for package in PACKAGES for one in (ROOT / package).rglob("*.py")):
        if kinds := set(kinds_in(path.read_text())):
            found[str(path.relative_to(ROOT))] = kinds

    assert found == OURS


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("import csv\ncsv.writer(out)", "CSV"),
        ("import csv\ncsv.DictWriter(out, [])", "CSV"),
        ("from csv import writer", "CSV"),
        ("HttpResponse('', content_type='text/csv; charset=utf-8')", "CSV"),
        ("import openpyxl", "XLSX"),
        ("from xlsxwriter import Workbook", "XLSX"),
    ],
)
def test_another_writer_would_be_found(source, kind):
    assert set(kinds_in(source)) == {kind}


def test_reading_is_not_writing():
    assert set(kinds_in("import csv\ncsv.reader(lines)\ncsv.DictReader(lines)")) == set()
