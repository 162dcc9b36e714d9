"""What was in time, against the day on which it was due at first (K03)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.db.models import QuerySet
from django.utils import timezone

from dps_portal.money import half_up
from placements import rules
from placements.models import Placement, Review
from placements.states import PlacementState

from .scope import Scope


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
    """Offers whose answer was wanted within the period: answered, or late by now."""
    rows = _placements(scope).filter(reply_due_on__gte=scope.start, reply_due_on__lt=scope.end)
    waiting = PlacementState.AWAITING_PROVIDER
    return [
        _timed(row, row.reply_due_on, _day(row.answered_at), today)
        for row in rows
        if row.answered_at or (row.state == waiting and row.reply_due_on < today)
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
