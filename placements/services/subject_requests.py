"""An export or erasure of everything held on a person, by two managers (targets §4, row 40)."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Permission
from dps_portal.audit import trail
from dps_portal.notifications.services import notify_each
from dps_portal.refusals import refuse_if
from placements import rules
from placements.models import Person, PersonAccess, SubjectRequest
from placements.states import (
    AccessKind,
    AccessPurpose,
    SubjectRequestKind,
    SubjectRequestState,
)

from .identities import refuse_naming
from .people import lock_person
from .records import everything_held
from .retention import erase_person, objections_to_erasure


@transaction.atomic
def request_export(*, person: Person, reason: str, by: User, at: datetime) -> SubjectRequest:
    return _request(SubjectRequestKind.EXPORT, person, reason, by, at)


@transaction.atomic
def request_erasure(*, person: Person, reason: str, by: User, at: datetime) -> SubjectRequest:
    """Only what is due can be asked for; it is checked again when it is decided."""
    person = lock_person(person)
    refuse_if(objections_to_erasure(person, at))
    return _request(SubjectRequestKind.ERASURE, person, reason, by, at)


def _request(kind, person, reason, by, at) -> SubjectRequest:
    person = lock_person(person)
    refuse_if(
        rules.objections_to_subject_request(
            is_erased=person.erased_at is not None,
            is_waiting=person.requests.waiting().filter(kind=kind).exists(),
        )
    )
    refuse_naming(person, reason)
    asked = SubjectRequest.objects.create(
        person=person, kind=kind, reason=reason, asked_by=by, asked_at=at
    )
    notify_each(
        [
            manager
            for manager in User.objects.with_permission(Permission.MANAGE_PRIVACY)
            if manager != by and SubjectRequest.objects.visible_to(manager).filter(pk=asked.pk)
        ],
        "placements/emails/subject_request.txt",
        at=at,
        asked=asked,
    )
    trail.record("subject_request.made", asked, by=by, at=at, kind=kind, person=person.reference)
    return asked


@transaction.atomic
def decide_subject_request(
    *, asked: SubjectRequest, is_approved: bool, reason: str, by: User, at: datetime
) -> SubjectRequest:
    """Another manager's decision. An approved erasure is done at once and cannot be undone."""
    person = lock_person(asked.person)
    asked = SubjectRequest.objects.select_for_update(of=("self",)).get(pk=asked.pk)
    refuse_if(
        rules.objections_to_subject_decision(
            state=SubjectRequestState(asked.state),
            is_own=asked.asked_by_id == by.pk,
            is_approved=is_approved,
            reason=reason,
        )
    )
    refuse_naming(person, reason)
    asked.state = SubjectRequestState.APPROVED if is_approved else SubjectRequestState.REFUSED
    asked.decided_by, asked.decided_at, asked.decision_reason = by, at, reason
    asked.save()
    notify_each([asked.asked_by], "placements/emails/subject_decision.txt", at=at, asked=asked)
    trail.record("subject_request.decided", asked, by=by, at=at, state=asked.state)
    if is_approved and asked.kind == SubjectRequestKind.ERASURE:
        erase_person(person, asked, by=by, at=at)
    return asked


@transaction.atomic
def download_export(
    *, asked: SubjectRequest, purpose: AccessPurpose, by: User, at: datetime
) -> dict[str, object]:
    """Everything held, as at the moment it is taken; who took it and why is recorded."""
    person = lock_person(asked.person)
    asked = SubjectRequest.objects.get(pk=asked.pk)
    refuse_if(
        rules.objections_to_download(
            kind=SubjectRequestKind(asked.kind),
            state=SubjectRequestState(asked.state),
            is_erased=person.erased_at is not None,
            decided_on=asked.decided_at and timezone.localdate(asked.decided_at),
            today=timezone.localdate(at),
        )
    )
    PersonAccess.objects.create(
        person=person, user=by, at=at, kind=AccessKind.EXPORT, purpose=purpose
    )
    trail.record("person.exported", person, by=by, at=at, request=asked.reference, purpose=purpose)
    return everything_held(person)
