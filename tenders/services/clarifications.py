"""Questions about a tender: asked by one, answered to all."""

from datetime import datetime

from django.db import transaction

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Permission
from dps_portal.audit import trail
from dps_portal.notifications.services import notify
from dps_portal.refusals import refuse_if
from tenders import rules
from tenders.models import Clarification, Tender
from tenders.states import TenderState

from .tenders import lock_tender, tell_invitees


@transaction.atomic
def ask_clarification(*, tender: Tender, question: str, by: User, at: datetime) -> Clarification:
    """Those who answer are told that there is a question, never by whom."""
    tender = lock_tender(tender)
    refuse_if(tender.objections_to_question(at))
    asked = Clarification.objects.create(tender=tender, asked_by=by, asked_at=at, question=question)
    for officer in User.objects.with_permission(Permission.ANSWER_CLARIFICATION):
        notify(
            officer,
            "tenders/emails/clarification_asked.txt",
            at=at,
            tender=tender,
            path=tender.get_absolute_url(),
        )
    trail.record("clarification.asked", asked, by=by, at=at)
    return asked


@transaction.atomic
def answer_clarification(
    *, clarification: Clarification, answer: str, by: User, at: datetime
) -> Clarification:
    """The question and its answer go to every invited provider alike."""
    tender = lock_tender(clarification.tender)
    clarification = Clarification.objects.select_related("tender").get(pk=clarification.pk)
    refuse_if(
        rules.objections_to_answer(
            state=TenderState(tender.state), is_answered=clarification.answered_at is not None
        )
    )
    clarification.answer = answer
    clarification.answered_by, clarification.answered_at = by, at
    clarification.save()
    tell_invitees(tender, "clarification_answered", at=at)
    trail.record("clarification.answered", clarification, by=by, at=at)
    return clarification
