"""Who came, and how stays ended: each with what is told of it (R9.9)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from dps_portal.clock import add_months
from dps_portal.money import half_up
from placements import rules, services
from placements.models import Exit, FundingRequest, OutcomeScore, Placement
from placements.states import (
    ExitStatus,
    OutcomeMeasure,
    PlacementState,
    RequestKind,
    RequestState,
)

from .scope import Scope

YEARS_COMPARED = 3
EARLY_NIGHTS = 14
MONTHS_FOR_RETURN = 6


@dataclass(frozen=True)
class Arrival:
    """The first night of somebody in the programme; a transfer within it is none (K02)."""

    reference: str
    provider: str
    provider_ref: str
    lot: str
    on: date
    received_on: date | None  # the referral
    funded_on: date | None  # the decision on the first funding

    @property
    def days_to_decision(self) -> int | None:
        if self.received_on is None or self.funded_on is None:
            return None
        return (self.funded_on - self.received_on).days

    @property
    def days_to_admission(self) -> int | None:
        return None if self.funded_on is None else (self.on - self.funded_on).days


@dataclass(frozen=True)
class Departure:
    """How one stay ended, and what it came to in all; by reference only.

    ``first_funded_until`` is the first night that was not funded when the person came, however
    the funding changed later. ``back_on`` is the next admission of the same person after it.
    """

    reference: str
    provider: str
    provider_ref: str
    lot: str
    admission: date | None
    on: date
    status: ExitStatus
    pence: int
    is_transfer: bool
    aftercare_agreed: bool
    scales: int
    first_funded_until: date | None
    back_on: date | None

    @property
    def status_label(self) -> str:
        return self.status.label

    @property
    def nights(self) -> int | None:
        """From the admission up to, not with, the night of the exit."""
        return None if self.admission is None else (self.on - self.admission).days

    @property
    def is_early(self) -> bool:
        """Within the first 14 days, the day of admission being the first."""
        return self.nights is not None and self.nights < EARLY_NIGHTS

    @property
    def reached_term(self) -> bool:
        return self.first_funded_until is not None and self.on >= self.first_funded_until

    @property
    def is_scored(self) -> bool:
        """On every scale, which is at the start and at the exit (``OutcomeScore``)."""
        return self.scales == len(OutcomeMeasure)

    @property
    def back_by(self) -> date:
        """The last day on which an admission is a readmission within six months."""
        return add_months(self.on, MONTHS_FOR_RETURN)

    @property
    def is_back(self) -> bool:
        return self.back_on is not None and self.back_on <= self.back_by


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
        _first_nights(scope.placements.filter(within))
        .annotate(decided_at=_decided())
        .order_by("admission", "reference")
        .values_list(
            *("reference", "provider__name", "provider__reference"),
            *("lot__number", "lot__title", "admission", "referral__received_on", "decided_at"),
        )
    )
    found = [
        Arrival(
            *(reference, provider, ref, f"Lot {number}: {title}", on, received_on),
            funded_on=timezone.localdate(decided_at) if decided_at else None,
        )
        for reference, provider, ref, number, title, on, received_on, decided_at in rows
    ]
    return [[one for one in found if start <= one.on < end] for start, end in windows]


def _first_nights(placements: QuerySet[Placement]) -> QuerySet[Placement]:
    """Those that begin a time in the programme: a linked transfer does not (K02)."""
    return placements.filter(transferred_from=None).exclude(state=PlacementState.ENTERED_IN_ERROR)


def _decided() -> Subquery:
    """When the first funding of a placement was approved."""
    rows = FundingRequest.objects.filter(
        placement=OuterRef("pk"), kind=RequestKind.INITIAL, state=RequestState.APPROVED
    )
    return Subquery(rows.order_by("decided_at").values("decided_at")[:1])


def departures(scope: Scope) -> list[Departure]:
    """Of the period, by day. A planned move to another provider ends a stay as planned."""
    rows = (
        scope.exits.filter(on__gte=scope.start, on__lt=scope.end)
        .annotate(scales=_scales(), back_on=_back())
        .select_related("placement__provider", "placement__lot")
        .prefetch_related(
            *(f"placement__{name}" for name in ("terms", "exits", "one_offs", "absences")),
            "placement__contributions",
        )
        .order_by("on", "placement__reference")
    )
    return [_departure(row) for row in rows]


def _departure(row: Exit) -> Departure:
    placement = row.placement
    first = min(placement.terms.all(), key=lambda term: term.pk, default=None)
    return Departure(
        placement.reference,
        placement.provider.name,
        placement.provider.reference,
        str(placement.lot),
        placement.admission,
        row.on,
        ExitStatus(row.status),
        sum(services.position(placement).values()),
        is_transfer=row.is_transfer,
        aftercare_agreed=row.aftercare_agreed,
        scales=row.scales or 0,
        first_funded_until=first and first.end,
        back_on=row.back_on,
    )


def _scales() -> Subquery:
    """On how many scales the stay of an exit is scored."""
    rows = OutcomeScore.objects.filter(placement=OuterRef("placement")).order_by()
    return Subquery(rows.values("placement").annotate(count=Count("pk")).values("count"))


def _back() -> Subquery:
    """When the person of an exit was next admitted, by whichever provider."""
    rows = Placement.objects.filter(
        lot__agreement=OuterRef("placement__lot__agreement"),
        referral__person=OuterRef("placement__referral__person"),
        admission__gte=OuterRef("on"),
    ).exclude(pk=OuterRef("placement"))
    return Subquery(_first_nights(rows).order_by("admission").values("admission")[:1])


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
