"""Nights away, and what the person pays: recorded as they happen (R19, R20)."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.audit import trail
from dps_portal.refusals import refuse_if
from placements import rules
from placements.models import Absence, Contribution, Fact, Placement
from placements.states import Collector, CostCentre, FactKind, LedgerKind, PlacementState

from .costs import absence_of, stay_of
from .ledger import lock_years, post_fact
from .placements import lock_placement
from .proposals import settle_proposals
from .queue import announce_affordable


@transaction.atomic
def record_absence(
    *,
    placement: Placement,
    start: date,
    end: date,
    reason: str,
    cost_centre: CostCentre,
    first_nights: int,
    first_percent: int,
    later_percent: int,
    by: User,
    at: datetime,
) -> Absence:
    """Nights from ``start`` up to the first night back; what is not paid is released at once.

    The same fact again succeeds and changes nothing.
    """
    lock_years(placement.referral.agreement)
    placement = lock_placement(placement)
    fact = {
        "start": start,
        "end": end,
        "reason": reason,
        "cost_centre": cost_centre,
        "first_nights": first_nights,
        "first_percent": first_percent,
        "later_percent": later_percent,
    }
    if same := placement.absences.standing().filter(**fact).first():
        return same
    return _add(placement, fact, kind=LedgerKind.RELEASE, by=by, at=at)


@transaction.atomic
def correct_absence(
    *, absence: Absence, end: date | None, reason: str, by: User, at: datetime
) -> Absence:
    """Another first night back, or without one no absence at all; the row corrected stays."""
    lock_years(absence.placement.referral.agreement)
    placement = lock_placement(absence.placement)
    absence = placement.absences.get(pk=absence.pk)
    refuse_if(
        [
            *rules.objections_to_stayed(PlacementState(placement.state)),
            *rules.objections_to_voiding(is_standing=absence.voided_at is None),
        ]
    )
    void(absence, reason=reason, by=by, at=at)
    if end:
        names = ("start", "reason", "cost_centre", "first_nights", "first_percent", "later_percent")
        fact = {name: getattr(absence, name) for name in names} | {"end": end}
        return _add(placement, fact, kind=LedgerKind.CORRECTION, by=by, at=at)
    _post(placement, absence, kind=LedgerKind.CORRECTION, by=by, at=at)
    return absence


def void(fact: Fact, *, reason: str, by: User, at: datetime) -> None:
    fact.void_reason = reason
    fact.voided_by = by
    fact.voided_at = at
    fact.save()


def _add(placement: Placement, fact: dict, *, kind: LedgerKind, by: User, at: datetime) -> Absence:
    absence = Absence(placement=placement, recorded_by=by, recorded_at=at, **fact)
    objections = rules.objections_to_stayed(PlacementState(placement.state))
    if not objections:
        objections = [
            *rules.objections_to_day(
                day=absence.start, first=placement.admission, today=timezone.localdate(at)
            ),
            *rules.objections_to_absence(absence_of(absence), stay_of(placement)),
        ]
    refuse_if(objections)
    absence.save()
    settle_proposals(placement, FactKind.ABSENCE, by=by, at=at)
    _post(placement, absence, kind=kind, by=by, at=at)
    return absence


def _post(
    placement: Placement, absence: Absence, *, kind: LedgerKind, by: User, at: datetime
) -> None:
    change = post_fact(placement, kind=kind, effective_on=absence.start, by=by, at=at)
    announce_affordable(placement.referral.agreement, at=at)
    trail.record(
        "absence.recorded" if absence.voided_at is None else "absence.voided",
        placement,
        by=by,
        at=at,
        start=absence.start.isoformat(),
        end=absence.end.isoformat(),
        pence={str(year): pence for year, pence in change.items()},
    )


@transaction.atomic
def record_contribution(
    *,
    placement: Placement,
    start: date,
    weekly_pence: int,
    collector: Collector,
    by: User,
    at: datetime,
) -> Contribution:
    """What the person pays a week from a night on; the ceiling stays on the gross cost (R20).

    A later word on the same night takes the place of an earlier one.
    """
    placement = lock_placement(placement)
    last = placement.contributions.filter(start=start).order_by("pk").last()
    if last and (last.weekly_pence, last.collector) == (weekly_pence, collector):
        return last
    refuse_if(
        [
            *rules.objections_to_stayed(PlacementState(placement.state)),
            *rules.objections_to_first_paid_night(start=start, admission=placement.admission),
        ]
    )
    paid = Contribution.objects.create(
        placement=placement,
        start=start,
        weekly_pence=weekly_pence,
        collector=collector,
        recorded_by=by,
        recorded_at=at,
    )
    trail.record(
        "contribution.recorded",
        placement,
        by=by,
        at=at,
        start=start.isoformat(),
        weekly_pence=weekly_pence,
        collector=collector,
    )
    return paid
