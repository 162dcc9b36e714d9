"""The ceiling of each year, what is committed against it, and who set it."""

from django.contrib import messages
from django.db.models import Sum
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.clock import year_label
from dps_portal.money import pounds
from dps_portal.ui import csv_files
from dps_portal.ui.acts import READ, attempt, list_page, page_of
from placements import services
from placements.forms import CeilingForm, ConfirmForm, YearListForm
from placements.models import BudgetRevision, BudgetYear, Reconciliation

from .acts import sent

LEDGER = {  # the columns of its file
    "Recorded": lambda entry: timezone.localdate(entry.at),
    "Placement": lambda entry: entry.placement.reference,
    "Kind": lambda entry: entry.get_kind_display(),
    "Corrects": lambda entry: entry.corrects and year_label(entry.corrects),
    "Takes effect": lambda entry: entry.effective_on,
    "Amount": lambda entry: pounds(entry.pence),
}


@requires(Permission.VIEW_BUDGET, methods=READ)
def budget_list(request):
    years = BudgetYear.objects.visible_to(request.user).select_related("agreement").in_order()
    there = BudgetYear.objects.visible_to(request.user).values_list("year", flat=True)
    form = YearListForm(request.GET, years=sorted(set(there)))
    asked = form.asked()
    if wanted := asked["q"]:
        years = years.matching_text(wanted)
    if year := asked["year"]:
        years = years.filter(year=year)
    proposals = BudgetRevision.objects.visible_to(request.user).select_related("agreement")
    return list_page(
        request,
        "placements/budget_list.html",
        rows=years,
        form=form,
        columns={
            "Year": lambda one: one.label,
            "Ceiling": lambda one: pounds(one.ceiling_pence),
            "Committed": lambda one: pounds(one.committed_pence),
            "Headroom": lambda one: pounds(one.headroom_pence),
            "State": lambda one: one.get_state_display(),
            "Agreement": lambda one: one.agreement.title,
        },
        name="budget",
        proposals=proposals.filter(confirmed_at=None).in_order(),
        reconciled=Reconciliation.objects.order_by("-on").first(),
        may_propose=request.user.may(Permission.PROPOSE_CEILING),
        may_confirm=request.user.may(Permission.CONFIRM_CEILING),
        may_view_payment_times=request.user.may(Permission.VIEW_PAYMENT_TIMES),
    )


def find_year(request, agreement, year) -> BudgetYear:
    rows = BudgetYear.objects.visible_to(request.user)
    return get_object_or_404(
        rows.select_related("agreement", "closing_proposed_by", "closed_by"),
        agreement__reference=agreement,
        year=year,
    )


@requires(Permission.VIEW_BUDGET, methods=READ)
def budget_year(request, agreement, year):
    one = find_year(request, agreement, year)
    revisions = (
        BudgetRevision.objects.visible_to(request.user)
        .filter(agreement=one.agreement, year=year)
        .select_related("proposed_by", "confirmed_by")
        .order_by("proposed_at", "pk")
    )
    entries = one.entries.select_related("placement").order_by("-at", "-pk")
    if request.GET.get("download") == "csv":
        return csv_files.download_columns(f"ledger-{year}.csv", LEDGER, entries)
    return render(
        request,
        "placements/budget_year.html",
        {
            "year": one,
            "revisions": revisions,
            "page": page_of(request, entries),
            "prior": one.entries.exclude(corrects=None).aggregate(pence=Sum("pence"))["pence"],
            "alerts": one.alerts.order_by("at", "pk"),
        },
    )


@requires(Permission.PROPOSE_CEILING)
def propose_ceiling(request):
    now = timezone.now()
    form = CeilingForm(request.POST or None, day=timezone.localdate(now))
    revision = attempt(
        form, lambda: services.propose_ceiling(**form.cleaned_data, by=request.user, at=now)
    )
    if revision:
        messages.success(request, f"The ceiling for {revision.label} is proposed.")
        return redirect("placements:budget_list")
    return render(request, "placements/propose_ceiling.html", {"form": form})


@requires(Permission.CONFIRM_CEILING)
def confirm_ceiling(request, agreement, year, pk):
    revision = get_object_or_404(
        BudgetRevision.objects.visible_to(request.user).select_related("agreement", "proposed_by"),
        agreement__reference=agreement,
        year=year,
        pk=pk,
    )
    form = ConfirmForm(sent(request))
    confirmed = attempt(
        form,
        lambda: services.confirm_ceiling(revision=revision, by=request.user, at=timezone.now()),
    )
    if confirmed:
        messages.success(request, f"The ceiling for {revision.label} is in force.")
        return redirect(confirmed)
    return render(
        request,
        "placements/confirm_ceiling.html",
        {
            "revision": revision,
            "form": form,
            "now": BudgetYear.objects.visible_to(request.user)
            .filter(agreement=revision.agreement, year=year)
            .first(),
            "objections": services.objections_to_confirmation(revision, request.user),
        },
    )
