"""Further reasons for an outcome: asked for by a bidder, given within the period (R4.4)."""

from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Permission
from dps_portal.audit import trail
from dps_portal.notifications.services import notify_each
from dps_portal.refusals import refuse_if
from tenders import rules
from tenders.models import DebriefRequest, Letter, Tender

from .tenders import interest_of, lock_tender

NOTICE_DAYS = 3


def answerers(tender: Tender):
    """Who may read the bids of this tender and answers for the council."""
    free = tender.declarations.filter(has_interest=False).values("user")
    return User.objects.with_permission(Permission.ANSWER_CLARIFICATION).filter(pk__in=free)


def objections_to_debrief(letter: Letter) -> list[str]:
    return rules.objections_to_debrief(is_waiting=letter.debriefs.unanswered().exists())


@transaction.atomic
def request_debrief(*, letter: Letter, question: str, by: User, at: datetime) -> DebriefRequest:
    """The day of the request is not counted (R4.4)."""
    tender = lock_tender(letter.tender)
    refuse_if(objections_to_debrief(letter))
    days = tender.lot.agreement.regime.give_reasons_days
    asked = DebriefRequest.objects.create(
        letter=letter,
        question=question,
        requested_by=by,
        requested_at=at,
        due_on=timezone.localdate(at) + timedelta(days=days),
    )
    _tell_answerers(asked, "debrief_requested", at=at)
    trail.record(
        "debrief.requested",
        tender,
        by=by,
        at=at,
        provider=letter.provider.reference,
        due_on=asked.due_on.isoformat(),
    )
    return asked


def objections_to_debrief_answer(asked: DebriefRequest, by: User) -> list[str]:
    return rules.objections_to_debrief_answer(
        is_answered=asked.answered_at is not None,
        has_interest=interest_of(asked.letter.tender, by),
    )


@transaction.atomic
def answer_debrief(
    *, request: DebriefRequest, answer: str, by: User, at: datetime
) -> DebriefRequest:
    tender = lock_tender(request.letter.tender)
    request = DebriefRequest.objects.select_related("letter__tender", "letter__provider").get(
        pk=request.pk
    )
    refuse_if(objections_to_debrief_answer(request, by))
    request.answer, request.answered_by, request.answered_at = answer, by, at
    request.save()
    notify_each(
        request.letter.provider.people(),
        "tenders/emails/debrief_answered.txt",
        at=at,
        tender=tender,
        path=reverse("tenders:letter", args=[tender.reference]),
    )
    trail.record(
        "debrief.answered", tender, by=by, at=at, provider=request.letter.provider.reference
    )
    return request


@transaction.atomic
def remind_of_debriefs(*, at: datetime) -> int:
    """Three days before an answer is due, and once it is overdue."""
    today = timezone.localdate(at)
    rows = DebriefRequest.objects.unanswered().filter(due_on__lte=today + timedelta(NOTICE_DAYS))
    sent = 0
    for asked in rows.select_related("letter__tender", "letter__provider"):
        is_overdue = asked.due_on < today
        key = f"debrief:{asked.pk}:{'overdue' if is_overdue else 'soon'}"
        sent += _tell_answerers(asked, "debrief_due", at=at, key=key, is_overdue=is_overdue)
    return sent


def _tell_answerers(asked: DebriefRequest, event: str, *, at: datetime, **facts) -> int:
    tender = asked.letter.tender
    return notify_each(
        answerers(tender),
        f"tenders/emails/{event}.txt",
        at=at,
        asked=asked,
        tender=tender,
        path=reverse("tenders:answer_debrief", args=[tender.reference, asked.pk]),
        **facts,
    )
