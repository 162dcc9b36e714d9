"""No cell of any CSV or XLSX is a formula, on rows whose every text begins as one (T33)."""

import csv
import io
import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import cycle
from urllib.parse import urlsplit

import openpyxl
import pytest
from django.apps import apps
from django.db import DatabaseError, models, transaction
from django.db.models import F, Value
from django.db.models.functions import Concat, Substr
from django.test import Client
from django.urls import resolve

from dps_portal.demo.people import sign_ins
from dps_portal.ui.csv_files import ACTIVE
from tests.architecture.role_matrix import MATRIX, ROLES
from tests.crawl import ask

from .test_role_matrix import address, samples

OURS = ("dps_portal.", "providers", "tenders", "placements")
# What rows are found by or told apart by, rather than read: a sign there would be another row.
KEYS = re.compile(
    r"password|media_type|slug|token|hash|digest|sha256|head|task|key|ref|email|reference|role|unit|template"
)
NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
MOST_TEXTS = 100
LINK = re.compile(r'href="([^"]*(?:csv|xlsx)[^"]*)"')


def text_fields() -> Iterator[tuple[type[models.Model], models.Field]]:
    for model in apps.get_models():
        if not model.__module__.startswith(OURS) or not model._meta.managed:
            continue
        for field in model._meta.concrete_fields:
            is_text = isinstance(field, models.CharField | models.TextField)
            if is_text and not field.choices and not KEYS.search(field.name):
                yield model, field


def poison(signs) -> set[str]:
    """A sign before every text; which fields took it. Append-only rows and formats refuse."""
    taken = set()
    for model, field in text_fields():
        name = field.name
        longest = field.max_length or 10**6
        words = Substr(Concat(Value(next(signs)), F(name)), 1, longest)
        rows = model._base_manager.exclude(**{name: ""}).exclude(**{name: None})
        with suppress(DatabaseError), transaction.atomic():
            if rows.update(**{name: words}):
                taken.add(f"{model._meta.label}.{name}")
    return taken


def kind_of(response) -> str | None:
    media_type = response.headers.get("Content-Type", "")
    return "CSV" if "csv" in media_type else "XLSX" if "spreadsheetml" in media_type else None


def active_cells(response) -> list[str]:
    """Read back as a spreadsheet would read them; a number is none."""
    if kind_of(response) == "CSV":
        cells = [cell for row in csv.reader(io.StringIO(response.body.decode())) for cell in row]
        return [one for one in cells if one.startswith(ACTIVE) and not NUMBER.fullmatch(one)]
    book = openpyxl.load_workbook(io.BytesIO(response.body))
    return [
        f"{sheet.title}!{cell.coordinate}"
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
        or (isinstance(cell.value, str) and cell.value.startswith(ACTIVE) and not cell.quotePrefix)
    ]


def signs_in(response) -> int:
    """How many texts do begin with a sign, and are kept from being a formula."""
    if kind_of(response) == "CSV":
        rows = csv.reader(io.StringIO(response.body.decode()))
        return sum(cell[:1] == "'" and cell[1:].startswith(ACTIVE) for row in rows for cell in row)
    book = openpyxl.load_workbook(io.BytesIO(response.body))
    cells = (cell for sheet in book for row in sheet.iter_rows() for cell in row)
    return sum(isinstance(one.value, str) and one.value.startswith(ACTIVE) for one in cells)


def files_of(clients: list[Client], path: str) -> dict[str, object]:
    """What the page answers as a file to the first who finds it, and each file it leads to."""
    for client in clients:
        page = ask(client, "GET", path)
        if page.status_code == 200:
            break
    if kind_of(page):
        return {path: page}
    if page.status_code != 200 or not page.headers["Content-Type"].startswith("text/html"):
        return {}
    links = [link.replace("&amp;", "&") for link in LINK.findall(page.body.decode())]
    asked = [f"{path}{one}" if one.startswith("?") else one for one in links or ["?download=csv"]]
    answers = {one: ask(client, "GET", one) for one in dict.fromkeys(asked)}
    return {one: answer for one, answer in answers.items() if kind_of(answer)}


@pytest.fixture
def clients(council):
    found = {"AN": Client()}
    for code, role in ROLES.items():
        found[code] = Client()
        found[code].force_login(sign_ins()[role][0])
    return found


@pytest.mark.one_engine
def test_no_file_of_any_page_holds_a_formula(clients):
    """Each page as the first role that finds it; signs in turn, so that each is tried."""
    signs = cycle(ACTIVE)
    taken = poison(signs)
    people = {code: sign_ins()[role][0] for code, role in ROLES.items()}
    rows = samples(people)
    poison(signs)
    readable = {
        name: [clients[role] for role in roles.split()]
        for name, (roles, methods) in MATRIX.items()
        if "GET" in methods
    }
    answered, active, kept = set(), {}, 0
    for name, readers in readable.items():
        for path, response in files_of(readers, address(name, rows)).items():
            answered.add((resolve(urlsplit(path).path).view_name, kind_of(response)))
            kept += signs_in(response)
            if found := active_cells(response):
                active[path] = found
    files = {name for name in MATRIX if name.endswith(("_csv", "_xlsx"))}

    assert active == {}
    assert files - {name for name, _ in answered} == set()
    assert len(taken) > MOST_TEXTS  # else there was nothing to find
    assert kept > MOST_TEXTS
