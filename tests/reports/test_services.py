"""From asking for a spend PDF to its file: frozen figures, one job, one document."""

import io
from datetime import date

import page
import pytest
import weasyprint
from django.db import transaction
from pypdf import PdfReader

from dps_portal.audit.models import AuditEvent, AuditHead
from dps_portal.jobs import tasks as job_tasks
from dps_portal.jobs.models import Job, JobState
from dps_portal.reports import services, spend, tasks
from dps_portal.reports.frozen import digest_of, freeze
from dps_portal.reports.models import ReportRun
from dps_portal.reports.scopes import Scope
from dps_portal.ui import pdf
from tests.factories.accounts import UserFactory
from tests.factories.placements import AT, Journey

pytestmark = pytest.mark.django_db

JULY = date(2026, 7, 1)


@pytest.fixture
def journey():
    journey = Journey().budget(y2026=27_000_000)
    journey.admitted()
    return journey


@pytest.fixture
def run(journey):
    return ask(journey)


def ask(journey, **facts):
    return services.request_spend_pdf(
        **{
            "agreement": journey.agreement,
            "scope": Scope.of_year(2026, JULY),
            "by": journey.people["finance"],
            "at": AT,
        }
        | facts
    )


def words(document):
    reader = PdfReader(document.file.open("rb"))
    text = " ".join(sheet.extract_text() for sheet in reader.pages)
    reader.close()
    document.file.close()
    return " ".join(text.split())


def test_asking_freezes_the_figures_and_queues_one_job(journey):
    head = AuditHead.objects.get().hash
    value = spend.report(journey.agreement, Scope.of_year(2026, JULY))
    run = ask(journey)

    assert run.figures == freeze(value)
    assert run.digest == digest_of(run.figures)
    assert run.is_intact
    assert run.audit_head == head
    assert run.job == Job.objects.get(task=services.TASK, state=JobState.WAITING)
    assert AuditEvent.objects.about(run).get().action == "report.requested"


def test_asking_that_is_rolled_back_leaves_neither_run_nor_job(journey):
    with transaction.atomic():
        ask(journey)
        transaction.set_rollback(True)

    assert (ReportRun.objects.count(), Job.objects.count()) == (0, 0)


def test_file_is_accessible_and_holds_the_totals(run):
    tasks.render_report(str(run.job_id))
    run.refresh_from_db()
    with run.document.file.open("rb") as file:
        content = file.read()
    verdict = page.validate_pdf_bytes(content, profile="ua1")

    assert [(failure.rule_id, failure.message) for failure in verdict.failures] == []
    assert verdict.is_compliant
    text = words(run.document)
    assert "£11,105.71" in text
    assert "Page 1 of" in text
    assert f"Run {run.pk}, version 1, asked for by {run.requested_by.ref}" in text
    assert run.digest in text.replace(" ", "")
    assert run.audit_head in text.replace(" ", "")


def test_file_shows_the_figures_as_they_were_asked_for(journey, run):
    journey.leave(journey.lot.placements.get(), date(2026, 6, 17))
    tasks.render_report(str(run.job_id))
    run.refresh_from_db()

    assert "£11,105.71" in words(run.document)


def test_empty_report_is_accessible_too():
    journey = Journey().budget(y2026=27_000_000)
    content = pdf.to_pdf(services.html_of(ask(journey)))

    assert page.is_pdf_compliant_bytes(content, profile="ua1")
    assert "Nothing is committed" in PdfReader(io.BytesIO(content)).pages[0].extract_text()


def test_totals_that_differ_are_shown_loudly(journey):
    journey.agreement.budget_years.update(committed_pence=1)
    html = services.html_of(ask(journey))

    assert "these differ. Do not use this report" in html


def test_file_is_made_once(run):
    tasks.render_report(str(run.job_id))
    tasks.render_report(str(run.job_id))
    run.refresh_from_db()
    first = run.document
    Job.objects.update(state=JobState.RUNNING, finished_at=None)  # a worker that is late
    services.render_report(run=run, at=AT)
    Job.objects.update(state=JobState.DONE, finished_at=AT)
    run.refresh_from_db()

    assert run.document == first
    assert AuditEvent.objects.filter(action="report.rendered").count() == 1
    assert Job.objects.get().state == JobState.DONE


def test_failed_rendering_is_kept_and_tried_again(run, monkeypatch):
    fonts = pdf.FONTS
    monkeypatch.setattr(pdf, "FONTS", frozenset(["nowhere-latin-400-normal.woff2"]))
    with pytest.raises(pdf.RenderingError):
        tasks.render_report(str(run.job_id))
    job = Job.objects.get()
    assert (job.state, job.error) == (JobState.WAITING, "RenderingError")

    monkeypatch.setattr(pdf, "FONTS", fonts)
    tasks.render_report(str(run.job_id))
    run.refresh_from_db()
    assert run.document is not None


def test_sweep_hands_waiting_jobs_to_a_worker(run):
    assert job_tasks.start_waiting() == 1
    assert tasks.render_report.name == run.job.task


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/logo.png",
        "file:///etc/hostname",
        "data:image/png;base64,iVBORw0KGgo=",
        "font:../settings.py",
    ],
)
def test_file_reaches_nothing_but_its_own_typeface(address):
    html = f'<html lang="en"><title>A</title><h1>A</h1><img alt="A" src="{address}">'

    with pytest.raises(pdf.RenderingError):
        pdf.to_pdf(html)


PAGE = "<title>A</title><h1>A</h1><p>A</p>"
WHOLE = f'<html lang="en">{PAGE}<svg width="9" height="9"><title>A square</title></svg>'


@pytest.mark.parametrize(
    ("without", "told"),
    [
        ("<title>A square</title>", "a drawing has no title"),
        ("<title>A</title>", "the page has no title"),
        (' lang="en"', "lang"),
    ],
)
def test_page_that_says_too_little_of_itself_is_an_error(without, told):
    """It is all that is wrong with the page: with it, there is a file, and an accessible one."""
    assert page.is_pdf_compliant_bytes(pdf.to_pdf(WHOLE), profile="ua1")

    with pytest.raises(pdf.RenderingError, match=told):
        pdf.to_pdf(WHOLE.replace(without, ""))


@pytest.mark.parametrize(
    ("html", "variant", "rule"),
    [
        (WHOLE, None, "PDFUA1-ID-PART-001"),
        (WHOLE.replace(' lang="en"', ""), "pdf/ua-1", "PDFUA1-LANGUAGE-TAG-001"),
        (WHOLE.replace("<title>A</title>", ""), "pdf/ua-1", "PDFUA1-METADATA-TITLE-001"),
        (WHOLE.replace("h1", "h4"), "pdf/ua-1", "PDFUA1-HEADING-NESTING-001"),
        (
            WHOLE.replace("<title>A square</title>", ""),
            "pdf/ua-1",
            "PDFUA1-FIGURE-ALTERNATIVE-TEXT-001",
        ),
    ],
)
def test_the_validator_finds_what_is_inaccessible(html, variant, rule):
    """What the tests of our own files rely on: WeasyPrint alone writes these, and it objects."""
    content = weasyprint.HTML(string=html).write_pdf(pdf_variant=variant)
    verdict = page.validate_pdf_bytes(content, profile="ua1")

    assert not verdict.is_compliant
    assert rule in {failure.rule_id for failure in verdict.failures}


def test_runs_are_seen_by_whoever_may_see_spending(journey, run):
    assert list(ReportRun.objects.visible_to(journey.people["finance"])) == [run]
    assert list(ReportRun.objects.visible_to(UserFactory())) == []
