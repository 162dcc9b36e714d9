"""``manage.py score_tender FILE``: ranks the bids of a tender afresh (design §6)."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from dps_portal.json_command import Field, JsonCommand
from tenders.rules import (
    FORMULAS,
    ROUNDINGS,
    TIE_BREAKS,
    Model,
    Offer,
    Quote,
    Result,
    rank_bids,
    two_places,
)

WHOLE = 100
MOST_PENCE = 10**13
CEILING_RULES = ("REJECT", "CAP")
FIELDS = (
    *("price_weight", "criteria", "score_scale_max", "minimum_question_score", "ceiling_price"),
    *("bids", "price_formula", "price_range", "benchmark_price", "benchmark_capped"),
    *("ceiling_rule", "rounding", "tie_break", "compared_weeks", "rejected", "name", "expected"),
)
BESIDES = ("detox", "one_off", "discount")  # of a stay, where stays are compared (R7.11)
MOST_WEEKS = 520
NOTHING = Fraction(0)


@lru_cache(maxsize=1_000)
def exact(value: Decimal) -> Fraction:
    """Kept, since the same few scores come again and again, and a fraction is slow to make."""
    return Fraction(value)


def number(field: Field, *, most: Fraction, least: Fraction = NOTHING) -> Fraction:
    value = exact(field.decimal())
    if not least <= value <= most:
        raise field.wrong(f"must be from {least} to {most}")
    return value


def price(field: Field) -> int:
    pence = field.pence()
    if not 0 < pence < MOST_PENCE:
        raise field.wrong("must be more than 0.00")
    return pence


def model_of(tender: Field) -> Model:
    """Raises ``BadInput`` naming the field, also where weights do not total 100."""
    scale = number(tender.get("score_scale_max"), least=Fraction(1), most=Fraction(1000))
    price_weight = number(tender.get("price_weight"), most=Fraction(WHOLE))
    rows = tender.get("criteria").items()
    if not rows:
        raise tender.get("criteria").wrong("must name at least one criterion")
    criteria, minima = [], []
    for row in rows:
        row.only("name", "weight", "minimum_score")
        name = row.get("name").text()
        if name in dict(criteria):
            raise row.get("name").wrong("is given twice")
        weight = number(row.get("weight"), most=Fraction(WHOLE))
        criteria.append((name, weight))
        least = row.find("minimum_score")
        minima.append(number(least, most=scale) if least else None)
    total = price_weight + sum(weight for _, weight in criteria)
    if total != WHOLE:
        raise tender.get("criteria").wrong(
            f"weights and price_weight must total 100; they total {two_places(total)}"
        )
    minimum, ceiling = tender.find("minimum_question_score"), tender.find("ceiling_price")
    formula, tie_break = tender.find("price_formula"), tender.find("tie_break")
    ceiling_rule, rounding = tender.find("ceiling_rule"), tender.find("rounding")
    formula_name = formula.choice(*FORMULAS) if formula else "LOWEST_RATIO"
    return Model(
        price_weight=price_weight,
        criteria=tuple(criteria),
        scale_max=scale,
        minimum_score=number(minimum, most=scale) if minimum else None,
        minima=tuple(minima),
        ceiling_pence=price(ceiling) if ceiling else None,
        counts_at_ceiling=bool(ceiling_rule) and ceiling_rule.choice(*CEILING_RULES) == "CAP",
        formula=formula_name,
        range_pence=price_range(tender) if formula_name == "SET_RANGE" else None,
        benchmark_pence=(
            price(tender.get("benchmark_price")) if formula_name == "BENCHMARK" else None
        ),
        is_benchmark_capped=is_capped(tender),
        rounding=rounding.choice(*ROUNDINGS) if rounding else "NONE",
        tie_break=tuple(one.choice(*TIE_BREAKS) for one in tie_break.items()) if tie_break else (),
    )


def price_range(tender: Field) -> tuple[int, int]:
    row = tender.get("price_range")
    row.only("low", "high")
    low, high = price(row.get("low")), price(row.get("high"))
    if high <= low:
        raise row.get("high").wrong("must be more than low")
    return low, high


def is_capped(tender: Field) -> bool:
    given = tender.find("benchmark_capped")
    return given is None or given.truth()


def offer_of(bid: Field, model: Model, weeks: int | None) -> Offer:
    """``price`` is that of a week, to which ``detox``, ``one_off`` and ``discount`` may come."""
    bid.only("price", "scores", *(BESIDES if weeks else ()))
    scores = bid.get("scores").items()
    if len(scores) != len(model.criteria):
        raise bid.get("scores").wrong(f"must hold {len(model.criteria)} scores, one a criterion")
    points = [number(score, most=model.scale_max) for score in scores]
    if weeks is None:
        return Offer(price(bid.get("price")), tuple(points))
    besides = {f"{name}_pence": bid.find(name) for name in BESIDES}
    quote = Quote(
        price(bid.get("price")),
        weeks,
        **{name: given.pence() if given else 0 for name, given in besides.items()},
    )
    if not 0 < quote.compared_pence < MOST_PENCE:
        raise bid.get("price").wrong("must come to more than 0.00 with what is added")
    return Offer.of(quote, points)


def told(result: Result) -> dict[str, str | int | None]:
    if result.excluded:
        return {"excluded": result.excluded}
    return {
        "price_score": two_places(result.price_score),
        "quality_score": two_places(result.quality_score),
        "total": two_places(result.total),
        "total_exact": f"{result.total.numerator}/{result.total.denominator}",
        "rank": result.rank,
    }


@dataclass(frozen=True)
class Scored:
    """What the input holds, and the result of each bid in it."""

    model: Model
    offers: dict[str, Offer]
    rejected: dict[str, str]
    results: dict[str, Result]


def scored(tender: Field) -> Scored:
    """``rejected`` gives reasons by bid that the arithmetic does not know (R7.9)."""
    tender.only(*FIELDS)
    model = model_of(tender)
    weeks = tender.find("compared_weeks")
    length = weeks.integer(least=1, most=MOST_WEEKS) if weeks else None
    offers = {name: offer_of(bid, model, length) for name, bid in tender.get("bids").members()}
    out = tender.find("rejected")
    rejected = {name: reason.text() for name, reason in out.members()} if out else {}
    return Scored(model, offers, rejected, rank_bids(model, offers, rejected))


def score(tender: Field) -> dict[str, dict]:
    found = scored(tender)
    return {name: told(found.results[name]) for name in found.offers}


class Command(JsonCommand):
    help = "Scores the bids of a tender from a JSON file, exactly."

    def answer(self, given: Field):
        return score(given)
