"""Reading the receipt of a sealed bid, and whether what it says holds (T6)."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from dps_portal import sealing

from .prices import BESIDES, Quote

HEADS = {  # as the receipt spells them, and the part of the content that they repeat
    "Tender": "tender",
    "Provider": "provider",
    "Submitted by": "submitted_by",
    "Received (UTC)": "submitted_at",
}
PROOFS = ("Digest (SHA-256)", "Signature", "Key")


class NoReceipt(Exception):
    """The text is not a receipt; the message says what it lacks."""


@dataclass(frozen=True)
class Receipt:
    heads: dict[str, str]
    digest: str
    signature: str
    key: str
    content: str
    price: str

    @property
    def facts(self) -> dict[str, Any]:
        return _object("content", self.content)

    @property
    def quote(self) -> Quote:
        price = _object("price", self.price)
        return Quote.of(price, price.get("compared_weeks"))


def read_receipt(text: str) -> Receipt:
    """Raises ``NoReceipt``. Lines may have got other ends on their way."""
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    pairs = [line.partition(":") for line in lines]
    heads = {name: value.strip() for name, _, value in reversed(pairs) if value.strip()}
    missing = [name for name in (*HEADS, *PROOFS) if name not in heads]
    if missing:
        raise NoReceipt(f"there is no line “{missing[0]}:”")
    receipt = Receipt(
        heads={name: heads[name] for name in HEADS},
        digest=heads["Digest (SHA-256)"],
        signature=heads["Signature"],
        key=heads["Key"],
        content=_line_after(lines, "Content:"),
        price=_line_after(lines, "Price:"),
    )
    price, facts = _object("price", receipt.price), receipt.facts
    is_whole = {*HEADS.values(), "price_digest"} <= facts.keys()
    is_priced = isinstance(price.get("weekly_pence"), int) and all(
        isinstance(price.get(name, 0), int) for name in (*BESIDES, "compared_weeks")
    )
    if not is_whole or not is_priced or not _names_files(facts):
        raise NoReceipt("its content is not that of a bid")
    return receipt


def faults_of_receipt(
    receipt: Receipt,
    *,
    key: str | None = None,
    content: bytes | None = None,
    attachments: Iterable[tuple[str, bytes]] = (),
) -> list[str]:
    """Everything that does not hold.

    ``key`` is the one that the council publishes; ``content`` and ``attachments`` (name, bytes)
    are what the bidder kept of its own bid.
    """
    faults = []
    if not sealing.is_signed(
        receipt.digest.encode(), receipt.signature, verify_with=key or receipt.key
    ):
        faults.append("The signature is not one of the digest by this key.")
    if key is not None and key.lower() != receipt.key.lower():
        faults.append("The key in the receipt is not the one that was given.")
    if _sha256(receipt.content.encode()) != receipt.digest:
        faults.append("The digest is not that of the content in the receipt.")
    facts = receipt.facts
    faults += [
        f"“{name}” is not as in the content."
        for name, part in HEADS.items()
        if receipt.heads[name] != facts[part]
    ]
    if _sha256(receipt.price.encode()) != facts["price_digest"]:
        faults.append("The price is not the one that the content was signed with.")
    if content is not None and _sha256(content) != receipt.digest:
        faults.append("The digest is not that of the content that was given.")
    signed = {one["sha256"] for one in attachments_of(facts)}
    faults += [
        f"“{name}” is not one of the files of this bid."
        for name, held in attachments
        if _sha256(held) not in signed
    ]
    return faults


def attachments_of(facts: dict[str, Any]) -> list[dict[str, Any]]:
    """The files that a bid names, in the order of its questions."""
    by_question = facts.get("attachments", {})
    return [one for place in sorted(by_question, key=int) for one in by_question[place]]


def _names_files(facts: dict[str, Any]) -> bool:
    try:
        return all(isinstance(one["name"] + one["sha256"], str) for one in attachments_of(facts))
    except (AttributeError, KeyError, TypeError, ValueError):
        return False


def _line_after(lines: list[str], head: str) -> str:
    following = lines[lines.index(head) + 1 :] if head in lines else []
    if not following:
        raise NoReceipt(f"there is nothing after “{head}”")
    return following[0]


def _object(name: str, text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NoReceipt(f"its {name} is not JSON") from error
    if not isinstance(found, dict):
        raise NoReceipt(f"its {name} is not a JSON object")
    return found


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
