"""The rows behind a figure of the dashboard: the same list that was counted there."""

from django.http import Http404
from django.urls import reverse

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.money import pounds
from dps_portal.reports import measures
from dps_portal.ui.acts import READ, list_page

from .dashboards import Asked

EXITS = {
    "exits": ("Stays that ended", None),
    "planned_exits": ("Planned exits", "planned"),
    "unplanned_exits": ("Unplanned exits", "unplanned"),
    "excluded_exits": ("Exits that are not counted", "excluded"),
}
PLACE = {
    "Placement": lambda row: row.reference,
    "Provider": lambda row: row.provider,
    "Lot": lambda row: row.lot,
}


@requires(Permission.VIEW_OUTCOMES, methods=READ)
def figure_rows(request, name):
    asked = Asked(request)
    kind, title, rows, columns = _rows(name, asked.scope, asked.today)
    return list_page(
        request,
        "reports/figure_rows.html",
        rows=rows,
        form=asked.form,
        columns=columns,
        name=name.replace("_", "-"),
        title=title,
        kind=kind,
        first=asked.first,
        last=asked.last,
        back=f"{reverse('reports:dashboard')}?{request.GET.urlencode()}",
    )


def _rows(name, scope, today):
    if name == "admissions":
        [rows] = measures.arrivals(scope)
        return "arrivals", "Admissions", rows, PLACE | {"Admitted": lambda row: row.on}
    if name in EXITS:
        title, part = EXITS[name]
        rows = measures.departures(scope)
        if part:
            rows = measures.ended_as(rows, part, scope)
        return (
            "departures",
            title,
            rows,
            PLACE
            | {
                "Admitted": lambda row: row.admission,
                "Left": lambda row: row.on,
                "How": lambda row: row.status_label,
                "Cost": lambda row: pounds(row.pence),
            },
        )
    kind, is_late = name.removesuffix("_late"), name.endswith("_late")
    if kind not in measures.TIMED:
        raise Http404
    label, read = measures.TIMED[kind]
    rows = [row for row in read(scope, today) if row.days_late or not is_late]
    return (
        "timed",
        f"{label}{', late' if is_late else ''}",
        rows,
        PLACE
        | {
            "Due": lambda row: row.due,
            "Done": lambda row: row.done,
            "Days late": lambda row: row.days_late,
        },
    )
