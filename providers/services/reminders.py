"""Reminders while an application is looked at, each owed once; a late sweep catches up."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Permission
from dps_portal.notifications.services import notify_each
from providers.models import Application, Clarification, ReasonsRequest

from .applications import assessors, conflicted

DECISION_NOTICE_DAYS = 2  # working days before a decision is due
REASONS_NOTICE_DAYS = 3


@transaction.atomic
def remind_of_decisions(*, at: datetime) -> int:
    """Before a decision is due, and once it is overdue; to those who assess and decide (R2.5)."""
    today = timezone.localdate(at)
    sent = 0
    rows = Application.objects.undecided().select_related("agreement")
    for application in rows.filter(decide_by__lte=today + timedelta(days=7)):
        calendar = application.agreement.regime.decide_application.calendar
        if application.is_overdue(today):
            stage = "overdue"
        elif application.decide_by <= calendar.due(today, DECISION_NOTICE_DAYS):
            stage = "soon"
        else:
            continue
        people = assessors() | User.objects.with_permission(Permission.DECIDE_APPLICATION)
        sent += notify_each(
            people.distinct().exclude(pk__in=conflicted(application)),
            "providers/emails/decision_due.txt",
            at=at,
            key=f"decision:{application}:{application.decide_by}:{stage}",
            application=application,
            is_overdue=stage == "overdue",
        )
    return sent


@transaction.atomic
def remind_of_clarifications(*, at: datetime) -> int:
    """The provider from the day before an answer is due; who asked, once it is overdue (R3.6)."""
    today = timezone.localdate(at)
    sent = 0
    rows = Clarification.objects.unanswered().filter(due_on__lte=today + timedelta(days=1))
    for one in rows.select_related("application__provider", "asked_by"):
        is_overdue = one.due_on < today
        people = [one.asked_by] if is_overdue else one.application.provider.people()
        sent += notify_each(
            people,
            "providers/emails/clarification_due.txt",
            at=at,
            key=f"clarification:{one.pk}:{'overdue' if is_overdue else 'due'}",
            clarification=one,
            application=one.application,
            is_overdue=is_overdue,
        )
    return sent


@transaction.atomic
def remind_of_reasons(*, at: datetime) -> int:
    """Three days before the reasons are due to a refused provider (R4.4)."""
    soon = timezone.localdate(at) + timedelta(days=REASONS_NOTICE_DAYS)
    sent = 0
    rows = ReasonsRequest.objects.filter(answered_at=None, due_on__lte=soon)
    for one in rows.select_related("lot_application__application"):
        application = one.lot_application.application
        sent += notify_each(
            assessors().exclude(pk__in=conflicted(application)),
            "providers/emails/reasons_due.txt",
            at=at,
            key=f"reasons:{one.pk}",
            request=one,
            application=application,
        )
    return sent
