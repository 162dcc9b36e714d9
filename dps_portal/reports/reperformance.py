"""Scores and costs worked out again from what is frozen, beside what was kept (design D13, §6).

The input is the very one that ``score_tender`` and ``cost_stay`` read, so that page, command and
anybody else's arithmetic start from the same facts. References only.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

from django.db.models import QuerySet

from dps_portal.clock import financial_year, year_label
from dps_portal.json_command import Field
from dps_portal.money import gbp, pence, pounds
from placements import rules as stay_rules
from placements.management.commands.cost_stay import computed
from placements.models import LedgerEntry, Placement
from placements.services import held_of, one_offs_of, stay_of
from tenders import rules as bid_rules
from tenders.management.commands.score_tender import scored
from tenders.models import Tender
from tenders.services import ALTERED, competitors, is_model_intact
from tenders.states import TieBreak

EXACT = ("excluded", "price_score", "quality_score", "total", "rank")


# ── Scores ───────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class BidCheck:
    """One bid as it was kept and as it comes out now; exact figures as fractions in text."""

    provider: str
    kept: Mapping[str, object]
    afresh: Mapping[str, object]
    steps: tuple[str, ...]

    @property
    def is_equal(self) -> bool:
        return all(self.kept.get(name) == self.afresh.get(name) for name in EXACT)


@dataclass(frozen=True)
class TenderCheck:
    """``kept_as`` is what the ranking was kept for; ``is_model_intact`` that of the publication."""

    kept_as: str
    bids: tuple[BidCheck, ...]
    is_model_intact: bool
    award_is_equal: bool

    @property
    def is_equal(self) -> bool:
        return (
            self.is_model_intact and self.award_is_equal and all(bid.is_equal for bid in self.bids)
        )


def score_input(tender: Tender) -> dict:
    """What ``manage.py score_tender`` reads, of a tender whose quality is locked."""
    who = competitors(tender)
    model, weeks = who.model, tender.compared_weeks
    minima = dict(zip(dict(model.criteria), model.minima, strict=True))
    given: dict = {
        "name": tender.reference,
        "price_weight": str(model.price_weight),
        "criteria": [
            {"name": name, "weight": str(weight)}
            | ({} if minima[name] is None else {"minimum_score": str(minima[name])})
            for name, weight in model.criteria
        ],
        "score_scale_max": str(model.scale_max),
        "minimum_question_score": None if model.minimum_score is None else str(model.minimum_score),
        "ceiling_price": None if model.ceiling_pence is None else pounds(model.ceiling_pence),
        "ceiling_rule": "CAP" if model.counts_at_ceiling else "REJECT",
        "price_formula": model.formula,
        "rounding": model.rounding,
        "tie_break": list(TieBreak(tender.tie_break).order),
        "rejected": who.rejected,
    }
    if model.range_pence:
        low, high = model.range_pence
        given["price_range"] = {"low": pounds(low), "high": pounds(high)}
    if model.benchmark_pence is not None:
        given["benchmark_price"] = pounds(model.benchmark_pence)
    if weeks:
        given["compared_weeks"] = weeks
    given["bids"] = {
        name: {"price": pounds(offer.quote.weekly_pence)}
        | (_besides(offer.quote) if weeks else {})
        | {"scores": [str(score) for score in offer.scores]}
        for name, offer in who.offers.items()
    }
    return given


def _besides(quote: bid_rules.Quote) -> dict[str, str]:
    return {
        "detox": pounds(quote.detox_pence),
        "one_off": pounds(quote.one_off_pence),
        "discount": pounds(quote.discount_pence),
    }


def check_tender(tender: Tender) -> TenderCheck:
    """The ranking last kept, and that of the award, against the same rules run again."""
    found = scored(Field(score_input(tender)))
    steps = bid_rules.working(found.model, found.offers, found.results, found.rejected)
    kept = tender.evaluations.order_by("version").last()
    fresh = {name: _told(result) for name, result in found.results.items()}
    for bid in tender.bids.select_related("provider"):
        if not bid.is_intact:
            fresh[bid.provider.reference] = _told(bid_rules.Result(ALTERED))
    rows = _by_provider(kept.ranking)
    award = getattr(tender, "award", None)
    return TenderCheck(
        kept_as=f"Version {kept.version}: {kept.cause}",
        bids=tuple(
            BidCheck(name, rows.get(name, {}), fresh.get(name, {}), steps.get(name, ()))
            for name in sorted({*rows, *fresh}, key=lambda name: _place(rows.get(name), name))
        ),
        is_model_intact=is_model_intact(tender),
        award_is_equal=award is None or _exact(award.ranking) == _exact(kept.ranking),
    )


def _told(result: bid_rules.Result) -> dict[str, object]:
    return {
        "excluded": result.excluded,
        "price_score": str(result.price_score),
        "quality_score": str(result.quality_score),
        "total": str(result.total),
        "rank": result.rank,
    }


def _by_provider(ranking: Iterable[Mapping]) -> dict[str, Mapping]:
    return {row["provider"]: row for row in ranking}


def _exact(ranking: Iterable[Mapping]) -> dict[str, list]:
    return {row["provider"]: [row[name] for name in EXACT] for row in ranking}


def _place(row: Mapping | None, name: str) -> tuple:
    return (row is None or row["rank"] is None, row["rank"] if row else None, name)


# ── Costs ────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Stretch:
    """Nights in one year at one price and share of it; ``exact`` is their cost in pence."""

    year: str
    nights: int
    weekly_pence: int
    percent: int
    exact: Fraction

    @property
    def exact_pence(self) -> str:
        whole, rest = divmod(self.exact, 1)
        return f"{whole:,}" + (f" {rest}" if rest else "")


@dataclass(frozen=True)
class YearCheck:
    """What the ledger holds for one year and what the nights of it come to, in pounds as text."""

    year: str
    kept: str
    afresh: str

    @property
    def is_equal(self) -> bool:
        return self.kept == self.afresh

    @property
    def kept_gbp(self) -> str:
        return gbp(pence(self.kept))

    @property
    def afresh_gbp(self) -> str:
        return gbp(pence(self.afresh))


@dataclass(frozen=True)
class CostCheck:
    years: tuple[YearCheck, ...]
    stretches: tuple[Stretch, ...]
    charges: tuple[stay_rules.OneOff, ...]

    @property
    def is_equal(self) -> bool:
        return all(year.is_equal for year in self.years)


def cost_input(placement: Placement) -> dict:
    """What ``manage.py cost_stay`` reads. Without a funded night only single charges are left."""
    stay = stay_of(placement)
    charges = [
        {"date": charge.on.isoformat(), "amount": pounds(charge.pence)}
        for charge in one_offs_of(placement)
    ]
    inputs = (
        {"state": _state(stay), "one_offs": charges}
        if stay
        else {"steps": [{"event": "no funded night", "one_offs": charges}]}
    )
    return {"id": placement.reference, "group": "basic", "inputs": inputs}


def _state(stay: stay_rules.Stay) -> dict:
    return {
        "admission": stay.admission.isoformat(),
        "funded_until": stay.funded_until.isoformat(),
        "rates": [
            {"from": price.start.isoformat(), "weekly": pounds(price.weekly_pence)}
            for price in stay.prices
        ],
        "discharge": stay.discharge and stay.discharge.isoformat(),
        "notice_nights": stay.notice_nights,
        "min_charge_nights": stay.min_charge_nights,
        "absences": [
            {
                "from": away.start.isoformat(),
                "to": away.end.isoformat(),
                "cost_centre": "PROVIDER" if away.is_void else "COUNCIL",
                "bands": [
                    {"to_night": last, "pct": percent} for last, percent in away.bands if last != 0
                ],
            }
            for away in stay.absences
        ],
    }


def check_placement(placement: Placement) -> CostCheck:
    """What the ledger holds of the placement against the same rules run again, year by year."""
    expected = computed(Field(cost_input(placement)))["expected"]
    fresh = expected["gross_by_fy"] if "gross_by_fy" in expected else _of_steps(expected)
    kept = {year_label(year): pounds(pence) for year, pence in held_of(placement).items()}
    nothing = pounds(0)
    years = sorted({*fresh, *kept})
    return CostCheck(
        years=tuple(
            YearCheck(year, kept.get(year, nothing), fresh.get(year, nothing)) for year in years
        ),
        stretches=tuple(_stretches(stay_of(placement))),
        charges=tuple(one_offs_of(placement)),
    )


def _of_steps(expected: Mapping) -> Mapping[str, str]:
    return expected["steps"][-1]["position_by_fy"]


def _stretches(stay: stay_rules.Stay | None) -> Iterator[Stretch]:
    def same(night: stay_rules.Night) -> tuple[int, int, int]:
        day, cost = night
        weekly = stay_rules.price_on(stay.prices, day)
        return financial_year(day), weekly, cost // weekly

    for (year, weekly, percent), nights in groupby(stay.nights() if stay else (), same):
        costs = [cost for _, cost in nights]
        yield Stretch(
            year_label(year),
            len(costs),
            weekly,
            percent,
            Fraction(sum(costs), stay_rules.UNITS_IN_PENNY),
        )


def in_words(stretch: Stretch) -> str:
    """``30 nights × £845.00 ÷ 7 = 362,142 6/7 pence``."""
    share = "" if stretch.percent == stay_rules.FULL_PRICE else f" × {stretch.percent}%"
    nights = f"{stretch.nights} night{'' if stretch.nights == 1 else 's'}"
    return f"{nights} × {gbp(stretch.weekly_pence)}{share} ÷ 7 = {stretch.exact_pence} pence"


def costed() -> QuerySet[Placement]:
    """Every placement of which the ledger holds something, the newest first."""
    held = LedgerEntry.objects.values("placement")
    return Placement.objects.filter(pk__in=held).select_related("provider", "lot").newest_first()
