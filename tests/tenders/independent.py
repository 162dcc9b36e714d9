"""A second count of MEAT, written apart from the first: pairwise, and one bid at a time."""

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import floor

from tenders.rules import BASES, FORMULAS, ROUNDINGS, TIE_BREAKS, Model, Offer


@dataclass
class Tender:
    formula: str
    rounding: str
    basis: str
    price_weight: int
    weights: list[int]
    scale: int
    minimum: int | None
    minima: list[int | None]
    ceiling: int | None
    at_ceiling: bool
    low: int
    high: int
    benchmark: int
    capped: bool
    ties: tuple[str, ...]
    places: int
    threshold: int
    bids: dict[str, tuple[int, list[int]]]
    out: dict[str, str]

    def model(self) -> Model:
        return Model(
            price_weight=Fraction(self.price_weight),
            criteria=tuple((f"c{at}", Fraction(one)) for at, one in enumerate(self.weights)),
            scale_max=Fraction(self.scale),
            minimum_score=None if self.minimum is None else Fraction(self.minimum),
            minima=tuple(None if one is None else Fraction(one) for one in self.minima),
            ceiling_pence=self.ceiling,
            counts_at_ceiling=self.at_ceiling,
            formula=self.formula,
            range_pence=(self.low, self.high),
            benchmark_pence=self.benchmark,
            is_benchmark_capped=self.capped,
            rounding=self.rounding,
            tie_break=self.ties,
            basis=self.basis,
            places=self.places,
            threshold=Fraction(self.threshold),
        )

    def offers(self) -> dict[str, Offer]:
        return {
            name: Offer(pence, tuple(map(Fraction, points)))
            for name, (pence, points) in self.bids.items()
        }


def any_tender(random) -> Tender:
    """Few distinct prices and scores, so that ties are common."""
    criteria = random.randint(1, 4)
    cuts = sorted(random.randint(0, 100) for _ in range(criteria))
    edges = [0, *cuts, 100]
    shares = [high - low for low, high in pairwise(edges)]
    scale = random.choice([1, 5, 10])
    prices = [random.choice([1, 50_000, 90_000, 95_000, 100_000, random.randint(1, 250_000)])] * 2
    prices += [random.choice([80_000, 90_000, 100_000]) for _ in range(3)]
    names = random.sample("ABCDEFGH", random.randint(0, 6))
    low = random.randint(1, 90_000)
    return Tender(
        formula=random.choice(sorted(FORMULAS)),
        rounding=random.choice(ROUNDINGS),
        basis=random.choice(BASES),
        price_weight=shares[0],
        weights=shares[1:],
        scale=scale,
        minimum=random.choice([None, None, random.randint(0, scale)]),
        minima=[random.choice([None, None, random.randint(0, scale)]) for _ in range(criteria)],
        ceiling=random.choice([None, random.randint(50_000, 200_000)]),
        at_ceiling=random.random() < 0.5,
        low=low,
        high=low + random.randint(1, 60_000),
        benchmark=random.randint(1, 150_000),
        capped=random.random() < 0.5,
        ties=tuple(random.sample(sorted(TIE_BREAKS), random.randint(0, 3))),
        places=random.randint(1, 3),
        threshold=random.randint(0, 100),
        bids={
            name: (random.choice(prices), [random.randint(0, scale) for _ in range(criteria)])
            for name in names
        },
        out={name: "rejected" for name in names if random.random() < 0.1},
    )


KINDS = (
    *("no bidder", "one bidder", "equal prices", "counted at the ceiling"),
    *("capped benchmark", "uncapped benchmark", "minimum for all", "minimum for one"),
)


def kinds_of(one: Tender) -> list[str]:
    """What this tender puts to the test: its rules, and which of ``KINDS`` it is."""
    prices = [pence for pence, _ in one.bids.values()]
    is_benchmark = one.formula == "BENCHMARK"
    found = {
        "no bidder": not prices,
        "one bidder": len(prices) == 1,
        "equal prices": len(set(prices)) < len(prices),
        "counted at the ceiling": any(pays(one, name) < one.bids[name][0] for name in one.bids),
        "capped benchmark": is_benchmark and one.capped,
        "uncapped benchmark": is_benchmark and not one.capped,
        "minimum for all": one.minimum is not None,
        "minimum for one": any(least is not None for least in one.minima),
    }
    assert tuple(found) == KINDS
    kinds = [name for name, is_there in found.items() if is_there]
    return [one.formula, one.rounding, one.basis, *one.ties[:1], *kinds]


def pays(one: Tender, name: str) -> int:
    pence = one.bids[name][0]
    return one.ceiling if one.at_ceiling and one.ceiling and pence > one.ceiling else pence


def why_out(one: Tender, name: str) -> str:
    if name in one.out:
        return one.out[name]
    if one.ceiling is not None and pays(one, name) > one.ceiling:
        return "over ceiling"
    for points, least in zip(one.bids[name][1], one.minima, strict=True):
        if (one.minimum is not None and points < one.minimum) or (
            least is not None and points < least
        ):
            return "below minimum score"
    return ""


def to_two_places(value: Fraction) -> Fraction:
    return Fraction(floor(value * 100 + Fraction(1, 2)), 100)


def price_marks(one: Tender, name: str, good: list[str]) -> Fraction:
    own, weight = pays(one, name), one.price_weight
    others = [pays(one, other) for other in good]
    if one.formula == "LOWEST_RATIO":
        marks = Fraction(weight * min(others), own)
    elif one.formula == "PCT_OF_LEADER":
        percent_over = Fraction(100 * (own - min(others)), min(others))
        marks = weight * max(100 - percent_over, Fraction(0)) / 100
    elif one.formula == "SET_RANGE":
        inside = min(max(own, one.low), one.high)
        marks = Fraction(weight * (one.high - inside), one.high - one.low)
    elif one.formula == "MEAN":
        percent_off = 100 * (1 - Fraction(own * len(others), sum(others)))
        marks = weight * min(max(50 + percent_off, Fraction(0)), Fraction(100)) / 100
    elif one.formula == "BENCHMARK":
        marks = Fraction(weight * one.benchmark, own)
        marks = min(marks, Fraction(weight)) if one.capped else marks
    else:
        marks = Fraction(weight)
    return to_two_places(marks) if one.rounding == "PRICE" else marks


def count(one: Tender) -> dict[str, tuple]:
    """``(why it is out, price marks, quality marks, total, rank)`` of each bid."""
    good = [name for name in one.bids if not why_out(one, name)]
    rows = {}
    for name in good:
        price = price_marks(one, name, good)
        quality = Fraction(0)
        for weight, points in zip(one.weights, one.bids[name][1], strict=True):
            quality += Fraction(weight * points, one.scale)
        total = price + quality
        rows[name] = (price, quality, to_two_places(total) if one.rounding == "TOTAL" else total)

    def beats(left: str, right: str) -> bool:
        if rows[left][2] != rows[right][2]:
            return rows[left][2] > rows[right][2]
        for rule in one.ties:
            if rule == "higher_quality" and rows[left][1] != rows[right][1]:
                return rows[left][1] > rows[right][1]
            if rule == "lower_price" and pays(one, left) != pays(one, right):
                return pays(one, left) < pays(one, right)
            first = one.bids[left][1][0], one.bids[right][1][0]
            if rule == "first_criterion" and first[0] != first[1]:
                return first[0] > first[1]
        return False

    zero = Fraction(0)
    return {
        name: ("", *rows[name], 1 + sum(beats(other, name) for other in good))
        if name in rows
        else (why_out(one, name), zero, zero, zero, None)
        for name in one.bids
    }


def winners(one: Tender) -> list[str]:
    rows = {name: row for name, row in count(one).items() if row[4]}
    if one.basis == "ABOVE_THRESHOLD":
        return sorted(name for name, row in rows.items() if row[3] >= one.threshold)
    most = one.places if one.basis == "TOP_N" else 1
    return sorted(name for name, row in rows.items() if row[4] <= most)
