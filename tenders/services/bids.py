"""Submitting and withdrawing a bid, until the close readable by its provider alone.

Nothing here tells anyone else that a bid was made: no message, and no audit event until the
opening, where each bid is recorded with its author, time and digest (T3).
"""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from dps_portal import sealing
from dps_portal.accounts.models import User
from dps_portal.refusals import Refused, refuse_if
from providers.models import Rate
from providers.states import RateSource
from tenders import rules
from tenders.models import Criterion, Invitation
from tenders.states import TenderState

from .attempts import note_attempt
from .envelopes import make_bid
from .own_copies import OwnBid, keep, lock_invitation, own_bid
from .tenders import is_admitted

RECEIPT_KEY_PATH = "/receipts/"  # where the key to check receipts with is published


def receipt_text(invitation: Invitation) -> str:
    """The receipt of the submitted bid, with all that is needed to check it elsewhere."""
    bid = own_bid(invitation).submitted
    refuse_if([] if bid else ["There is no submitted bid."])
    return render_to_string(
        "tenders/receipt.txt",
        {
            "bid": bid["quality"],
            "content": sealing.canonical(bid["quality"]["content"]).decode(),
            "price": sealing.canonical(bid["price"]).decode(),
            "verify_key": sealing.verify_key(settings.KEYS["receipt"]),
            "published_at": settings.PORTAL_ORIGIN + RECEIPT_KEY_PATH,
        },
    )


def sealed_content(invitation: Invitation) -> bytes:
    """The canonical JSON of which the receipt holds the digest."""
    bid = own_bid(invitation).submitted
    refuse_if([] if bid else ["There is no submitted bid."])
    return sealing.canonical(bid["quality"]["content"])


def list_price(invitation: Invitation, at: datetime) -> int | None:
    """The weekly pence on the provider's own price list, which no bid may exceed (R10.3)."""
    rates = Rate.objects.filter(
        provider=invitation.provider, lot=invitation.tender.lot, source=RateSource.PRICE_LIST
    )
    rate = rates.in_force(timezone.localdate(at)).first()
    return rate and rate.weekly_pence


def submit_bid(*, invitation: Invitation, by: User, at: datetime) -> Invitation:
    """Seal the draft as the bid, in place of an earlier one. Submitting it twice changes nothing.

    Whether it is late is judged by the database's time under the tender's lock. A refusal comes
    after the transaction, so that its evidence stays (T5).
    """
    with transaction.atomic():
        invitation, now = lock_invitation(invitation, at)
        try:
            return seal_bid(invitation=invitation, by=by, at=now)
        except Refused as refusal:
            refused = refusal
            note_attempt(invitation, own_bid(invitation), refusal.reasons, by=by, at=now)
    raise refused


def seal_bid(*, invitation: Invitation, by: User, at: datetime) -> Invitation:
    """As ``submit_bid``, for a caller that holds the lock and answers for the time."""
    own = own_bid(invitation)
    refuse_if(objections_to_submission(invitation, own, at))
    if own.is_draft_submitted:
        return invitation
    bid = make_bid(invitation, own.draft, by=by, at=at)
    return keep(invitation, draft=own.draft | {"finished": list(own.draft["answers"])}, bid=bid)


@transaction.atomic
def withdraw_bid(
    *,
    invitation: Invitation,
    by: User,
    at: datetime,
) -> Invitation:
    """Take the bid back; the draft stays for another one."""
    invitation, now = lock_invitation(invitation, at)
    own = own_bid(invitation)
    refuse_if(
        objections_to_bidding(invitation, now)
        + rules.objections_to_withdrawal(has_bid=own.submitted is not None)
    )
    return keep(invitation, draft=own.draft, bid=None)


def objections_to_bidding(invitation: Invitation, now: datetime) -> list[str]:
    tender = invitation.tender
    return rules.objections_to_bidding(
        state=TenderState(tender.state),
        closes_at=tender.closes_at,
        now=now,
        is_admitted=is_admitted(tender, invitation.provider, now),
    )


def objections_to_submission(invitation: Invitation, own: OwnBid, now: datetime) -> list[str]:
    criteria = criteria_of(invitation)
    return [
        *objections_to_bidding(invitation, now),
        *objections_to_answers(criteria, own.draft),
        *objections_to_price(invitation, own.quote, now),
        *rules.objections_to_gaps(
            answers=[(criterion.name, own.answer(criterion)) for criterion in criteria],
            weekly_pence=own.draft["weekly_pence"],
        ),
    ]


def objections_to_answers(criteria: list[Criterion], draft: dict) -> list[str]:
    return rules.objections_to_answers(
        answers=[
            (
                criterion.name,
                draft["answers"].get(str(criterion.position), ""),
                criterion.word_limit,
            )
            for criterion in criteria
        ]
    )


def objections_to_price(
    invitation: Invitation, quote: rules.Quote | None, now: datetime
) -> list[str]:
    """A draft without a weekly price has a gap, and nothing to object to."""
    if quote is None:
        return []
    tender = invitation.tender
    return [
        *rules.objections_to_price(
            weekly_pence=quote.weekly_pence,
            ceiling_pence=tender.price_limit_pence,
            list_pence=list_price(invitation, now),
            fixed_pence=tender.fixed_pence,
        ),
        *rules.objections_to_besides(quote, ceiling_pence=tender.lot.ceiling_weekly_pence),
    ]


def criteria_of(invitation: Invitation) -> list[Criterion]:
    return list(invitation.tender.criteria.order_by("position"))
