"""A provider's dashboard: a settled financial year of its own, chosen from those it may see."""

from django.shortcuts import render
from django.utils import timezone

from dps_portal.agreements.models import Agreement
from dps_portal.clock import financial_year, year_label, year_start
from dps_portal.reports import measures, own_figures
from dps_portal.reports.forms import OwnFiguresForm
from placements.models import Placement

from .board import BoardTable, csv_of, numbers


def own_dashboard(request):
    today = timezone.localdate(timezone.now())
    agreement = Agreement.objects.public().order_by("pk").first()
    years = own_figures.settled_years(agreement, today) if agreement else []
    form = OwnFiguresForm(request.GET if "year" in request.GET else None, years=years)
    year = form.cleaned_data["year"] if form.is_valid() else next(iter(years), None)
    tables = _tables(request.user, agreement, year, today) if year else []
    if wanted := request.GET.get("table"):
        return csv_of(tables, wanted)
    unsettled = max(years, default=financial_year(today) - 2) + 1
    return render(
        request,
        "reports/provider_dashboard.html",
        {
            "form": form,
            "tables": tables,
            "label": year and year_label(year),
            "next_label": year_label(unsettled),
            "next_on": own_figures.shown_from(unsettled),
        },
    )


def _tables(user, agreement, year, today):
    scope = measures.Scope(
        Placement.objects.visible_to(user).filter(lot__agreement=agreement),
        year_start(year),
        year_start(year + 1),
        agreement.withdrawal_is_unplanned,
    )
    own = own_figures.own(scope, today)
    return [
        BoardTable(
            "people",
            "People and how their stays ended",
            numbers("Count"),
            list(own.people.items()),
        ),
        BoardTable(
            "in_time",
            "In time, against the day on which each was first due",
            numbers("Due", "On time", "Late"),
            own.timeliness,
        ),
    ]
