"""What a year will come to, what that assumes, and the forecasts that were kept."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.money import pounds
from dps_portal.ui import csv_files
from dps_portal.ui.acts import ACT, READ, attempt, page_of
from placements import rules, services
from placements.forms import AssumptionsForm
from placements.models import ForecastRun

from .budgets import find_year

CSV_HEAD = ("Kind", "Name", "Figure", "Likely", "Note")


@requires(Permission.VIEW_BUDGET, methods=READ)
def forecast(request, agreement, year):
    budget = find_year(request, agreement, year)
    outlook = services.outlook(budget, timezone.localdate(timezone.now()))
    if request.GET.get("download") == "csv":
        return as_csv(outlook)
    runs = ForecastRun.objects.visible_to(request.user).filter(budget_year=budget)
    return render(
        request,
        "placements/forecast.html",
        {
            "year": budget,
            "outlook": outlook,
            "is_whole": outlook.committed.pence == budget.committed_pence,
            "page": page_of(request, runs.select_related("made_by").newest_first()),
            "may_set": request.user.may(Permission.SET_ASSUMPTIONS),
        },
    )


def as_csv(outlook):
    """Every figure of the page, one a row."""
    rows = [
        ("Line", line.name, pounds(line.pence), "", line.reached_on or "") for line in outlook.lines
    ]
    rows.append(("Line", "Ceiling", pounds(outlook.ceiling_pence), "", ""))
    rows += [
        ("Part", part.name, pounds(part.full_pence), pounds(part.likely_pence), "")
        for part in outlook.parts
    ]
    rows += [
        (f"{line.name} by month", month, pounds(pence), "", "")
        for line in outlook.lines
        for month, pence in zip(outlook.months, line.months, strict=True)
    ]
    rows += [
        (
            "Assumption",
            one.label,
            pounds(one.value) if one.unit == "pence" else one.value,
            "",
            one.source,
        )
        for one in outlook.assumed
    ]
    return csv_files.download(f"forecast-{outlook.year}-{outlook.as_of}.csv", CSV_HEAD, rows)


@requires(Permission.VIEW_BUDGET, methods=READ)
def forecast_run(request, agreement, year, pk):
    budget = find_year(request, agreement, year)
    runs = ForecastRun.objects.visible_to(request.user).filter(budget_year=budget)
    run = get_object_or_404(runs.select_related("made_by"), pk=pk)
    outlook = services.outlook_of(run)
    if request.GET.get("download") == "csv":
        return as_csv(outlook)
    context = {"year": budget, "run": run, "outlook": outlook}
    return render(request, "placements/forecast_run.html", context)


@requires(Permission.SET_ASSUMPTIONS, methods=ACT)
def keep_forecast(request, agreement, year):
    budget = find_year(request, agreement, year)
    run = services.keep_forecast(year=budget, by=request.user, at=timezone.now())
    messages.success(request, "The forecast is kept as it stands now.")
    return redirect(run)


@requires(Permission.SET_ASSUMPTIONS)
def set_assumptions(request, agreement, year):
    budget = find_year(request, agreement, year)
    versions = services.assumptions_of(budget.agreement)
    now = {one.name: one.value for one in services.assumed_of(versions)}
    form = AssumptionsForm(request.POST or None, initial=now)
    version = attempt(
        form,
        lambda: services.set_assumptions(
            agreement=budget.agreement,
            figures=form.figures(),
            reason=form.cleaned_data["reason"],
            by=request.user,
            at=timezone.now(),
        ),
    )
    if version:
        messages.success(request, f"Version {version.version} of the figures is in force.")
        return redirect("placements:forecast", agreement, year)
    return render(
        request,
        "placements/set_assumptions.html",
        {
            "year": budget,
            "form": form,
            "versions": list(reversed(versions)),
            "enough": rules.ENOUGH_DISCHARGES,
        },
    )
