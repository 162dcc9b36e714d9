"""The decision on eligibility, and another person's answer where it is a no (money.md §2, §8)."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Permission
from dps_portal.audit import trail
from dps_portal.refusals import refuse_if
from placements import rules
from placements.models import Ineligibility, Referral
from placements.states import ReferralState

from .consents import take_consent
from .placements import lock_referral, tell_of_referral


@transaction.atomic
def record_eligible(*, referral: Referral, by: User, at: datetime) -> Referral:
    """The team's decision after the Care Act assessment and the clinical review (R8.7)."""
    referral = lock_referral(referral)
    refuse_if(
        rules.objections_to_eligibility(
            state=ReferralState(referral.state),
            answers=referral.answers,
            today=timezone.localdate(at),
        )
    )
    referral.state = ReferralState.ELIGIBLE
    referral.assessed_at = at
    referral.due_on = None
    referral.save()
    take_consent(referral.person, by=by, at=at)
    tell_of_referral({referral.created_by} - {by}, "eligibility_recorded", referral, at)
    trail.record("referral.found_eligible", referral, by=by, at=at, lot=referral.lot.number)
    return referral


@transaction.atomic
def record_not_eligible(*, referral: Referral, reason: str, by: User, at: datetime) -> Referral:
    """Nothing closes yet: another person countersigns."""
    referral = lock_referral(referral)
    refuse_if(rules.objections_to_ineligibility(state=ReferralState(referral.state), reason=reason))
    referral.state = ReferralState.COUNTERSIGNING
    referral.save()
    Ineligibility.objects.create(referral=referral, reason=reason, recorded_by=by, recorded_at=at)
    managers = User.objects.with_permission(Permission.ALLOCATE_REFERRAL).exclude(pk=by.pk)
    tell_of_referral(managers, "countersignature_asked", referral, at)
    trail.record("referral.found_not_eligible", referral, by=by, at=at)
    return referral


@transaction.atomic
def countersign_referral(
    *, referral: Referral, agrees: bool, reason: str, by: User, at: datetime
) -> Referral:
    """A manager agrees, which closes the referral, or returns it with the reason."""
    referral = lock_referral(referral)
    decision = referral.ineligibilities.filter(ended_at=None).first()
    refuse_if(
        rules.objections_to_countersignature(
            state=ReferralState(referral.state),
            is_recorder=bool(decision) and decision.recorded_by_id == by.pk,
            made_referral=referral.created_by_id == by.pk,
            agrees=agrees,
            reason=reason,
        )
    )
    decision.is_agreed = agrees
    decision.answered_by = by
    decision.answer_reason = reason
    decision.ended_at = at
    decision.save()
    if agrees:
        referral.state = ReferralState.CLOSED
        referral.assessed_at = referral.closed_at = at
        referral.closed_reason = decision.reason
        referral.due_on = None
        told, event = {referral.created_by, decision.recorded_by}, "eligibility_recorded"
    else:
        referral.state = ReferralState.ASSESSING
        told, event = {referral.worker}, "countersignature_refused"
    referral.save()
    tell_of_referral(told, event, referral, at)
    trail.record("referral.countersigned", referral, by=by, at=at, agrees=agrees)
    return referral
