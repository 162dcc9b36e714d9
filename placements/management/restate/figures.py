"""Figures of reports: the committed floor, planned exits, publication, and invoices."""

from datetime import date
from fractions import Fraction
from typing import Any

from dps_portal.clock import financial_year
from dps_portal.json_command import Field
from dps_portal.money import half_up, pounds
from placements.rules import before, by_year, planned_exit_rate, suppress

from .reading import MOST_NIGHTS, positive, stay

NIGHTS_IN_WEEK = 7
SHOWN_ONLY = ("died", "entered_in_error")


def committed_floor(inputs: Field) -> dict[str, Any]:
    """What the year already owes: accrued and remaining of every placement (money.md §7)."""
    as_of: date = inputs.get("as_of").date()
    start = financial_year(as_of)
    rows, accrued_total, remaining_total = [], 0, 0
    for row in inputs.get("placements").items():
        one = stay(row.get("state"))
        position = by_year(one.nights())
        accrued = by_year(before(one.nights(), as_of)).get(start, 0)
        in_year = position.get(start, 0)
        accrued_total += accrued
        remaining_total += in_year - accrued
        rows.append(
            {
                "placement": row.get("placement").text(),
                "in_year": pounds(in_year),
                "accrued": pounds(accrued),
                "remaining": pounds(in_year - accrued),
                "next_year": pounds(position.get(start + 1, 0)),
            }
        )
    outturn = accrued_total + remaining_total
    return {
        "rows": rows,
        "accrued": pounds(accrued_total),
        "remaining": pounds(remaining_total),
        "committed_outturn": pounds(outturn),
        "headroom": pounds(positive(inputs.get("ceiling")) - outturn),
    }


def planned_exits(inputs: Field) -> dict[str, Any]:
    """Planned of planned and unplanned; deaths and errors are shown beside it (K01)."""
    counts = {name: one.integer() for name, one in inputs.get("discharges").members()}
    planned = counts.get("planned", 0)
    unplanned = counts.get("unplanned", 0) + counts.get("withdrawn_by_provider", 0)
    rate = planned_exit_rate(planned, unplanned)
    return {
        "planned_exit_rate_pct": None if rate is None else str(rate),
        "denominator": planned + unplanned,
        "shown_separately": {name: counts[name] for name in SHOWN_ONLY if name in counts},
    }


def publication(inputs: Field) -> dict[str, Any]:
    counts = {name: one.integer() for name, one in inputs.get("counts").members()}
    published = suppress(counts, threshold=inputs.get("threshold").integer(least=1))
    return {"published": {**published, "Total": str(inputs.get("total").integer())}}


def invoice(inputs: Field) -> dict[str, Any]:
    """Our exact sum against a provider's rounded day rate (R25)."""
    nights = inputs.get("nights").integer(most=MOST_NIGHTS)
    ours = half_up(Fraction(positive(inputs.get("weekly")) * nights, NIGHTS_IN_WEEK))
    invoiced = positive(inputs.get("provider_daily_rate")) * nights
    tolerance = positive(inputs.get("tolerance_per_invoice"))
    return {
        "ours": pounds(ours),
        "invoiced": pounds(invoiced),
        "difference": pounds(invoiced - ours),
        "within_tolerance": abs(invoiced - ours) <= tolerance,
    }
