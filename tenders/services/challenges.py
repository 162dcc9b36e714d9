"""Challenges to an award: recorded by one, settled by another; no contract in between (R4.9)."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Permission
from dps_portal.audit import trail
from dps_portal.notifications.services import notify_each
from dps_portal.refusals import refuse_if
from tenders import rules
from tenders.models import Challenge, Tender
from tenders.states import TenderState

from .tenders import interest_of, lock_tender


@transaction.atomic
def record_challenge(
    *,
    tender: Tender,
    challenger: str,
    received_on: date,
    grounds: str,
    by: User,
    at: datetime,
) -> Challenge:
    tender = lock_tender(tender)
    refuse_if(objections_to_challenge(tender, by, at, received_on=received_on))
    challenge = Challenge.objects.create(
        award=tender.award,
        challenger=challenger,
        received_on=received_on,
        grounds=grounds,
        recorded_by=by,
        recorded_at=at,
    )
    _tell(challenge, "challenge_recorded", Permission.SETTLE_CHALLENGE, by=by, at=at)
    trail.record(
        "challenge.recorded",
        tender,
        by=by,
        at=at,
        challenge=challenge.pk,
        received_on=received_on.isoformat(),
        is_on_hold=True,
    )
    return challenge


def objections_to_challenge(
    tender: Tender, by: User, at: datetime, *, received_on: date | None = None
) -> list[str]:
    award = getattr(tender, "award", None)
    return rules.objections_to_challenge(
        state=TenderState(tender.state),
        has_interest=interest_of(tender, by),
        received_on=received_on,
        noticed_on=award and award.approved_at and timezone.localdate(award.approved_at),
        today=timezone.localdate(at),
    )


@transaction.atomic
def settle_challenge(*, challenge: Challenge, settlement: str, by: User, at: datetime) -> Challenge:
    tender = lock_tender(challenge.award.tender)
    challenge = Challenge.objects.select_related("award__tender").get(pk=challenge.pk)
    refuse_if(objections_to_settlement(challenge, by))
    challenge.settlement, challenge.settled_by, challenge.settled_at = settlement, by, at
    challenge.save()
    _tell(challenge, "challenge_settled", Permission.APPROVE_AWARD, by=by, at=at)
    trail.record("challenge.settled", tender, by=by, at=at, challenge=challenge.pk)
    return challenge


def objections_to_settlement(challenge: Challenge, by: User) -> list[str]:
    return rules.objections_to_settlement(
        is_settled=challenge.settled_at is not None,
        is_recorder=challenge.recorded_by_id == by.pk,
        has_interest=interest_of(challenge.award.tender, by),
    )


def _tell(
    challenge: Challenge, event: str, permission: Permission, *, by: User, at: datetime
) -> None:
    tender = challenge.award.tender
    notify_each(
        User.objects.with_permission(permission).exclude(pk=by.pk),
        f"tenders/emails/{event}.txt",
        at=at,
        tender=tender,
        path=tender.get_absolute_url(),
    )
