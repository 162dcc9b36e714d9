"""A placement that nobody came to: called off before the admission, or not taken up (R14)."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.audit import trail
from dps_portal.refusals import refuse_if
from placements import rules
from placements.models import Placement, Term
from placements.states import (
    FactKind,
    LedgerKind,
    PlacementState,
    ReferralState,
    RequestKind,
    RequestState,
)

from .ledger import lock_years, post_fact
from .placements import lock_placement, move_referral, tell_provider
from .proposals import open_proposal
from .queue import announce_affordable


@transaction.atomic
def record_non_arrival(*, placement: Placement, reason: str, by: User, at: datetime) -> Placement:
    """The person did not come. The same fact again succeeds and changes nothing."""
    lock_years(placement.referral.agreement)
    placement = lock_placement(placement)
    if placement.state == PlacementState.NON_ARRIVAL:
        return placement
    refuse_if(
        rules.objections_to_non_arrival(
            state=PlacementState(placement.state),
            planned=placement.planned_admission,
            today=timezone.localdate(at),
            is_arrival_proposed=open_proposal(placement, FactKind.ARRIVAL) is not None,
        )
    )
    return end_unused(placement, PlacementState.NON_ARRIVAL, reason=reason, by=by, at=at)


@transaction.atomic
def cancel_placement(*, placement: Placement, reason: str, by: User, at: datetime) -> Placement:
    """Call the placement off before anybody came; the search for one goes on."""
    lock_years(placement.referral.agreement)
    placement = lock_placement(placement)
    refuse_if(rules.objections_to_move(PlacementState(placement.state), PlacementState.CANCELLED))
    return end_unused(placement, PlacementState.CANCELLED, reason=reason, by=by, at=at)


def end_unused(
    placement: Placement, state: PlacementState, *, reason: str, by: User, at: datetime
) -> Placement:
    """Of a placement that is locked, after its years; the search for one goes on.

    All its money comes back but for single charges, which a request decides on (R14).
    """
    terms = placement.terms.order_by("start")
    if first := terms.first():
        # A layer without a price takes the funding of every night away; no term is edited.
        end = max(term.end for term in terms)
        kind = RequestKind.SHORTENING
        Term.objects.create(
            placement=placement, lot=placement.lot, start=first.start, end=end, kind=kind
        )
    placement.requests.open().update(state=RequestState.LAPSED)
    placement.state = state
    placement.end_reason = reason
    placement.funded_until = None
    placement.save()
    move_referral(placement, ReferralState.MATCHING)
    today = timezone.localdate(at)
    change = post_fact(placement, kind=LedgerKind.RELEASE, effective_on=today, by=by, at=at)
    announce_affordable(placement.referral.agreement, at=at)
    tell_provider("placement_ended", placement, at)
    trail.record(
        f"placement.{state}",
        placement,
        by=by,
        at=at,
        pence={str(year): pence for year, pence in change.items()},
    )
    return placement
