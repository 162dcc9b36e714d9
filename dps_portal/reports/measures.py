"""What is counted on dashboards and scorecards: each figure is a count of rows read here.

The page of a figure's rows reads the same list, so that the two can never differ (money.md §10).
A period is half-open here and inclusive on screen.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.db.models import Q, QuerySet
from django.utils import timezone

from dps_portal.clock import ONE_DAY, add_months
from dps_portal.money import half_up
from placements import rules, services
from placements.models import Exit, Placement, Review
from placements.states import ExitStatus, PlacementState

YEARS_COMPARED = 3


@dataclass(frozen=True)
class Scope:
    """The placements that a person may count, and from which day up to, not with, which day."""

    placements: QuerySet[Placement]
    start: date
    end: date
    withdrawal_is_unplanned: bool = True

    @property
    def exits(self) -> QuerySet[Exit]:
        return Exit.objects.standing().filter(placement__in=self.placements)

    def months(self) -> list[date]:
        first = self.start.replace(day=1)
        found = []
        while (month := add_months(first, len(found))) < self.end:
            found.append(month)
        return found

    def earlier(self, years: int) -> tuple[date, date]:
        """The same days so many years before."""
        last_day = add_months(self.end - ONE_DAY, -12 * years)
        return add_months(self.start, -12 * years), last_day + ONE_DAY


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
class Timed:
    """Something that was due on its original day, and when it was done; ``None``: not yet.

    ``counted_on`` is the day by which it lies in a period.
    """

    reference: str
    provider: str
    provider_ref: str
    lot: str
    due: date
    done: date | None
    days_late: int
    counted_on: date


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


@dataclass(frozen=True)
class Timeliness:
    """``late`` were done after their day, or are not done although it has passed."""

    name: str
    label: str
    count: int
    late: int
    days_late: int

    @property
    def on_time(self) -> int:
        return self.count - self.late

    @property
    def percent(self) -> int | None:
        return half_up(Fraction(100 * self.on_time, self.count)) if self.count else None

    @property
    def mean_days(self) -> Fraction | None:
        """Of the late ones alone."""
        return Fraction(self.days_late, self.late) if self.late else None


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


# ── Timeliness, against original dates (K03) ─────────────────────────────────────────────────────


def _timed(
    row: Placement, due: date, done: date | None, today: date, counted_on: date | None = None
) -> Timed:
    late = rules.days_late(original_due=due, done_on=done or today)
    provider = row.provider
    return Timed(
        row.reference,
        provider.name,
        provider.reference,
        str(row.lot),
        due,
        done,
        late,
        counted_on or due,
    )


def _placements(scope: Scope) -> QuerySet[Placement]:
    return scope.placements.select_related("provider", "lot__agreement").order_by("reference")


def replies(scope: Scope, today: date) -> list[Timed]:
    """Offers whose answer was wanted within the period."""
    rows = _placements(scope).filter(reply_due_on__gte=scope.start, reply_due_on__lt=scope.end)
    waiting = PlacementState.AWAITING_PROVIDER
    return [
        _timed(row, row.reply_due_on, _day(row.answered_at), today)
        for row in rows
        if row.answered_at or row.state == waiting
    ]


def _day(moment) -> date | None:
    return timezone.localdate(moment) if moment else None


def admissions(scope: Scope, today: date) -> list[Timed]:
    """People who were to come within the period, and came."""
    rows = _placements(scope).filter(
        planned_admission__gte=scope.start, planned_admission__lt=scope.end, admission__isnull=False
    )
    return [_timed(row, row.planned_admission, row.admission, today) for row in rows]


def reviews(scope: Scope, today: date) -> list[Timed]:
    """Reviews that were held, and had been due within the period."""
    rows = (
        Review.objects.filter(
            placement__in=scope.placements, due_on__gte=scope.start, due_on__lt=scope.end
        )
        .select_related("placement__provider", "placement__lot__agreement")
        .order_by("placement__reference", "due_on")
    )
    return [_timed(row.placement, row.due_on, row.held_on, today) for row in rows]


def discharge_reports(scope: Scope, today: date) -> list[Timed]:
    """Of stays that ended within the period."""
    rows = (
        scope.exits.filter(on__gte=scope.start, on__lt=scope.end)
        .select_related("placement__provider", "placement__lot__agreement")
        .order_by("placement__reference")
    )
    found = []
    for row in rows:
        due = rules.report_due(row.on, row.placement.lot.agreement.report_days)
        done = row.placement.report_received_on
        if done or due < today:
            found.append(_timed(row.placement, due, done, today, counted_on=row.on))
    return found


TIMED: dict[str, tuple[str, Callable[[Scope, date], list[Timed]]]] = {
    "replies": ("Provider’s answers to offers", replies),
    "arrivals_on_time": ("Admissions, against the day first planned", admissions),
    "reviews": ("Reviews", reviews),
    "discharge_reports": ("Provider’s reports on discharges", discharge_reports),
}


def timeliness(name: str, rows: Sequence[Timed]) -> Timeliness:
    label, _ = TIMED[name]
    late = [row for row in rows if row.days_late]
    return Timeliness(name, label, len(rows), len(late), sum(row.days_late for row in late))
