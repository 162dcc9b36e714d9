"""Who came, and how stays ended: each with what is told of it (R9.9)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.db.models import Q

from dps_portal.money import half_up
from placements import rules, services
from placements.states import ExitStatus, PlacementState

from .scope import Scope

YEARS_COMPARED = 3


@dataclass(frozen=True)
class Arrival:
    """The first night of somebody in the programme; a transfer within it is none (K02)."""

    reference: str
    provider: str
    provider_ref: str
    lot: str
    on: date


@dataclass(frozen=True)
class Departure:
    """How one stay ended, and what it came to in all; by reference only."""

    reference: str
    provider: str
    provider_ref: str
    lot: str
    admission: date | None
    on: date
    status: ExitStatus
    pence: int

    @property
    def status_label(self) -> str:
        return self.status.label


@dataclass(frozen=True)
class Outcome:
    """The stays that ended: those in the rate, and those outside it (K01)."""

    planned: int
    unplanned: int
    excluded: int
    pence: int

    @property
    def counted(self) -> int:
        return self.planned + self.unplanned

    @property
    def rate(self) -> int | None:
        return rules.planned_exit_rate(self.planned, self.unplanned)

    @property
    def interval(self) -> tuple[int, int] | None:
        return rules.planned_exit_interval(self.planned, self.unplanned)

    @property
    def pence_per_planned(self) -> int | None:
        """What all the stays came to, for each that ended as planned."""
        return half_up(Fraction(self.pence, self.planned)) if self.planned else None


def arrivals(scope: Scope, years: int = 1) -> list[list[Arrival]]:
    """Of the period, then of the same days of each year before, by day."""
    windows = [scope.earlier(number) for number in range(years)]
    within = Q()
    for start, end in windows:
        within |= Q(admission__gte=start, admission__lt=end)
    rows = (
        scope.placements.filter(within, transferred_from=None)
        .exclude(state=PlacementState.ENTERED_IN_ERROR)
        .order_by("admission", "reference")
        .values_list(
            *("reference", "provider__name", "provider__reference"),
            *("lot__number", "lot__title", "admission"),
        )
    )
    found = [
        Arrival(reference, provider, ref, f"Lot {number}: {title}", on)
        for reference, provider, ref, number, title, on in rows
    ]
    return [[one for one in found if start <= one.on < end] for start, end in windows]


def departures(scope: Scope) -> list[Departure]:
    """Of the period, by day. A planned move to another provider ends a stay as planned."""
    rows = (
        scope.exits.filter(on__gte=scope.start, on__lt=scope.end)
        .select_related("placement__provider", "placement__lot")
        .prefetch_related(
            *(f"placement__{name}" for name in ("terms", "exits", "one_offs", "absences")),
            "placement__contributions",
        )
        .order_by("on", "placement__reference")
    )
    return [
        Departure(
            row.placement.reference,
            row.placement.provider.name,
            row.placement.provider.reference,
            str(row.placement.lot),
            row.placement.admission,
            row.on,
            ExitStatus(row.status),
            sum(services.position(row.placement).values()),
        )
        for row in rows
    ]


def outcome(ended: Iterable[Departure], scope: Scope) -> Outcome:
    ended = list(ended)
    planned, unplanned = rules.counted_exits(
        (one.status for one in ended), withdrawal_is_unplanned=scope.withdrawal_is_unplanned
    )
    pence = sum(one.pence for one in ended)
    return Outcome(planned, unplanned, len(ended) - planned - unplanned, pence)


def ended_as(ended: Iterable[Departure], part: str, scope: Scope) -> list[Departure]:
    """Those behind the ``planned``, ``unplanned``, ``counted`` or ``excluded`` of ``outcome``."""
    return [one for one in ended if getattr(outcome([one], scope), part)]
