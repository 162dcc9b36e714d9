"""What a dashboard shows, made of the counts in ``measures``."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.db.models import QuerySet
from django.utils import timezone

from dps_portal.clock import ONE_DAY, add_months, financial_year, year_label, year_start
from dps_portal.ui import charts
from placements import rules, services
from placements.models import BudgetYear
from placements.states import YearState

from . import measures

MONTHS = 12


# ── Money ────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Money:
    """Of one financial year, in pence; ``series`` are the sums at the end of each month."""

    ceiling: int
    committed: int
    accrued: int
    likely: int
    months: list[str]
    series: list[tuple[str, list[int]]]

    @property
    def headroom(self) -> int:
        return self.ceiling - self.committed

    @property
    def gauge(self) -> list[tuple[str, list[int]]]:
        return [
            ("Nights so far", [self.accrued]),
            ("Committed, to come", [max(self.committed - self.accrued, 0)]),
        ]


def money(budget: BudgetYear, today: date) -> Money:
    """Accrued are the nights before today, or before the end of a year that is over, as the spend
    report has them.

    A closed year is spent as it was closed: corrections of its nights are in later years (R23).
    """
    outlook = services.outlook(budget, min(today, year_start(budget.year + 1)))
    parts = {part.name: part.full_pence for part in outlook.parts}
    is_closed = budget.state == YearState.CLOSED
    return Money(
        ceiling=budget.ceiling_pence,
        committed=budget.committed_pence,
        accrued=budget.committed_pence
        if is_closed
        else sum(parts[name] for name in services.ACCRUED),
        likely=budget.committed_pence if is_closed else outlook.likely.pence,
        months=outlook.months,
        series=outlook.series,
    )


# ── Admissions ───────────────────────────────────────────────────────────────────────────────────


def window_name(start: date, end: date) -> str:
    """``2026/27`` where the days lie within one financial year, else their first and last month."""
    last = end - ONE_DAY
    if financial_year(start) == financial_year(last):
        return year_label(financial_year(start))
    return f"{start:%b %Y} to {last:%b %Y}"


def month_within(month: date, window: tuple[date, date], years: int) -> tuple[date, date]:
    """The days of the month, so many years before, that lie in the window."""
    start, end = (add_months(day, -MONTHS * years) for day in (month, add_months(month, 1)))
    return max(start, window[0]), min(end, window[1])


# ── Outcomes ─────────────────────────────────────────────────────────────────────────────────────


def funnel(ended: list[measures.Departure], scope: measures.Scope) -> charts.Chart | None:
    """Each provider's rate against chance around the mean of them all; nothing without an exit."""
    whole = measures.outcome(ended, scope)
    if not whole.counted:
        return None
    mean = Fraction(whole.planned, whole.counted)

    def near(count):
        return rules.control_limits(mean, count, z=rules.Z)

    def far(count):
        return rules.control_limits(mean, count, z=rules.Z_FAR)

    dots = []
    for name, ref in sorted({(one.provider, one.provider_ref) for one in ended}):
        own = measures.outcome([one for one in ended if one.provider_ref == ref], scope)
        if own.counted:
            note = against(own.rate, near(own.counted), far(own.counted))
            dots.append(charts.Dot(name, own.counted, own.rate, note))
    return charts.draw_funnel(
        title="Planned exits by provider",
        description=(
            "Each numbered point is a provider: how many stays are counted, and how many of a "
            f"hundred ended as planned. The mean is {whole.rate}%."
        ),
        dots=dots,
        funnel=charts.Funnel(
            mean=whole.rate,
            aim=("The council’s aim", rules.OUR_RATE),
            band=("National range", *rules.NATIONAL_RATES),
            near=("95% limits", near),
            far=("99.8% limits", far),
        ),
    )


def against(rate: int, near: tuple[int, int], far: tuple[int, int]) -> str:
    """What chance says of a rate; a provider is never ranked by it."""
    if rate < far[0]:
        return "Below the outer limit"
    if rate > far[1]:
        return "Above the outer limit"
    if rate < near[0]:
        return "Below the inner limit"
    return "Above the inner limit" if rate > near[1] else "Within the limits"


# ── Time ─────────────────────────────────────────────────────────────────────────────────────────


def timed(scope: measures.Scope, today: date) -> list[measures.Timeliness]:
    return [
        measures.timeliness(name, read(scope, today)) for name, (_, read) in measures.TIMED.items()
    ]


@dataclass(frozen=True)
class Waits:
    """How many wait, and for how many days; nothing where nobody does."""

    count: int
    median: int | None
    longest: int | None


def waits(rows: QuerySet, since: str, today: date) -> Waits:
    days = sorted(
        (today - timezone.localdate(moment)).days for moment in rows.values_list(since, flat=True)
    )
    if not days:
        return Waits(0, None, None)
    return Waits(len(days), days[(len(days) - 1) // 2], days[-1])


# ── A provider's own ─────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Own:
    """A provider's own figures, in which no count from 1 to 4 can be read or worked out (D10)."""

    admissions: str
    exits: dict[str, str]
    rate: str
    timeliness: list[tuple[str, str, str, str]]
    head: tuple = ("", *({"text": text, "numeric": True} for text in ("Due", "On time", "Late")))


def own(scope: measures.Scope, today: date) -> Own:
    [arrived] = measures.arrivals(scope)
    found = measures.outcome(measures.departures(scope), scope)
    exits = withheld(
        {
            "Planned": found.planned,
            "Unplanned": found.unplanned,
            "Not counted": found.excluded,
        }
    )
    is_open = found.rate is not None and rules.SUPPRESSED not in exits.values()
    lines = []
    for one in timed(scope, today):
        shown = withheld({"late": one.late, "on_time": one.on_time})
        count = rules.SUPPRESSED if rules.SUPPRESSED in shown.values() else str(one.count)
        lines.append((one.label, count, shown["on_time"], shown["late"]))
    return Own(
        admissions=withheld({"all": len(arrived)})["all"],
        exits=exits,
        rate=f"{found.rate}%" if is_open else rules.SUPPRESSED,
        timeliness=lines,
    )


def withheld(counts: dict[str, int]) -> dict[str, str]:
    """All of them as stars where one is too small: no total, and no rate, gives it away."""
    shown = rules.suppress(counts)
    if rules.SUPPRESSED in shown.values():
        return {name: rules.SUPPRESSED if counts[name] else "0" for name in counts}
    return shown
