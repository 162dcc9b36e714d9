"""The ranking computed from the record, with its working, its versions and its margins."""

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from dps_portal.accounts.models import User
from tenders import rules
from tenders.models import Bid, ConsensusScore, Evaluation, LowPriceCheck, Tender

from .model import scoring_model

ALTERED = "the envelope was altered"
REJECTED = "abnormally low price, not accounted for"


@dataclass(frozen=True)
class Place:
    """A bid in the ranking; without a price if its envelope was altered.

    ``quote`` is what was bid, ``paid`` the same as it is scored and paid.
    """

    bid: Bid
    quote: rules.Quote | None
    paid: rules.Quote | None
    result: rules.Result
    steps: tuple[str, ...]

    @property
    def totals(self) -> dict[str, str]:
        """The scores as they are shown."""
        return {
            "price": rules.two_places(self.result.price_score),
            "quality": rules.two_places(self.result.quality_score),
            "total": rules.two_places(self.result.total),
        }


@dataclass(frozen=True)
class Competitors:
    """What the arithmetic takes: the model, the offers by provider, and those rejected."""

    model: rules.Model
    offers: dict[str, rules.Offer]
    rejected: dict[str, str]


def competitors(tender: Tender) -> Competitors:
    points = {
        (consensus.response.bid_id, consensus.response.criterion_id): consensus.points
        for consensus in ConsensusScore.objects.filter(response__bid__tender=tender).select_related(
            "response"
        )
    }
    criteria = list(tender.criteria.order_by("position"))
    offers = {
        bid.provider.reference: rules.Offer.of(
            bid.price.quote, (Fraction(points[bid.pk, criterion.pk]) for criterion in criteria)
        )
        for bid in tender.bids.intact().select_related("price").in_order()
    }
    checks = LowPriceCheck.objects.filter(bid__tender=tender, is_accepted=False)
    rejected = checks.values_list("bid__provider__reference", flat=True)
    return Competitors(
        model=scoring_model(tender, criteria),
        offers=offers,
        rejected=dict.fromkeys(rejected, REJECTED),
    )


def ranking(tender: Tender) -> list[Place]:
    """Every bid with its result, best first, the excluded last; for after the quality lock."""
    who = competitors(tender)
    results = rules.rank_bids(who.model, who.offers, who.rejected)
    steps = rules.working(who.model, who.offers, results, who.rejected)
    places = []
    for bid in tender.bids.in_order():
        name = bid.provider.reference
        offer = who.offers.get(name)
        places.append(
            Place(
                bid,
                offer and offer.quote,
                offer and rules.paid(who.model, offer.quote),
                results.get(name, rules.Result(ALTERED)),
                steps.get(name, ()),
            )
        )
    return sorted(places, key=lambda place: place.result.rank or len(places) + 1)


def expected_winners(tender: Tender, places: list[Place]) -> list[Bid]:
    """Whom the published basis names; more than its places where a tie is left."""
    results = {place.bid.provider.reference: place.result for place in places}
    criteria = tender.criteria.order_by("position")
    names = rules.winners(scoring_model(tender, criteria), results)
    return [place.bid for place in places if place.bid.provider.reference in names]


def margins(tender: Tender) -> list[rules.Margin]:
    """How far each weight, price and score may move before somebody else wins."""
    who = competitors(tender)
    return rules.margins(who.model, who.offers, who.rejected)


def unexplained(tender: Tender) -> list[Bid]:
    """Bids whose prices are abnormally low among those in play, and not yet decided on."""
    who = competitors(tender)
    results = rules.rank_bids(who.model, who.offers, who.rejected)
    pence = {name: offer.pence for name, offer in who.offers.items() if not results[name].excluded}
    low = rules.abnormally_low(pence, percent=tender.low_price_percent)
    if tender.fixed_pence is not None:
        low = []
    checks = tender.bids.filter(low_price_check__isnull=False)
    open_checks = checks.filter(low_price_check__decided_at=None).values("pk")
    accepted = checks.filter(low_price_check__is_accepted=True).values("pk")
    flagged = tender.bids.filter(provider__reference__in=low).exclude(pk__in=accepted)
    found = flagged | tender.bids.filter(pk__in=open_checks)
    return list(found.in_order())


def keep_evaluation(tender: Tender, *, cause: str, by: User, at: datetime) -> Evaluation:
    """The ranking as it now stands, beside those before it (R7.3)."""
    return Evaluation.objects.create(
        tender=tender,
        version=tender.evaluations.count() + 1,
        cause=cause,
        ranking=[told(place) for place in ranking(tender)],
        by=by,
        at=at,
    )


def told(place: Place) -> dict:
    """A place as it is kept: exact fractions as text."""
    result = place.result
    return {
        "provider": place.bid.provider.reference,
        **(place.quote.sealed() if place.quote else {"weekly_pence": None}),
        "excluded": result.excluded,
        "price_score": str(result.price_score),
        "quality_score": str(result.quality_score),
        "total": str(result.total),
        "rank": result.rank,
        "steps": list(place.steps),
    }
