"""What should have happened by today and has not (money.md §10.5), by reference only."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from placements import rules, services
from placements.models import Exit, FactProposal, Placement
from placements.states import FactKind, PlacementState

from .measures import Scope


@dataclass(frozen=True)
class Overdue:
    """``due`` is the day by which it was owed, of a stay the first night without money."""

    reference: str
    provider: str
    lot: str
    due: date
    days: int


def _overdue(row: Placement, due: date, until: date) -> Overdue:
    return Overdue(row.reference, row.provider.name, str(row.lot), due, (until - due).days)


def admissions(scope: Scope, today: date) -> list[Overdue]:
    """Funded, and neither arrived on the planned day nor called off since."""
    rows = scope.placements.filter(state=PlacementState.APPROVED, planned_admission__lt=today)
    return [
        _overdue(row, row.planned_admission, today)
        for row in rows.select_related("provider", "lot")
    ]


def discharges(scope: Scope, today: date) -> list[Overdue]:
    """The provider says that the person left, and nobody has recorded it in time."""
    said = FactProposal.objects.unanswered().filter(
        placement__in=scope.placements, kind=FactKind.EXIT
    )
    found = []
    for one in said.select_related("placement__provider", "placement__lot__agreement"):
        days = one.placement.lot.agreement.fact_days
        due = rules.due_on(timezone.localtime(one.proposed_at), days)
        if due < today:
            found.append(_overdue(one.placement, due, today))
    return found


def reports(scope: Scope, today: date) -> list[Overdue]:
    """The provider's report on a discharge has not come."""
    waiting = scope.placements.filter(state=PlacementState.DISCHARGED, report_received_on=None)
    left = Exit.objects.standing().filter(placement__in=waiting)
    return [
        _overdue(row.placement, due, today)
        for row in left.select_related("placement__provider", "placement__lot__agreement")
        if (due := rules.report_due(row.on, row.placement.lot.agreement.report_days)) < today
    ]


def reviews(scope: Scope, today: date) -> list[Overdue]:
    """Of people in place."""
    rows = scope.placements.in_place().select_related("provider", "lot", "referral__agreement")
    return [
        _overdue(row, due, today)
        for row in rows.prefetch_related("reviews")
        if (due := services.review_due(row)) and due < today
    ]


def unfunded(scope: Scope, today: date) -> list[Overdue]:
    """In place without money for tonight, or gone later than the money lasted (R11)."""
    rows = scope.placements.beyond_funding(today).select_related("provider", "lot")
    left = dict(
        Exit.objects.standing()
        .filter(placement__in=scope.placements)
        .values_list("placement", "on")
    )
    return [_overdue(row, row.funded_until, left.get(row.pk, today)) for row in rows]


OVERDUE: dict[str, tuple[str, Callable[[Scope, date], Iterable[Overdue]]]] = {
    "overdue_admissions": ("Admissions, after the planned day", admissions),
    "overdue_discharges": ("Discharges that the provider tells of, to be recorded", discharges),
    "overdue_reports": ("Provider’s reports on discharges", reports),
    "overdue_reviews": ("Reviews", reviews),
    "unfunded_stays": ("Stays without funding", unfunded),
}


def overdue(name: str, scope: Scope, today: date) -> list[Overdue]:
    """The longest overdue first."""
    _, read = OVERDUE[name]
    return sorted(read(scope, today), key=lambda one: (-one.days, one.reference))
