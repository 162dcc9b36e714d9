"""What a person agreed to, as rows; the last one of a kind counts (R8.2)."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.audit import trail
from dps_portal.refusals import refuse_if
from placements import rules
from placements.models import Consent, Person
from placements.states import ConsentKind

from .people import lock_person


@transaction.atomic
def record_consent(
    *, person: Person, kind: ConsentKind, is_given: bool, on: date, by: User, at: datetime
) -> Consent:
    person = lock_person(person)
    refuse_if([rules.ERASED] if person.erased_at else [])
    refuse_if(
        rules.objections_to_consent(
            standing=person.consents.standing(kind),
            is_given=is_given,
            on=on,
            today=timezone.localdate(at),
        )
    )
    return _add(person, kind=kind, is_given=is_given, on=on, by=by, at=at)


def take_consent(person: Person, *, by: User, at: datetime) -> None:
    """As an assessment has it: consent to share with providers, unless it stands already."""
    if not person.consents.standing(ConsentKind.PLACEMENT):
        _add(
            person,
            kind=ConsentKind.PLACEMENT,
            is_given=True,
            on=timezone.localdate(at),
            by=by,
            at=at,
        )


def _add(person: Person, *, kind, is_given, on, by, at) -> Consent:
    consent = Consent.objects.create(
        person=person, kind=kind, is_given=is_given, on=on, recorded_by=by, recorded_at=at
    )
    trail.record(
        "person.consent_given" if is_given else "person.consent_withdrawn",
        person,
        by=by,
        at=at,
        kind=kind,
        on=on.isoformat(),
    )
    return consent
