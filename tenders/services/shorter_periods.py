"""Agreeing to a shorter time for bids: all who would be invited, to one very moment."""

from datetime import datetime

from django.db import transaction

from dps_portal.accounts.models import User
from dps_portal.audit import trail
from dps_portal.notifications.services import notify
from dps_portal.refusals import refuse_if
from providers.models import Provider
from tenders import rules
from tenders.models import PeriodAnswer, ShorterPeriod, Tender
from tenders.states import TenderState

from .closing import has_short_time, usual_closing
from .tenders import invitees, lock_tender


def unasked(tender: Tender, at: datetime) -> list[Provider]:
    """Who would be invited now and was not asked about the closing moment as it stands."""
    asked = set(PeriodAnswer.objects.about(tender).values_list("provider", flat=True))
    providers = [admission.provider for admission in invitees(tender, at)]
    return [provider for provider in providers if provider.pk not in asked]


def objections_to_asking_period(tender: Tender, at: datetime) -> list[str]:
    return rules.objections_to_asking_period(
        state=TenderState(tender.state),
        is_short=has_short_time(tender, at),
        closes_at=tender.closes_at,
        at=at,
        unasked=len(unasked(tender, at)),
        is_declined=PeriodAnswer.objects.about(tender)
        .filter(has_agreed=False, provider__in=invitees(tender, at).values("provider"))
        .exists(),
    )


@transaction.atomic
def ask_shorter_period(*, tender: Tender, reason: str, by: User, at: datetime) -> ShorterPeriod:
    """Everyone who would be invited and was not asked yet, as who was admitted since.

    The first reason for a closing moment stands.
    """
    tender = lock_tender(tender)
    refuse_if(objections_to_asking_period(tender, at))
    period, _ = ShorterPeriod.objects.get_or_create(
        tender=tender,
        lot=tender.lot,
        closes_at=tender.closes_at,
        defaults={
            "usual_until": usual_closing(tender, at),
            "reason": reason,
            "asked_by": by,
            "asked_at": at,
        },
    )
    asked = unasked(tender, at)
    for provider in asked:
        answer = PeriodAnswer.objects.create(period=period, provider=provider)
        for owner in provider.owners():
            notify(
                owner,
                "tenders/emails/shorter_period_asked.txt",
                at=at,
                tender=tender,
                path=answer.get_absolute_url(),
            )
    trail.record(
        "shorter_period.asked",
        tender,
        by=by,
        at=at,
        closes_at=period.closes_at.isoformat(),
        asked=[provider.reference for provider in asked],
    )
    return period


def objections_to_answering_period(answer: PeriodAnswer) -> list[str]:
    return rules.objections_to_answering_period(
        state=TenderState(answer.period.tender.state),
        is_current=answer.period.is_current,
        is_answered=answer.has_agreed is not None,
    )


@transaction.atomic
def answer_shorter_period(
    *, answer: PeriodAnswer, has_agreed: bool, by: User, at: datetime
) -> PeriodAnswer:
    """Once. Who asked is told when the last has agreed, or one has declined."""
    tender = lock_tender(answer.period.tender)
    answer = PeriodAnswer.objects.select_related("period__asked_by", "provider").get(pk=answer.pk)
    answer.period.tender = tender
    refuse_if(objections_to_answering_period(answer))
    answer.has_agreed, answer.answered_by, answer.answered_at = has_agreed, by, at
    answer.save()
    if not has_agreed or not answer.period.answers.filter(has_agreed=None).exists():
        notify(
            answer.period.asked_by,
            "tenders/emails/shorter_period_answered.txt",
            at=at,
            tender=tender,
            has_agreed=has_agreed,
            path=tender.get_absolute_url(),
        )
    trail.record(
        "shorter_period.answered",
        tender,
        by=by,
        at=at,
        provider=answer.provider.reference,
        has_agreed=has_agreed,
    )
    return answer
