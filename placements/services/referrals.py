"""A referral from its first line to the search for a placement (money.md §2)."""

from datetime import date, datetime

from django.db import transaction

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Permission
from dps_portal.agreements.models import Agreement
from dps_portal.audit import trail
from dps_portal.refusals import refuse_if
from placements import rules
from placements.models import Referral
from placements.states import ReferralState

from .allocation import allocation_due
from .people import find_or_create_person, lock_person
from .placements import lock_referral, tell_of_referral
from .retention import delete_draft


@transaction.atomic
def make_referral(
    *,
    agreement: Agreement,
    number: str,
    name: str,
    date_of_birth: date,
    by: User,
    at: datetime,
) -> Referral:
    """Begin a draft for the person with this number. One open referral a person."""
    person = find_or_create_person(number=number, name=name, date_of_birth=date_of_birth)
    already = person.referrals.open().first()
    if already:
        visible = Referral.objects.visible_to(by).filter(pk=already.pk).exists()
        refuse_if(
            rules.objections_to_open_referral(
                visible_reference=already.reference if visible else None
            )
        )
    referral = Referral.objects.create(
        agreement=agreement,
        person=person,
        created_by=by,
        created_at=at,
    )
    in_sight = Referral.objects.visible_to(by, at).filter(pk=referral.pk).exists()
    refuse_if(rules.objections_to_referral_out_of_sight(is_in_sight=in_sight))
    trail.record("referral.made", referral, by=by, at=at, person=person.reference)
    return referral


@transaction.atomic
def save_answers(*, referral: Referral, answers: dict, by: User, at: datetime) -> Referral:
    """Keep what one section, or several, of the draft or of the assessment now say."""
    referral = lock_referral(referral)
    refuse_if(rules.objections_to_answers(ReferralState(referral.state), answers))
    for name, value in answers.items():
        setattr(referral, name, value)
    referral.save()
    trail.record("referral.edited", referral, by=by, at=at, fields=sorted(answers))
    return referral


@transaction.atomic
def discard_draft(*, referral: Referral, by: User, at: datetime) -> None:
    """The draft goes, and the person with it where nothing else needs to know who that is."""
    lock_person(referral.person)  # before the referral, as the sweep of stale drafts does
    referral = lock_referral(referral)
    refuse_if(
        rules.objections_to_discard(
            state=ReferralState(referral.state), is_own=referral.created_by_id == by.pk
        )
    )
    delete_draft(referral, by=by, at=at)


@transaction.atomic
def submit_referral(*, referral: Referral, by: User, at: datetime) -> Referral:
    """Hand the draft to the team; those who allocate are told."""
    referral = lock_referral(referral)
    refuse_if(rules.objections_to_submission(ReferralState(referral.state), referral.answers))
    referral.state = ReferralState.SUBMITTED
    referral.submitted_at = at
    referral.due_on = allocation_due(referral, at)
    referral.save()
    tell_of_referral(
        User.objects.with_permission(Permission.ALLOCATE_REFERRAL),
        "referral_submitted",
        referral,
        at,
    )
    trail.record("referral.submitted", referral, by=by, at=at)
    return referral


@transaction.atomic
def start_matching(*, referral: Referral, by: User, at: datetime) -> Referral:
    referral = lock_referral(referral)
    refuse_if(rules.objections_to_act("start_matching", ReferralState(referral.state)))
    referral.state = ReferralState.MATCHING
    referral.save()
    trail.record("referral.matching_started", referral, by=by, at=at)
    return referral
