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

from .closing import questions_until
from .envelopes import db_now
from .tenders import lock_tender, tell_invitees


def objections_to_clarification(tender: Tender, at: datetime) -> list[str]:
    return rules.objections_to_clarification(
        state=TenderState(tender.state),
        closes_at=tender.closes_at,
        questions_until=questions_until(tender),
        at=at,
    )


@transaction.atomic
def ask_clarification(*, tender: Tender, question: str, by: User, at: datetime) -> Clarification:
    """Those who answer are told that there is a question, never by whom."""
    tender = lock_tender(tender)
    refuse_if(objections_to_clarification(tender, max(at, db_now())))
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


def invited_names(tender: Tender) -> list[str]:
    return list(tender.invitations.order_by("pk").values_list("provider__name", flat=True))


def warnings_of_question(clarification: Clarification) -> list[str]:
    """What in a question may show who asked, or who it is about."""
    return rules.warnings_of_question(
        clarification.question, invited=invited_names(clarification.tender)
    )


@transaction.atomic
def answer_clarification(
    *, clarification: Clarification, answer: str, wording: str = "", by: User, at: datetime
) -> Clarification:
    """The question and its answer go to every invited provider alike.

    ``wording`` is how everyone reads the question; nothing for as it was asked.
    """
    tender = lock_tender(clarification.tender)
    clarification = Clarification.objects.select_related("tender").get(pk=clarification.pk)
    clarification.wording = "" if wording == clarification.question else wording
    refuse_if(
        rules.objections_to_answer(
            state=TenderState(tender.state), is_answered=clarification.answered_at is not None
        )
        or rules.objections_to_wording(
            [clarification.published, answer], invited=invited_names(tender)
        )
    )
    clarification.answer = answer
    clarification.answered_by, clarification.answered_at = by, at
    clarification.save()
    tell_invitees(tender, "clarification_answered", at=at)
    trail.record(
        "clarification.answered",
        clarification,
        by=by,
        at=at,
        is_reworded=bool(clarification.wording),
    )
    return clarification
