"""Page, PDF, CSV, XLSX and ledger say the same penny: three years × lots × providers × periods."""

import csv
import io
from datetime import UTC, date, datetime
from itertools import pairwise

import openpyxl
import pytest
import time_machine
from django.db.models import Sum
from django.urls import reverse
from django.utils.html import escape
from pypdf import PdfReader

from dps_portal.clock import ONE_DAY, year_label, year_start
from dps_portal.money import gbp, pounds
from dps_portal.reports import services as reports
from dps_portal.reports import spend
from dps_portal.reports.forms import asked_again
from dps_portal.reports.kinds import report_of
from dps_portal.reports.scopes import Scope
from dps_portal.ui import pdf
from dps_portal.ui.tables import GBP
from placements import services
from placements.models import BudgetYear, LedgerEntry
from placements.states import RequestKind
from tests.factories.agreements import LotFactory
from tests.factories.placements import Journey, council, noon, provider_on

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
YEARS = (2024, 2025, 2026)
AS_OF = date(2026, 8, 15)


def stay(first, planned, *, left=None, lot=None, provider=None):
    """Admitted as planned, asked for a month before."""
    at = noon(planned.replace(day=1) - ONE_DAY * 20)
    journey = Journey(
        lot=lot or first.lot,
        provider=provider or first.provider,
        people=first.people,
        planned=planned,
        at=at,
    )
    placement = journey.admitted()
    if left:
        journey.leave(placement, left)
    return journey, placement


@pytest.fixture
def first():
    """Stays over three years, two lots and two providers, with exits, a charge, a late correction
    of the closed year 2024/25 and a person who stayed beyond the money.
    """
    first = Journey(people=council()).budget(**{f"y{year}": 27_000_000 for year in YEARS})
    first.budget(y2027=27_000_000)
    enhanced = LotFactory(agreement=first.agreement, title="Enhanced", ceiling_weekly_pence=200_000)
    abbey = provider_on(enhanced, name="Abbey & Sons", weekly_pence=99_999)
    stay(first, date(2024, 4, 10), left=date(2024, 6, 3))
    _, winter = stay(first, date(2025, 2, 3), left=date(2025, 4, 30))
    stay(first, date(2024, 12, 20), lot=enhanced, provider=abbey, left=date(2025, 3, 5))
    spring, placement = stay(first, date(2025, 5, 6), lot=enhanced, provider=abbey)
    charge = {"start": date(2025, 6, 1), "one_off_pence": 12_345, "label": "Travel"}
    spring.decide(spring.ask(placement, RequestKind.ONE_OFF, on=date(2025, 5, 20), **charge))
    spring.leave(placement, date(2025, 8, 20))  # nights beyond the funding
    stay(first, date(2026, 3, 2), lot=enhanced, provider=abbey, left=date(2026, 5, 25))
    stay(first, date(2026, 6, 15))
    year = BudgetYear.objects.get(year=2024)
    at = noon(date(2025, 5, 8))
    services.propose_close(year=year, by=first.people["commissioner"], at=at)
    services.confirm_close(year=year, by=first.people["finance"], at=at)
    wrong = {"start": date(2025, 3, 1), "end": date(2025, 3, 8), "weekly_pence": 80_000}
    first.at = noon(date(2025, 5, 9))
    first.decide(first.ask(winter, RequestKind.CORRECTION, on=date(2025, 5, 9), **wrong))
    return first


@pytest.fixture(autouse=True)
def _in_september():
    with time_machine.travel(NOW, tick=False):
        yield


def filters_of(agreement):
    lots = [None, *agreement.lots.values_list("number", flat=True)]
    placed = {
        placement.provider.reference
        for lot in agreement.lots.all()
        for placement in lot.placements.all()
    }
    return [(lot, provider) for lot in lots for provider in ["", *sorted(placed)]]


def of_ledger(scope):
    """Straight from the entries: the sum of a whole year, for nobody has changed their lot."""
    rows = LedgerEntry.objects.filter(budget_year__year=scope.year)
    if scope.provider:
        rows = rows.filter(placement__provider__reference=scope.provider)
    if scope.lot is not None:
        rows = rows.filter(placement__lot__number=scope.lot)
    return rows.aggregate(pence=Sum("pence"))["pence"] or 0


def sheets(content):
    book = openpyxl.load_workbook(io.BytesIO(content))
    return {
        sheet.title: [
            [cell.value for cell in row]
            for row in sheet.iter_rows(min_row=3, max_row=sheet.max_row)
        ]
        for sheet in book
    }


def pence_of(value):
    return round(value * 100)


def lines_of(client, table, asked):
    response = client.get(reverse("reports:spend_csv"), asked | {"table": table.name})
    return list(csv.reader(io.StringIO(response.text)))


def assert_same_everywhere(table, page, paper, lines, book):
    """Each figure of the table, on the page, in the PDF's own words, in CSV and in XLSX."""
    for row in table.shown:
        for cell in row:
            assert escape(cell) in page
            assert escape(cell) in paper
    sheet = book[table.name.replace("_", " ").capitalize()]
    for number, row in enumerate(table.all_rows):
        for place, (cell, column) in enumerate(zip(row, table.columns, strict=True)):
            if column.kind == GBP and cell is not None:
                assert lines[number + 1][place] == pounds(cell)
                assert pence_of(sheet[number][place]) == cell


def test_three_years_by_lots_and_providers(client, first):
    client.force_login(first.people["finance"])
    seen = 0
    for year in YEARS:
        for lot, provider in filters_of(first.agreement):
            scope = Scope.of_year(year, AS_OF, lot=lot, provider=provider)
            value = spend.report(first.agreement, scope)
            asked = asked_again(scope)

            assert value.ties_out
            assert value.committed_pence == of_ledger(scope)
            for parts in (value.by_month, value.by_lot, value.by_provider):
                assert sum(part.committed_pence for part in parts) == value.committed_pence
                assert sum(part.accrued_pence for part in parts) == value.accrued_pence
            response = client.get(reverse("reports:spend"), asked)
            assert response.context["value"] == value
            book = sheets(client.get(reverse("reports:spend_xlsx"), asked).getvalue())
            tables = spend.tables_of(value)
            lines = [lines_of(client, table, asked) for table in tables]
            run = reports.request_spend_pdf(
                agreement=first.agreement, scope=scope, by=first.people["finance"], at=NOW
            )
            paper = reports.html_of(run)
            for table, rows in zip(tables, lines, strict=True):
                assert_same_everywhere(table, response.text, paper, rows, book)
            seen += 1
    assert seen == len(YEARS) * 9


def test_the_words_of_the_pdf_hold_every_figure(first):
    lot = first.agreement.lots.get(title="Enhanced")
    for year, filters in zip(YEARS, ({}, {"lot": lot.number}, {}), strict=True):
        scope = Scope.of_year(year, AS_OF, **filters)
        run = reports.request_spend_pdf(
            agreement=first.agreement, scope=scope, by=first.people["finance"], at=NOW
        )
        sheets_of_paper = PdfReader(io.BytesIO(pdf.to_pdf(reports.html_of(run)))).pages
        words = "".join("".join(page.extract_text() for page in sheets_of_paper).split())

        assert gbp(of_ledger(scope)) in words
        for table in report_of(run).tables:
            for row in [*table.shown, table.shown_total]:
                for cell in row:
                    assert "".join(cell.split()) in words


def test_periods_months_and_years_add_up_to_the_ledger(first):
    for year in YEARS:
        edges = [
            *(year_start(year), date(year, 7, 16), date(year, 9, 2)),
            *(date(year + 1, 1, 1), date(year + 1, 2, 28), year_start(year + 1)),
        ]
        parts = [
            spend.report(first.agreement, Scope(start, end, AS_OF))
            for start, end in pairwise(edges)
        ]
        whole = spend.report(first.agreement, Scope.of_year(year, AS_OF))

        assert all(part.ties_out and part.headroom_pence is None for part in parts)
        for figure in ("committed_pence", "accrued_pence", "exposed_pence", "prior_years_pence"):
            assert sum(getattr(part, figure) for part in parts) == getattr(whole, figure)
        assert (
            sum(part.committed_pence for part in parts)
            == sum(month.committed_pence for month in whole.by_month)
            == whole.committed_pence
            == whole.ledger_pence
            == BudgetYear.objects.get(year=year).committed_pence
        )


def test_a_period_over_two_years_takes_from_both_ledgers(first):
    whole = spend.report(first.agreement, Scope(date(2025, 2, 1), date(2025, 6, 1), AS_OF))
    years = [BudgetYear.objects.get(year=year).committed_pence for year in (2024, 2025)]

    assert whole.ledger_pence == sum(years)
    assert whole.ties_out
    assert whole.scope.year_labels == f"{year_label(2024)} and {year_label(2025)}"
    assert (whole.ceiling_pence, whole.forecast) == (None, None)


def test_a_late_correction_stands_in_both_years(first):
    old, new = (spend.report(first.agreement, Scope.of_year(year, AS_OF)) for year in (2024, 2025))

    moved = 80_000 - 84_500
    assert [(one.about, one.posted, one.pence) for one in new.prior_years] == [(2024, 2025, moved)]
    assert [(one.about, one.posted, one.pence) for one in old.prior_years] == [(2024, 2025, -moved)]
    assert (old.ties_out, new.ties_out) == (True, True)


def test_nights_beyond_the_money_are_exposure(first):
    whole = spend.report(first.agreement, Scope.of_year(2025, AS_OF))
    before = spend.report(first.agreement, Scope.of_year(2025, date(2025, 8, 10)))

    assert [one.nights for one in whole.exposed] == [14]  # funded until 6 August, left on the 20th
    assert [one.nights for one in before.exposed] == [4]
    assert whole.exposed_pence == 2 * 99_999
