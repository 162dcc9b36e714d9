"""A provider's own figures, in which no count from 1 to 4 can be read or worked out (D10, T8).

Two views of nested days or lots give a small count by subtraction, and so do looks at a running
year on two days. So there are whole financial years only, of all lots, once they are settled: no
two of them share a stay's admission, exit or due day, and a later look tells what an earlier did.
"""

from dataclasses import dataclass
from datetime import date

from dps_portal.agreements.models import Agreement
from dps_portal.clock import add_months, financial_year, year_start
from placements import rules

from . import measures

SETTLED_MONTHS = 3  # for what is recorded late: then a look of today tells what yesterday's did


def shown_from(year: int) -> date:
    """The day from which the figures of a financial year are shown."""
    return add_months(year_start(year + 1), SETTLED_MONTHS)


def settled_years(agreement: Agreement, today: date) -> list[int]:
    """Of the agreement, the last first."""
    years = range(financial_year(today) - 1, financial_year(agreement.start) - 1, -1)
    return [year for year in years if shown_from(year) <= today]


@dataclass(frozen=True)
class Own:
    """Each figure as it is shown."""

    people: dict[str, str]
    timeliness: list[tuple[str, str, str, str]]


def own(scope: measures.Scope, today: date) -> Own:
    [arrived] = measures.arrivals(scope)
    found = measures.outcome(measures.departures(scope), scope)
    parts = {
        "Planned exits": found.planned,
        "Unplanned exits": found.unplanned,
        "Exits not counted (died, closed)": found.excluded,
    }
    exits = withheld(parts)
    rate = "–" if found.rate is None else f"{found.rate}%"
    is_open = found.rate is None or rules.SUPPRESSED not in exits.values()
    told = {"arrivals_on_time": len(arrived), "discharge_reports": sum(parts.values())}
    return Own(
        people={
            **withheld({"Admissions": len(arrived)}),
            **exits,
            "Rate of planned exits": rate if is_open else rules.SUPPRESSED,
        },
        timeliness=[
            _line(measures.timeliness(name, read(scope, today)), told.get(name, 0))
            for name, (_, read) in measures.TIMED.items()
        ],
    )


def _line(one: measures.Timeliness, told: int) -> tuple[str, str, str, str]:
    """All of it is starred where its count less the ``told`` one of the same people is small."""
    shown = withheld({"on_time": one.on_time, "late": one.late})
    is_near = told and 0 < abs(one.count - told) < rules.SMALLEST_COUNT
    if is_near or rules.SUPPRESSED in shown.values():
        counts = [one.count, one.on_time, one.late]
        return (one.label, *(rules.SUPPRESSED if count else "0" for count in counts))
    return one.label, str(one.count), shown["on_time"], shown["late"]


def withheld(counts: dict[str, int]) -> dict[str, str]:
    """All of them as stars where one is too small: no total, and no rate, gives it away."""
    shown = rules.suppress(counts)
    if rules.SUPPRESSED in shown.values():
        return {name: rules.SUPPRESSED if counts[name] else "0" for name in counts}
    return shown
