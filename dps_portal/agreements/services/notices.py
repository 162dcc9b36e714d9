"""Rounds, and the notices that are due."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Permission
from dps_portal.agreements import rules
from dps_portal.agreements.models import Agreement, NoticeKind, NoticeTask, Round
from dps_portal.audit import trail
from dps_portal.clock import ONE_DAY, in_words
from dps_portal.notifications.services import notify_each
from dps_portal.refusals import refuse_if

from .profile import lock_agreement

REMINDER_DAYS = 7


@transaction.atomic
def open_round(
    *, agreement: Agreement, opens_at: datetime, closes_at: datetime, by: User, at: datetime
) -> Round:
    """A window for applications; its notice is due when it opens (R2.2, R2.4)."""
    agreement = lock_agreement(agreement)
    first = timezone.localdate(opens_at)
    last = timezone.localdate(closes_at - timedelta(microseconds=1))
    overlapping = agreement.rounds.filter(opens_at__lt=closes_at, closes_at__gt=opens_at)
    refuse_if(
        rules.objections_to_round(
            agreement.regime,
            opens_at=opens_at,
            closes_at=closes_at,
            now=at,
            is_within_term=last < agreement.hard_stop,
            overlaps=overlapping.exists(),
        )
    )
    opened = Round.objects.create(agreement=agreement, opens_at=opens_at, closes_at=closes_at)
    NoticeTask.objects.create(
        agreement=agreement,
        kind=NoticeKind.REOPENING,
        what=f"Re-opening notice for the round of {in_words(first)}",
        due_on=first,
    )
    trail.record(
        "round.opened",
        agreement,
        by=by,
        at=at,
        opens_at=opens_at.isoformat(),
        closes_at=closes_at.isoformat(),
    )
    return opened


@transaction.atomic
def record_notice(
    *, notice: NoticeTask, reference: str, published_on: date, by: User, at: datetime
) -> NoticeTask:
    """The reference under which a notice was published; once."""
    agreement = lock_agreement(notice.agreement)
    notice = agreement.notice_tasks.get(pk=notice.pk)
    refuse_if(
        rules.objections_to_notice(
            is_recorded=notice.published_on is not None,
            reference=reference,
            published_on=published_on,
            today=timezone.localdate(at),
        )
    )
    notice.reference, notice.published_on, notice.recorded_by = reference, published_on, by
    notice.save()
    if notice.kind == NoticeKind.REOPENING:  # it is due when its round opens
        agreement.rounds.filter(opens_at__date=notice.due_on).update(notice_reference=reference)
    trail.record("notice.recorded", agreement, by=by, at=at, notice=notice.pk, reference=reference)
    return notice


def owe_quarterly_notice(*, agreement: Agreement, award_day: date) -> NoticeTask:
    """The notice of the quarter in which an award was made; in the caller's transaction.

    Once, also when two awards are made at one moment: the agreement is locked.
    """
    agreement = lock_agreement(agreement)
    quarter = rules.Quarter.of(award_day)
    notice, _ = NoticeTask.objects.get_or_create(
        agreement=agreement,
        kind=NoticeKind.QUARTERLY_AWARD,
        due_on=quarter.notice_due,
        defaults={"what": f"Contract award notice for {quarter}"},
    )
    return notice


@transaction.atomic
def remind_of_notices(*, at: datetime) -> int:
    """Seven days before a notice is due, and once it is overdue."""
    today = timezone.localdate(at)
    sent = 0
    soon = today + timedelta(days=REMINDER_DAYS)
    for notice in NoticeTask.objects.filter(published_on=None, due_on__lte=soon):
        is_overdue = notice.due_on < today
        stage = "overdue" if is_overdue else "soon"
        wait = ONE_DAY if is_overdue else -timedelta(days=REMINDER_DAYS)
        sent += notify_each(
            User.objects.with_permission(Permission.RECORD_NOTICE),
            "agreements/emails/notice_due.txt",
            at=at,
            key=f"notice:{notice.pk}:{stage}",
            due_on=notice.due_on + wait,
            notice=notice,
            is_overdue=is_overdue,
        )
    return sent
