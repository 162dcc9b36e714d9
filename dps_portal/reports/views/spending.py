"""The spend report as page, CSV and PDF, all from one value."""

from celery import current_app
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from kombu.exceptions import OperationalError

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.agreements.models import Agreement
from dps_portal.clock import financial_year
from dps_portal.documents.serving import download
from dps_portal.money import pounds
from dps_portal.refusals import Refused
from dps_portal.reports import services
from dps_portal.reports import spend as spending
from dps_portal.reports.forms import RunListForm, SpendForm
from dps_portal.reports.models import ReportRun
from dps_portal.ui import csv_files
from dps_portal.ui.acts import READ, list_page, page_of

CSV_HEAD = (
    *("Placement", "Provider", "Lot", "First night", "End (not charged)"),
    *("Committed", "Accrued", "Remaining"),
)


def asked_for(request):
    """The form, and the report that it asks for or, by default, this year's as of today."""
    agreement = Agreement.objects.public().order_by("pk").first()
    if agreement is None:
        raise Http404
    today = timezone.localdate()
    this_year = financial_year(today)
    years = sorted({*agreement.budget_years.values_list("year", flat=True), this_year})
    chosen = {"year": this_year, "as_of": today}
    form = SpendForm(request.GET if "year" in request.GET else None, years=years, initial=chosen)
    if form.is_bound and form.is_valid():
        chosen = form.cleaned_data
    return agreement, form, chosen


@requires(Permission.VIEW_SPEND, methods=READ)
def spend(request):
    agreement, form, chosen = asked_for(request)
    report = spending.report(agreement, chosen["year"], chosen["as_of"])
    page = page_of(request, report.lines)
    return render(
        request,
        "reports/spend.html",
        {"form": form, "report": report, "page": page, "chart": report.month_chart},
    )


@requires(Permission.VIEW_SPEND, methods=READ)
def spend_csv(request):
    agreement, _, chosen = asked_for(request)
    report = spending.report(agreement, chosen["year"], chosen["as_of"])
    rows = [
        (
            *(line.reference, line.provider, line.lot, line.start, line.end),
            *map(pounds, (line.committed_pence, line.accrued_pence, line.remaining_pence)),
        )
        for line in report.lines
    ]
    total = (report.placements_pence, report.accrued_pence, report.remaining_pence)
    rows.append(("Total", "", "", "", "", *map(pounds, total)))
    return csv_files.download(f"spend-{report.year}-{report.as_of}.csv", CSV_HEAD, rows)


@requires(Permission.VIEW_SPEND, methods=("POST",))
def request_spend_pdf(request):
    agreement = Agreement.objects.public().order_by("pk").first()
    years = agreement.budget_years.values_list("year", flat=True) if agreement else []
    form = SpendForm(request.POST, years=years)
    if not form.is_valid():
        messages.error(request, "Choose a year and a day, then ask for the PDF again.")
        return redirect("reports:spend")
    try:
        run = services.request_spend_pdf(
            agreement=agreement, by=request.user, at=timezone.now(), **form.cleaned_data
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("reports:spend")
    try:
        current_app.send_task(services.TASK, [str(run.job_id)])
    except (OperationalError, OSError):
        messages.info(request, "The report is queued and will be made within a few minutes.")
    return redirect("reports:report_run", run.pk)


@requires(Permission.VIEW_SPEND, methods=READ)
def report_list(request):
    runs = ReportRun.objects.visible_to(request.user).newest_first()
    form = RunListForm(request.GET)
    asked = form.asked()
    if wanted := asked["q"]:
        runs = runs.filter(requested_by__name__icontains=wanted)
    if state := asked["state"]:
        runs = runs.filter(job__state=state)
    return list_page(
        request,
        "reports/report_list.html",
        rows=runs.select_related("requested_by", "job"),
        form=form,
        columns={
            "Run": lambda run: run.pk,
            "Year": lambda run: run.label,
            "Asked for": lambda run: run.requested_at,
            "By": lambda run: run.requested_by.name,
            "State": lambda run: run.job.get_state_display(),
        },
        name="reports",
    )


@requires(Permission.VIEW_SPEND, methods=READ)
def report_run(request, pk):
    runs = ReportRun.objects.visible_to(request.user).select_related("job", "requested_by")
    run = get_object_or_404(runs, pk=pk)
    report = spending.from_figures(run.figures)
    return render(request, "reports/report_run.html", {"run": run, "report": report})


@requires(Permission.VIEW_SPEND, methods=READ)
def spend_pdf(request, pk):
    runs = ReportRun.objects.visible_to(request.user).select_related("document")
    run = get_object_or_404(runs, pk=pk)
    if run.document is None:
        raise Http404
    return download(run.document)
