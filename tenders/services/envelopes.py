"""What lies in the envelopes of an invitation, and closing and opening them (D7, T3, T6).

``quality`` is ``{"content", "digest", "signature"}``: the answers with who, when and the digest
of the price, signed by the portal. ``price`` is what the bid asks for with a salt. Blank envelopes
hold ``None``. Where files came with the answers, the content names each with its SHA-256, and
``places`` beside it says in which cell it lies and under which key.
"""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime

from django.conf import settings
from django.db import connection

from dps_portal import sealing
from dps_portal.accounts.models import User
from tenders import rules
from tenders.models import Invitation, Tender

QUALITY_SIZE = 96 * 1024
PRICE_SIZE = 256
ATTEMPTS_SIZE = 60 * 1024
OWN_SIZE = 2 * QUALITY_SIZE + ATTEMPTS_SIZE + 4 * 1024  # the draft, the bid, what was refused
OF_FILE = ("name", "media_type", "size", "sha256")
OF_PLACE = ("cell", "key")


def db_now() -> datetime:
    """The database's time, not that of the transaction's start; ask under the tender's lock."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            return cursor.fetchone()[0]
    return datetime.now(UTC)


def fill_envelopes(
    invitation: Invitation, *, draft: dict | None, bid: dict | None, attempts: Sequence[dict] = ()
) -> Invitation:
    """Write all three ciphertexts anew, whatever has changed; the caller saves."""
    public_key = bytes(invitation.tender.public_key)
    bid = bid or {"quality": None, "price": None}
    invitation.quality_envelope = sealing.seal(
        bid["quality"], public_key=public_key, size=QUALITY_SIZE
    )
    invitation.price_envelope = sealing.seal(bid["price"], public_key=public_key, size=PRICE_SIZE)
    invitation.own_copy = sealing.lock(
        {"draft": draft, "bid": bid, "attempts": list(attempts)},
        key=_own_key(invitation),
        size=OWN_SIZE,
    )
    return invitation


def read_own_copy(invitation: Invitation) -> tuple[dict | None, dict | None, list[dict]]:
    """The provider's draft, the bid it submitted, what was refused. Raises ``sealing.Tampered``."""
    copy = sealing.unlock(invitation.own_copy, key=_own_key(invitation))
    return copy["draft"], copy["bid"] if copy["bid"]["quality"] else None, copy.get("attempts", [])


def make_bid(invitation: Invitation, draft: dict, *, by: User, at: datetime) -> dict:
    """The draft as a bid: dated, bound to its price and its files, and signed."""
    quote = rules.Quote.of(draft, invitation.tender.compared_weeks)
    price = quote.sealed() | {"salt": secrets.token_hex(16)}
    files = {place: held for place, held in draft["attachments"].items() if held}
    content = {
        "tender": invitation.tender.reference,
        "model": invitation.tender.model_hash,
        "provider": invitation.provider.reference,
        "submitted_by": by.ref,
        "submitted_at": at.astimezone(UTC).isoformat(),
        "answers": draft["answers"],
        "price_digest": sealing.digest(price),
        **({"attachments": _parts(files, OF_FILE)} if files else {}),
    }
    digest = sealing.digest(content)
    signature = sealing.sign(digest.encode(), seed=settings.KEYS["receipt"])
    quality = {
        "content": content,
        "digest": digest,
        "signature": signature,
        **({"places": _parts(files, OF_PLACE)} if files else {}),
    }
    return {"quality": quality, "price": price}


def files_of(quality: dict) -> dict[str, list[dict]]:
    """The files of a bid, by the position of their criterion, each with its place."""
    facts, places = quality["content"].get("attachments", {}), quality.get("places", {})
    return {
        position: [one | place for one, place in zip(held, places[position], strict=True)]
        for position, held in facts.items()
    }


def private_key_of(tender: Tender) -> bytes:
    return sealing.unwrap(tender.wrapped_private_key, key=settings.KEYS["bid"])


def open_quality(invitation: Invitation, private_key: bytes) -> tuple[bool, dict | None]:
    """Whether the envelope is as the provider left it, and the quality part in it, if any.

    Anyone can seal to a public key, so an envelope counts only with the portal's signature, in
    the place it was signed for, and as the provider's own copy has it.
    """
    try:
        found = sealing.unseal(invitation.quality_envelope, private_key=private_key)
        _, submitted, _ = read_own_copy(invitation)
    except sealing.Tampered:
        return False, None
    if found is None:
        return submitted is None, None
    content = found["content"]
    is_intact = (
        submitted is not None
        and submitted["quality"] == found
        and content["tender"] == invitation.tender.reference
        and content["provider"] == invitation.provider.reference
        and sealing.digest(content) == found["digest"]
        and sealing.is_signed(
            found["digest"].encode(),
            found["signature"],
            verify_with=sealing.verify_key(settings.KEYS["receipt"]),
        )
    )
    return is_intact, found


def open_price(
    invitation: Invitation, private_key: bytes, *, price_digest: str
) -> rules.Quote | None:
    """What the bid asks for; ``None`` if it is not what the bid was signed with."""
    try:
        price = sealing.unseal(invitation.price_envelope, private_key=private_key)
    except sealing.Tampered:
        return None
    is_intact = price and sealing.digest(price) == price_digest
    return rules.Quote.of(price, price.get("compared_weeks")) if is_intact else None


def _own_key(invitation: Invitation) -> bytes:
    return sealing.own_key(settings.KEYS["provider"], invitation.provider.reference)


def _parts(files: dict[str, list[dict]], names: Sequence[str]) -> dict[str, list[dict]]:
    return {
        position: [{name: one[name] for name in names} for one in held]
        for position, held in files.items()
    }
