"""Page, PDF, CSV, XLSX and ledger say the same penny: three years × lots × providers × periods.

What is shown is read back cell by cell – the tables of the page and of the PDF, the lines of the
CSV, the sheets of the XLSX – and compared as whole rows, in order, heads and totals included.
"""

import csv
import io
from datetime import UTC, date, datetime
from itertools import pairwise, product

import openpyxl
import pytest
import time_machine
from django.db.models import Sum
from django.test import RequestFactory
from django.urls import reverse
from pypdf import PdfReader

from dps_portal.clock import ONE_DAY, year_label, year_start
from dps_portal.money import pounds
from dps_portal.reports import services as reports
from dps_portal.reports import spend
from dps_portal.reports.forms import asked_again
from dps_portal.reports.kinds import report_of
from dps_portal.reports.scopes import Scope
from dps_portal.reports.views.files import csv_of
from dps_portal.ui import pdf
from dps_portal.ui.tables import DAY, GBP
from placements import services
from placements.models import BudgetYear, InvoiceLine, LedgerEntry
from placements.states import InvoiceState, RequestKind
from tests.factories.agreements import LotFactory
from tests.factories.invoices import Billing
from tests.factories.placements import Journey, council, noon, provider_on
from tests.tables import Shown, tables_and_headings

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
YEARS = (2024, 2025, 2026)
AS_OF = date(2026, 8, 15)
PERIODS = (  # within a month, within a year, and over the end of one, up to days not charged
    (date(2024, 4, 20), date(2024, 4, 29)),
    (date(2026, 3, 15), date(2026, 6, 20)),
    (date(2025, 2, 1), date(2025, 6, 1)),
)


def stay(first, planned, *, left=None, lot=None, provider=None):
    """Admitted as planned, asked for a month before; and whoever deals with its invoices."""
    at = noon(planned.replace(day=1) - ONE_DAY * 20)
    journey = Journey(
        lot=lot or first.lot,
        provider=provider or first.provider,
        people=first.people,
        planned=planned,
        at=at,
    )
    billing = Billing(journey)
    if left:
        journey.leave(billing.placement, left)
    return billing


@pytest.fixture
def first():
    """Stays over three years, two lots and two providers, with exits, a charge, a late correction
    of the closed year 2024/25 and a person who stayed beyond the money; and their invoices.
    """
    first = Journey(people=council()).budget(**{f"y{year}": 27_000_000 for year in YEARS})
    first.budget(y2027=27_000_000)
    enhanced = LotFactory(agreement=first.agreement, title="Enhanced", ceiling_weekly_pence=200_000)
    abbey = provider_on(enhanced, name="Abbey & Sons", weekly_pence=99_999)
    in_abbey = {"lot": enhanced, "provider": abbey}
    early = stay(first, date(2024, 4, 10), left=date(2024, 6, 3))
    winter = stay(first, date(2025, 2, 3), left=date(2025, 4, 30))
    stay(first, date(2024, 12, 20), **in_abbey, left=date(2025, 3, 5))
    spring = stay(first, date(2025, 5, 6), **in_abbey)
    charge = {"start": date(2025, 6, 1), "one_off_pence": 12_345, "label": "Travel"}
    asked = spring.journey.ask(
        spring.placement, RequestKind.ONE_OFF, on=date(2025, 5, 20), **charge
    )
    spring.journey.decide(asked)
    spring.journey.leave(spring.placement, date(2025, 8, 20))  # nights beyond the funding
    stay(first, date(2026, 3, 2), **in_abbey, left=date(2026, 5, 25))
    last = stay(first, date(2026, 6, 15))
    bill(early, winter, spring, last)
    year = BudgetYear.objects.get(year=2024)
    at = noon(date(2025, 5, 8))
    services.propose_close(year=year, by=first.people["commissioner"], at=at)
    services.confirm_close(year=year, by=first.people["finance"], at=at)
    wrong = {"start": date(2025, 3, 1), "end": date(2025, 3, 8), "weekly_pence": 80_000}
    first.at = noon(date(2025, 5, 9))
    late = first.ask(winter.placement, RequestKind.CORRECTION, on=date(2025, 5, 9), **wrong)
    first.decide(late)
    return first


def bill(early, winter, spring, last):
    """One invoice in each state that counts and in the one that does not, a credit, one bare."""
    night = date(2024, 4, 10)
    early.matched(early.line(night, date(2024, 5, 1), 253_500), on=date(2024, 5, 2))
    credit = early.line(date(2024, 4, 24), date(2024, 4, 25), -12_071)
    early.entered(credit, on=date(2024, 5, 9))
    winter.numbers = last.numbers = early.numbers  # of one provider
    winter.rejected(winter.line(date(2025, 2, 3), date(2025, 2, 10), 84_500))
    spring.disputed(spring.line(date(2025, 5, 6), date(2025, 5, 20), 199_998), on=date(2025, 6, 2))
    travel = spring.line(date(2025, 6, 1), date(2025, 6, 2), 12_345)
    spring.approved(travel, reason="Travel, as asked for.", on=date(2025, 6, 3))
    spring.entered(lines=[], pence=4_321, on=date(2025, 5, 30))
    last.paid(last.line(date(2026, 6, 15), date(2026, 7, 1), 193_143), on=date(2026, 7, 2))


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


def of_invoices(scope):
    """Straight from their lines: each lies within one year, one lot and one provider."""
    rows = InvoiceLine.objects.exclude(invoice__state=InvoiceState.REJECTED)
    rows = rows.filter(start__gte=scope.start, start__lt=scope.end)
    if scope.provider:
        rows = rows.filter(placement__provider__reference=scope.provider)
    if scope.lot is not None:
        rows = rows.filter(placement__lot__number=scope.lot)
    return rows.aggregate(pence=Sum("pence"))["pence"] or 0


# ── What is shown, read back ─────────────────────────────────────────────────────────────────
def heads_of(table):
    return [column.name for column in table.columns]


def on_page(tables):
    return [
        Shown(one.caption, heads_of(one), [*one.shown, *([one.shown_total] if one.total else [])])
        for one in tables
        if one.rows
    ]


def assert_shows(html, tables):
    """Each table with rows as a table, in order; one without as its caption and nothing more."""
    shown, headings = tables_and_headings(html)
    empty = [one.caption for one in tables if not one.rows]

    assert shown == on_page(tables)
    assert [one for one in headings if one in empty] == empty


def in_csv(table):
    def written(cell, kind):
        if kind == GBP and cell is not None:
            return pounds(cell)
        return "" if cell is None else str(cell)  # a day as ISO 8601 has it

    return [heads_of(table)] + [
        [written(cell, one.kind) for cell, one in zip(row, table.columns, strict=True)]
        for row in table.all_rows
    ]


def in_sheet(table):
    """Pounds as a number, a day as a day; what is nothing is an empty cell."""

    def written(cell, kind):
        if kind == GBP and cell is not None:
            return cell / 100
        if kind == DAY and cell is not None:
            return datetime(cell.year, cell.month, cell.day)  # noqa: DTZ001 - as openpyxl reads it
        return None if cell == "" else cell

    return [[table.caption, *[None] * (len(table.columns) - 1)], heads_of(table)] + [
        [written(cell, one.kind) for cell, one in zip(row, table.columns, strict=True)]
        for row in table.all_rows
    ]


def sheets(content):
    book = openpyxl.load_workbook(io.BytesIO(content))
    return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}


def lines_of(response):
    return list(csv.reader(io.StringIO(response.text)))


def asked_by(first, scope):
    return reports.request_spend_pdf(
        agreement=first.agreement, scope=scope, by=first.people["finance"], at=NOW
    )


def assert_same_everywhere(client, first, scope):
    """The value on the page, in the PDF before it is set, in each CSV and in the XLSX.

    The address of the CSV counts the report anew for each table: it is asked for the longest, and
    for the others where nothing is filtered; else they are made from the report of the page.
    """
    value = spend.report(first.agreement, scope)
    asked, tables = asked_again(scope), spend.tables_of(value)
    page = client.get(reverse("reports:spend"), asked)
    book = sheets(client.get(reverse("reports:spend_xlsx"), asked).getvalue())

    assert value.ties_out
    assert page.context["value"] == value
    assert_shows(page.text, tables)
    assert lines_of(client.get(reverse("reports:spend_csv"), asked)) == in_csv(tables[-1])
    for table in tables:
        wanted = {"table": table.name}
        if scope.is_filtered:
            file = csv_of(RequestFactory().get("/", wanted), page.context["report"])
        else:
            file = client.get(reverse("reports:spend_csv"), asked | wanted)
        assert lines_of(file) == in_csv(table)
        rows = in_sheet(table)
        assert book[table.name.replace("_", " ").capitalize()][: len(rows)] == rows
    run = asked_by(first, scope)  # last: the movements of the next begin here
    assert report_of(run).value == value
    assert_shows(reports.html_of(run), tables)
    return value


# ── The grid ─────────────────────────────────────────────────────────────────────────────────
def test_three_years_by_lots_and_providers(client, first):
    client.force_login(first.people["finance"])
    invoiced = {year: [] for year in YEARS}
    for year, (lot, provider) in product(YEARS, filters_of(first.agreement)):
        scope = Scope.of_year(year, AS_OF, lot=lot, provider=provider)
        value = assert_same_everywhere(client, first, scope)

        assert value.committed_pence == of_ledger(scope)
        assert value.invoiced_pence == of_invoices(scope)
        for parts in (value.by_month, value.by_lot, value.by_provider):
            for figure in ("committed_pence", "accrued_pence", "invoiced_pence"):
                assert sum(getattr(one, figure) for one in parts) == getattr(value, figure)
        invoiced[year].append(value.invoiced_pence)
    assert [len(scopes) for scopes in invoiced.values()] == [9, 9, 9]
    assert [scopes[0] for scopes in invoiced.values()] == [241_429, 212_343, 193_143]


def test_periods_by_lot_and_provider(client, first):
    client.force_login(first.people["finance"])
    enhanced = first.agreement.lots.get(title="Enhanced")
    abbey = enhanced.placements.first().provider.reference
    for period, lot, provider in product(PERIODS, (None, enhanced.number), ("", abbey)):
        assert_same_everywhere(client, first, Scope(*period, AS_OF, lot=lot, provider=provider))


def test_bare_invoice_is_told_apart(first):
    value = spend.report(first.agreement, Scope.of_year(2025, AS_OF))

    assert value.unmatched_pence == 4_321
    assert ("Invoiced in these days for no named night", 4_321) in spend.tables_of(value)[0].rows


# ── The made PDF ─────────────────────────────────────────────────────────────────────────────
def words_of_pdf(run):
    """Without spaces, which a line's end takes away, and without what stands on every sheet."""
    pages = PdfReader(io.BytesIO(pdf.to_pdf(reports.html_of(run)))).pages
    return "".join("".join(page.extract_text() for page in pages).split())


def test_the_words_of_the_pdf_hold_every_row_in_order(first):
    lot = first.agreement.lots.get(title="Enhanced")
    abbey = lot.placements.first().provider.reference
    scopes = [
        Scope.of_year(2024, AS_OF),
        Scope.of_year(2026, AS_OF),
        Scope.of_year(2025, AS_OF, lot=lot.number),
        Scope.of_year(2025, AS_OF, provider=abbey),
        Scope(*PERIODS[1], AS_OF),
        Scope(*PERIODS[2], AS_OF, provider=abbey),
    ]
    for scope in scopes:
        run = asked_by(first, scope)
        words, place = words_of_pdf(run), 0
        for table in on_page(report_of(run).tables):
            for row in [[table.caption], table.head, *table.rows]:
                wanted = "".join("".join(row).split())
                place = words.find(wanted, place) + len(wanted)
                assert place >= len(wanted), (scope.label, table.caption, row)


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
