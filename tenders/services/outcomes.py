"""What every bidder is told of the outcome (R4.4, R4.5)."""

from dataclasses import dataclass
from datetime import datetime

from django.template.loader import render_to_string
from django.urls import reverse

from dps_portal.accounts.models import User
from dps_portal.notifications.services import notify_each
from tenders.models import Award, ConsensusScore, Letter, LowPriceCheck, Tender

from .model import model_in_words
from .ranking import ranking


@dataclass(frozen=True)
class Advantage:
    """A criterion on which a winner was scored above the addressee, and why it was."""

    criterion: str
    points: int
    own: int
    reason: str


def send_letters(award: Award, *, at: datetime) -> None:
    """Every bidder learns its own scores and reasons, and the winners' scores and advantages."""
    tender, places = award.tender, ranking(award.tender)
    agreed: dict[int, list[ConsensusScore]] = {place.bid.pk: [] for place in places}
    rows = ConsensusScore.objects.filter(response__bid__tender=tender)
    for consensus in rows.select_related("response__criterion").order_by(
        "response__criterion__position"
    ):
        agreed[consensus.response.bid_id].append(consensus)
    won = [place for place in places if place.bid.award_id == award.pk]
    checks = LowPriceCheck.objects.filter(bid__tender=tender, is_accepted=False)
    rejected = {check.bid_id: check for check in checks}
    words = model_in_words(tender)
    for place in places:
        own = agreed[place.bid.pk]
        body = render_to_string(
            "tenders/letters/outcome.txt",
            {
                "tender": tender,
                "award": award,
                "provider": place.bid.provider,
                "at": at,
                "won": place in won,
                "own": place,
                "own_scores": own,
                "rejected": rejected.get(place.bid.pk),
                "winners": [
                    (winner, agreed[winner.bid.pk], _advantages(own, agreed[winner.bid.pk]))
                    for winner in won
                ],
                "words": words,
            },
        )
        Letter.objects.create(
            tender=tender, provider=place.bid.provider, won=place in won, body=body, at=at
        )
    tell_bidders(tender, "outcome", at=at)


def _advantages(own: list[ConsensusScore], winning: list[ConsensusScore]) -> list[Advantage]:
    """Both in the order of the criteria; ``own`` is empty where the bid could not be read."""
    return [
        Advantage(theirs.response.criterion.name, theirs.points, ours.points, theirs.reason)
        for ours, theirs in zip(own, winning, strict=False)
        if theirs.points > ours.points
    ]


def tell_bidders(tender: Tender, event: str, *, at: datetime) -> None:
    """Every member of every organisation that bid."""
    bidders = User.objects.filter(
        memberships__ended_at=None, memberships__provider__bids__tender=tender
    )
    notify_each(
        bidders,
        f"tenders/emails/{event}.txt",
        at=at,
        tender=tender,
        path=reverse("tenders:letter", args=[tender.reference]),
    )
