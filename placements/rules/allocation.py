"""Who may be given a case, and by when a case waits for its next step (money.md §2, §9)."""

from datetime import date, datetime, time

from dps_portal.bank_holidays import ENGLAND_AND_WALES
from placements.states import ReferralState, Urgency

from .moves import objections_to_act

DAYS_TO_ALLOCATE = 2
DAYS_TO_ASSESS = {Urgency.ROUTINE: 10, Urgency.URGENT: 5}
CUTOFF = time(13)  # what comes later counts from the next working day


def allocation_due(received: datetime) -> date:
    """``received`` in London time."""
    return _due(received, DAYS_TO_ALLOCATE)


def assessment_due(allocated: datetime, urgency: Urgency) -> date:
    """``allocated`` in London time: the first allocation, whoever has the case later (K03)."""
    return _due(allocated, DAYS_TO_ASSESS[urgency])


def _due(moment: datetime, days: int) -> date:
    return ENGLAND_AND_WALES.due(ENGLAND_AND_WALES.received_on(moment, cutoff=CUTOFF), days)


def objections_to_worker(*, is_self: bool, can_work: bool) -> list[str]:
    """A manager takes no case for themselves: another manager gives it (targets §4 row 39)."""
    objections = []
    if is_self:
        objections.append("Another manager allocates a referral to you.")
    if not can_work:
        objections.append("This person does not work on referrals.")
    return objections


def objections_to_allocation(
    *, state: ReferralState, is_self: bool, can_work: bool, has_it: bool
) -> list[str]:
    objections = objections_to_act("allocate_referral", state)
    objections += objections_to_worker(is_self=is_self, can_work=can_work)
    if has_it:
        objections.append("This person has the referral already.")
    return objections


def objections_to_transfer(
    *, is_self: bool, can_work: bool, is_same: bool, is_empty: bool
) -> list[str]:
    objections = objections_to_worker(is_self=is_self, can_work=can_work)
    if is_same:
        objections.append("Choose another person than the one who has the caseload.")
    if is_empty:
        objections.append("There is nothing on this caseload.")
    return objections
