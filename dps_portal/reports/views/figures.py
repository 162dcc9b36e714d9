"""The rows behind a figure of the dashboard: the same list that was counted there.

What the dashboard makes of them besides their count, a sum, a rate or a median, is told above them.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.money import gbp
from dps_portal.reports import dashboard, histories, measures, overdue
from dps_portal.ui import csv_files
from dps_portal.ui.acts import READ, page_of
from dps_portal.ui.tables import COUNT, DAY, GBP, Column, Table

from . import board_times
from .asked import Asked

EXITS = {
    "exits": ("Stays that ended", None),
    "planned_exits": ("Planned exits", "planned"),
    "unplanned_exits": ("Unplanned exits", "unplanned"),
    "counted_exits": ("Planned and unplanned exits", "counted"),
    "excluded_exits": ("Exits that are not counted", "excluded"),
}
PLACE = (Column("Placement"), Column("Provider"), Column("Lot"))
DAYS = Column("Days", COUNT)
NOT_YET = "Not yet"


@dataclass(frozen=True)
class Found:
    """``told`` are figures made of all the rows; ``is_of_today`` that the period plays no part."""

    table: Table
    told: tuple[tuple[str, str], ...] = ()
    is_of_today: bool = False


@requires(Permission.VIEW_OUTCOMES, methods=READ)
def figure_rows(request, name):
    asked = Asked(request)
    found = rows_behind(name, asked)
    if request.GET.get("download") == "csv":
        return csv_files.download_table(f"{name.replace('_', '-')}.csv", found.table)
    page = page_of(request, found.table.rows)
    context = {
        "form": asked.form,
        "page": page,
        "found": found,
        "table": found.table.only(page),
        "shown": [[text or NOT_YET for text in found.table.show(row)] for row in page],
        "first": asked.first,
        "last": asked.last,
        "today": asked.today,
        "back": f"{reverse('reports:dashboard')}?{request.GET.urlencode()}",
    }
    return render(request, "reports/figure_rows.html", context)


def rows_behind(name: str, asked: Asked) -> Found:
    scope = asked.scope
    if name == "admissions":
        [arrived] = measures.arrivals(scope)
        rows = ((one.reference, one.provider, one.lot, one.on) for one in arrived)
        return Found(_table("Admissions", (*PLACE, Column("Admitted", DAY)), rows))
    if name in EXITS:
        return _exits(name, scope)
    if name in overdue.OVERDUE:
        return _overdue(name, scope, asked.today)
    kind, _, state = name.removeprefix("in_").partition("_")
    if name.startswith("in_") and state in board_times.STATES.get(kind, ()):
        return _spells(kind, state, asked, scope)
    if name.startswith("waiting_"):
        return _waiting(name.removeprefix("waiting_"), asked)
    return _timed(name, scope, asked.today)


def _table(title: str, columns: Iterable[Column], rows: Iterable[tuple]) -> Table:
    return Table("rows", title, tuple(columns), tuple(rows))


def _exits(name, scope):
    title, part = EXITS[name]
    ended = measures.departures(scope)
    if part:
        ended = measures.ended_as(ended, part, scope)
    whole, nights = measures.outcome(ended, scope), dashboard.stays(ended)
    columns = (
        *(Column("Admitted", DAY), Column("Left", DAY), Column("How")),
        *(Column("Nights", COUNT), Column("Cost", GBP)),
    )
    rows = (
        (
            *(one.reference, one.provider, one.lot, one.admission, one.on),
            *(str(one.status_label), one.nights, one.pence),
        )
        for one in ended
    )
    told = [
        ("Cost", gbp(whole.pence)),
        ("Nights, mean", nights.mean),
        ("Nights, median", nights.median),
    ]
    if whole.planned and part is None:
        told.append(("For each planned exit", gbp(whole.pence_per_planned)))
    if whole.counted and part == "counted":
        low, high = whole.interval
        told.append(("Planned exits", f"{whole.rate}%"))
        told.append(("95% interval", f"{low}% to {high}%"))
    return Found(_table(title, (*PLACE, *columns), rows), tuple(told))


def _timed(name, scope, today):
    kind, is_late = name.removesuffix("_late"), name.endswith("_late")
    if kind not in measures.TIMED:
        raise Http404
    label, read = measures.TIMED[kind]
    kept = [row for row in read(scope, today) if row.days_late or not is_late]
    one = measures.timeliness(kind, kept)
    told = []
    if one.percent is not None and not is_late:
        told.append(("On time", f"{one.percent}%"))
    if one.mean_days is not None:
        told.append(("Days late, mean of the late", f"{float(one.mean_days):.1f}"))
    columns = (Column("Due", DAY), Column("Done", DAY), Column("Days late", COUNT))
    rows = (
        (row.reference, row.provider, row.lot, row.due, row.done, row.days_late) for row in kept
    )
    title = f"{label}, late" if is_late else label
    return Found(_table(title, (*PLACE, *columns), rows), tuple(told))


def _told_of_days(values: Iterable[int]) -> tuple[tuple[str, str], ...]:
    days = dashboard.Days(tuple(values))
    return (("Days, median", days.median), ("Days, longest", days.longest))


def _spells(kind, state, asked, scope):
    found = [
        one
        for one in histories.left_within(asked.referrals(), scope)
        if (one.kind, one.state) == (kind, state)
    ]
    rows = (
        (
            one.reference,
            timezone.localdate(one.since),
            timezone.localdate(one.until),
            one.days,
        )
        for one in found
    )
    label = next(each.label for each in board_times.STATES[kind] if each == state)
    columns = (Column(kind.capitalize()), Column("From", DAY), Column("To", DAY), DAYS)
    title = f"Left the state: {label.lower()}"
    return Found(_table(title, columns, rows), _told_of_days(one.days for one in found))


def _waiting(name, asked):
    kind, _, state = name.partition("_")
    read = {
        "referral": (Permission.VIEW_CASES, board_times.waiting_referrals),
        "request": (Permission.VIEW_FUNDING, board_times.waiting_requests),
    }.get(kind)
    if read is None or not asked.user.may(read[0]):
        raise Http404
    waiting = read[1](asked)
    if state not in waiting:
        raise Http404
    label = next(each.label for each in waiting if each == state)
    columns = (Column(kind.capitalize()), Column("Since", DAY), DAYS)
    told = _told_of_days(days for *_, days in waiting[state])
    table = _table(f"Waiting: {label.lower()}", columns, waiting[state])
    return Found(table, told, is_of_today=True)


def _overdue(name, scope, today):
    label, _ = overdue.OVERDUE[name]
    late = overdue.overdue(name, scope, today)
    rows = ((one.reference, one.provider, one.lot, one.due, one.days) for one in late)
    due = Column("First night without funding" if name == "unfunded_stays" else "Due", DAY)
    told = _told_of_days(one.days for one in late)[1:]
    table = _table(f"Overdue: {label.lower()}", (*PLACE, due, DAYS), rows)
    return Found(table, told, is_of_today=True)
