"""A draft's evaluation model at work on invented bids; nothing is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from tenders import rules
from tenders.models import Tender

from .model import scoring_model

SHARES = {"A": (95, 1), "B": (85, 0), "C": (75, -1), "D": (40, -2)}  # percent of ceiling; points


@dataclass(frozen=True)
class Rehearsed:
    bid: str
    quote: rules.Quote
    result: rules.Result
    steps: tuple[str, ...]

    @property
    def totals(self) -> dict[str, str]:
        return {
            "price": rules.two_places(self.result.price_score),
            "quality": rules.two_places(self.result.quality_score),
            "total": rules.two_places(self.result.total),
        }


@dataclass(frozen=True)
class Rehearsal:
    places: list[Rehearsed]
    winners: tuple[str, ...]
    curve: list[rules.Point]
    oddities: list[str]


def invented_bids(tender: Tender) -> dict[str, tuple[int, list[int]]]:
    """A dear good bid to a very cheap poor one, for a start."""
    count = tender.criteria.count()
    good = max(tender.score_scale_max - 1, 0)
    return {
        name: (
            tender.fixed_pence or tender.lot.ceiling_weekly_pence * share // 100,
            [min(max(good + shift, 0), tender.score_scale_max)] * count,
        )
        for name, (share, shift) in SHARES.items()
    }


def rehearse(tender: Tender, bids: Mapping[str, tuple[int, Sequence[int]]]) -> Rehearsal:
    """Score the bids as the draft would; ``bids`` are weekly pence and points by criterion."""
    model = scoring_model(tender, tender.criteria.order_by("position"))
    offers = {
        name: rules.Offer.of(rules.Quote(pence, tender.compared_weeks), map(Fraction, points))
        for name, (pence, points) in bids.items()
    }
    highest = rules.Quote(tender.lot.ceiling_weekly_pence, tender.compared_weeks)
    results = rules.rank_bids(model, offers)
    steps = rules.working(model, offers, results)
    ordered = sorted(offers, key=lambda name: (results[name].rank or len(offers) + 1, name))
    return Rehearsal(
        places=[
            Rehearsed(name, offers[name].quote, results[name], steps.get(name, ()))
            for name in ordered
        ],
        winners=rules.winners(model, results),
        curve=rules.price_curve(model, offers, highest=highest.compared_pence),
        oddities=rules.oddities(model, offers) + _to_be_explained(tender, offers, results),
    )


def _to_be_explained(tender: Tender, offers, results) -> list[str]:
    pence = {name: offer.pence for name, offer in offers.items() if not results[name].excluded}
    low = rules.abnormally_low(pence, percent=tender.low_price_percent)
    return [
        f"The price of bid {name} is more than {tender.low_price_percent}% below the mean of the "
        "others. It would have to be explained before anything is recommended."
        for name in low
    ]
