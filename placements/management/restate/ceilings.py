"""The ceiling: whether a decision fits, when alerts fire, and who may approve."""

from typing import Any

from dps_portal.clock import year_label
from dps_portal.json_command import Field
from dps_portal.money import pounds
from placements.rules import by_year, ceiling_crossings, difference, is_within_limit, obstacles

from .reading import positive, stay, told, year, years

PERCENT = 100


def decision(inputs: Field) -> dict[str, Any]:
    """Allowed only where every year it touches has room (R10)."""
    ceilings, committed = revised(inputs), years(inputs.get("committed"))
    cost = by_year(stay(inputs.get("request")).nights())
    found = obstacles(cost, ceilings=ceilings, committed=committed)
    if found:
        first = found[0]
        if not first.has_ceiling:
            reason: dict[str, str] = {"reason": "NO_BUDGET_FOR_YEAR"}
        else:
            reason = {"reason": "OVER_CEILING", "shortfall": pounds(first.short_pence)}
        return {"allowed": False, **reason, "year": year_label(first.year)}
    after = {start: committed.get(start, 0) + cost.get(start, 0) for start in ceilings}
    return {
        "allowed": True,
        "committed_after": told(after),
        "headroom_after": told({start: ceilings[start] - after[start] for start in after}),
    }


def revised(inputs: Field) -> dict[int, int]:
    """The ceilings after their ``revisions``, each of which needs its decision reference (R10)."""
    ceilings, revisions = years(inputs.get("ceiling")), inputs.find("revisions")
    for one in revisions.items() if revisions else ():
        if not one.get("decision_reference").text():
            raise one.get("decision_reference").wrong("must not be empty")
        ceilings[year(one.get("year"))] = positive(one.get("amount"))
    return ceilings


def fact(inputs: Field) -> dict[str, Any]:
    """A fact is recorded whatever the headroom; years above their ceiling are named (R11)."""
    ceilings, committed = revised(inputs), years(inputs.get("committed"))
    old, new = (by_year(stay(inputs.get(name)).nights()) for name in ("before", "after"))
    change = difference(new, old)
    after = {
        start: committed.get(start, 0) + change.get(start, 0) for start in {*committed, *change}
    }
    return {
        "recorded": True,
        "ledger_delta_by_fy": told(change),
        "committed_after": told(after),
        "over_ceiling": [
            year_label(start)
            for start, pence in sorted(after.items())
            if pence > ceilings.get(start, 0)
        ],
    }


def alerts(inputs: Field) -> dict[str, Any]:
    """One message a crossing, naming the highest threshold newly reached (B07)."""
    ceiling = positive(inputs.get("ceiling"))
    thresholds = [one.integer(least=1) for one in inputs.get("thresholds_pct").items()]
    gap = inputs.get("rearm_gap_pct").integer(most=PERCENT)
    alerted: set[int] = set()
    fired = []
    for sum_ in inputs.get("committed_sequence").items():
        reached, rearmed = ceiling_crossings(
            ceiling_pence=ceiling,
            committed_pence=sum_.pence(),
            alerted=alerted,
            thresholds=thresholds,
            rearm_points=gap,
        )
        fired.append(max(reached, default=None))
        alerted = (alerted - rearmed) | reached
    return {"alerts": fired}


def approvers(inputs: Field) -> dict[str, Any]:
    """Equality passes, a missing limit is none, and nobody approves their own request (R24)."""
    cost = positive(inputs.get("request_cost"))
    may = {}
    for person in inputs.get("approvers").items():
        limit, own = person.find("limit"), person.find("is_requester")
        within = is_within_limit(cost, positive(limit) if limit else None)
        may[person.get("name").text()] = within and not (own is not None and own.truth())
    return {"can_approve": may}
