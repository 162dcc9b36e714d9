"""Stays: their cost, each step's ledger entries, accrual, transfer and closed years."""

from datetime import date
from typing import Any

from dps_portal.clock import ONE_DAY, financial_year, year_label, year_start
from dps_portal.json_command import Field
from dps_portal.money import pounds
from placements.rules import (
    Stay,
    Term,
    before,
    by_year,
    cost_between,
    difference,
    exposure,
    position,
    postings,
    shares,
    term_nights,
    total,
)

from .reading import MOST_NIGHTS, one_offs, period, positive, stay, told, year

LONGEST = ONE_DAY * MOST_NIGHTS


def nights_by_year(one: Stay) -> dict[str, int]:
    counts: dict[str, int] = {}
    for night, _ in one.nights():
        label = year_label(financial_year(night))
        counts[label] = counts.get(label, 0) + 1
    return counts


def plain(inputs: Field) -> dict[str, Any]:
    one = stay(inputs)
    nights = nights_by_year(one)
    gross = by_year(one.nights())
    return {
        "nights_by_fy": nights,
        "nights": sum(nights.values()),
        "gross_by_fy": told(gross),
        "gross_total": pounds(sum(gross.values())),
    }


def steps(inputs: Field) -> dict[str, Any]:
    """Position and ledger entries after each event: new minus old, by year (R8).

    A step without a state is a placement that was cancelled or not taken up (R14).
    """
    old: dict[int, int] = {}
    rows = []
    for step in inputs.get("steps").items():
        state = step.find("state")
        charges = one_offs(step.find("one_offs") or (state and state.find("one_offs")))
        new = position(stay(state) if state else None, charges)
        change = difference(new, old)
        rows.append(
            {
                "event": step.get("event").text(),
                "position_by_fy": told(new, zeros=False),
                "position_total": pounds(sum(new.values())),
                "ledger_delta_by_fy": told(change),
                "ledger_delta_total": pounds(sum(change.values())),
            }
        )
        old = new
    return {"steps": rows, "final_total": pounds(sum(old.values()))}


def contribution(inputs: Field) -> dict[str, Any]:
    one = stay(inputs)
    shared = shares(one)
    return {
        "gross_by_fy": told({start: share.gross_pence for start, share in shared.items()}),
        "contribution_by_fy": told(
            {start: share.contribution_pence for start, share in shared.items()}
        ),
        "net_by_fy": told({start: share.net_pence for start, share in shared.items()}),
        "gross_total": pounds(sum(share.gross_pence for share in shared.values())),
        "net_total": pounds(sum(share.net_pence for share in shared.values())),
    }


def with_one_offs(inputs: Field) -> dict[str, Any]:
    """One-off charges fall wholly in the year of their date (R21)."""
    gross = position(stay(inputs.get("state")), one_offs(inputs.get("one_offs")))
    return {"gross_by_fy": told(gross), "gross_total": pounds(sum(gross.values()))}


def default_dates(one: Stay) -> list[date]:
    """The days on which accrual is told where none are asked for: around each edge of the stay."""
    new_year = year_start(financial_year(one.admission) + 1)
    month_after = (one.end.replace(day=28) + ONE_DAY * 4).replace(day=1)
    edges = {one.admission, one.admission + ONE_DAY, one.end, month_after}
    if one.admission < new_year < one.end:
        edges |= {new_year - ONE_DAY, new_year, new_year + ONE_DAY}
    return sorted(edges)


def accrual(inputs: Field) -> dict[str, Any]:
    one = stay(inputs)
    asked = inputs.find("as_of")
    if asked is None:
        dates = default_dates(one)
    elif isinstance(asked.value, list):
        dates = [item.date() for item in asked.items()]
    else:
        dates = [asked.date()]
    committed = by_year(one.nights())
    points = []
    for as_of in dates:
        accrued = by_year(before(one.nights(), as_of))
        remaining = {start: pence - accrued.get(start, 0) for start, pence in committed.items()}
        points.append(
            {
                "as_of": as_of.isoformat(),
                "accrued_by_fy": told(accrued),
                "remaining_by_fy": told(remaining),
                "accrued_total": pounds(sum(accrued.values())),
            }
        )
    return {"points": points, "position_by_fy": told(committed)}


def transfer(inputs: Field) -> dict[str, Any]:
    """The night of the transfer is paid once, to the new provider (R22)."""
    first, second = stay(inputs.get("first")), stay(inputs.get("second"))
    return {
        "first": told(by_year(first.nights())),
        "second": told(by_year(second.nights())),
        "total": pounds(total(first.nights()) + total(second.nights())),
        "nights": [(one.end - one.admission).days for one in (first, second)],
    }


def closed_year(inputs: Field) -> dict[str, Any]:
    """Corrections to a closed year are posted in the open year, on their own line (R23)."""
    old = by_year(stay(inputs.get("before")).nights())
    new = by_year(stay(inputs.get("after")).nights())
    closed = {year(item) for item in inputs.get("closed_years").items()}
    open_year = financial_year(inputs.get("recorded_on").date())
    change = difference(new, old)
    entries = postings(change, closed=closed, open_year=open_year)
    reported = dict(old)
    posted: dict[int, dict[str, int]] = {}
    for entry in entries:
        reported[entry.year] = reported.get(entry.year, 0) + entry.pence
        lines = posted.setdefault(entry.year, {})
        kind = "prior_year_adjustment" if entry.corrects is not None else kind_of(entry.pence)
        lines[kind] = lines.get(kind, 0) + entry.pence
    return {
        "true_delta_by_fy": told(change),
        "posted": {
            year_label(start): {kind: pounds(pence) for kind, pence in lines.items()}
            for start, lines in sorted(posted.items())
        },
        "reported_position_by_fy": told(reported),
        "total": pounds(sum(reported.values())),
    }


def kind_of(pence: int) -> str:
    return "release" if pence < 0 else "commit"


def overstay(inputs: Field) -> dict[str, Any]:
    """Nights beyond the funding: exposure, which the position does not hold (R11)."""
    one = stay(inputs.get("state"))
    beyond = exposure(one, today=inputs.get("as_of").date())
    return {
        "position_by_fy": told(by_year(one.nights())),
        "exposure_by_fy": told(beyond),
        "exposure_total": pounds(sum(beyond.values())),
    }


def parts(inputs: Field) -> dict[str, Any]:
    """What each payment period costs: the periods add up to the whole (R6)."""
    one = stay(inputs)
    rows = []
    for row in inputs.get("periods").items():
        start, end = period(row)
        pence = cost_between(one.nights(), start, end)
        rows.append({"from": start.isoformat(), "to": end.isoformat(), "amount": pounds(pence)})
    return {"periods": rows, "gross_total": pounds(total(one.nights()))}


def longest_extension(inputs: Field) -> dict[str, Any]:
    """How many more nights the headroom pays for, and what one night more would cost (C37)."""
    weekly = positive(inputs.get("weekly"))
    funded_nights = inputs.get("nights_already_funded").integer(most=MOST_NIGHTS)
    headroom = positive(inputs.get("headroom"))
    start = year_start(2000)
    held_until = start + ONE_DAY * funded_nights
    nights = list(term_nights([Term(start, held_until + LONGEST, weekly)]))

    def cost(extra: int) -> int:
        return cost_between(nights, held_until, held_until + ONE_DAY * extra)

    extra = 0
    while extra < MOST_NIGHTS and cost(extra + 1) <= headroom:
        extra += 1
    return {
        "max_extension_nights": extra,
        "cost": pounds(cost(extra)),
        "one_more_night_cost": pounds(cost(extra + 1)),
    }
