"""Earlier reports stay; a correction is a new version that says what changed, figure by figure."""

import io
from dataclasses import replace
from datetime import date, timedelta

import page
import pytest
from pypdf import PdfReader

from dps_portal.audit.models import AuditEvent
from dps_portal.reports import services, spend
from dps_portal.reports.frozen import freeze
from dps_portal.reports.kinds import Report, report_of
from dps_portal.reports.models import ReportKind, ReportRun
from dps_portal.reports.scopes import Scope
from dps_portal.ui import pdf, xlsx_files
from placements.states import RequestKind
from tests.factories.placements import AT, Journey

pytestmark = pytest.mark.django_db

JULY = date(2026, 7, 1)
LATER = AT + timedelta(days=40)


@pytest.fixture
def journey():
    journey = Journey().budget(y2026=27_000_000)
    journey.admitted()
    return journey


def ask(journey, scope=None, at=AT):
    return services.request_spend_pdf(
        agreement=journey.agreement,
        scope=scope or Scope.of_year(2026, JULY),
        by=journey.people["finance"],
        at=at,
    )


def words_of(content):
    pages = PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(one.extract_text() for one in pages).split())


def test_same_figures_are_the_same_version(journey):
    first, second = ask(journey), ask(journey, at=LATER)

    assert (first.version, second.version) == (1, 1)
    assert (second.corrects, second.changes) == (None, [])


def test_correction_is_a_new_version_that_says_what_changed(journey):
    first = ask(journey)
    before = first.figures
    journey.leave(journey.lot.placements.get(), date(2026, 7, 8))
    second = ask(journey, at=LATER)
    first.refresh_from_db()

    assert (second.version, second.corrects, first.figures) == (2, first, before)
    told = {
        (one.table, one.row, one.column): (one.before, one.after)
        for one in report_of(second).changes
    }
    assert told["Totals of 2026/27", "Committed", "Amount"] == ("£11,105.71", "£3,380.00")
    assert told["Totals of 2026/27", "Headroom", "Amount"] == ("£258,894.29", "£266,620.00")
    assert told["By month", "August 2026", "Committed"] == ("£3,742.15", "£0.00")
    assert "Accrued" not in {column for (table, _, column) in told if table == "By month"}
    assert not [table for table, *_ in told if table.startswith("Movements")]
    assert AuditEvent.objects.about(second).get().facts["version"] == 2


def test_another_day_or_scope_corrects_nothing(journey):
    ask(journey)
    journey.leave(journey.lot.placements.get(), date(2026, 7, 8))
    others = [
        Scope.of_year(2026, JULY + timedelta(days=1)),
        Scope(date(2026, 4, 1), date(2026, 7, 1), JULY),
        Scope.of_year(2026, JULY, lot=journey.lot.number),
        Scope.of_year(2026, JULY, provider=journey.provider.reference),
    ]

    assert {ask(journey, scope, at=LATER).version for scope in others} == {1}


def test_movements_since_the_report_before_are_the_ledgers(journey):
    """Of the same nights, on whatever day it was made for."""
    first = ask(journey)
    placement = journey.lot.placements.get()
    journey.leave(placement, date(2026, 7, 8))
    second = report_of(ask(journey, Scope.of_year(2026, date(2026, 7, 20)), at=LATER)).value

    released = 3_380_00 - 11_105_71
    assert second.since_run == first.pk
    assert [(one.kind, one.entries, one.pence) for one in second.movements] == [
        ("Release", 1, released)
    ]
    entries = placement.entries.filter(at__gt=first.requested_at)
    assert sum(entry.pence for entry in entries) == released
    assert f"since run {first.pk}" in spend.tables_of(second)[5].caption


def test_run_made_again_is_the_same(journey):
    """The words, the workbook and the figures: the portal has moved on, the run has not."""
    run = ask(journey)
    html, book = services.html_of(run), xlsx_files.workbook("A", report_of(run).tables)
    first = pdf.to_pdf(html)
    journey.decide(
        journey.ask(
            journey.lot.placements.get(),
            RequestKind.ONE_OFF,
            start=JULY,
            one_off_pence=12_345,
            label="Travel",
        )
    )
    again = ReportRun.objects.get(pk=run.pk)

    assert services.html_of(again) == html
    assert xlsx_files.workbook("A", report_of(again).tables) == book
    assert words_of(pdf.to_pdf(services.html_of(again))) == words_of(first)
    assert freeze(report_of(again).value) == run.figures
    assert again.is_intact


def test_changed_figures_of_a_run_are_noticed(client, journey):
    run = ask(journey)
    ReportRun.objects.filter(pk=run.pk).update(figures=run.figures | {"ceiling_pence": 1})
    client.force_login(journey.people["finance"])

    assert not ReportRun.objects.get().is_intact
    assert "verify the audit trail" in client.get(run.get_absolute_url()).text


def test_new_version_is_accessible_and_its_pages_lead_to_each_other(client, journey):
    first, again = ask(journey), ask(journey)
    journey.leave(journey.lot.placements.get(), date(2026, 7, 8))
    second = ask(journey, at=LATER)
    content = pdf.to_pdf(services.html_of(second))
    client.force_login(journey.people["finance"])

    assert page.is_pdf_compliant_bytes(content, profile="ua1")
    assert "Version 2. It corrects run" in words_of(content)
    for old in (first, again):
        assert second.get_absolute_url() in client.get(old.get_absolute_url()).text
    assert again.get_absolute_url() in client.get(second.get_absolute_url()).text


def test_many_rows_are_left_to_the_other_files(journey):
    run = ask(journey)
    html = services.html_of(run, most_rows=0)

    assert "The 1 rows are in the CSV and XLSX files of this run." in html
    assert journey.lot.placements.get().reference not in html
    assert "£11,105.71" in html
    assert report_of(run).table("placements").rows


@pytest.mark.parametrize(("rows", "are_shown"), [(2_000, True), (2_001, False)])
def test_two_thousand_rows_are_the_most_on_paper(journey, rows, are_shown):
    value = report_of(ask(journey)).value
    report = Report(ReportKind.SPEND, replace(value, lines=value.lines * rows))
    (on_paper,) = [table for table in report.for_paper() if table.is_detail]

    assert len(report.detail.rows) == rows
    assert bool(on_paper.rows) is are_shown
    assert on_paper.empty.startswith("The 2,001 rows") is not are_shown
