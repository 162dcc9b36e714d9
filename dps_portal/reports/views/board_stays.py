"""Who came, how stays ended and how long they were: tables of a dashboard."""

from dps_portal.agreements.models import Lot
from dps_portal.clock import ONE_DAY
from dps_portal.reports import dashboard as figures
from dps_portal.reports import measures

from .asked import Asked
from .board import NONE, BoardTable, amount, linked, numbers


def arrivals(asked: Asked, scope: measures.Scope) -> dict:
    """By month, beside the same months of earlier years; each cell leads to its rows."""
    found = measures.arrivals(scope, measures.YEARS_COMPARED)
    windows = [scope.earlier(number) for number in range(measures.YEARS_COMPARED)]
    names = [figures.window_name(*window) for window in windows]
    months = scope.months()
    rows, series = [], [(name, []) for name in names]
    for month in months:
        cells = [f"{month:%B}"]
        for years, arrived in enumerate(found):
            start, end = figures.month_within(month, windows[years], years)
            count = sum(start <= one.on < end for one in arrived)
            series[years][1].append(count)
            url = asked.rows_url("admissions", first=start, last=end - ONE_DAY)
            cells.append(linked(count, url, f"admissions in {start:%B %Y}"))
        rows.append(cells)
    foot = ["Total"]
    for (start, end), arrived in zip(windows, found, strict=True):
        url = asked.rows_url("admissions", first=start, last=end - ONE_DAY)
        foot.append(linked(len(arrived), url, "admissions in all"))
    head = ["Month", *numbers(*names)[1:]]
    return {
        "labels": [f"{month:%b}" for month in months],
        "series": series,
        "table": BoardTable("admissions", "Admissions by month: figures", head, rows, foot),
    }


class Parts:
    """Stays that ended, in all and by whatever they ended on or with."""

    def __init__(self, asked: Asked, scope: measures.Scope, ended: list[measures.Departure]):
        self.asked, self.scope, self.ended = asked, scope, ended
        self.lots = {str(lot): lot for lot in Lot.objects.filter(agreement=asked.agreement)}

    def rows(self, field: str, row) -> list[list]:
        """``row`` for each lot or provider that a stay ended on or with, by name."""
        found: dict[str, list[measures.Departure]] = {}
        for one in self.ended:
            found.setdefault(getattr(one, field), []).append(one)
        is_lot = field == "lot"
        named = sorted(
            (key if is_lot else part[0].provider, key, part) for key, part in found.items()
        )
        return [
            row(name, part, {"lot": self.lots[key]} if is_lot else {"provider": key})
            for name, key, part in named
        ]

    def outcome(self, name: str, ended, narrowed: dict) -> list:
        found = measures.outcome(ended, self.scope)
        interval = found.interval
        url = {
            part: self.asked.rows_url(part, **narrowed)
            for part in (
                *("exits", "counted_exits", "planned_exits", "unplanned_exits", "excluded_exits"),
            )
        }
        return [
            name,
            linked(found.planned, url["planned_exits"], f"planned exits: {name}"),
            linked(found.unplanned, url["unplanned_exits"], f"unplanned exits: {name}"),
            linked(found.excluded, url["excluded_exits"], f"excluded exits: {name}"),
            linked(
                NONE if found.rate is None else f"{found.rate}%",
                url["counted_exits"],
                f"exits that are counted: {name}",
            ),
            linked(
                NONE if interval is None else f"{interval[0]}% to {interval[1]}%",
                url["counted_exits"],
                f"exits behind the interval: {name}",
            ),
            amount(found.pence, url["exits"], f"cost of stays that ended: {name}"),
            amount(found.pence_per_planned, url["exits"], f"for each planned exit: {name}"),
        ]

    def length(self, name: str, ended, narrowed: dict) -> list:
        found, url = figures.stays(ended), self.asked.rows_url("exits", **narrowed)
        return [
            name,
            linked(found.count, url, f"stays that ended: {name}"),
            linked(found.mean, url, f"nights, mean: {name}"),
            linked(found.median, url, f"nights, median: {name}"),
        ]


def outcomes(asked: Asked, scope: measures.Scope, ended: list[measures.Departure]) -> dict:
    """How stays ended, and how long they were: in all, by lot and by provider."""
    parts = Parts(asked, scope, ended)
    heads = {
        "outcome": numbers(
            *("Planned", "Unplanned", "Not counted", "Planned exits", "95% interval"),
            *("Cost of these stays", "For each planned exit"),
        ),
        "length": numbers("Stays that ended", "Nights, mean", "Nights, median"),
    }
    told = [
        ("outcomes_by_lot", "By lot", "outcome", "lot"),
        ("outcomes_by_provider", "By provider", "outcome", "provider_ref"),
        ("lengths_by_lot", "Nights by lot", "length", "lot"),
        ("lengths_by_provider", "Nights by provider", "length", "provider_ref"),
    ]
    found = {
        "whole": measures.outcome(ended, scope),
        "counted_url": asked.rows_url("counted_exits"),
    }
    for name, caption, kind, field in told:
        row = getattr(parts, kind)
        found[name] = BoardTable(
            name,
            caption,
            heads[kind],
            parts.rows(field, row),
            row("In all", ended, {}),
            "No stay ended in these days.",
        )
    return found


def funnel(asked: Asked, scope: measures.Scope, ended: list[measures.Departure]) -> dict | None:
    """The chart, and its figures with a way to the stays behind each point."""
    chart = figures.funnel(ended, scope)
    if chart is None:
        return None
    rows = []
    points = figures.counted_by_provider(ended, scope)
    for (number, name, count, rate, note), (_, ref, _) in zip(chart.rows, points, strict=True):
        url = asked.rows_url("counted_exits", provider=ref)
        hidden = f"exits that are counted: {name}"
        rows.append([number, name, linked(count, url, hidden), linked(rate, url, hidden), note])
    return {
        "chart": chart,
        "table": BoardTable("points", f"{chart.title}: figures", chart.head, rows),
    }
