"""Requests that wait for money: in which order, and whom a release could fund (money.md §3)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from .ceiling import obstacles


@dataclass(frozen=True)
class Waiting:
    """A request in the queue and its cost by financial year."""

    reference: str
    is_urgent: bool
    since: datetime
    cost: Mapping[int, int]


def in_queue_order(waiting: Iterable[Waiting]) -> list[Waiting]:
    """Urgent ones first, then by time."""
    return sorted(waiting, key=lambda one: (not one.is_urgent, one.since, one.reference))


def affordable_in_queue(
    waiting: Iterable[Waiting], *, ceilings: Mapping[int, int], committed: Mapping[int, int]
) -> list[Waiting]:
    """Those whom the headroom could fund together, served in order.

    They are told of, never approved by themselves. One that does not fit keeps its place and
    does not hold up those behind it.
    """
    taken = dict(committed)
    found = []
    for one in in_queue_order(waiting):
        if not obstacles(one.cost, ceilings=ceilings, committed=taken):
            found.append(one)
            for year, pence in one.cost.items():
                taken[year] = taken.get(year, 0) + pence
    return found
