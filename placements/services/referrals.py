"""A referral from its first line to the search for a placement (money.md §2)."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Permission
from dps_portal.agreements.models import Agreement, Lot
from dps_portal.audit import trail
from dps_portal.notifications.services import notify
from dps_portal.refusals import refuse_if
from placements import rules
from placements.models import Referral
from placements.states import ReferralState, Urgency

from .consents import take_consent
from .people import find_or_create_person
from .placements import lock_referral


@transaction.atomic
def make_referral(
    *,
    agreement: Agreement,
    number: str,
    name: str,
    date_of_birth: date,
    source: str,
    urgency: Urgency,
    needs_summary: str,
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
        source=source,
        urgency=urgency,
        needs_summary=needs_summary,
        created_by=by,
        created_at=at,
    )
    in_sight = Referral.objects.visible_to(by, at).filter(pk=referral.pk).exists()
    refuse_if(rules.objections_to_referral_out_of_sight(is_in_sight=in_sight))
    trail.record("referral.made", referral, by=by, at=at, person=person.reference)
    return referral


@transaction.atomic
def submit_referral(*, referral: Referral, by: User, at: datetime) -> Referral:
    """Hand the draft to the team; those who allocate are told."""
    referral = _move(referral, ReferralState.SUBMITTED)
    referral.submitted_at = at
    referral.save()
    for manager in User.objects.with_permission(Permission.ALLOCATE_REFERRAL):
        _tell(manager, "referral_submitted", referral, at)
    trail.record("referral.submitted", referral, by=by, at=at)
    return referral


@transaction.atomic
def allocate_referral(*, referral: Referral, worker: User, by: User, at: datetime) -> Referral:
    """Put the referral on a worker's caseload."""
    referral = _move(referral, ReferralState.ASSESSING)
    referral.worker = worker
    referral.allocated_at = at
    referral.save()
    _tell(worker, "referral_allocated", referral, at)
    trail.record("referral.allocated", referral, by=by, at=at, worker=worker.ref)
    return referral


@transaction.atomic
def record_eligibility(
    *,
    referral: Referral,
    is_eligible: bool,
    care_act_assessed_on: date | None,
    clinical_review_on: date | None,
    community_options_tried: str,
    has_consent: bool,
    complexity: list[str],
    needs_summary: str,
    lot: Lot | None,
    reason: str,
    by: User,
    at: datetime,
) -> Referral:
    """The team's decision after the Care Act assessment and the clinical review (R8.7).

    Not eligible closes the referral with ``reason``.
    """
    referral = lock_referral(referral)
    to = ReferralState.ELIGIBLE if is_eligible else ReferralState.CLOSED
    refuse_if(
        rules.objections_to_eligibility(
            state=ReferralState(referral.state),
            to=to,
            assessed_on=[care_act_assessed_on, clinical_review_on],
            has_consent=has_consent,
            has_lot=lot is not None,
            reason=reason,
            today=timezone.localdate(at),
        )
    )
    referral.state = to
    referral.care_act_assessed_on = care_act_assessed_on
    referral.clinical_review_on = clinical_review_on
    referral.community_options_tried = community_options_tried
    referral.has_consent = has_consent
    referral.complexity = complexity
    referral.needs_summary = needs_summary
    referral.lot = lot
    referral.assessed_at = at
    if not is_eligible:
        referral.closed_at = at
        referral.closed_reason = reason
    referral.save()
    if referral.created_by != by:
        _tell(referral.created_by, "eligibility_recorded", referral, at)
    if has_consent:
        take_consent(referral.person, by=by, at=at)
    trail.record("referral.assessed", referral, by=by, at=at, state=to, lot=lot and lot.number)
    return referral


@transaction.atomic
def start_matching(*, referral: Referral, by: User, at: datetime) -> Referral:
    referral = _move(referral, ReferralState.MATCHING)
    referral.save()
    trail.record("referral.matching_started", referral, by=by, at=at)
    return referral


def _move(referral: Referral, to: ReferralState) -> Referral:
    referral = lock_referral(referral)
    refuse_if(rules.objections_to_move(ReferralState(referral.state), to))
    referral.state = to
    return referral


def _tell(person: User, event: str, referral: Referral, at: datetime) -> None:
    notify(
        person,
        f"placements/emails/{event}.txt",
        at=at,
        referral=referral,
        path=referral.get_absolute_url(),
    )
