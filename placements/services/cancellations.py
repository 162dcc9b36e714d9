"""A placement called off before the person came: nothing of it is owed (R14)."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.audit import trail
from dps_portal.refusals import refuse_if
from placements import rules
from placements.models import Placement
from placements.states import LedgerKind, PlacementState, ReferralState, RequestState

from .ledger import lock_years, post_fact
from .placements import lock_placement, move_referral, tell_provider
from .queue import announce_affordable


@transaction.atomic
def cancel_placement(*, placement: Placement, reason: str, by: User, at: datetime) -> Placement:
    """The search for a placement goes on."""
    lock_years(placement.referral.agreement)
    placement = lock_placement(placement)
    refuse_if(
        rules.objections_to_cancellation(state=PlacementState(placement.state), reason=reason)
    )
    cancel(placement, reason=reason, by=by, at=at)
    move_referral(placement, ReferralState.MATCHING)
    return placement


def cancel(placement: Placement, *, reason: str, by: User, at: datetime) -> None:
    """Of a placement that is locked, after its years. No night is owed any more."""
    placement.state = PlacementState.CANCELLED
    placement.cancel_reason = reason
    placement.funded_until = None
    placement.save()
    placement.requests.open().update(state=RequestState.LAPSED)
    change = post_fact(
        placement, kind=LedgerKind.RELEASE, effective_on=timezone.localdate(at), by=by, at=at
    )
    announce_affordable(placement.referral.agreement, at=at)
    tell_provider("placement_cancelled", placement, at)
    trail.record(
        "placement.cancelled",
        placement,
        by=by,
        at=at,
        pence={str(year): pence for year, pence in change.items()},
    )
