"""Reports and their files, verifications, rates from outside, and the link of a calendar."""

from collections.abc import Mapping
from datetime import date, datetime
from secrets import token_urlsafe

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.text import slugify

from dps_portal.accounts.models import User
from dps_portal.agreements.models import Agreement
from dps_portal.agreements.rules import Quarter
from dps_portal.audit import trail, verification
from dps_portal.audit.models import AuditHead
from dps_portal.documents.services import keep
from dps_portal.jobs import services as jobs
from dps_portal.jobs.models import Job, JobState
from dps_portal.refusals import Refused, refuse_if
from dps_portal.ui import pdf
from dps_portal.ui.tables import changes_between
from placements.models import BudgetYear, FundingRequest
from placements.services import compare_ledger_at_rest
from placements.services.identities import refuse_naming
from providers.models import Admission, Provider

from . import letters, packs, rules, spend, statements
from .frozen import digest_of, freeze
from .kinds import MOST_ROWS, Report, report_of
from .models import (
    CalendarLink,
    OutsideRate,
    QuarterlyReturn,
    RateImport,
    ReportKind,
    ReportRun,
    ReturnKind,
    Verification,
    hash_of,
)
from .scopes import Scope

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


@transaction.atomic
def verify_trail(*, by: User, at: datetime) -> Verification:
    """Walk the trail and the ledger, and keep what was found."""
    ledger, chain = compare_ledger_at_rest(), verification.verify()
    found = Verification.objects.create(
        by=by,
        at=at,
        events=chain.events,
        head=chain.head,
        broken_at=chain.broken_at,
        entries=ledger.entries,
        years=ledger.years,
        placements=ledger.placements,
        differences=ledger.differences,
    )
    trail.record(
        "trail.verified", found, by=by, at=at, events=chain.events, is_whole=found.is_whole
    )
    return found


@transaction.atomic
def make_link(*, by: User, at: datetime) -> tuple[CalendarLink, str]:
    """A new link, which ends the one before it, and its secret, which is kept nowhere."""
    revoke_link(by=by, at=at)
    secret = token_urlsafe(32)
    link = CalendarLink.objects.create(user=by, secret_hash=hash_of(secret), made_at=at)
    trail.record("calendar_link.made", link, by=by, at=at)
    return link, secret


@transaction.atomic
def revoke_link(*, by: User, at: datetime) -> None:
    """End the person's link, if there is one."""
    User.objects.select_for_update().get(pk=by.pk)
    for link in CalendarLink.objects.filter(user=by, ended_at=None):
        link.ended_at = at
        link.save()
        trail.record("calendar_link.ended", link, by=by, at=at)


@transaction.atomic
def import_rates(
    *, agreement: Agreement, text: str, source: str, obtained_on: date, by: User, at: datetime
) -> RateImport:
    """Keep the good rows of a file of other authorities' rates; the others are left out."""
    agreement = Agreement.objects.select_for_update().get(pk=agreement.pk)
    rows = read_rates_of(agreement, text)
    good = [row for row in rows if row.is_good]
    refuse_if([] if good else ["No row of the file can be imported."])
    made = RateImport.objects.create(
        agreement=agreement,
        source=source,
        obtained_on=obtained_on,
        sha256=hash_of(text),
        left_out=len(rows) - len(good),
        by=by,
        at=at,
    )
    lots = {lot.number: lot for lot in agreement.lots.all()}
    OutsideRate.objects.bulk_create(
        OutsideRate(
            of=made,
            authority=row.authority,
            lot=lots[row.lot],
            weekly_pence=row.weekly_pence,
            start=row.start,
        )
        for row in good
    )
    trail.record("rates.imported", made, by=by, at=at, rows=len(good), sha256=made.sha256)
    return made


def read_rates_of(agreement: Agreement, text: str) -> list[rules.ReadRate]:
    """The rows of a file against the lots of the agreement and the rates that stand."""
    held = OutsideRate.objects.standing().filter(lot__agreement=agreement)
    known = {
        (authority.casefold(), lot, start)
        for authority, lot, start in held.values_list("authority", "lot__number", "start")
    }
    lots = set(agreement.lots.values_list("number", flat=True))
    try:
        return rules.read_rates(text, lots=lots, known=known)
    except rules.Unreadable as fault:
        raise Refused([str(fault)]) from fault


@transaction.atomic
def withdraw_rates(*, made: RateImport, reason: str, by: User, at: datetime) -> RateImport:
    """The rows of a wrong file count no more; the same file may then be imported again."""
    made = RateImport.objects.select_for_update(of=("self",)).get(pk=made.pk)
    refuse_if(["These rates are withdrawn already."] if made.withdrawn_at else [])
    made.withdrawn_by, made.withdrawn_at, made.withdrawn_for = by, at, reason
    made.save()
    trail.record("rates.withdrawn", made, by=by, at=at)
    return made


@transaction.atomic
def submit_return(
    *,
    provider: Provider,
    agreement: Agreement,
    quarter: Quarter,
    figures: Mapping[str, int],
    nothing_to_report: bool,
    comment: str,
    reason: str,
    by: User,
    at: datetime,
) -> QuarterlyReturn:
    """The return of a quarter; later a replacement until it is due, then a correction.

    The same again changes nothing.
    """
    provider = Provider.objects.select_for_update().get(pk=provider.pk)
    held = standing_return(provider, agreement, quarter)
    said = {**figures, "nothing_to_report": nothing_to_report, "comment": comment}
    if held and all(getattr(held, name) == value for name, value in said.items()):
        return held
    today, due_on = timezone.localdate(at), rules.return_due(quarter.last_day)
    corrects = held is not None and today > due_on
    admitted = Admission.objects.filter(provider=provider, lot__agreement=agreement)
    refuse_if(
        rules.objections_to_return(
            last_day=quarter.last_day,
            today=today,
            was_admitted=in_quarter(admitted, quarter).exists(),
            corrects=corrects,
            reason=reason,
            nothing_to_report=nothing_to_report,
            figures=figures.values(),
        )
    )
    of = {
        "provider": provider,
        "agreement": agreement,
        "quarter": quarter.start,
        "due_on": due_on,
        "replaces": held,
        "is_late": held.is_late if held else today > due_on,
        "by": by,
        "at": at,
    }
    if corrects:
        taken_back = {name: -value for name, value in held.figures.items()}
        QuarterlyReturn.objects.create(
            **of,
            **taken_back,
            kind=ReturnKind.REVERSAL,
            nothing_to_report=held.nothing_to_report,
            reason=reason,
        )
    kind = ReturnKind.CORRECTION if corrects else ReturnKind.REPLACEMENT
    made = QuarterlyReturn.objects.create(
        **of, **said, kind=kind if held else ReturnKind.FIRST, reason=reason if corrects else ""
    )
    trail.record("return.submitted", made, by=by, at=at, kind=made.kind, is_late=made.is_late)
    return made


def standing_return(
    provider: Provider, agreement: Agreement, quarter: Quarter
) -> QuarterlyReturn | None:
    rows = QuarterlyReturn.objects.standing()
    return rows.filter(provider=provider, agreement=agreement, quarter=quarter.start).first()


def in_quarter(admissions: QuerySet[Admission], quarter: Quarter) -> QuerySet[Admission]:
    """Those held on any day of it."""
    return admissions.filter(
        Q(ended_on=None) | Q(ended_on__gt=quarter.start), admitted_on__lte=quarter.last_day
    )
