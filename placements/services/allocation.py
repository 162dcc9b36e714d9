"""Whose case it is: given, given on, given back, and whole caseloads at once (money.md §2)."""

from datetime import date, datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Permission
from dps_portal.audit import trail
from dps_portal.notifications.services import notify
from dps_portal.refusals import refuse_if
from placements import rules
from placements.models import Referral, ReferralAssignment
from placements.states import ReferralState, Urgency

from .placements import lock_referral, tell_of_referral


@transaction.atomic
def allocate_referral(*, referral: Referral, worker: User, by: User, at: datetime) -> Referral:
    """Put the referral on a worker's caseload, for the first time or from another's."""
    referral = lock_referral(referral)
    refuse_if(
        rules.objections_to_allocation(
            state=ReferralState(referral.state),
            is_self=worker == by,
            can_work=worker.may(Permission.MAKE_REFERRAL),
            has_it=worker == referral.worker,
        )
    )
    _assign(referral, worker, by=by, at=at)
    tell_of_referral([worker], "referral_allocated", referral, at)
    return referral


@transaction.atomic
def unallocate_referral(*, referral: Referral, by: User, at: datetime) -> Referral:
    """Back to the team's queue, with the days that the team then has to allocate it."""
    referral = lock_referral(referral)
    refuse_if(rules.objections_to_act("unallocate_referral", ReferralState(referral.state)))
    end_assignment(referral, at=at)
    referral.state = ReferralState.SUBMITTED
    referral.due_on = allocation_due(referral, at)
    referral.save()
    trail.record("referral.unallocated", referral, by=by, at=at)
    return referral


@transaction.atomic
def transfer_caseload(*, worker: User, to: User, by: User, at: datetime) -> int:
    """Everything a worker has goes to a colleague, who is told once; returns how much it was."""
    held = list(Referral.objects.worked().filter(worker=worker).order_by("pk").select_for_update())
    refuse_if(
        rules.objections_to_transfer(
            is_self=to == by,
            can_work=to.may(Permission.MAKE_REFERRAL),
            is_same=to == worker,
            is_empty=not held,
        )
    )
    for referral in held:
        _assign(referral, to, by=by, at=at)
    notify(
        to,
        "placements/emails/caseload_transferred.txt",
        at=at,
        count=len(held),
        path=reverse("placements:referral_list"),
    )
    return len(held)


def _assign(referral: Referral, worker: User, *, by: User, at: datetime) -> None:
    end_assignment(referral, at=at)
    ReferralAssignment.objects.create(
        referral=referral, worker=worker, assigned_by=by, assigned_at=at
    )
    referral.worker = worker
    if referral.state == ReferralState.SUBMITTED:
        referral.state = ReferralState.ASSESSING
        referral.allocated_at = at
        referral.due_on = assessment_due(referral, at)
    referral.save()
    trail.record("referral.allocated", referral, by=by, at=at, worker=worker.ref)


def allocation_due(referral: Referral, at: datetime) -> date:
    return rules.due_on(timezone.localtime(at), referral.agreement.allocate_days)


def assessment_due(referral: Referral, at: datetime) -> date:
    """Counted from the first allocation, whoever has the case later (K03)."""
    agreement, is_urgent = referral.agreement, referral.urgency == Urgency.URGENT
    days = agreement.assess_urgent_days if is_urgent else agreement.assess_days
    return rules.due_on(timezone.localtime(at), days)


def end_assignment(referral: Referral, *, at: datetime) -> None:
    referral.assignments.filter(ended_at=None).update(ended_at=at)
    referral.worker = None
