"""Who may be invited to an organisation, join it, leave it and own it."""

import hashlib
from datetime import datetime, timedelta

INVITATION_HOLDS = timedelta(days=7)


def token_sha256(token: str) -> str:
    """What is kept of the secret part of an invitation's link."""
    return hashlib.sha256(token.encode()).hexdigest()


def objections_to_managing(*, is_owner: bool) -> list[str]:
    """Asked again under the lock: ownership may have been handed over since the page was shown."""
    return [] if is_owner else ["You are not the owner of this organisation any more."]


def objections_to_invitation(*, is_member: bool, is_invited: bool) -> list[str]:
    objections = []
    if is_member:
        objections.append("This person belongs to your organisation already.")
    if is_invited:
        objections.append("This address has an open invitation. Send it again or cancel it.")
    return objections


def objections_to_cancellation(*, is_accepted: bool, is_cancelled: bool) -> list[str]:
    objections = []
    if is_accepted:
        objections.append("This invitation has been used already.")
    if is_cancelled:
        objections.append("This invitation is cancelled already.")
    return objections


def objections_to_acceptance(
    *, is_accepted: bool, is_cancelled: bool, expires_at: datetime, at: datetime
) -> list[str]:
    """Why the link does not work any more, whoever holds it."""
    if is_accepted:
        return ["This invitation has been used already."]
    if is_cancelled:
        return ["This invitation was cancelled. Ask the organisation for a new one."]
    if at >= expires_at:
        return ["This invitation has expired. Ask the organisation for a new one."]
    return []


def objections_to_ending_membership(*, is_owner: bool, has_ended: bool) -> list[str]:
    """For removal by the owner and for leaving alike."""
    if has_ended:
        return ["This person does not belong to the organisation any more."]
    if is_owner:
        return ["The owner cannot leave or be removed. Hand over the organisation first."]
    return []


def objections_to_handing_over(*, is_owner: bool, has_ended: bool, is_active: bool) -> list[str]:
    """``is_owner`` and the others speak of the person who is to be the owner."""
    if has_ended:
        return ["This person does not belong to the organisation any more."]
    if is_owner:
        return ["This person is the owner already."]
    return [] if is_active else ["This person’s account is closed."]
