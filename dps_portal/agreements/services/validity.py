"""How long the agreement lasts: options, changes, an early end, and the countdown."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Permission
from dps_portal.agreements import rules
from dps_portal.agreements.models import (
    Agreement,
    ExtensionOption,
    NoticeKind,
    NoticeTask,
    ValidityChange,
)
from dps_portal.audit import trail
from dps_portal.documents.services import store
from dps_portal.notifications.services import notify_each
from dps_portal.refusals import refuse_if

from .profile import lock_agreement

NOTICE_DAYS = 30


@transaction.atomic
def exercise_option(
    *,
    option: ExtensionOption,
    evidence: str,
    on: date,
    legal_check: str = "",
    file: tuple[str, bytes] | None = None,
    by: User | None,
    at: datetime,
) -> Agreement:
    """Lengthen the term by an advertised option, on the day it was exercised (R6.2).

    ``file``: name and content of the decision.
    """
    agreement = lock_agreement(option.agreement)
    option = agreement.options.get(pk=option.pk)
    refuse_if(
        rules.objections_to_option(
            is_exercised=option.exercised_on is not None,
            on=on,
            today=timezone.localdate(at),
            exercise_by=option.exercise_by,
            continues_term=option.start == agreement.end,
            end=option.end,
            evidence=evidence,
            legal_check=legal_check,
        )
    )
    option.exercised_on, option.exercised_by, option.evidence = on, by, evidence
    option.save()
    _change(
        agreement,
        ValidityChange.Kind.OPTION,
        option.end,
        decided_on=on,
        evidence=evidence,
        legal_check=legal_check,
        file=file,
        by=by,
        at=at,
    )
    trail.record(
        "option.exercised", agreement, by=by, at=at, option=option.number, end=str(option.end)
    )
    return agreement


@transaction.atomic
def change_validity(
    *,
    agreement: Agreement,
    end: date,
    decided_on: date,
    evidence: str,
    file: tuple[str, bytes] | None = None,
    by: User,
    at: datetime,
) -> Agreement:
    """A longer term that was not advertised. ``end`` is the day after the last one (R1.2)."""
    agreement = lock_agreement(agreement)
    refuse_if(
        rules.objections_to_validity(
            end=end,
            end_before=agreement.end,
            decided_on=decided_on,
            today=timezone.localdate(at),
            evidence=evidence,
        )
    )
    notice = _owe(agreement, NoticeKind.VALIDITY_CHANGE, decided_on)
    facts = {"decided_on": decided_on, "evidence": evidence, "file": file}
    _change(agreement, ValidityChange.Kind.CHANGE, end, notice=notice, **facts, by=by, at=at)
    trail.record("agreement.validity_changed", agreement, by=by, at=at, end=end.isoformat())
    return agreement


@transaction.atomic
def end_early(
    *,
    agreement: Agreement,
    end: date,
    decided_on: date,
    evidence: str,
    file: tuple[str, bytes] | None = None,
    by: User,
    at: datetime,
) -> Agreement:
    """End the system before its term is over. Placements that were called off run on (R2.14)."""
    agreement = lock_agreement(agreement)
    refuse_if(
        rules.objections_to_end_early(
            end=end,
            end_before=agreement.end,
            decided_on=decided_on,
            today=timezone.localdate(at),
            evidence=evidence,
        )
    )
    notice = _owe(agreement, NoticeKind.TERMINATION, decided_on)
    facts = {"decided_on": decided_on, "evidence": evidence, "file": file}
    _change(agreement, ValidityChange.Kind.TERMINATION, end, notice=notice, **facts, by=by, at=at)
    trail.record("agreement.ended_early", agreement, by=by, at=at, end=end.isoformat())
    return agreement


def _owe(agreement: Agreement, kind: NoticeKind, decided_on: date) -> NoticeTask:
    return NoticeTask.objects.create(
        agreement=agreement,
        kind=kind,
        what=kind.label,
        due_on=decided_on + timedelta(days=NOTICE_DAYS),
    )


def _change(agreement, kind, end, *, file, by, at, **facts) -> None:
    document = None
    if file:
        name, content = file
        document = store(name=name, content=content, by=by, at=at)
    ValidityChange.objects.create(
        agreement=agreement,
        kind=kind,
        end_before=agreement.end,
        end_after=end,
        document=document,
        by=by,
        at=at,
        **facts,
    )
    agreement.end = end
    agreement.save()


def next_deadline(agreement: Agreement, today: date) -> tuple[date, ExtensionOption | None]:
    """The last day to exercise the next option; without one, or too late, that of the term."""
    options = agreement.options.filter(exercised_on=None, start=agreement.end)
    option = options.filter(exercise_by__gte=today).first()
    return (option.exercise_by, option) if option else (agreement.last_day, None)


@transaction.atomic
def remind_of_countdown(*, at: datetime) -> int:
    """180, 120, 60 and 30 days before the last day to act; a late run tells the nearest (R1.9)."""
    today = timezone.localdate(at)
    sent = 0
    for agreement in Agreement.objects.filter(end__gt=today):
        last_day, option = next_deadline(agreement, today)
        stage = rules.countdown_stage(last_day, today)
        if stage is None:
            continue
        sent += notify_each(
            User.objects.with_permission(Permission.MANAGE_AGREEMENT),
            "agreements/emails/countdown.txt",
            at=at,
            key=f"countdown:{agreement}:{last_day}:{stage}",
            due_on=last_day - timedelta(days=stage),
            agreement=agreement,
            option=option,
            last_day=last_day,
        )
    return sent
