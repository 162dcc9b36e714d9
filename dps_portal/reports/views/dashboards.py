"""The figures of one's role: each leads to the rows that it counts, each table has a file."""

from django.shortcuts import render

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.reports import measures
from dps_portal.ui.acts import READ

from . import board_money, board_stays, board_times
from .asked import Asked
from .board import csv_of
from .own_figures import own_dashboard


@requires(Permission.VIEW_DASHBOARD, methods=READ)
def dashboard(request):
    if not request.user.may(Permission.VIEW_OUTCOMES):
        return own_dashboard(request)
    asked = Asked(request)
    scope = asked.scope
    ended = measures.departures(scope)
    told = {
        "money": board_money.money(asked),
        "arrivals": board_stays.arrivals(asked, scope),
        "outcomes": board_stays.outcomes(asked, scope, ended),
        "funnel": board_stays.funnel(asked, scope, ended),
        "timeliness": board_times.timeliness(asked, scope),
        "in_states": board_times.in_states(asked, scope),
        "queue": board_times.queue(asked),
        "overdue": board_times.late_today(asked, scope),
    }
    if wanted := request.GET.get("table"):
        return csv_of(_tables(told), wanted)
    context = told | {
        "form": asked.form,
        "first": asked.first,
        "last": asked.last,
        "lot": asked.lot,
        "provider": asked.provider,
        "agreement": asked.agreement,
        "may_compare": request.user.may(Permission.VIEW_SPEND),
    }
    return render(request, "reports/dashboard.html", context)


def _tables(told):
    outcomes = told["outcomes"]
    found = [
        *(told["money"] or {"tables": []})["tables"],
        told["arrivals"]["table"],
        *(
            outcomes[f"{kind}_by_{part}"]
            for kind in ("outcomes", "lengths")
            for part in ("lot", "provider")
        ),
        told["funnel"] and told["funnel"]["table"],
        *(told[name] for name in ("timeliness", "in_states", "queue", "overdue")),
    ]
    return [table for table in found if table]
