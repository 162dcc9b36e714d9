"""Files that come with answers: each in a cell of its own, under a key of its own (D7, T3).

A bid names its files by their SHA-256, so that digest and receipt cover them. What cell holds a
file, and with which key, stands in the draft and in the sealed bid alone.
"""

import hashlib
import secrets
from datetime import datetime

from django.conf import settings
from django.db import transaction

from dps_portal import sealing
from dps_portal.accounts.models import User
from dps_portal.documents.scanning import Unscanned, is_clean
from dps_portal.documents.services import hold, plain_name
from dps_portal.documents.sniffing import media_type
from dps_portal.refusals import Refused, refuse_if
from tenders import rules
from tenders.models import Attachment, Bid, Criterion, Invitation, Response

from .bids import objections_to_bidding
from .cells import FILE_SIZE, fill_cell, open_cell
from .envelopes import files_of
from .own_copies import OwnBid, keep, lock_invitation, own_bid

NAME_LENGTH = 100
INFECTED = "The virus scan refused the file. Check your computer for viruses."
ALTERED = "The file is not as it was uploaded. Tell the council."
HELD = "The file waits for the virus scan. Try again later."


def attach_file(
    *,
    invitation: Invitation,
    criterion: Criterion,
    name: str,
    content: bytes,
    by: User,
    at: datetime,
) -> Invitation:
    """Put a file into a free cell, and name it in the draft.

    It is looked at and scanned before the lock is taken, since that may take long. Where no
    scanner answers it is taken, and scanned after the opening, before anybody gets it.
    """
    name = plain_name(name)[-NAME_LENGTH:]
    refuse_if(rules.objections_to_size(size=len(content), most=FILE_SIZE))
    kind, objections = media_type(name, content)
    refuse_if(objections or _objections_to_virus(content))
    with transaction.atomic():
        invitation, now = lock_invitation(invitation, at)
        refuse_if(
            objections_to_bidding(invitation, now)
            + objections_to_attaching(criterion, own_bid(invitation))
        )
        return put_file(
            invitation=invitation, criterion=criterion, name=name, media_type=kind, content=content
        )


def put_file(
    *, invitation: Invitation, criterion: Criterion, name: str, media_type: str, content: bytes
) -> Invitation:
    """As ``attach_file``, for a caller that holds the lock and answers for time and content."""
    own = own_bid(invitation)
    facts = fill_cell(invitation, _free_cell(invitation, own), content) | {
        "name": name,
        "media_type": media_type,
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    held = own.draft["attachments"]
    held = held | {str(criterion.position): [*own.files(criterion), facts]}
    return keep(invitation, draft=own.draft | {"attachments": held}, bid=own.submitted)


def objections_to_attaching(criterion: Criterion, own: OwnBid) -> list[str]:
    return rules.objections_to_attaching(
        held=len(own.files(criterion)), allowed=criterion.attachments
    )


@transaction.atomic
def remove_file(*, invitation: Invitation, number: int, by: User, at: datetime) -> Invitation:
    """Take the file in that cell out of the draft; a bid that was submitted keeps it."""
    invitation, now = lock_invitation(invitation, at)
    own = own_bid(invitation)
    refuse_if(objections_to_bidding(invitation, now))
    held = {
        place: [one for one in files if one["cell"] != number]
        for place, files in own.draft["attachments"].items()
    }
    return keep(invitation, draft=own.draft | {"attachments": held}, bid=own.submitted)


def own_file(invitation: Invitation, number: int) -> tuple[dict, bytes] | None:
    """The provider's own file in that cell and what is known of it; ``None`` if there is none."""
    facts = own_bid(invitation).all_files().get(number)
    if facts is None:
        return None
    try:
        content = open_cell(invitation, facts)
    except sealing.Tampered:
        raise Refused([ALTERED]) from None
    refuse_if(_objections_to_virus(content, otherwise=[HELD]))
    return facts, content


def open_files(invitation: Invitation, quality: dict) -> dict[str, list[tuple[dict, bytes]]]:
    """The files of an opened bid. Raises ``sealing.Tampered`` if one is not as it was sealed."""
    return {
        position: [(facts, open_cell(invitation, facts)) for facts in held]
        for position, held in files_of(quality).items()
    }


def hold_files(
    bid: Bid, files: dict[str, list[tuple[dict, bytes]]], *, by: User | None, at: datetime
) -> None:
    """Store what came out of the cells, held like any upload until it is scanned."""
    responses = {
        str(response.criterion.position): response
        for response in Response.objects.filter(bid=bid).select_related("criterion")
    }
    for position, held in files.items():
        for facts, content in held:
            document = hold(
                name=facts["name"], media_type=facts["media_type"], content=content, by=by, at=at
            )
            Attachment.objects.create(response=responses[position], document=document)


def _free_cell(invitation: Invitation, own: OwnBid) -> int:
    """Any that neither the draft nor the submitted bid uses; there are enough for both."""
    numbers = set(invitation.cells.values_list("number", flat=True))
    return secrets.choice(sorted(numbers - own.all_files().keys()))


def _objections_to_virus(content: bytes, otherwise: list[str] | None = None) -> list[str]:
    """``otherwise``: what is said where a scanner is configured and does not answer."""
    if not settings.CLAMAV:
        return []
    try:
        return [] if is_clean(content, scanner=settings.CLAMAV) else [INFECTED]
    except Unscanned:
        return otherwise or []
