"""Who may be given a case (money.md §2)."""

from placements.states import ReferralState

from .moves import objections_to_act


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
