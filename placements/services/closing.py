"""A referral put on hold and taken up again, withdrawn with all that hangs on it, reopened."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Permission
from dps_portal.audit import trail
from dps_portal.refusals import refuse_if
from placements import rules
from placements.models import Person, Referral, ReferralHold
from placements.states import PlacementState, ReferralState, WithdrawalReason

from .allocation import allocation_due, assessment_due, end_assignment
from .ledger import lock_years
from .placements import lock_placement, lock_referral, tell_of_referral
from .unused import end_unused


@transaction.atomic
def hold_referral(
    *, referral: Referral, reason: str, review_on: date, by: User, at: datetime
) -> Referral:
    """The person is not ready yet; it is looked at again on ``review_on``."""
    referral = lock_referral(referral)
    refuse_if(
        rules.objections_to_hold(
            state=ReferralState(referral.state),
            reason=reason,
            review_on=review_on,
            today=timezone.localdate(at),
        )
    )
    ReferralHold.objects.create(
        referral=referral,
        from_state=referral.state,
        reason=reason,
        review_on=review_on,
        held_by=by,
        held_at=at,
    )
    referral.state = ReferralState.ON_HOLD
    referral.due_on = review_on
    referral.save()
    trail.record("referral.held", referral, by=by, at=at, review_on=review_on.isoformat())
    return referral


@transaction.atomic
def resume_referral(*, referral: Referral, by: User, at: datetime) -> Referral:
    """Back to where it was."""
    referral = lock_referral(referral)
    refuse_if(rules.objections_to_act("resume_referral", ReferralState(referral.state)))
    hold = referral.holds.get(ended_at=None)
    hold.ended_at = at
    hold.save()
    referral.state = hold.from_state
    referral.due_on = None
    referral.save()
    trail.record("referral.resumed", referral, by=by, at=at, state=referral.state)
    return referral


@transaction.atomic
def withdraw_referral(
    *, referral: Referral, why: WithdrawalReason, details: str, by: User, at: datetime
) -> Referral:
    """Close it for a reason of the person's. A placement not yet begun is cancelled with it:
    its requests lapse, its money is released and its provider told, by reference."""
    lock_years(referral.agreement)
    live = [lock_placement(each) for each in referral.placements.live().order_by("pk")]
    referral = lock_referral(referral)
    now = list(referral.placements.live().order_by("pk"))
    refuse_if(rules.objections_to_live_placement(is_locked=now == live))
    refuse_if(
        rules.objections_to_withdrawal(
            state=ReferralState(referral.state),
            is_admitted=any(each.state == PlacementState.ADMITTED for each in live),
            why=why,
            details=details,
        )
    )
    for placement in live:
        end_unused(
            placement,
            PlacementState.CANCELLED,
            reason="The referral was withdrawn.",
            by=by,
            at=at,
        )
    referral.holds.filter(ended_at=None).update(ended_at=at)
    referral.ineligibilities.filter(ended_at=None).update(ended_at=at)
    label = str(WithdrawalReason(why).label)
    referral.state = ReferralState.CLOSED
    referral.withdrawn_for = why
    referral.closed_reason = f"{label}: {details}" if details else label
    referral.closed_at = at
    referral.due_on = None
    referral.save()
    others = {referral.created_by, referral.worker} - {by, None}
    tell_of_referral(others, "referral_withdrawn", referral, at)
    trail.record("referral.withdrawn", referral, by=by, at=at, why=why)
    return referral


@transaction.atomic
def reopen_referral(*, referral: Referral, reason: str, by: User, at: datetime) -> Referral:
    """A manager takes a closed case up again, to be assessed anew by its worker or another."""
    Person.objects.select_for_update().get(pk=referral.person_id)  # as a new referral does
    referral = lock_referral(referral)
    refuse_if(
        rules.objections_to_reopening(
            state=ReferralState(referral.state),
            has_other_open=referral.person.referrals.open().exists(),
        )
    )
    has_worker = bool(referral.worker) and referral.worker.may(Permission.MAKE_REFERRAL)
    if not has_worker:
        end_assignment(referral, at=at)
    state = rules.reopened_state(
        was_submitted=referral.submitted_at is not None, has_worker=has_worker
    )
    referral.due_on = {
        ReferralState.SUBMITTED: allocation_due(referral, at),
        ReferralState.ASSESSING: assessment_due(referral, at),
    }.get(state)
    referral.state = state
    referral.closed_at = None
    referral.closed_reason = referral.withdrawn_for = ""
    referral.reopened_reason = reason
    referral.save()
    tell_of_referral({referral.worker} - {None, by}, "referral_reopened", referral, at)
    trail.record("referral.reopened", referral, by=by, at=at, state=state)
    return referral
