"""Who a person is: encrypted at rest, opened on one page only, each look recorded (design D10)."""

import base64
import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date, datetime

from cryptography.fernet import Fernet
from django.conf import settings
from django.db import transaction

from dps_portal.accounts.models import User
from dps_portal.audit import trail
from dps_portal.refusals import refuse_if
from placements import rules
from placements.models import Person, PersonAccess
from placements.states import AccessPurpose


@dataclass(frozen=True)
class Identity:
    name: str
    date_of_birth: str  # ISO, as JSON keeps it
    number: str

    @property
    def born_on(self) -> date:
        return date.fromisoformat(self.date_of_birth)


def _cipher() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(settings.KEYS["identity"]))


def _hash(number: str) -> str:
    """Finds an exact number without storing it; of no use without the key."""
    return hashlib.blake2b(
        number.encode(), key=settings.KEYS["identity"], digest_size=32, person=b"person number"
    ).hexdigest()


def identity_of(person: Person) -> Identity:
    """For the portal's own computations; whoever shows it to somebody records the look."""
    return Identity(**json.loads(_cipher().decrypt(bytes(person.identity))))


def find_or_create_person(*, number: str, name: str, date_of_birth: date) -> Person:
    """The person with exactly this number, locked; refused where the date of birth differs.

    A difference means a mistyped number, and the case would go to the wrong person.
    """
    number = "".join(number.split()).upper()
    identity = Identity(name=name, date_of_birth=date_of_birth.isoformat(), number=number)
    Person.objects.get_or_create(
        number_hash=_hash(number),
        defaults={"identity": _cipher().encrypt(json.dumps(asdict(identity)).encode())},
    )
    person = Person.objects.select_for_update().get(number_hash=_hash(number))
    refuse_if(
        rules.objections_to_same_person(
            same_birthday=identity_of(person).date_of_birth == identity.date_of_birth
        )
    )
    return person


@transaction.atomic
def person_identity(*, person: Person, purpose: AccessPurpose, by: User, at: datetime) -> Identity:
    """Open the identity; the look is recorded in the same transaction, or nothing is shown."""
    PersonAccess.objects.create(person=person, user=by, at=at, purpose=purpose)
    trail.record("person.identity_seen", person, by=by, at=at, purpose=purpose)
    return identity_of(person)
