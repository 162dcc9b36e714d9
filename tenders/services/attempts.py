"""Submissions that were refused: when, whose, and with which words (T5)."""

from collections.abc import Sequence
from datetime import UTC, datetime

from dps_portal import sealing
from dps_portal.accounts.models import User
from dps_portal.audit import trail
from tenders.models import Invitation, SubmissionAttempt

from .envelopes import ATTEMPTS_SIZE, read_own_copy
from .own_copies import OwnBid, keep


def note_attempt(
    invitation: Invitation, own: OwnBid, reasons: Sequence[str], *, by: User, at: datetime
) -> None:
    """Keep the evidence of a refusal, under the lock under which it was refused.

    While bids may come in it lies in the own copy, since a row would tell that somebody tries to
    bid (T3); where that is full, the oldest make room. After the close the box stays untouched,
    and an attempt is a row: it tells of no bid.
    """
    if not invitation.tender.is_open(at):
        attempt = SubmissionAttempt.objects.create(
            tender=invitation.tender,
            provider=invitation.provider,
            at=at,
            by_ref=by.ref,
            reasons=list(reasons),
        )
        trail.record("submission.refused", attempt, by=by, at=at, reasons=list(reasons))
        return
    new = {"at": at.astimezone(UTC).isoformat(), "by": by.ref, "reasons": list(reasons)}
    attempts = [*own.attempts, new]
    while len(sealing.canonical(attempts)) > ATTEMPTS_SIZE:
        attempts = attempts[1:]
    keep(invitation, draft=own.draft, bid=own.submitted, attempts=attempts)


def sealed_attempts(invitation: Invitation) -> list[SubmissionAttempt]:
    """What the own copy holds, as rows that are not stored. Raises ``sealing.Tampered``."""
    _, _, attempts = read_own_copy(invitation)
    return [
        SubmissionAttempt(
            tender=invitation.tender,
            provider=invitation.provider,
            at=datetime.fromisoformat(one["at"]),
            by_ref=one["by"],
            reasons=one["reasons"],
        )
        for one in attempts
    ]


def own_attempts(invitation: Invitation) -> list[SubmissionAttempt]:
    """The provider's own, oldest first; up to the opening some are sealed."""
    stored = SubmissionAttempt.objects.filter(
        tender=invitation.tender, provider=invitation.provider
    ).in_order()
    sealed = [] if invitation.tender.opened_at else sealed_attempts(invitation)
    return [*sealed, *stored]
