"""How far each weight, score and price may move before somebody else wins (design §4)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from .scoring import WHOLE, Model, Offer, limit, rank_bids, winners

FARTHEST = 10  # times its price that a bid is looked at where there is no ceiling


@dataclass(frozen=True)
class Margin:
    """Something that decides, what it is, and the nearest value that changes who wins.

    ``kind`` is price_weight, weight, score or price; ``bid`` is empty for weights. ``down`` and
    ``up`` are ``None`` where no value that way changes anything; prices are pence.
    """

    kind: str
    bid: str
    criterion: str
    now: Fraction | int
    down: Fraction | int | None
    up: Fraction | int | None


def margins(
    model: Model, offers: Mapping[str, Offer], excluded: Mapping[str, str] | None = None
) -> list[Margin]:
    """Whole points of weight and score, pence of price; each by scoring all bids afresh.

    When one weight moves, the others share the rest in their old proportions.
    """
    won = winners(model, rank_bids(model, offers, excluded))
    if not won:
        return []

    def changes(model: Model, offers: Mapping[str, Offer]) -> bool:
        return winners(model, rank_bids(model, offers, excluded)) != won

    weights = [_weight_margin(model, offers, place, changes) for place in range(_weights(model))]
    in_play = [bid for bid in offers if bid not in (excluded or {})]
    scores = [
        _score_margin(model, offers, bid, place, changes)
        for bid in in_play
        for place in range(len(model.criteria))
    ]
    prices = (
        []
        if model.formula == "QUALITY_ONLY"
        else [_price_margin(model, offers, bid, changes) for bid in in_play]
    )
    return [*weights, *prices, *scores]


Changes = Callable[[Model, Mapping[str, Offer]], bool]


def _weights(model: Model) -> int:
    return 1 + len(model.criteria)


def reweighted(model: Model, place: int, weight: Fraction) -> Model:
    """With one weight (the price's at 0, then the criteria's) set, the rest in proportion."""
    old = [model.price_weight, *(weight for _, weight in model.criteria)]
    rest = WHOLE - old[place]
    share = Fraction(WHOLE - weight, 1) / rest if rest else Fraction(0)
    new = [weight if at == place else each * share for at, each in enumerate(old)]
    names = (name for name, _ in model.criteria)
    return replace(model, price_weight=new[0], criteria=tuple(zip(names, new[1:], strict=True)))


def _weight_margin(
    model: Model, offers: Mapping[str, Offer], place: int, changes: Changes
) -> Margin:
    name, now = ("", model.price_weight) if place == 0 else model.criteria[place - 1]

    def nearest(values: Iterable[int]) -> int | None:
        if now == WHOLE:
            return None
        return next(
            (v for v in values if changes(reweighted(model, place, Fraction(v)), offers)), None
        )

    whole = int(now)
    first_down = whole if whole < now else whole - 1
    return Margin(
        "price_weight" if place == 0 else "weight",
        "",
        name,
        now,
        nearest(range(first_down, -1, -1)),
        nearest(range(whole + 1, WHOLE + 1)),
    )


def _score_margin(
    model: Model, offers: Mapping[str, Offer], bid: str, place: int, changes: Changes
) -> Margin:
    now = offers[bid].scores[place]

    def nearest(values: Iterable[int]) -> int | None:
        return next((v for v in values if changes(model, _scored(offers, bid, place, v))), None)

    return Margin(
        "score",
        bid,
        model.criteria[place][0],
        now,
        nearest(range(int(now) - 1, -1, -1)),
        nearest(range(int(now) + 1, int(model.scale_max) + 1)),
    )


def _scored(offers: Mapping[str, Offer], bid: str, place: int, points: int) -> dict[str, Offer]:
    scores = list(offers[bid].scores)
    scores[place] = Fraction(points)
    return {**offers, bid: replace(offers[bid], scores=tuple(scores))}


def _price_margin(model: Model, offers: Mapping[str, Offer], bid: str, changes: Changes) -> Margin:
    now = offers[bid].pence

    def at(pence: int) -> bool:
        return changes(model, {**offers, bid: replace(offers[bid], pence=pence)})

    highest = max(now, limit(model, offers[bid]) or FARTHEST * now)
    return Margin("price", bid, "", now, _nearest(at, now, 1), _nearest(at, now, highest))


def _nearest(changes: Callable[[int], bool], now: int, end: int) -> int | None:
    """By halving: once a price has changed who wins, one farther away does not change it back."""
    if now == end or not changes(end):
        return None
    same, other = now, end
    while abs(other - same) > 1:
        middle = (same + other) // 2
        if changes(middle):
            other = middle
        else:
            same = middle
    return other
