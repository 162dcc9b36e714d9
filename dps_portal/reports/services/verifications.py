"""Walking the trail and the ledger."""

from datetime import datetime

from django.db import transaction

from dps_portal.accounts.models import User
from dps_portal.audit import trail, verification
from dps_portal.reports.models import Verification
from placements.services import compare_ledger_at_rest


@transaction.atomic
def verify_trail(*, by: User, at: datetime) -> Verification:
    """Walk the trail and the ledger, and keep what was found."""
    ledger, chain = compare_ledger_at_rest(), verification.verify()
    found = Verification.objects.create(
        by=by,
        at=at,
        events=chain.events,
        head=chain.head,
        broken_at=chain.broken_at,
        entries=ledger.entries,
        years=ledger.years,
        placements=ledger.placements,
        differences=ledger.differences,
    )
    trail.record(
        "trail.verified", found, by=by, at=at, events=chain.events, is_whole=found.is_whole
    )
    return found
