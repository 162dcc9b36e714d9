"""What stands against an act on a referral: every reason, for the service and the page."""

from collections.abc import Iterable
from datetime import date

from placements.states import (
    ReferralState,
)

from .moves import objections_to_move


def objections_to_same_person(*, same_birthday: bool) -> list[str]:
    if same_birthday:
        return []
    return ["This number belongs to a person with another date of birth. Check both."]


def objections_to_open_referral(*, visible_reference: str | None) -> list[str]:
    """For a person whose referral is open: named only to those who may see that case."""
    if visible_reference:
        return [f"This person already has an open referral, {visible_reference}."]
    return ["This person already has an open referral with the team. Ask your manager."]


def objections_to_eligibility(
    *,
    state: ReferralState,
    to: ReferralState,
    assessed_on: Iterable[date | None],
    has_consent: bool,
    has_lot: bool,
    reason: str,
    today: date,
) -> list[str]:
    """``assessed_on`` holds the dates of the Care Act assessment and the clinical review."""
    objections = objections_to_move(state, to)
    if to == ReferralState.ELIGIBLE:
        days = list(assessed_on)
        if not all(days):
            objections.append("Both the Care Act assessment and the clinical review need a date.")
        if any(day and day > today for day in days):
            objections.append("An assessment cannot have a date in the future.")
        if not has_consent:
            objections.append("The person's consent is needed to look for a placement.")
        if not has_lot:
            objections.append("Recommend a lot.")
    elif not reason:
        objections.append("Say why the person is not eligible.")
    return objections
