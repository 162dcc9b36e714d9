"""Reports: freezing the figures, making the file, stopping it and trying again."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from dps_portal.accounts.models import User
from dps_portal.agreements.models import Agreement
from dps_portal.audit import trail
from dps_portal.audit.models import AuditHead
from dps_portal.documents.services import keep
from dps_portal.jobs import services as jobs
from dps_portal.jobs.models import Job, JobState
from dps_portal.refusals import refuse_if
from dps_portal.reports import letters, packs, spend, statements
from dps_portal.reports.frozen import digest_of, freeze
from dps_portal.reports.kinds import MOST_ROWS, Report, report_of
from dps_portal.reports.models import ReportKind, ReportRun
from dps_portal.reports.scopes import Scope
from dps_portal.ui import pdf
from dps_portal.ui.tables import changes_between
from placements.models import BudgetYear, FundingRequest
from placements.services.identities import refuse_naming
from providers.models import Provider

FEWER_ROWS = 500  # what is made where the whole takes too long
TASK = "dps_portal.reports.tasks.render_report"


@transaction.atomic
def request_spend_pdf(*, agreement: Agreement, scope: Scope, by: User, at: datetime) -> ReportRun:
    """Freeze the figures as they are now, and put the rendering on the queue."""
    _hold_years(agreement)
    report = Report(ReportKind.SPEND, spend.report(agreement, scope))
    provider = Provider.objects.filter(reference=scope.provider).first()
    return _ask(report, agreement, provider=provider, by=by, at=at)


@transaction.atomic
def request_statement(
    *, agreement: Agreement, provider: Provider, scope: Scope, by: User, at: datetime
) -> ReportRun:
    _hold_years(agreement)
    report = Report(ReportKind.STATEMENT, statements.statement(agreement, provider, scope))
    return _ask(report, agreement, provider=provider, by=by, at=at)


@transaction.atomic
def request_pack(*, agreement: Agreement, month: date, by: User, at: datetime) -> ReportRun:
    """Of the month that begins on ``month``."""
    _hold_years(agreement)
    scope = packs.month_of(month, timezone.localdate(at))
    report = Report(ReportKind.PACK, packs.pack(agreement, scope))
    return _ask(report, agreement, by=by, at=at)


@transaction.atomic
def request_letter(*, request: FundingRequest, by: User, at: datetime) -> ReportRun:
    """The letter on a decision that is made. Raises ``Refused``, also where it names the person."""
    decided = request.state in letters.DECIDED
    refuse_if([] if decided else ["This request is neither approved nor declined."])
    refuse_naming(request.placement.referral.person, request.decision_reason)
    agreement = request.placement.referral.agreement
    _hold_years(agreement)
    report = Report(ReportKind.LETTER, letters.letter(request))
    provider = request.placement.provider
    return _ask(report, agreement, provider=provider, request=request, by=by, at=at)


def _hold_years(agreement: Agreement) -> None:
    """As every act that moves money does first, so that nothing moves while a report is read."""
    years = BudgetYear.objects.select_for_update().filter(agreement=agreement)
    list(years.order_by("year").values_list("pk"))


def _ask(
    report: Report,
    agreement: Agreement,
    *,
    provider: Provider | None = None,
    request: FundingRequest | None = None,
    by: User,
    at: datetime,
) -> ReportRun:
    """Keep the value; where it differs from the last one of its day, as a version that says how."""
    scope, figures = report.value.scope, freeze(report.value)
    run = ReportRun(
        kind=report.kind,
        agreement=agreement,
        provider=provider,
        request=request,
        start=scope.start,
        end=scope.end,
        as_of=scope.as_of,
        lot=scope.lot,
        figures=figures,
        digest=digest_of(figures),
        requested_by=by,
        requested_at=at,
    )
    earlier = ReportRun.objects.alike(run).newest_first().first()
    changes = changes_between(report_of(earlier).own_tables, report.own_tables) if earlier else ()
    run.version = (earlier.version if earlier else 0) + bool(changes or not earlier)
    run.corrects = earlier if changes else None
    run.changes = freeze(changes)
    run.audit_head = (AuditHead.objects.filter(pk=1).first() or AuditHead()).hash
    run.job = jobs.ask(task=TASK, by=by, at=at)
    run.save(force_insert=True)
    trail.record(
        "report.requested",
        run,
        by=by,
        at=at,
        kind=run.kind,
        start=run.start.isoformat(),
        end=run.end.isoformat(),
        version=run.version,
        digest=run.digest,
    )
    return run


def html_of(run: ReportRun, *, most_rows: int = MOST_ROWS) -> str:
    report = report_of(run)
    tables = report.for_paper(most_rows=most_rows)
    return pdf.page("reports/pdf.html", {"run": run, "report": report, "tables": tables})


def render_report(*, run: ReportRun, at: datetime) -> None:
    """Make the file, outside any transaction, and keep it with its run."""

    def look(step: str) -> None:
        jobs.show_progress(run.job, step)

    try:
        content = pdf.to_pdf(html_of(run), look=look)
    except pdf.OverLimit:
        detail = report_of(run).detail
        if detail is None or len(detail.rows) <= FEWER_ROWS:
            raise
        content = pdf.to_pdf(html_of(run, most_rows=FEWER_ROWS), look=look)
    with transaction.atomic():
        # The job too, so that it cannot be cancelled any more.
        job = Job.objects.select_for_update().get(pk=run.job_id)
        run = ReportRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
        if run.document_id or job.state != JobState.RUNNING:
            return
        run.document = keep(
            name=f"{run.kind}-{slugify(report_of(run).value.label)}-run-{run.pk}.pdf",
            media_type="application/pdf",
            content=content,
            by=run.requested_by,
            at=at,
        )
        run.save(update_fields=["document"])
        trail.record("report.rendered", run, by=None, at=at, sha256=run.document.sha256)


@transaction.atomic
def cancel_report(*, run: ReportRun, by: User, at: datetime) -> None:
    """Stop the making of a file; the figures stay, and so do CSV and XLSX."""
    jobs.cancel(run.job, at=at)
    trail.record("report.cancelled", run, by=by, at=at)


@transaction.atomic
def retry_report(*, run: ReportRun, by: User, at: datetime) -> None:
    """Have the file of the same frozen figures made after all."""
    jobs.retry(run.job)
    trail.record("report.retried", run, by=by, at=at)
