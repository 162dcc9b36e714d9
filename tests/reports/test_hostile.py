"""Words that want to be more than words: nothing is reached, nothing is read, the worker lives."""

import io
import os
import time
from datetime import date
from itertools import cycle
from pathlib import Path

import pytest
import weasyprint
from pypdf import PdfReader

from dps_portal.jobs import services as jobs
from dps_portal.jobs.models import Job, JobState
from dps_portal.reports import letters, packs, services, spend, statements, tasks
from dps_portal.reports.frozen import freeze, thaw
from dps_portal.reports.kinds import KINDS
from dps_portal.reports.models import ReportKind, ReportRun
from dps_portal.reports.scopes import Scope
from dps_portal.reports.services import runs
from dps_portal.ui import pdf
from tests.factories.accounts import UserFactory
from tests.factories.placements import AT, Journey
from tests.hostile import FAMILIES, assert_harmless, shape_of

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]  # the renderer meets no database

JULY = date(2026, 7, 1)
HEAD = '<!DOCTYPE html><html lang="en"><title>A</title><h1>A</h1>'
DEEP = HEAD + "<div>" * 200_000


def with_words(value, words):
    """The frozen value with the next of the words in each of its texts; days and amounts stay."""
    if isinstance(value, dict):
        kept = {"scope", "as_of", "reached_on", "unit"}
        return {key: one if key in kept else with_words(one, words) for key, one in value.items()}
    if isinstance(value, list):
        return [with_words(one, words) for one in value]
    if not isinstance(value, str):
        return value
    try:
        date.fromisoformat(value)
    except ValueError:
        return next(words)
    return value


@pytest.fixture
def journey():
    journey = Journey().budget(y2026=27_000_000)
    journey.admitted()
    return journey


@pytest.fixture
def values(journey):
    """One report of every kind."""
    agreement, year = journey.agreement, Scope.of_year(2026, JULY)
    asked = journey.lot.placements.get().requests.get()
    of_spend = freeze(spend.report(agreement, year))
    of_pack = freeze(packs.pack(agreement, Scope(date(2026, 6, 1), date(2026, 7, 1), JULY)))
    for report in (of_spend, of_pack["year"]):  # of like rows a few are enough
        del report["by_month"][2:], report["forecast"]["assumed"][2:]
    of_letter = freeze(letters.letter(asked)) | {"reason": "Why."}
    return {
        ReportKind.SPEND: of_spend,
        ReportKind.STATEMENT: freeze(statements.statement(agreement, journey.provider, year)),
        ReportKind.PACK: of_pack,
        ReportKind.LETTER: of_letter,
    }


def run_of(journey, kind, figures):
    scope = thaw(KINDS[kind].value, figures).scope
    asked = journey.lot.placements.get().requests.get()
    return ReportRun.objects.create(
        kind=kind,
        agreement=journey.agreement,
        start=scope.start,
        end=scope.end,
        as_of=scope.as_of,
        provider=journey.provider,
        request=asked if kind == ReportKind.LETTER else None,
        figures=figures,
        digest="0" * 64,
        audit_head="0" * 64,
        requested_by=journey.people["finance"],
        requested_at=AT,
        job=jobs.ask(task=services.TASK, by=journey.people["finance"], at=AT),
    )


@pytest.fixture
def run_in(journey, values):
    """A run of the kind with the words, in turn, in each of its texts."""
    return lambda kind, words: run_of(journey, kind, with_words(values[kind], cycle(words)))


@pytest.mark.parametrize("kind", list(ReportKind))
def test_no_payload_in_any_text_becomes_more_than_words(run_in, values, words_of, kind):
    """Each of them in every text at once: the document keeps the shape that plain words give it.

    As many letters of these, since a chart names its lines where the names are short.
    """
    run = run_in(kind, ["plain"])

    def shape(words):
        run.figures = with_words(values[kind], cycle([words]))
        return shape_of(services.html_of(run))

    changed = [
        family for family, words in words_of.items() if shape(words) != shape("p" * len(words))
    ]
    assert changed == []


@pytest.mark.parametrize("kind", list(ReportKind))
def test_no_pdf_reaches_or_reads_anything(run_in, words_of, traps, kind):
    run = run_in(kind, list(words_of.values()))

    assert_harmless(pdf.to_pdf(services.html_of(run)), *traps)


@pytest.mark.parametrize("group", range(4))
def test_each_payload_in_every_text_of_a_letter(run_in, words_of, traps, group):
    words = " ".join(list(words_of.values())[group::4])

    assert_harmless(pdf.to_pdf(services.html_of(run_in(ReportKind.LETTER, [words]))), *traps)


@pytest.mark.parametrize("family", FAMILIES)
def test_even_unescaped_nothing_is_reached(family, payloads, listener, secret):
    """The second wall: were a template careless, the fetcher would still refuse."""
    try:
        content = pdf.to_pdf(f"{HEAD}{payloads[family]}")
    except pdf.RenderingError:
        content = b""

    assert b"CANARY" not in content
    assert listener.seen == []
    assert secret.stat().st_atime == 0


# What WeasyPrint reaches of itself; the other families are no more than words to it.
REACHED = {
    **dict.fromkeys(["web address", "import", "style address", "picture in a picture"], "web"),
    **dict.fromkeys(["embed", "sheet"], "web"),
    **dict.fromkeys(["file address", "font", "object", "linked attachment"], "file"),
    "attachment": "file",
}


def test_without_the_protection_the_same_payloads_reach_both_traps(payloads, listener, secret):
    """The twin: the same pages, WeasyPrint, and its own fetcher in place of ours."""
    reached, attached = {}, []
    for family, payload in payloads.items():
        content = weasyprint.HTML(string=f"{HEAD}{payload}").write_pdf()
        if listener.seen:
            reached[family] = "web"
        if secret.stat().st_atime > 0:
            reached[family] = "file"
        attached += PdfReader(io.BytesIO(content)).attachments.values()
        listener.seen.clear()
        os.utime(secret, (0, secret.stat().st_mtime))

    assert reached == REACHED
    assert attached == [[b"CANARY-7391"]]


def ask_for_spend(journey):
    return services.request_spend_pdf(
        agreement=journey.agreement,
        scope=Scope.of_year(2026, JULY),
        by=journey.people["finance"],
        at=AT,
    )


# ── Limits ───────────────────────────────────────────────────────────────────────────────────
def children():
    own = str(os.getpid())
    stats = (path.read_text() for path in Path("/proc").glob("[0-9]*/stat") if path.exists())
    return [stat for stat in stats if stat.rpartition(")")[2].split()[1] == own]


def test_runaway_document_ends_with_its_time(monkeypatch):
    monkeypatch.setattr(pdf, "SECONDS", 2)
    before, start = children(), time.monotonic()

    with pytest.raises(pdf.OverLimit):
        pdf.to_pdf(DEEP)

    assert time.monotonic() - start < 8
    assert len(children()) == len(before)


def test_time_of_the_processor_is_limited_without_the_parent(monkeypatch):
    """Were the worker killed meanwhile, the program would end of itself."""
    limits = pdf._limits()
    monkeypatch.setattr(pdf, "_limits", lambda: limits | {"seconds": 1})

    with pytest.raises(pdf.OverLimit, match="ended by -"):
        pdf.to_pdf(DEEP)


def test_greedy_document_ends_with_its_memory(monkeypatch):
    monkeypatch.setattr(pdf, "MEMORY", 200 * 2**20)

    with pytest.raises(pdf.OverLimit, match="ended by"):
        pdf.to_pdf(HEAD + "<p>" + "<b>x</b>" * 100_000)


def test_hostile_note_ends_within_the_limit_and_the_worker_lives(journey):
    placement = journey.lot.placements.get()
    asked = placement.requests.get()
    asked.decision_reason = "<b>word</b> " * (2**20 // 12)
    asked.save()
    hostile = services.request_letter(request=asked, by=journey.people["manager"], at=AT)
    start = time.monotonic()
    try:
        tasks.render_report(str(hostile.job_id))
    except pdf.OverLimit:
        assert Job.objects.get(pk=hostile.job_id).state == JobState.FAILED
    assert time.monotonic() - start < pdf.SECONDS + 10
    assert Job.objects.get(pk=hostile.job_id).is_over

    harmless = ask_for_spend(journey)
    tasks.render_report(str(harmless.job_id))
    harmless.refresh_from_db()
    assert harmless.document is not None


def test_ten_of_ten_end_at_a_limit_and_the_worker_makes_the_next(journey, monkeypatch):
    """T32, with limits short enough to be passed soon: five by the parent's clock, five by the
    processor's. That of memory takes half a minute a time: the test above has it once.
    """
    asked = journey.lot.placements.get().requests.get()
    asked.decision_reason = "<b>word</b> " * (2**20 // 12)
    asked.save()
    limits = pdf._limits() | {"seconds": 1}
    before, ended = children(), []
    for name, limit in [("SECONDS", 1), ("_limits", lambda: limits)] * 5:
        hostile = services.request_letter(request=asked, by=journey.people["manager"], at=AT)
        with monkeypatch.context() as shorter:
            shorter.setattr(pdf, name, limit)
            with pytest.raises(pdf.OverLimit):
                tasks.render_report(str(hostile.job_id))
        job = Job.objects.get(pk=hostile.job_id)
        ended.append((job.state, job.error, len(children())))
    assert ended == [(JobState.FAILED, "OverLimit", len(before))] * 10

    harmless = ask_for_spend(journey)
    tasks.render_report(str(harmless.job_id))
    harmless.refresh_from_db()
    assert harmless.document is not None


def test_rows_that_take_too_long_are_left_to_the_other_files(journey, monkeypatch):
    monkeypatch.setattr(runs, "FEWER_ROWS", 0)  # there is one row
    run = ask_for_spend(journey)
    make, pages = pdf.to_pdf, []

    def make_the_second(html, **options):
        """The first takes too long."""
        pages.append(html)
        if len(pages) == 1:
            raise pdf.OverLimit
        return make(html, **options)

    monkeypatch.setattr(pdf, "to_pdf", make_the_second)
    tasks.render_report(str(run.job_id))

    run.refresh_from_db()
    words = "The 1 rows are in the CSV and XLSX files of this run."
    assert [words in html for html in pages] == [False, True]
    made = PdfReader(io.BytesIO(run.document.content())).pages
    assert words in " ".join(" ".join(page.extract_text() for page in made).split())
    assert Job.objects.get().state == JobState.DONE


def test_what_passes_a_limit_is_not_tried_again(journey, monkeypatch):
    monkeypatch.setattr(pdf, "SECONDS", 0)
    run = ask_for_spend(journey)

    with pytest.raises(pdf.OverLimit):
        tasks.render_report(str(run.job_id))
    job = Job.objects.get()
    assert (job.state, job.attempts, job.error) == (JobState.FAILED, 1, "OverLimit")


def test_cancelled_work_ends_within_a_second():
    job = jobs.ask(task="somewhere", by=UserFactory(), at=AT)
    begun = []

    def look(step):
        if not begun:
            begun.append(time.monotonic())
            jobs.cancel(job, at=AT)
        jobs.show_progress(job, step)

    before = children()
    assert jobs.run(job, lambda: pdf.to_pdf(DEEP, look=look), at=AT) is False
    assert time.monotonic() - begun[0] < 1
    assert len(children()) == len(before)
    job.refresh_from_db()
    assert (job.state, job.finished_at) == (JobState.CANCELLED, AT)
