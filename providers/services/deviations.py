"""Changing a published rule, and telling everybody who takes part (R1.3)."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.agreements import services as agreements
from dps_portal.agreements.models import Agreement, Deviation
from dps_portal.notifications.services import notify_each
from providers.models import Admission, Application


def participants(agreement: Agreement, at: datetime):
    """The people of every provider that is on a lot, suspended or not, or applies for one."""
    admitted = Admission.objects.held(timezone.localdate(at)).filter(lot__agreement=agreement)
    applying = Application.objects.live().filter(agreement=agreement)
    concerned = Q(memberships__provider__in=admitted.values("provider")) | Q(
        memberships__provider__in=applying.values("provider")
    )
    return User.objects.filter(concerned, memberships__ended_at=None, is_active=True).distinct()


@transaction.atomic
def record_deviation(
    *,
    agreement: Agreement,
    rule: str,
    value: int | str | bool | None,
    reason: str,
    no_breach: str,
    by: User,
    at: datetime,
) -> Deviation:
    """The record, the change and the message to all participants, or none of them."""
    deviation = agreements.change_rule(
        agreement=agreement,
        rule=rule,
        value=value,
        reason=reason,
        no_breach=no_breach,
        by=by,
        at=at,
    )
    notify_each(
        participants(agreement, at), "providers/emails/rule_changed.txt", at=at, deviation=deviation
    )
    return deviation
