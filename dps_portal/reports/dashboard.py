"""What a dashboard shows, made of the counts in ``measures``."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import accumulate
from statistics import median

from dps_portal.clock import ONE_DAY, add_months, financial_year, year_label, year_start
from dps_portal.ui import charts
from placements import rules
from placements.models import BudgetYear

from . import measures, spend
from .scopes import Scope

MONTHS = 12
NONE = "–"  # there is no figure


# ── Money ────────────────────────────────────────────────────────────────────────────────────────


SPENT = "Spent so far"


@dataclass(frozen=True)
class Money:
    """Of one financial year, in pence.

    ``spent`` and ``lines`` are sums at the end of each month; what is spent ends with today's, and
    a closed year has no other line than what was spent, for nothing of it is forecast any more.
    """

    ceiling: int
    committed: int
    accrued: int
    likely: int
    months: list[str]
    spent: list[int]
    lines: list[tuple[str, list[int]]]
    today: charts.Mark | None

    @property
    def headroom(self) -> int:
        return self.ceiling - self.committed

    @property
    def gauge(self) -> list[tuple[str, list[int]]]:
        return [
            ("Nights so far", [self.accrued]),
            ("Committed, to come", [max(self.committed - self.accrued, 0)]),
        ]

    @property
    def series(self) -> list[tuple[str, list[int]]]:
        """Of the chart, which starts at nothing."""
        spent = [max(pence, 0) for pence in self.spent]
        ceiling = ("Ceiling", [self.ceiling] * MONTHS)
        return [(SPENT, spent), *self.lines, ceiling] if spent else [*self.lines, ceiling]


def money(budget: BudgetYear, today: date) -> Money:
    """Accrued are the nights before today, or before the end of a year that is over, as the spend
    report has them.

    A closed year is spent as it was closed: corrections of its nights are in later years (R23).
    """
    start, end = year_start(budget.year), year_start(budget.year + 1)
    report = spend.report(budget.agreement, Scope.of_year(budget.year, min(today, end)))
    outlook = report.forecast
    begun = sum(add_months(start, number) <= today for number in range(MONTHS))
    return Money(
        ceiling=budget.ceiling_pence,
        committed=budget.committed_pence,
        accrued=report.accrued_pence,
        likely=outlook.likely.pence if outlook else budget.committed_pence,
        months=[f"{add_months(start, number):%b}" for number in range(MONTHS)],
        spent=list(accumulate(month.accrued_pence for month in report.by_month))[:begun],
        lines=outlook.series[:-1] if outlook else [],
        today=charts.Mark("Today", place_of(today, start), SPENT)
        if outlook and start <= today < end
        else None,
    )


def place_of(day: date, start: date) -> Fraction:
    """Where the day stands among the ends of the months of the year that starts so."""
    month = day.replace(day=1)
    number = next(count for count in range(MONTHS) if add_months(start, count) == month)
    return number - 1 + Fraction(day.day, (add_months(month, 1) - month).days)


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

    dots = [
        charts.Dot(
            name, own.counted, own.rate, against(own.rate, near(own.counted), far(own.counted))
        )
        for name, _, own in counted_by_provider(ended, scope)
    ]
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


def counted_by_provider(
    ended: list[measures.Departure], scope: measures.Scope
) -> list[tuple[str, str, measures.Outcome]]:
    """Name, reference and outcome of each with a stay that counts, by name."""
    found = [
        (name, ref, measures.outcome([one for one in ended if one.provider_ref == ref], scope))
        for name, ref in sorted({(one.provider, one.provider_ref) for one in ended})
    ]
    return [one for one in found if one[-1].counted]


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
class Days:
    """So many times, each of whole days."""

    values: tuple[int, ...]

    @property
    def count(self) -> int:
        return len(self.values)

    @property
    def mean(self) -> str:
        return f"{sum(self.values) / self.count:.1f}" if self.values else NONE

    @property
    def median(self) -> str:
        return f"{median(self.values):g}" if self.values else NONE

    @property
    def longest(self) -> str:
        return str(max(self.values)) if self.values else NONE


def stays(ended: Iterable[measures.Departure]) -> Days:
    """The nights of each."""
    return Days(tuple(count for one in ended if (count := one.nights) is not None))
