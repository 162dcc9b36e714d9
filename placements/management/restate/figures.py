"""Figures of reports: exits, admissions, lateness, publication, and invoices."""

from fractions import Fraction
from typing import Any

from dps_portal.json_command import Field
from dps_portal.money import half_up, pounds
from placements.rules import (
    InvoiceMatch,
    admissions_by_year,
    days_late,
    planned_exit_rate,
    suppress,
)

from .reading import MOST_NIGHTS, positive, told_counts

NIGHTS_IN_WEEK = 7
SHOWN_ONLY = ("died", "entered_in_error")


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


def admissions(inputs: Field) -> dict[str, Any]:
    """First nights of episodes; a linked transfer begins none (K02)."""
    counts = admissions_by_year(
        (one.get("admission").date(), one.find("transferred_from") is not None)
        for one in inputs.get("episodes").items()
    )
    return {"admissions_by_fy": told_counts(counts), "admissions": sum(counts.values())}


def lateness(inputs: Field) -> dict[str, Any]:
    """Against the original date, whatever it was moved to (K03)."""
    due, done = inputs.get("original_due").date(), inputs.get("done").date()
    return {"days_late": days_late(original_due=due, done_on=done)}


def publication(inputs: Field) -> dict[str, Any]:
    counts = {name: one.integer() for name, one in inputs.get("counts").members()}
    published = suppress(counts, threshold=inputs.get("threshold").integer(least=1))
    return {"published": {**published, "Total": str(inputs.get("total").integer())}}


def invoice(inputs: Field) -> dict[str, Any]:
    """Our exact sum against a provider's rounded day rate (R25)."""
    nights = inputs.get("nights").integer(most=MOST_NIGHTS)
    ours = half_up(Fraction(positive(inputs.get("weekly")) * nights, NIGHTS_IN_WEEK))
    match = InvoiceMatch(
        ours_pence=ours,
        invoiced_pence=positive(inputs.get("provider_daily_rate")) * nights,
        tolerance_pence=positive(inputs.get("tolerance_per_invoice")),
    )
    return {
        "ours": pounds(match.ours_pence),
        "invoiced": pounds(match.invoiced_pence),
        "difference": pounds(match.difference_pence),
        "within_tolerance": match.is_within_tolerance,
    }
