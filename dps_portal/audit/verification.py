"""Walking the audit trail as it is stored."""

from dataclasses import dataclass

from django.db.models import Subquery

from .models import GENESIS, AuditEvent, AuditHead


@dataclass(frozen=True)
class Verification:
    """What a walk along the chain found; ``broken_at`` is the first bad sequence number."""

    events: int
    head: str
    broken_at: int | None


def verify() -> Verification:
    """Walk the whole chain as it is stored and compare its end with the head row.

    Writers go on meanwhile: the head and the last number are read at one moment, and the walk ends
    there.
    """
    last = Subquery(AuditEvent.objects.order_by("-seq").values("seq")[:1])
    head = AuditHead.objects.filter(pk=1).annotate(last=last).first() or AuditHead()
    seq, link = 0, GENESIS
    events = AuditEvent.objects.in_order()
    if head.pk:
        events = events.filter(seq__lte=max(head.seq, head.last or 0))
    for event in events.iterator():
        if event.seq != seq + 1 or event.prev_hash != link or event.digest() != event.hash:
            return Verification(events=seq, head=link, broken_at=seq + 1)
        seq, link = event.seq, event.hash
    cut = (head.seq, head.hash) != (seq, link)
    return Verification(events=seq, head=link, broken_at=seq + 1 if cut else None)
