"""What every bidder is told of the outcome (R4.4)."""

from datetime import datetime

from django.template.loader import render_to_string
from django.urls import reverse

from dps_portal.accounts.models import User
from dps_portal.notifications.services import notify
from tenders.models import ConsensusScore, Letter, Tender

from .model import model_in_words
from .ranking import Place


def send_letters(tender: Tender, places: list[Place], *, at: datetime) -> None:
    """Every bidder learns its own scores and reasons, and the winners' scores and names."""
    agreed = {}
    rows = ConsensusScore.objects.filter(response__bid__tender=tender)
    for consensus in rows.select_related("response__criterion").order_by(
        "response__criterion__position"
    ):
        agreed.setdefault(consensus.response.bid_id, []).append(consensus)
    winners = [(place, agreed[place.bid.pk]) for place in places if place.bid.award_id]
    path = reverse("tenders:letter", args=[tender.reference])
    words = model_in_words(tender)
    for place in places:
        won = place.bid.award_id is not None
        body = render_to_string(
            "tenders/letters/outcome.txt",
            {
                "tender": tender,
                "provider": place.bid.provider,
                "at": at,
                "won": won,
                "own": place,
                "own_scores": agreed.get(place.bid.pk, []),
                "winners": winners,
                "words": words,
            },
        )
        Letter.objects.create(tender=tender, provider=place.bid.provider, won=won, body=body, at=at)
        for member in User.objects.filter(
            memberships__ended_at=None, memberships__provider=place.bid.provider
        ):
            notify(member, "tenders/emails/outcome.txt", at=at, tender=tender, path=path)
