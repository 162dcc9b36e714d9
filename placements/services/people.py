"""Who a person is: found by exact words, opened on one page only, each look recorded (D10)."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime

from django.db import transaction

from dps_portal.accounts.models import User
from dps_portal.audit import trail
from dps_portal.refusals import refuse_if
from placements import rules
from placements.models import Correction, Person, PersonAccess
from placements.states import AccessKind, AccessPurpose

from .identities import Identity, identity_of, kept, name_hash, number_hash, refuse_naming


def lock_person(person: Person) -> Person:
    return Person.objects.select_for_update().get(pk=person.pk)


def find_or_create_person(*, number: str, name: str, date_of_birth: date) -> Person:
    """The person with exactly this number, locked; refused where the date of birth differs.

    A difference means a mistyped number, and the case would go to the wrong person.
    """
    number = rules.plain_number(number)
    identity = Identity(name=name, date_of_birth=date_of_birth.isoformat(), number=number)
    columns = kept(identity)
    Person.objects.get_or_create(number_hash=columns.pop("number_hash"), defaults=columns)
    person = Person.objects.select_for_update().get(number_hash=number_hash(number))
    refuse_if(
        rules.objections_to_same_person(
            same_birthday=identity_of(person).date_of_birth == identity.date_of_birth
        )
    )
    return person


@transaction.atomic
def find_person(
    *,
    number: str,
    name: str,
    date_of_birth: date | None,
    purpose: AccessPurpose,
    by: User,
    at: datetime,
) -> list[Person]:
    """Those with exactly this number, or this full name and date of birth.

    That somebody searched, why, and whom they found is recorded; never what they typed.
    """
    wanted = (
        {"number_hash": number_hash(number)}
        if number
        else {"name_hash": name_hash(name, date_of_birth)}
    )
    found = list(Person.objects.held().filter(**wanted).order_by("pk"))
    PersonAccess.objects.bulk_create(
        PersonAccess(person=person, user=by, at=at, kind=AccessKind.SEARCH, purpose=purpose)
        for person in found
    )
    trail.record(
        "person.searched",
        by,
        by=by,
        at=at,
        purpose=purpose,
        by_number=bool(number),
        found=[person.reference for person in found],
    )
    return found


@transaction.atomic
def person_identity(*, person: Person, purpose: AccessPurpose, by: User, at: datetime) -> Identity:
    """Open the identity; the look is recorded in the same transaction, or nothing is shown."""
    person = lock_person(person)
    refuse_if([rules.ERASED] if person.erased_at else [])
    PersonAccess.objects.create(person=person, user=by, at=at, purpose=purpose)
    trail.record("person.identity_seen", person, by=by, at=at, purpose=purpose)
    return identity_of(person)


@transaction.atomic
def person_names(
    *, people: Iterable[Person], purpose: AccessPurpose, by: User, at: datetime
) -> dict[str, str]:
    """The names by reference, of who is not erased; each is recorded as one look, or none shown."""
    held = Person.objects.held().filter(pk__in={person.pk for person in people})
    seen = list(held.select_for_update().order_by("pk"))
    PersonAccess.objects.bulk_create(
        PersonAccess(person=person, user=by, at=at, purpose=purpose) for person in seen
    )
    trail.record(
        "person.names_taken",
        by,
        by=by,
        at=at,
        purpose=purpose,
        seen=[person.reference for person in seen],
    )
    return {person.reference: identity_of(person).name for person in seen}


@transaction.atomic
def correct_identity(
    *,
    person: Person,
    name: str,
    date_of_birth: date | None,
    number: str,
    reason: str,
    by: User,
    at: datetime,
) -> Person:
    """Put right what is given; what is left blank stays. The words themselves are not recorded."""
    person = lock_person(person)
    given = {
        "name": name,
        "date_of_birth": date_of_birth and date_of_birth.isoformat(),
        "number": rules.plain_number(number),
    }
    given = {part: words for part, words in given.items() if words}
    others = Person.objects.exclude(pk=person.pk)
    refuse_if(
        rules.objections_to_correction(
            is_erased=person.erased_at is not None,
            changes_nothing=not given,
            is_number_taken=bool(number)
            and others.filter(number_hash=number_hash(number)).exists(),
        )
    )
    corrected = replace(identity_of(person), **given)
    refuse_naming(person, reason)
    Person.objects.filter(pk=person.pk).update(**kept(corrected))
    Correction.objects.create(person=person, parts=sorted(given), reason=reason, by=by, at=at)
    PersonAccess.objects.create(person=person, user=by, at=at, kind=AccessKind.CORRECTION)
    trail.record("person.identity_corrected", person, by=by, at=at, parts=sorted(given))
    return lock_person(person)
