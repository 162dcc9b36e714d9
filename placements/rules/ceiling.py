"""The annual ceiling: what may be decided, by whom, and when to raise the alarm (money.md R10)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

REARM_POINTS = 5
PERCENT = 100


@dataclass(frozen=True)
class Obstacle:
    """Why one year cannot take a decision: it has no ceiling, or not enough room."""

    year: int
    has_ceiling: bool
    short_pence: int


def obstacles(
    cost: Mapping[int, int], *, ceilings: Mapping[int, int], committed: Mapping[int, int]
) -> list[Obstacle]:
    """Each year, in order, that the cost does not fit; exactly at the ceiling fits (B01)."""
    found = []
    for year in sorted(cost):
        room = ceilings.get(year, 0) - committed.get(year, 0)
        if year not in ceilings or cost[year] > room:
            found.append(Obstacle(year, year in ceilings, max(cost[year] - room, 0)))
    return found


def is_within_limit(cost_pence: int, limit_pence: int | None) -> bool:
    """Equality passes; no limit means no authority (R24, B10)."""
    return limit_pence is not None and cost_pence <= limit_pence


def objections_to_limit(*, is_own: bool, may_approve: bool, is_changed: bool) -> list[str]:
    """Whether somebody may be given this approval limit."""
    objections = []
    if is_own:
        objections.append("Another person sets your limit.")
    if not may_approve:
        objections.append("This person does not approve funding.")
    if not is_changed:
        objections.append("This is the limit already.")
    return objections


def ceiling_crossings(
    *,
    ceiling_pence: int,
    committed_pence: int,
    alerted: Iterable[int],
    thresholds: Sequence[int],
    rearm_points: int = REARM_POINTS,
) -> tuple[set[int], set[int]]:
    """Thresholds newly reached (on >=), and alerted ones re-armed by a fall well below (B07)."""
    alerted = set(alerted)
    share = committed_pence * PERCENT
    reached = {
        level
        for level in thresholds
        if level not in alerted and committed_pence > 0 and share >= level * ceiling_pence
    }
    rearmed = {level for level in alerted if share <= (level - rearm_points) * ceiling_pence}
    return reached, rearmed
