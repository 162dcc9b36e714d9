"""Writing the audit trail. Only services do (a contract checks it)."""

from datetime import UTC, datetime

from django.db import connection, models

from .models import AuditEvent, AuditHead


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
