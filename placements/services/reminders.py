"""Telling people in time that funding ends."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Role
from dps_portal.audit import trail
from dps_portal.notifications.services import notify
from placements import rules
from placements.models import Placement

MANAGER_FROM = 7  # days before the end, from which managers hear of it as well


def remind_of_ending_funding(*, at: datetime) -> int:
    """Owe each reminder once; returns how many stays were newly reminded of.

    Sweeps that were missed are caught up with the nearest reminder only (T23).
    """
    today = timezone.localdate(at)
    horizon = today + timedelta(days=max(rules.REMIND_BEFORE))
    ending = Placement.objects.ending_by(horizon).select_related("referral__worker")
    return sum(_remind(placement, today, at) for placement in ending)


@transaction.atomic
def _remind(placement: Placement, today: date, at: datetime) -> bool:
    days = rules.reminder_due(funded_until=placement.funded_until, today=today)
    people = {placement.referral.worker}
    if days <= MANAGER_FROM:
        people |= set(
            User.objects.filter(
                is_active=True,
                grants__role=Role.ASSESSMENT_MANAGER,
                grants__ended_at=None,
            )
        )
    # A list, so that everyone is told before the first answer counts.
    told = [
        notify(
            person,
            "placements/emails/funding_ending.txt",
            at=at,
            key=f"funding-ending:{placement}:{placement.funded_until}:{days}:{person.ref}",
            placement=placement,
            days=days,
            path=placement.get_absolute_url(),
        )
        for person in people
    ]
    if not any(told):
        return False
    trail.record("placement.funding_reminded", placement, by=None, at=at, days=days)
    return True
