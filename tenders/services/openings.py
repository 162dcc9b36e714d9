"""Declaring interests, and the opening of all bids at once by two officers (T4)."""

import hashlib
from contextlib import suppress
from datetime import datetime

from django.db import transaction
from django.urls import reverse

from dps_portal import sealing
from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Permission, Role
from dps_portal.audit import trail
from dps_portal.notifications.services import notify
from dps_portal.refusals import refuse_if
from tenders import rules
from tenders.models import (
    AttachmentCell,
    Bid,
    InterestDeclaration,
    OpeningApproval,
    Response,
    Score,
    SubmissionAttempt,
    Tender,
)
from tenders.states import TenderState

from .attachments import hold_files, open_files
from .attempts import sealed_attempts
from .envelopes import db_now, open_quality, private_key_of
from .scores import settle_scoring
from .tenders import interest_of, lock_tender


@transaction.atomic
def declare_interest(
    *, tender: Tender, has_interest: bool, details: str, by: User, at: datetime
) -> InterestDeclaration:
    """Made before anything of a bid is shown. An interest shuts out, and voids one's scores."""
    tender = lock_tender(tender)
    refuse_if(
        rules.objections_to_declaration(
            state=TenderState(tender.state), declared=interest_of(tender, by)
        )
    )
    declaration, _ = InterestDeclaration.objects.update_or_create(
        tender=tender,
        user=by,
        defaults={"has_interest": has_interest, "details": details, "at": at},
    )
    scores = Score.objects.filter(response__bid__tender=tender, evaluator=by)
    settle_scoring(tender, at=at, is_voiding=has_interest and scores.exists())
    trail.record("interest.declared", tender, by=by, at=at, has_interest=has_interest)
    return declaration


@transaction.atomic
def open_bids(*, tender: Tender, by: User, at: datetime) -> Tender:
    """Approve the opening; with the second officer's approval every bid is opened, or none.

    Each approval counts only if that officer may open, and has no interest, now.
    """
    tender = lock_tender(tender)
    refuse_if(objections_to_opening(tender, by, now=min(at, db_now())))
    others = _approvers(tender)
    OpeningApproval.objects.create(tender=tender, officer=by, at=at)
    envelopes = _fingerprint(tender)
    if not others:
        trail.record("opening.approved", tender, by=by, at=at, envelopes=envelopes)
        return tender
    attempts = _open_attempts(tender)
    bids = _open_envelopes(tender, at=at)
    tender.state = TenderState.OPENED
    tender.opened_at = at
    tender.save()
    _tell_opened(tender, at=at)
    trail.record(
        "bids.opened",
        tender,
        by=by,
        at=at,
        with_officers=[officer.ref for officer in others],
        envelopes=envelopes,
        bids=len(bids),
        refused_attempts=attempts,
    )
    for bid in bids:
        trail.record(
            "bid.opened",
            bid,
            by=by,
            at=at,
            provider=bid.provider.reference,
            intact=bid.is_intact,
            digest=bid.digest,
            submitted_at=bid.submitted_at and bid.submitted_at.isoformat(),
            submitted_by=bid.submitted_by_ref,
        )
    return tender


def objections_to_opening(tender: Tender, by: User, now: datetime) -> list[str]:
    others = _approvers(tender)
    return rules.objections_to_opening(
        state=TenderState(tender.state),
        closes_at=tender.closes_at,
        now=now,
        may_open=User.objects.with_permission(Permission.OPEN_BIDS).filter(pk=by.pk).exists(),
        has_interest=interest_of(tender, by),
        has_approved=tender.opening_approvals.filter(officer=by).exists(),
        are_all_commissioners=bool(others) and all(map(_is_commissioner, [by, *others])),
    )


def _approvers(tender: Tender) -> list[User]:
    """Who has approved and may, at this moment, still do so."""
    return [
        approval.officer
        for approval in tender.opening_approvals.select_related("officer")
        if approval.officer.may(Permission.OPEN_BIDS)
        and interest_of(tender, approval.officer) is False
    ]


def _is_commissioner(officer: User) -> bool:
    return Role.PROCUREMENT not in officer.roles


def _fingerprint(tender: Tender) -> str:
    """SHA-256 over what lies in the box, so that the trail shows what was there when."""
    found = hashlib.sha256()
    rows = tender.invitations.order_by("pk")
    for envelopes in rows.values_list("quality_envelope", "price_envelope", "own_copy"):
        for envelope in envelopes:
            found.update(envelope)
    cells = AttachmentCell.objects.filter(invitation__tender=tender)
    for cell in cells.order_by("invitation", "number").values_list("pk", flat=True):
        found.update(cells.values_list("content", flat=True).get(pk=cell))  # a megabyte each
    return found.hexdigest()


def _open_attempts(tender: Tender) -> int:
    """Submissions that were refused come to light with the bids; how many."""
    found = []
    for invitation in tender.invitations.select_related("tender", "provider").order_by("pk"):
        with suppress(sealing.Tampered):  # named as an altered bid
            found += sealed_attempts(invitation)
    return len(SubmissionAttempt.objects.bulk_create(found))


def _open_envelopes(tender: Tender, *, at: datetime) -> list[Bid]:
    private_key = private_key_of(tender)
    criteria = list(tender.criteria.all())
    bids = []
    for invitation in tender.invitations.select_related("tender", "provider").order_by("pk"):
        is_intact, quality = open_quality(invitation, private_key)
        if is_intact and quality is None:
            continue  # a blank envelope
        try:
            files = open_files(invitation, quality) if is_intact else {}
        except sealing.Tampered:
            is_intact, files = False, {}
        bid = Bid(tender=tender, provider=invitation.provider, is_intact=is_intact)
        if is_intact:
            content = quality["content"]
            bid.submitted_at = datetime.fromisoformat(content["submitted_at"])
            bid.submitted_by_ref = content["submitted_by"]
            bid.digest, bid.price_digest = quality["digest"], content["price_digest"]
        bid.save()
        bids.append(bid)
        if is_intact:
            Response.objects.bulk_create(
                Response(bid=bid, criterion=one, text=content["answers"][str(one.position)])
                for one in criteria
            )
            sender = User.objects.filter(ref=bid.submitted_by_ref).first()
            hold_files(bid, files, by=sender, at=at)
    return bids


def _tell_opened(tender: Tender, *, at: datetime) -> None:
    bidders = User.objects.filter(
        memberships__ended_at=None, memberships__provider__bids__tender=tender
    )
    path = reverse("tenders:invitation", args=[tender.reference])
    for member in bidders:
        notify(member, "tenders/emails/bid_opened.txt", at=at, tender=tender, path=path)
    for member in tender.panel.serving().select_related("user"):
        notify(
            member.user,
            "tenders/emails/bids_to_score.txt",
            at=at,
            tender=tender,
            path=tender.get_absolute_url(),
        )
