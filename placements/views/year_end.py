"""Before a year is closed: what is open, and what the next year holds already."""

from django.shortcuts import render
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.clock import year_label
from dps_portal.ui import csv_files
from dps_portal.ui.acts import READ, page_of
from placements import services
from placements.models import FundingRequest, Invoice, Placement

from .budgets import closing_acts, find_year
from .invoices import amount

CARRIED = {
    "Placement": lambda one: one.reference,
    "Cost in the next year": lambda one: amount(one.cost_pence),
    "Ledger of the next year": lambda one: amount(one.ledger_pence),
    "Difference": lambda one: amount(one.difference_pence),
}


@requires(Permission.VIEW_BUDGET, methods=READ)
def year_checklist(request, agreement, year):
    one = find_year(request, agreement, year)
    carried = services.carry_over(one)
    if request.GET.get("download") == "csv":
        cells = ([cell(row) for cell in CARRIED.values()] for row in carried)
        return csv_files.download(f"carried-over-{year}.csv", CARRIED, cells)
    checks = services.closing_checklist(one, timezone.localdate())
    return render(
        request,
        "placements/year_checklist.html",
        {
            "year": one,
            "next_year": year_label(one.year + 1),
            "checks": linked(request.user, checks),
            "stopping": sum(check.stops and not check.is_done for check in checks),
            "open": sum(not check.is_done for check in checks),
            "page": page_of(request, carried),
            "cost_pence": sum(row.cost_pence for row in carried),
            "ledger_pence": sum(row.ledger_pence for row in carried),
            "closing": closing_acts(request.user, one),
        },
    )


def linked(user, checks) -> list[tuple]:
    """The checks, each with what is open and the page of it that the reader may open, if any."""
    open_ones = {reference for check in checks for reference in check.open}
    at = timezone.now()
    pages = [
        Invoice.objects.visible_to(user),
        FundingRequest.objects.visible_to(user, at),
        Placement.objects.visible_to(user, at),
    ]
    urls = {
        one.reference: one.get_absolute_url()
        for rows in pages
        for one in rows.filter(reference__in=open_ones).distinct()
    }
    return [(check, [(each, urls.get(each, "")) for each in check.open]) for check in checks]
