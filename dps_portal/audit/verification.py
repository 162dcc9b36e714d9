"""Walking the audit trail as it is stored."""

from dataclasses import dataclass

from .models import GENESIS, AuditEvent, AuditHead


@dataclass(frozen=True)
class Verification:
    """What a walk along the chain found; ``broken_at`` is the first bad sequence number."""

    events: int
    head: str
    broken_at: int | None


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
