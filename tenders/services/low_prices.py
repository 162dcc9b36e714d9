"""Abnormally low prices: asked about, explained, accepted or rejected (R7.9, regulation 69)."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Permission
from dps_portal.audit import trail
from dps_portal.notifications.services import notify, notify_each
from dps_portal.refusals import refuse_if
from tenders import rules
from tenders.models import Bid, LowPriceCheck
from tenders.states import TenderState

from .ranking import keep_evaluation
from .tenders import interest_of, is_on_panel, lock_tender


@transaction.atomic
def ask_explanation(
    *, bid: Bid, question: str, due_at: datetime, by: User, at: datetime
) -> LowPriceCheck:
    """Any price may be asked about; one that is abnormally low must be."""
    bid.tender = lock_tender(bid.tender)
    refuse_if(objections_to_asking(bid, by, at, due_at=due_at))
    check = LowPriceCheck.objects.create(
        bid=bid, question=question, due_at=due_at, asked_by=by, asked_at=at
    )
    path = reverse("tenders:explain_price", args=[bid.tender.reference])
    members = User.objects.filter(memberships__ended_at=None, memberships__provider=bid.provider)
    for member in members:
        notify(member, "tenders/emails/price_asked.txt", at=at, tender=bid.tender, path=path)
    trail.record("low_price.asked", bid, by=by, at=at, due_at=due_at.isoformat())
    return check


def objections_to_asking(
    bid: Bid, by: User, at: datetime, *, due_at: datetime | None = None
) -> list[str]:
    return rules.objections_to_asking(
        state=TenderState(bid.tender.state),
        is_on_panel=is_on_panel(bid.tender, by),
        has_interest=interest_of(bid.tender, by),
        is_asked=LowPriceCheck.objects.filter(bid=bid).exists(),
        due_at=due_at,
        at=at,
    )


@transaction.atomic
def explain_price(*, check: LowPriceCheck, answer: str, by: User, at: datetime) -> LowPriceCheck:
    """The bidder's words; they can be bettered until somebody decides."""
    tender = lock_tender(check.bid.tender)
    check = LowPriceCheck.objects.select_related("bid__tender").get(pk=check.pk)
    refuse_if(objections_to_explaining(check))
    check.answer, check.answered_by, check.answered_at = answer, by, at
    check.save()
    notify_each(
        User.objects.with_permission(Permission.LOCK_QUALITY),
        "tenders/emails/price_explained.txt",
        at=at,
        key=f"price-explained:{check.pk}:{at.isoformat()}",
        tender=tender,
        path=reverse("tenders:ranking", args=[tender.reference]),
    )
    trail.record("low_price.explained", check.bid, by=by, at=at)
    return check


def objections_to_explaining(check: LowPriceCheck) -> list[str]:
    return rules.objections_to_explaining(
        state=TenderState(check.bid.tender.state), is_decided=check.decided_at is not None
    )


@transaction.atomic
def decide_price(
    *, bid: Bid, is_accepted: bool, reason: str, by: User, at: datetime
) -> LowPriceCheck:
    """Accept the price, or reject the bid; then everything is ranked afresh without it."""
    tender = bid.tender = lock_tender(bid.tender)
    refuse_if(objections_to_deciding(bid, by, at))
    check = LowPriceCheck.objects.get(bid=bid)
    check.is_accepted, check.reason = is_accepted, reason
    check.decided_by, check.decided_at = by, at
    check.save()
    if not is_accepted:
        cause = f"{bid.provider.name} rejected: its price is not accounted for"
        keep_evaluation(tender, cause=cause, by=by, at=at)
    trail.record("low_price.decided", bid, by=by, at=at, is_accepted=is_accepted)
    return check


def objections_to_deciding(bid: Bid, by: User, at: datetime) -> list[str]:
    check = LowPriceCheck.objects.filter(bid=bid).first()
    return rules.objections_to_deciding(
        state=TenderState(bid.tender.state),
        is_on_panel=is_on_panel(bid.tender, by),
        has_interest=interest_of(bid.tender, by),
        is_asked=check is not None,
        is_answered=check is not None and check.answered_at is not None,
        is_due=check is not None and check.due_at <= at,
        is_decided=check is not None and check.decided_at is not None,
    )
