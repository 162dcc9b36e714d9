"""The secret link of a calendar."""

from datetime import datetime
from secrets import token_urlsafe

from django.db import transaction

from dps_portal.accounts.models import User
from dps_portal.audit import trail
from dps_portal.reports.models import CalendarLink, hash_of


@transaction.atomic
def make_link(*, by: User, at: datetime) -> tuple[CalendarLink, str]:
    """A new link, which ends the one before it, and its secret, which is kept nowhere."""
    revoke_link(by=by, at=at)
    secret = token_urlsafe(32)
    link = CalendarLink.objects.create(user=by, secret_hash=hash_of(secret), made_at=at)
    trail.record("calendar_link.made", link, by=by, at=at)
    return link, secret


@transaction.atomic
def revoke_link(*, by: User, at: datetime) -> None:
    """End the person's link, if there is one."""
    User.objects.select_for_update().get(pk=by.pk)
    for link in CalendarLink.objects.filter(user=by, ended_at=None):
        link.ended_at = at
        link.save()
        trail.record("calendar_link.ended", link, by=by, at=at)
