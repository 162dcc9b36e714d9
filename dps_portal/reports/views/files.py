"""What every report has: its page of tables, its files, and the way to its PDF."""

from urllib.parse import urlencode

from celery import current_app
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.text import slugify
from kombu.exceptions import OperationalError

from dps_portal.agreements.models import Agreement
from dps_portal.documents.serving import as_download
from dps_portal.refusals import Refused
from dps_portal.reports import services
from dps_portal.reports.kinds import Report, about
from dps_portal.ui import csv_files, xlsx_files
from dps_portal.ui.acts import page_of


def the_agreement() -> Agreement:
    agreement = Agreement.objects.public().order_by("pk").first()
    if agreement is None:
        raise Http404
    return agreement


def name_of(report: Report) -> str:
    return f"{report.kind}-{slugify(report.value.label)}-{report.value.scope.as_of}"


def csv_of(request, report: Report):
    """One table, that of the rows unless another is asked for by name."""
    wanted = request.GET.get("table") or (report.detail or report.tables[0]).name
    table = report.table(wanted)
    if table is None:
        raise Http404
    return csv_files.download_table(f"{name_of(report)}-{table.name}.csv", table)


def xlsx_of(report: Report, run=None):
    """Every table, and where they come from."""
    content = xlsx_files.workbook(report.heading, [about(report, run), *report.tables])
    return as_download(content, name=f"{name_of(report)}.xlsx", media_type=xlsx_files.MEDIA_TYPE)


def draw(request, template: str, report: Report, *, csv_url, xlsx_url, query: dict, **context):
    """The page of a report; its long table is shown a page at a time."""
    page = page_of(request, report.detail.rows if report.detail else ())
    tables = [
        {
            "table": table.only(page) if table.is_detail else table,
            "page": page if table.is_detail else None,
            "csv": f"{csv_url}?{urlencode({**query, 'table': table.name})}",
        }
        for table in report.tables
    ]
    context |= {"report": report, "value": report.value, "tables": tables, "xlsx_url": xlsx_url}
    return render(request, template, context)


def make(request, act, *, otherwise: str):
    """Ask for a file and go to its run; a refusal is said on the page it came from."""
    try:
        run = act()
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(otherwise)
    return hand_over(request, run)


def hand_over(request, run):
    """To a worker at once; without a broker the sweep takes it within a minute or two."""
    try:
        current_app.send_task(services.TASK, [str(run.job_id)])
    except (OperationalError, OSError):
        messages.info(request, "The report is queued and will be made within a few minutes.")
    return redirect(run)
