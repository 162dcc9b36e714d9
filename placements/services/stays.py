"""The facts of a stay: recorded as they happened, whatever the ceiling (design D6)."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.audit import trail
from dps_portal.clock import ONE_DAY
from dps_portal.refusals import refuse_if
from placements import rules
from placements.models import Exit, Placement, Term
from placements.states import (
    ExitStatus,
    FactKind,
    LedgerKind,
    PlacementState,
    ReferralState,
    RequestKind,
    RequestState,
)

from .costs import last_exit, stay_of
from .ledger import lock_years, post_fact
from .placements import lock_placement, move_referral, tell_provider
from .proposals import settle_proposals
from .queue import announce_affordable
from .requests import request_for_shift
from .unused import end_unused


@transaction.atomic
def record_admission(*, placement: Placement, admission: date, by: User, at: datetime) -> Placement:
    """The day the person arrived. The funded months start from it, whatever the headroom (R15).

    A placement that the person leaves for this one ends on the same day (R22). The same fact
    again succeeds and changes nothing.
    """
    lock_years(placement.referral.agreement)
    leaving = placement.transferred_from and lock_placement(placement.transferred_from)
    if leaving and leaving.state != PlacementState.ADMITTED:
        leaving = None
    placement = lock_placement(placement)
    if placement.admission == admission:
        return placement
    refuse_if(
        rules.objections_to_admission(
            state=PlacementState(placement.state),
            recorded=placement.admission,
            admission=admission,
            agreement_start=placement.referral.agreement.start,
            left_from=leaving and leaving.admission,
            is_elsewhere=is_elsewhere(placement, admission, admission + ONE_DAY, but=leaving),
            today=timezone.localdate(at),
        )
    )
    if leaving:
        end_stay(leaving, TRANSFER | {"on": admission}, by=by, at=at)
    placement.state = PlacementState.ADMITTED
    anchor(placement, admission)
    move_referral(placement, ReferralState.PLACED)
    change = post_fact(
        placement, kind=LedgerKind.ADMISSION_SHIFT, effective_on=admission, by=by, at=at
    )
    request_for_shift(placement, change, by=by, at=at)
    if leaving:
        announce_affordable(placement.referral.agreement, at=at)
    settle_proposals(placement, FactKind.ARRIVAL, by=by, at=at)
    tell_provider("admission_recorded", placement, at)
    trail.record(
        "placement.admitted",
        placement,
        by=by,
        at=at,
        admission=admission.isoformat(),
        pence={str(year): pence for year, pence in change.items()},
    )
    return placement


def is_elsewhere(
    placement: Placement, start: date, end: date | None, *, but: Placement | None = None
) -> bool:
    """Whether the person was in another placement on a night from ``start`` up to ``end``.

    ``but`` does not count, since it ends with the arrival here.
    """
    stays = Placement.objects.filter(referral__person=placement.referral.person_id)
    stays = stays.exclude(pk__in=[one.pk for one in (placement, but) if one]).filter(
        Q(exits__voided_at=None, exits__on__gt=start) | Q(state=PlacementState.ADMITTED),
        admission__isnull=False,
    )
    return (stays.filter(admission__lt=end) if end else stays).exists()


def first_term(placement: Placement) -> Term:
    """The first funding as it was last approved; its dates follow the admission."""
    return placement.terms.filter(kind=RequestKind.INITIAL).latest("pk")


def is_held(placement: Placement, term: Term) -> bool:
    """Whether funding lies over or behind it, or is asked for, so that its end stays put."""
    asked = placement.requests.open().exclude(kind=RequestKind.ONE_OFF)
    return placement.terms.filter(pk__gt=term.pk).exists() or asked.exists()


def anchor(placement: Placement, admission: date) -> None:
    """Start the funded period on the day of admission; saves the placement."""
    term = first_term(placement)
    if not is_held(placement, term):
        in_weeks = bool(placement.referral.agreement.funding_stages)
        term.end = rules.reanchored(term.start, term.end, to=admission, in_nights=in_weeks)
    term.start = admission
    term.save()
    placement.admission = admission
    placement.funded_until = stay_of(placement).funded_until
    placement.save()


@transaction.atomic
def record_exit(
    *,
    placement: Placement,
    day: date,
    status: ExitStatus,
    reason: str,
    destination: str,
    aftercare_agreed: bool,
    notice_nights: int,
    by: User,
    at: datetime,
) -> Exit:
    """The day the person left. Money for later nights is released in each year at once (R13).

    Unless the person moves on to it, a transfer that was prepared is cancelled. The same fact
    again succeeds and changes nothing.
    """
    lock_years(placement.referral.agreement)
    placement = lock_placement(placement)
    locked = [lock_placement(each) for each in placement.transfers.live()]
    prepared = [each for each in locked if each.is_live]
    left = last_exit(placement)
    fact = {
        "on": day,
        "status": status,
        "reason": reason,
        "destination": destination,
        "aftercare_agreed": aftercare_agreed,
        "notice_nights": notice_nights,
    }
    if is_same(left, fact):
        return left
    refuse_if(
        [
            *rules.objections_to_exit(
                state=PlacementState(placement.state),
                is_recorded=left is not None,
                status=status,
                notice_nights=notice_nights,
                admission=placement.admission,
                day=day,
                today=timezone.localdate(at),
            ),
            *rules.objections_to_exit_reason(
                code=reason,
                status=status,
                day=day,
                has_transfer=bool(prepared),
            ),
        ]
    )
    for each in prepared if reason != rules.TRANSFERRED else ():
        end_unused(each, PlacementState.CANCELLED, reason=LEFT_BEFORE, by=by, at=at)
    left = end_stay(placement, fact, by=by, at=at)
    announce_affordable(placement.referral.agreement, at=at)
    return left


# How a placement ends when the person arrives where a transfer leads.
TRANSFER = {
    "status": ExitStatus.PLANNED,
    "reason": rules.TRANSFERRED,
    "destination": "Another placement",
}
LEFT_BEFORE = "The person left before the transfer."


def end_stay(placement: Placement, fact: dict, *, by: User, at: datetime) -> Exit:
    """Of a placement that is locked, after its years."""
    left = add_exit(placement, fact, by=by, at=at)
    placement.requests.open().update(state=RequestState.LAPSED)
    placement.state = PlacementState.DISCHARGED
    placement.save()
    move_referral(placement, ReferralState.CLOSED, closed_at=at, closed_reason="Completed")
    change = post_fact(placement, kind=LedgerKind.RELEASE, effective_on=left.on, by=by, at=at)
    settle_proposals(placement, FactKind.EXIT, by=by, at=at)
    tell_provider("exit_recorded", placement, at)
    trail.record(
        "placement.discharged",
        placement,
        by=by,
        at=at,
        exit=left.on.isoformat(),
        status=left.status,
        pence={str(year): pence for year, pence in change.items()},
    )
    return left


def is_same(left: Exit | None, fact: dict) -> bool:
    return left is not None and all(getattr(left, name) == value for name, value in fact.items())


def add_exit(placement: Placement, fact: dict, *, by: User, at: datetime) -> Exit:
    revision = placement.exits.count() + 1
    return Exit.objects.create(
        placement=placement,
        revision=revision,
        is_transfer=fact["reason"] == rules.TRANSFERRED,
        recorded_by=by,
        recorded_at=at,
        **fact,
    )
