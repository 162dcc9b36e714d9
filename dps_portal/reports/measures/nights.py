"""How many nights people stayed, and what those nights cost, by quarter."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from dps_portal.agreements.rules import Quarter
from placements import rules, services
from placements.models import Placement
from placements.states import PlacementState

from .scope import Scope


@dataclass(frozen=True)
class Stayed:
    """One placement in one quarter: nights before today, and what they and its charges cost."""

    provider_ref: str
    quarter: Quarter
    nights: int
    pence: int


def stayed(scope: Scope, today: date) -> Iterator[Stayed]:
    """The cost is that of the spend report of the same days (money.md R6, R9, R21).

    Nights away are not stayed, whether they are paid or not; nights charged after an exit cost and
    are not stayed either.
    """
    for placement in _placements(scope):
        nights, pence = _nights(placement, scope, today), _pence(placement, scope, today)
        for quarter in sorted({*nights, *pence}):
            yield Stayed(
                placement.provider.reference,
                quarter,
                nights.get(quarter, 0),
                pence.get(quarter, 0),
            )


def _placements(scope: Scope) -> QuerySet[Placement]:
    """In place, funded or charged on some day of the period."""
    gone = scope.exits.filter(placement=OuterRef("pk"), on__lte=scope.start)
    return (
        scope.placements.filter(
            Q(admission__lt=scope.end) & ~Exists(gone)
            | Q(terms__start__lt=scope.end, terms__end__gt=scope.start)
            | Q(one_offs__on__gte=scope.start, one_offs__on__lt=scope.end)
        )
        .distinct()
        .with_costs()
        .select_related("provider")
        .order_by("reference")
    )


def _nights(placement: Placement, scope: Scope, today: date) -> Counter[Quarter]:
    if placement.admission is None or placement.state == PlacementState.ENTERED_IN_ERROR:
        return Counter()
    left = services.last_exit(placement)
    away = [(one.start, one.end) for one in placement.absences.all() if one.voided_at is None]
    first = max(placement.admission, scope.start)
    end = min(left.on if left else today, today, scope.end)
    return Counter(
        Quarter.of(day)
        for day in rules.days(first, end)
        if not any(start <= day < back for start, back in away)
    )


def _pence(placement: Placement, scope: Scope, today: date) -> dict[Quarter, int]:
    stay, until = services.stay_of(placement), services.accrues_until(placement, today)
    found = rules.split(rules.before(stay.nights(), until), Quarter.of) if stay else {}
    for charge in services.one_offs_of(placement):
        if charge.on < until:
            of = Quarter.of(charge.on)
            found[of] = found.get(of, 0) + charge.pence
    return {of: pence for of, pence in found.items() if scope.start <= of.start < scope.end}
