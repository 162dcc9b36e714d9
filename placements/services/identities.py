"""How an identity is kept: encrypted, and found by keyed hashes of exact words (design D10)."""

import base64
import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date

from cryptography.fernet import Fernet
from django.conf import settings

from dps_portal.refusals import refuse_if
from placements import rules
from placements.models import Person


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


def _hash(words: str, purpose: bytes) -> str:
    """Finds exact words without storing them; of no use without the key."""
    return hashlib.blake2b(
        words.encode(), key=settings.KEYS["identity"], digest_size=32, person=purpose
    ).hexdigest()


def number_hash(number: str) -> str:
    return _hash(rules.plain_number(number), b"person number")


def name_hash(name: str, born_on: date) -> str:
    return _hash(f"{rules.plain_name(name)} {born_on.isoformat()}", b"person name")


def kept(identity: Identity) -> dict:
    """The columns of a person that hold the identity."""
    return {
        "identity": _cipher().encrypt(json.dumps(asdict(identity)).encode()),
        "number_hash": number_hash(identity.number),
        "name_hash": name_hash(identity.name, identity.born_on),
    }


def opened(encrypted: bytes) -> Identity:
    return Identity(**json.loads(_cipher().decrypt(bytes(encrypted))))


def identity_of(person: Person) -> Identity:
    return opened(person.identity)


def identity_in(person: Person, text: str) -> list[str]:
    """What of the person's identity stands in the text."""
    who = identity_of(person)
    return rules.identity_in(text, name=who.name, born_on=who.born_on, number=who.number)


def refuse_naming(person: Person, *texts: str) -> None:
    """Refuse words that say who the person is, where others than the caseload will read them."""
    if not person.erased_at:
        refuse_if(identity_in(person, " ".join(texts)))
