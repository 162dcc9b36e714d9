"""A provider's bid, until the close readable by that provider alone.

Nothing here tells anyone else that a bid was made: no message, and no audit event until the
opening, where each bid is recorded with its author, time and digest (T3).
"""

from dataclasses import dataclass
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

from .envelopes import db_now, fill_envelopes, make_bid, read_own_copy
from .tenders import is_admitted, lock_tender

RECEIPT_KEY_PATH = "/receipts/"  # where the key to check receipts with is published
NOTHING_YET = {"answers": {}, "weekly_pence": None}


@dataclass(frozen=True)
class OwnBid:
    """What a provider keeps of its own: the draft, and the bid as submitted.

    Answers are by the position of their criterion, as text, since JSON knows no other keys.
    """

    draft: dict
    submitted: dict | None

    @property
    def is_draft_submitted(self) -> bool:
        """Whether nothing was changed since the bid was submitted."""
        return self.submitted is not None and self.draft == {
            "answers": self.submitted["quality"]["content"]["answers"],
            "weekly_pence": self.submitted["price"]["weekly_pence"],
        }

    @property
    def submitted_at(self) -> datetime | None:
        if self.submitted is None:
            return None
        return datetime.fromisoformat(self.submitted["quality"]["content"]["submitted_at"])


def own_bid(invitation: Invitation) -> OwnBid:
    draft, submitted = read_own_copy(invitation)
    return OwnBid(draft=draft or NOTHING_YET, submitted=submitted)


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


@transaction.atomic
def edit_bid(
    *,
    invitation: Invitation,
    answers: dict[str, str],
    weekly_pence: int | None,
    by: User,
    at: datetime,
) -> Invitation:
    """Keep a draft, with gaps if need be; what was submitted stays submitted."""
    invitation, now = _locked(invitation, at)
    fixed = invitation.tender.fixed_pence
    draft = {"answers": answers, "weekly_pence": weekly_pence if fixed is None else fixed}
    refuse_if(objections_to_bidding(invitation, now) + _objections_to_draft(invitation, draft, now))
    return keep(invitation, draft=draft, bid=own_bid(invitation).submitted)


@transaction.atomic
def submit_bid(*, invitation: Invitation, by: User, at: datetime) -> Invitation:
    """Seal the draft as the bid, in place of an earlier one. Submitting it twice changes nothing.

    Whether it is late is judged by the database's time under the tender's lock (T5).
    """
    invitation, now = _locked(invitation, at)
    return seal_bid(invitation=invitation, by=by, at=now)


def seal_bid(*, invitation: Invitation, by: User, at: datetime) -> Invitation:
    """As ``submit_bid``, for a caller that holds the lock and answers for the time."""
    own = own_bid(invitation)
    refuse_if(objections_to_submission(invitation, own, at))
    if own.is_draft_submitted:
        return invitation
    bid = make_bid(invitation, own.draft, by=by, at=at)
    return keep(invitation, draft=own.draft, bid=bid)


@transaction.atomic
def withdraw_bid(
    *,
    invitation: Invitation,
    by: User,
    at: datetime,
) -> Invitation:
    """Take the bid back; the draft stays for another one."""
    invitation, now = _locked(invitation, at)
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
    answers = own.draft["answers"]
    return [
        *objections_to_bidding(invitation, now),
        *_objections_to_draft(invitation, own.draft, now),
        *rules.objections_to_gaps(
            answers=[
                (criterion.name, answers.get(str(criterion.position), ""))
                for criterion in _criteria(invitation)
            ],
            weekly_pence=own.draft["weekly_pence"],
        ),
    ]


def _objections_to_draft(invitation: Invitation, draft: dict, now: datetime) -> list[str]:
    answers, tender = draft["answers"], invitation.tender
    return rules.objections_to_answers(
        answers=[
            (criterion.name, answers.get(str(criterion.position), ""), criterion.word_limit)
            for criterion in _criteria(invitation)
        ]
    ) + rules.objections_to_price(
        weekly_pence=draft["weekly_pence"],
        ceiling_pence=tender.price_limit_pence,
        list_pence=list_price(invitation, now),
        fixed_pence=tender.fixed_pence,
    )


def _criteria(invitation: Invitation) -> list[Criterion]:
    return list(invitation.tender.criteria.order_by("position"))


def _locked(invitation: Invitation, at: datetime) -> tuple[Invitation, datetime]:
    """The invitation under its tender's lock, and the later of ``at`` and the database's time."""
    tender = lock_tender(invitation.tender)
    now = max(at, db_now())
    invitation = Invitation.objects.select_related("provider").get(pk=invitation.pk)
    invitation.tender = tender
    return invitation, now


def keep(invitation: Invitation, *, draft: dict, bid: dict | None) -> Invitation:
    try:
        fill_envelopes(invitation, draft=draft, bid=bid)
    except sealing.TooLarge:
        raise Refused(["The answers are too long to be sealed. Shorten them."]) from None
    invitation.save()
    return invitation
