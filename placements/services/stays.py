"""The facts of a stay: recorded as they happened, whatever the ceiling (design D6)."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.audit import trail
from dps_portal.refusals import refuse_if
from placements import rules
from placements.models import Exit, Placement
from placements.states import (
    ExitStatus,
    LedgerKind,
    PlacementState,
    ReferralState,
    RequestKind,
    RequestState,
)

from .costs import last_exit
from .ledger import lock_years, post_fact
from .placements import lock_placement, move_referral, tell_provider
from .queue import announce_affordable


@transaction.atomic
def record_admission(*, placement: Placement, admission: date, by: User, at: datetime) -> Placement:
    """The day the person arrived. The funded months start from it (R15).

    The same fact again succeeds and changes nothing.
    """
    lock_years(placement.referral.agreement)
    placement = lock_placement(placement)
    if placement.admission == admission:
        return placement
    refuse_if(
        rules.objections_to_admission(
            state=PlacementState(placement.state),
            recorded=placement.admission,
            admission=admission,
            agreement_start=placement.referral.agreement.start,
            is_elsewhere=Exit.objects.filter(
                placement__referral__person=placement.referral.person_id,
                placement__admission__lte=admission,
                on__gt=admission,
            ).exists(),
            today=timezone.localdate(at),
        )
    )
    term = placement.terms.get(kind=RequestKind.INITIAL)
    term.start, term.end = admission, rules.reanchored(term.start, term.end, to=admission)
    term.save()
    placement.admission = admission
    placement.funded_until = term.end
    placement.state = PlacementState.ADMITTED
    placement.save()
    move_referral(placement, ReferralState.PLACED)
    change = post_fact(
        placement, kind=LedgerKind.ADMISSION_SHIFT, effective_on=admission, by=by, at=at
    )
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


@transaction.atomic
def record_exit(
    *,
    placement: Placement,
    day: date,
    status: ExitStatus,
    reason: str,
    destination: str,
    notice_nights: int,
    by: User,
    at: datetime,
) -> Exit:
    """The day the person left. Money for later nights is released in each year at once (R13).

    The same fact again succeeds and changes nothing.
    """
    lock_years(placement.referral.agreement)
    placement = lock_placement(placement)
    left = last_exit(placement)
    fact = {
        "on": day,
        "status": status,
        "reason": reason,
        "destination": destination,
        "notice_nights": notice_nights,
    }
    if left and all(getattr(left, name) == value for name, value in fact.items()):
        return left
    refuse_if(
        rules.objections_to_exit(
            state=PlacementState(placement.state),
            is_recorded=left is not None,
            status=status,
            notice_nights=notice_nights,
            admission=placement.admission,
            day=day,
            today=timezone.localdate(at),
        )
    )
    left = Exit.objects.create(placement=placement, recorded_by=by, recorded_at=at, **fact)
    placement.requests.open().update(state=RequestState.LAPSED)
    placement.state = PlacementState.DISCHARGED
    placement.save()
    move_referral(placement, ReferralState.CLOSED, closed_at=at, closed_reason="Completed")
    change = post_fact(placement, kind=LedgerKind.RELEASE, effective_on=day, by=by, at=at)
    announce_affordable(placement.referral.agreement, at=at)
    tell_provider("exit_recorded", placement, at)
    trail.record(
        "placement.discharged",
        placement,
        by=by,
        at=at,
        exit=day.isoformat(),
        status=status,
        pence={str(year): pence for year, pence in change.items()},
    )
    return left
