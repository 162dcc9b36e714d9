"""Moving the deadline: later only, by two people, for every invited provider at once."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.audit import trail
from dps_portal.refusals import refuse_if
from tenders import rules
from tenders.models import DeadlineExtension, Tender
from tenders.states import TenderState

from .envelopes import db_now
from .tenders import lock_tender, tell_invitees


@transaction.atomic
def ask_extension(
    *, tender: Tender, closes_at: datetime, reason: str, by: User, at: datetime
) -> DeadlineExtension:
    """The first person's word; nothing moves before another agrees."""
    tender = lock_tender(tender)
    refuse_if(objections_to_extension(tender, max(at, db_now()), closes_at=closes_at))
    asked = DeadlineExtension.objects.create(
        tender=tender,
        closed_at=tender.closes_at,
        closes_at=closes_at,
        reason=reason,
        asked_by=by,
        asked_at=at,
    )
    trail.record("extension.asked", tender, by=by, at=at, closes_at=closes_at.isoformat())
    return asked


def objections_to_extension(
    tender: Tender, now: datetime, *, closes_at: datetime | None = None
) -> list[str]:
    return rules.objections_to_extension(
        state=TenderState(tender.state),
        closes_at=tender.closes_at,
        now=now,
        later=closes_at,
        last_day=closes_at and timezone.localdate(closes_at),
        contract_start=tender.contract_start,
        is_asked=tender.extensions.pending().exists(),
    )


@transaction.atomic
def agree_extension(*, extension: DeadlineExtension, by: User, at: datetime) -> DeadlineExtension:
    """Bids and this queue on one row: who is late by the old deadline was told so before."""
    tender = lock_tender(extension.tender)
    extension = DeadlineExtension.objects.pending().filter(pk=extension.pk).first()
    refuse_if([] if extension else ["The deadline has been moved already."])
    extension.tender = tender
    refuse_if(objections_to_agreeing(extension, by, max(at, db_now())))
    extension.agreed_by, extension.agreed_at = by, at
    extension.save()
    tender.closes_at = extension.closes_at
    tender.save()
    tell_invitees(tender, "extended", at=at)
    trail.record(
        "deadline.extended",
        tender,
        by=by,
        at=at,
        before=extension.closed_at.isoformat(),
        closes_at=extension.closes_at.isoformat(),
        asked_by=extension.asked_by.ref,
    )
    return extension


def objections_to_agreeing(extension: DeadlineExtension, by: User, now: datetime) -> list[str]:
    return rules.objections_to_agreeing(
        state=TenderState(extension.tender.state),
        closes_at=extension.tender.closes_at,
        now=now,
        is_asker=extension.asked_by_id == by.pk,
    )
