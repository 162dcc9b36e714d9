"""Ratings, places, the price and what was spent."""

from collections import Counter

from dps_portal.money import gbp, pounds
from dps_portal.reports import rules
from dps_portal.reports.scorecards import Card

from .measure import NOTHING, Line, Measure, figure


def _rating_lines(card: Card) -> list[Line]:
    """With how many places have it, where there are several."""
    if len(card.ratings) == 1:
        return list(card.ratings)
    counts, of = sorted(Counter(card.ratings).items()), len(card.ratings)
    return [f"{rating}: {count} of {of}" for rating, count in counts] or [NOTHING]


def _price_lines(card: Card) -> list[Line]:
    lines: list[Line] = []
    for lot, pence in card.prices.items():
        share = rules.Share(pence, lot.ceiling_weekly_pence)
        lines += [f"Lot {lot.number}: {gbp(pence)}", f"{share.percent}% of {gbp(share.of)}"]
    return lines or [NOTHING]


def _spend_lines(card: Card) -> list[Line]:
    if card.year_ceiling_pence is None:
        return [gbp(card.pence), "no ceiling recorded"]
    share = rules.Share(card.pence, card.year_ceiling_pence)
    return [gbp(share.count), f"{share.percent}% of {gbp(share.of)}"]


STANDING = (
    Measure(
        "CQC rating",
        "Of the provider’s places on the last day of the quarter, or today, as the directory of "
        "the Care Quality Commission had it. Places in Scotland and Wales have another regulator.",
        _rating_lines,
        {"CQC rating": lambda card: "; ".join(card.ratings)},
    ),
    figure(
        "Free places stated",
        "On all lots together, as the provider stated them last by the same day.",
        lambda card: card.free_places,
    ),
    Measure(
        "Price a week, of the lot’s ceiling",
        "On the same day, of each lot on which the provider was admitted. The ceiling is that of "
        "today.",
        _price_lines,
        {
            "Price a week": lambda card: "; ".join(
                f"{lot} {pounds(pence)}" for lot, pence in card.prices.items()
            ),
            "Ceiling of the price": lambda card: "; ".join(
                f"{lot} {pounds(lot.ceiling_weekly_pence)}" for lot in card.prices
            ),
        },
    ),
    Measure(
        "Spend, of the year’s ceiling",
        "What the nights and charges of the quarter cost up to today, as the spend report has "
        "them, and which part that is of the ceiling of the whole financial year for all "
        "providers. A correction of a closed year stands here in the quarter of its nights.",
        _spend_lines,
        {
            "Spend": lambda card: pounds(card.pence),
            "Ceiling of the year": lambda card: (
                "" if card.year_ceiling_pence is None else pounds(card.year_ceiling_pence)
            ),
        },
    ),
)
