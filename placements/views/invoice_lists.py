"""The list of invoices, and how long it took to pay them."""

from collections.abc import Callable
from datetime import date, timedelta

from django.db.models import Max, Min, Sum
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.clock import financial_year, year_label
from dps_portal.ui import csv_files
from dps_portal.ui.acts import READ, list_page
from placements import rules, services
from placements.forms import InvoiceListForm, PaymentTimesForm
from placements.models import Invoice
from placements.states import InvoiceState
from providers.models import Provider

from .invoices import amount

COLUMNS: dict[str, Callable] = {
    "Reference": lambda one: one.reference,
    "Provider": lambda one: one.provider.name,
    "Number": lambda one: one.number,
    "Kind": lambda one: one.get_kind_display(),
    "Dated": lambda one: one.dated_on,
    "Received": lambda one: one.received_on,
    "To be paid by": lambda one: one.due_on,
    "Net amount": lambda one: amount(one.pence),
    "State": lambda one: one.get_state_display(),
    "Placements": lambda one: ", ".join(sorted({str(line.placement) for line in one.lines.all()})),
    "Paid on": lambda one: one.paid_on,
    "Transaction": lambda one: one.transaction,
}
TIMES: dict[str, Callable] = {
    "Year": lambda one: year_label(one.year),
    "Invoices paid": lambda one: one.times.paid,
    "Paid within 30 days": lambda one: one.times.in_time,
    "Per cent within 30 days": lambda one: one.times.share,
    "Average days to pay": lambda one: one.times.average_days,
    "Paid late": lambda one: one.times.late,
    "Amount paid late": lambda one: amount(one.times.late_pence),
    "Overdue and not paid": lambda one: one.times.overdue,
    "Amount overdue": lambda one: amount(one.times.overdue_pence),
}
TIMES_OF_PROVIDERS = {
    "Provider": lambda one: one.provider,
    "Provider reference": lambda one: one.reference,
    **TIMES,
}


@requires(Permission.VIEW_INVOICES, methods=READ)
def invoice_list(request):
    today = timezone.localdate()
    there = Invoice.objects.visible_to(request.user)
    providers = Provider.objects.filter(pk__in=there.values("provider")).by_name()
    form = InvoiceListForm(
        request.GET, states=InvoiceState.choices, providers=providers, years=_years(there)
    )
    rows = _narrowed(there, form.asked(), today)
    return list_page(
        request,
        "placements/invoice_list.html",
        rows=rows.select_related("provider").with_lines().newest_first(),
        form=form,
        columns=COLUMNS,
        name="invoices",
        pence=rows.aggregate(pence=Sum("pence"))["pence"],
        overdue=there.overdue(today).count(),
        today=today,
        may_handle=request.user.may(Permission.HANDLE_INVOICES),
        may_submit=request.user.may(Permission.SUBMIT_INVOICE),
        may_view_payments=request.user.may(Permission.VIEW_PAYMENTS),
        may_view_payment_times=request.user.may(Permission.VIEW_PAYMENT_TIMES),
    )


def _years(rows) -> list[int]:
    """The financial years in which something was paid or is to be, newest first."""
    ends = rows.aggregate(Min("due_on"), Max("due_on"), Min("paid_on"), Max("paid_on")).values()
    years = [financial_year(day) for day in ends if day]
    return list(range(max(years), min(years) - 1, -1)) if years else []


def _narrowed(rows, asked: dict, today: date):
    """Both ends of the dates are within."""
    if wanted := asked["q"]:
        rows = rows.matching_text(wanted)
    if state := asked["state"]:
        rows = rows.filter(state=state)
    if provider := asked.get("provider"):
        rows = rows.filter(provider=provider)
    if first := asked["dated_from"]:
        rows = rows.filter(dated_on__gte=first)
    if last := asked["dated_to"]:
        rows = rows.filter(dated_on__lte=last)
    if year := asked["year"]:
        rows = rows.paid_or_due_in(year)
    return _by_payment(rows, asked["due"], today)


def _by_payment(rows, due: str, today: date):
    match due:
        case "overdue":
            return rows.overdue(today)
        case "soon":
            soon = today + timedelta(days=rules.DUE_SOON_DAYS)
            return rows.due_by(soon).filter(due_on__gte=today)
        case "paid":
            return rows.timed().filter(state=InvoiceState.PAID)
        case "in_time":
            return rows.paid_in_time()
        case "late":
            return rows.paid_late()
    return rows


@requires(Permission.VIEW_PAYMENT_TIMES, methods=READ)
def payment_times(request):
    """By year, and in a second list by provider: as a file with ``table=years``, or without."""
    years, providers = services.payment_times(timezone.localdate())
    if request.GET.get("download") == "csv" and request.GET.get("table") == "years":
        return csv_files.download_columns("payment-times.csv", TIMES, years)
    form = PaymentTimesForm(request.GET, years=[row.year for row in years])
    asked = form.asked()
    wanted = asked["q"].casefold()
    rows = [
        row
        for row in providers
        if wanted in row.provider.casefold() and asked["year"] in {"", row.year}
    ]
    return list_page(
        request,
        "placements/payment_times.html",
        rows=rows,
        form=form,
        columns=TIMES_OF_PROVIDERS,
        name="payment-times-by-provider",
        years=years,
        may_view_invoices=request.user.may(Permission.VIEW_INVOICES),
    )
