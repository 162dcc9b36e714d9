"""Writing a bid bit by bit: each answer and the price is saved on its own."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction

from dps_portal import sealing
from dps_portal.accounts.models import User
from dps_portal.refusals import refuse_if
from tenders import rules
from tenders.models import Criterion, Invitation

from .bids import objections_to_answers, objections_to_bidding, objections_to_price
from .own_copies import keep, lock_invitation, own_bid


def version_of(value: Any) -> str:
    """Names what was shown on a page, so that nobody overwrites what they have not seen (T14)."""
    return sealing.digest(value)


@transaction.atomic
def edit_answer(
    *,
    invitation: Invitation,
    criterion: Criterion,
    text: str,
    is_finished: bool,
    seen: str,
    by: User,
    at: datetime,
) -> Invitation:
    """Keep an answer in the draft; what was submitted stays submitted.

    ``seen`` is the version that the text was written on.
    """
    invitation, now = lock_invitation(invitation, at)
    own, place = own_bid(invitation), str(criterion.position)
    answers = own.draft["answers"] | {place: text}
    refuse_if(
        objections_to_bidding(invitation, now)
        + objections_to_answers([criterion], {"answers": answers})
        + _objections_to_overwriting(own.answer(criterion), text, seen)
    )
    others = [one for one in own.draft["finished"] if one != place]
    finished = [*others, place] if is_finished and text else others
    draft = own.draft | {"answers": answers, "finished": finished}
    return keep(invitation, draft=draft, bid=own.submitted)


@transaction.atomic
def edit_price(
    *, invitation: Invitation, seen: str, by: User, at: datetime, **price: int | None
) -> Invitation:
    """Keep the price in the draft; ``price`` are its parts, as ``OwnBid.price`` has them."""
    invitation, now = lock_invitation(invitation, at)
    own = own_bid(invitation)
    new = replace(own, draft=own.draft | price)
    refuse_if(
        objections_to_bidding(invitation, now)
        + objections_to_price(invitation, new.quote, now)
        + _objections_to_overwriting(own.price, new.price, seen)
    )
    return keep(invitation, draft=own.draft | new.price, bid=own.submitted)


def _objections_to_overwriting(held: Any, new: Any, seen: str) -> list[str]:
    return rules.objections_to_overwriting(is_seen=seen == version_of(held), is_same=held == new)
