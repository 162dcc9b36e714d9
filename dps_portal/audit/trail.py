"""Writing and verifying the audit trail. Only services write (a contract checks it)."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import connection, models

from .models import GENESIS, AuditEvent, AuditHead


@dataclass(frozen=True)
class Verification:
    """What a walk along the chain found; ``broken_at`` is the first bad sequence number."""

    events: int
    head: str
    broken_at: int | None


def record(action: str, subject: models.Model, *, by, at: datetime, **facts) -> AuditEvent:
    """Append one event inside the caller's transaction; raises outside one.

    ``by`` is the acting user, or ``None`` for the system. Every writer queues on the head row, so
    a service records last, after its own locks.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("An audit event belongs in the transaction of the act it records.")
    head, _ = AuditHead.objects.select_for_update().get_or_create(pk=1)
    event = AuditEvent(
        seq=head.seq + 1,
        at=at.astimezone(UTC),
        actor=by,
        actor_ref=by.ref if by else "system",
        action=action,
        subject_type=subject._meta.label_lower,
        subject_ref=str(subject),
        facts=facts,
        prev_hash=head.hash,
    )
    event.hash = event.digest()
    event.save(force_insert=True)
    AuditHead.objects.filter(pk=1).update(seq=event.seq, hash=event.hash)
    return event


def verify() -> Verification:
    """Walk the whole chain as it is stored and compare its end with the head row."""
    seq, link = 0, GENESIS
    for event in AuditEvent.objects.in_order().iterator():
        if event.seq != seq + 1 or event.prev_hash != link or event.digest() != event.hash:
            return Verification(events=seq, head=link, broken_at=seq + 1)
        seq, link = event.seq, event.hash
    head = AuditHead.objects.filter(pk=1).first() or AuditHead()
    cut = (head.seq, head.hash) != (seq, link)
    return Verification(events=seq, head=link, broken_at=seq + 1 if cut else None)
