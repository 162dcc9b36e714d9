"""What stands against putting a referral on hold, withdrawing it and taking it up again."""

from datetime import date

from placements.states import ReferralState, WithdrawalReason

from .moves import objections_to_act


def objections_to_hold(
    *, state: ReferralState, reason: str, review_on: date, today: date
) -> list[str]:
    objections = objections_to_act("hold_referral", state)
    if not reason:
        objections.append("Say why the person is not ready.")
    if review_on <= today:
        objections.append("The review must be later than today.")
    return objections


def objections_to_withdrawal(
    *,
    state: ReferralState,
    is_admitted: bool,
    why: WithdrawalReason | None = None,
    details: str = "",
) -> list[str]:
    """Without ``why``: whether the referral may be withdrawn at all."""
    objections = objections_to_act("withdraw_referral", state)
    if is_admitted:
        objections.append("The person is in a placement. Record the exit instead.")
    if why == WithdrawalReason.OTHER and not details:
        objections.append("Say what the other reason is.")
    return objections


def objections_to_reopening(*, state: ReferralState, has_other_open: bool) -> list[str]:
    objections = objections_to_act("reopen_referral", state)
    if has_other_open:
        objections.append("This person has another open referral.")
    return objections


def reopened_state(*, was_submitted: bool, has_worker: bool) -> ReferralState:
    """Where work can be taken up: assessed anew by the worker, if that person still works here."""
    if has_worker:
        return ReferralState.ASSESSING
    return ReferralState.SUBMITTED if was_submitted else ReferralState.DRAFT


def objections_to_discard(*, state: ReferralState, is_own: bool) -> list[str]:
    objections = objections_to_act("discard_draft", state)
    if not is_own:
        objections.append("Only the person who began this draft can discard it.")
    return objections


def objections_to_live_placement(*, is_locked: bool) -> list[str]:
    """Whether the placement that was locked is still the one that stands with the referral."""
    return [] if is_locked else ["The referral has just changed. Look at it again."]
