"""Before a year is closed: what is open, what the next year holds already, and what accrues."""

from collections.abc import Callable

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.clock import year_label, year_start
from dps_portal.ui import csv_files
from dps_portal.ui.acts import READ, attempt, list_page, page_of
from placements import rules, services
from placements.forms import ConfirmForm, SearchForm
from placements.models import BudgetYear, FundingRequest, Invoice, Placement
from placements.states import YearState

from .acts import Act, sent
from .budgets import find_year
from .invoices import amount

CHECKLIST: dict[str, Callable] = {
    "Check": lambda one: one.label,
    "State": lambda one: "Done" if one.is_done else "Stops the closing" if one.stops else "Open",
    "Still open": lambda one: ", ".join(one.open),
    "Amount": lambda one: None if one.pence is None else amount(one.pence),
}
CARRIED: dict[str, Callable] = {
    "Placement": lambda one: one.reference,
    "Cost in the next year": lambda one: amount(one.cost_pence),
    "Ledger of the next year": lambda one: amount(one.ledger_pence),
    "Difference": lambda one: amount(one.difference_pence),
}
ACCRUED: dict[str, Callable] = {
    "Placement": lambda one: one.reference,
    "Provider": lambda one: one.provider,
    "Lot": lambda one: one.lot,
    "Nights": lambda one: one.nights,
    "Due by our cost": lambda one: amount(one.due_pence),
    "Invoiced": lambda one: amount(one.invoiced_pence),
    "Difference": lambda one: amount(one.pence),
}


@requires(Permission.VIEW_BUDGET, methods=READ)
def year_checklist(request, agreement, year):
    """With ``download=csv`` what is carried over, or the checklist itself with ``table=checks``."""
    one = find_year(request, agreement, year)
    wants_file = request.GET.get("download") == "csv"
    if wants_file and request.GET.get("table") != "checks":
        return csv_files.download_columns(
            f"carried-over-{year}.csv", CARRIED, services.carry_over(one)
        )
    checks = services.closing_checklist(one, timezone.localdate())
    if wants_file:
        return csv_files.download_columns(f"checklist-{year}.csv", CHECKLIST, checks)
    carried = services.carry_over(one)
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
            "closing": closing_acts(request.user, one, checks),
        },
    )


def linked(user, checks: list[rules.Check]) -> list[tuple]:
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


def closing_acts(user, one: BudgetYear, checks: list[rules.Check]) -> list[Act]:
    """Closing the year, by a commissioner and then by finance; shown to whose turn it is."""
    state = YearState(one.state)
    objections = rules.objections_to_closing(state=state, checks=checks)
    match state:
        case YearState.CLOSED:
            return []
        case YearState.OPEN:
            name, label = "propose_close", "Propose to close the year"
            permission = Permission.PROPOSE_CEILING
        case YearState.CLOSING:
            name, label = "confirm_close", "Confirm and close the year"
            permission = Permission.CONFIRM_CEILING
            objections += rules.objections_to_confirming_close(
                state=state, is_proposer=one.closing_proposed_by_id == user.pk
            )
    url = reverse(f"placements:{name}", args=[one.agreement.reference, one.year])
    return [Act(name, label, url, objections)] if user.may(permission) else []


@requires(Permission.VIEW_BUDGET, methods=READ)
def accrual_list(request, agreement, year):
    """What finance accrues: given in the year, and not invoiced by the end of it."""
    one = find_year(request, agreement, year)
    form = SearchForm(request.GET)
    wanted = form.asked()["q"].casefold()
    today = timezone.localdate()
    rows = [
        row
        for row in services.accruals(one, today)
        if wanted in f"{row.reference} {row.provider} {row.lot}".casefold()
    ]
    return list_page(
        request,
        "placements/accrual_list.html",
        rows=rows,
        form=form,
        columns=ACCRUED,
        name=f"accruals-{year}",
        year=one,
        is_over=today >= year_start(one.year + 1),
        nights=sum(row.nights for row in rows),
        due_pence=sum(row.due_pence for row in rows),
        invoiced_pence=sum(row.invoiced_pence for row in rows),
        pence=sum(row.pence for row in rows),
    )


@requires(Permission.PROPOSE_CEILING)
def propose_close(request, agreement, year):
    one = find_year(request, agreement, year)
    form = ConfirmForm(sent(request), submit="Propose to close the year")
    if attempt(form, lambda: services.propose_close(year=one, by=request.user, at=timezone.now())):
        messages.success(request, f"Finance is asked to confirm that {one.label} is closed.")
        return redirect(one)
    return render(request, "placements/close_year.html", {"year": one, "form": form})


@requires(Permission.CONFIRM_CEILING)
def confirm_close(request, agreement, year):
    one = find_year(request, agreement, year)
    form = ConfirmForm(sent(request), submit="Close the year for good")
    if attempt(form, lambda: services.confirm_close(year=one, by=request.user, at=timezone.now())):
        messages.success(request, f"{one.label} is closed.")
        return redirect(one)
    return render(request, "placements/close_year.html", {"year": one, "form": form})
