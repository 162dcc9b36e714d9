"""Reports as they were asked for: their figures, their files, and how far a file is."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.documents.serving import download
from dps_portal.refusals import Refused
from dps_portal.reports import services
from dps_portal.reports.forms import RunListForm
from dps_portal.reports.kinds import report_of
from dps_portal.reports.models import ReportRun
from dps_portal.ui.acts import ACT, READ, attempt_at_once, list_page

from .files import csv_of, draw, hand_over, xlsx_of

WHY = {  # a job keeps only the kind of its failure
    "OverLimit": "It would take more time or memory than a report may.",
    "RenderingError": "Something in it was refused, so that the file would have been wrong.",
}


def find(request, pk) -> ReportRun:
    runs = ReportRun.objects.visible_to(request.user)
    related = ("job", "requested_by", "document", "provider", "corrects", "agreement", "request")
    return get_object_or_404(runs.select_related(*related), pk=pk)


@requires(Permission.VIEW_REPORTS, methods=READ)
def report_list(request):
    runs = ReportRun.objects.visible_to(request.user).newest_first()
    form = RunListForm(request.GET)
    asked = form.asked()
    if wanted := asked["q"]:
        runs = runs.filter(requested_by__name__icontains=wanted)
    if kind := asked["kind"]:
        runs = runs.filter(kind=kind)
    if state := asked["state"]:
        runs = runs.filter(job__state=state)
    return list_page(
        request,
        "reports/report_list.html",
        rows=runs.select_related("requested_by", "job", "provider"),
        form=form,
        columns={
            "Run": lambda run: run.pk,
            "Report": lambda run: run.label,
            "Provider": lambda run: run.provider and run.provider.name,
            "Accrued before": lambda run: run.as_of,
            "Version": lambda run: run.version,
            "Asked for": lambda run: run.requested_at,
            "By": lambda run: run.requested_by.name,
            "State": lambda run: run.job.get_state_display(),
        },
        name="reports",
    )


@requires(Permission.VIEW_REPORTS, methods=READ)
def report_run(request, pk):
    run = find(request, pk)
    report = report_of(run)
    return draw(
        request,
        "reports/report_run.html",
        report,
        csv_url=reverse("reports:report_csv", args=[run.pk]),
        xlsx_url=reverse("reports:report_xlsx", args=[run.pk]),
        query={},
        run=run,
        why=WHY.get(run.job.error, "Something went wrong in making it."),
        is_own=run.requested_by_id == request.user.pk,
        newer=ReportRun.objects.alike(run).filter(version__gt=run.version).newest_first().first(),
    )


@requires(Permission.VIEW_REPORTS, methods=READ)
def report_pdf(request, pk):
    run = find(request, pk)
    if run.document is None:
        raise Http404
    return download(run.document)


@requires(Permission.VIEW_REPORTS, methods=READ)
def report_csv(request, pk):
    return csv_of(request, report_of(find(request, pk)))


@requires(Permission.VIEW_REPORTS, methods=READ)
def report_xlsx(request, pk):
    run = find(request, pk)
    return xlsx_of(report_of(run), run)


def find_own(request, pk) -> ReportRun:
    """Only whoever asked for a file stops it or has it made again."""
    runs = ReportRun.objects.visible_to(request.user).filter(requested_by=request.user)
    return get_object_or_404(runs.select_related("job"), pk=pk)


@requires(Permission.VIEW_REPORTS, methods=ACT)
def cancel_report(request, pk):
    run = find_own(request, pk)
    attempt_at_once(
        request,
        lambda: services.cancel_report(run=run, by=request.user, at=timezone.now()),
    )
    return redirect(run)


@requires(Permission.VIEW_REPORTS, methods=ACT)
def retry_report(request, pk):
    run = find_own(request, pk)
    try:
        services.retry_report(run=run, by=request.user, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(run)
    return hand_over(request, run)
