"""Prices by lot: across providers, over time, and against other authorities; outcomes beside them.

A price and an outcome are two figures, and no score is made of both (design §4).
"""

from dataclasses import dataclass
from datetime import date

from dps_portal.agreements.models import Agreement, Lot
from dps_portal.clock import ONE_DAY, add_months
from placements.models import Placement
from providers.models import Admission, Rate

from . import measures, rules
from .models import OutsideRate

MONTHS_APART = 6
MOST_POINTS = 12
YEAR = 12


@dataclass(frozen=True)
class Priced:
    """A provider's price for the lot, and beside it how its stays there ended."""

    provider: str
    reference: str
    weekly_pence: int
    since: date
    source: str
    outcome: measures.Outcome


@dataclass(frozen=True)
class Outside:
    authority: str
    weekly_pence: int
    since: date
    source: str
    obtained_on: date


@dataclass(frozen=True)
class LotPrices:
    lot: Lot
    prices: list[Priced]
    ours: rules.Spread | None
    outside: list[Outside]
    theirs: rules.Spread | None
    standing: rules.Standing | None
    labels: list[str]
    series: list[tuple[str, list[int]]]


@dataclass(frozen=True)
class Facts:
    """All lots at once; rates come newest first."""

    day: date
    rates: list[Rate]
    spells: list[Admission]
    outside: list[OutsideRate]
    ended: list[measures.Departure]
    scope: measures.Scope
    points: list[date]


def benchmark(agreement: Agreement, day: date) -> list[LotPrices]:
    """Each lot as it is priced on ``day``, with the outcomes of the year up to it."""
    lots = list(agreement.lots.order_by("number"))
    scope = measures.Scope(
        Placement.objects.filter(lot__in=lots),
        add_months(day, -YEAR) + ONE_DAY,
        day + ONE_DAY,
        agreement.withdrawal_is_unplanned,
    )
    outside = OutsideRate.objects.filter(lot__in=lots).in_force(day)
    facts = Facts(
        day,
        list(Rate.objects.filter(lot__in=lots).select_related("provider").in_force(day)),
        list(Admission.objects.filter(lot__in=lots)),
        list(outside.select_related("of")),
        measures.departures(scope),
        scope,
        _points(agreement.start, day),
    )
    return [_lot_prices(lot, facts) for lot in lots]


def _lot_prices(lot: Lot, facts: Facts) -> LotPrices:
    prices = _priced(lot, facts)
    others = _outside(lot, facts)
    theirs = [one.weekly_pence for one in others]
    ours = rules.spread(one.weekly_pence for one in prices)
    spreads = [
        (point, rules.spread(rate.weekly_pence for rate in _held(lot, facts, point)))
        for point in facts.points
    ]
    known = [(point, one) for point, one in spreads if one]
    return LotPrices(
        lot=lot,
        prices=prices,
        ours=ours,
        outside=others,
        theirs=rules.spread(theirs),
        standing=rules.standing(ours.median, theirs) if ours else None,
        labels=[f"{point:%b %Y}" for point, _ in known],
        series=[
            ("Lowest", [one.lowest for _, one in known]),
            ("Median", [one.median for _, one in known]),
            ("Highest", [one.highest for _, one in known]),
            ("Ceiling", [lot.ceiling_weekly_pence for _ in known]),
        ],
    )


def _priced(lot: Lot, facts: Facts) -> list[Priced]:
    """The lowest price first; the outcome is of the provider's stays on this lot."""
    ended = [one for one in facts.ended if one.lot == str(lot)]
    rates = _held(lot, facts, facts.day)
    return [
        Priced(
            rate.provider.name,
            rate.provider.reference,
            rate.weekly_pence,
            rate.effective_from,
            rate.get_source_display(),
            measures.outcome(
                [one for one in ended if one.provider_ref == rate.provider.reference],
                facts.scope,
            ),
        )
        for rate in sorted(rates, key=lambda rate: (rate.weekly_pence, rate.provider.name))
    ]


def _outside(lot: Lot, facts: Facts) -> list[Outside]:
    """The newest rate of each authority, the lowest first."""
    newest: dict[str, OutsideRate] = {}
    for one in facts.outside:
        if one.lot_id == lot.pk:
            newest.setdefault(one.authority.casefold(), one)
    return [
        Outside(one.authority, one.weekly_pence, one.start, one.of.source, one.of.obtained_on)
        for one in sorted(newest.values(), key=lambda one: (one.weekly_pence, one.authority))
    ]


def _held(lot: Lot, facts: Facts, day: date) -> list[Rate]:
    """The rate on ``day`` of each provider that was admitted to the lot then."""
    admitted = {
        spell.provider_id
        for spell in facts.spells
        if spell.lot_id == lot.pk
        and spell.admitted_on <= day
        and (spell.ended_on is None or day < spell.ended_on)
    }
    found: dict[int, Rate] = {}
    for rate in facts.rates:
        if rate.lot_id == lot.pk and rate.effective_from <= day and rate.provider_id in admitted:
            found.setdefault(rate.provider_id, rate)
    return list(found.values())


def _points(start: date, day: date) -> list[date]:
    """Every half-year back from the day, oldest first, since the agreement began."""
    points = [add_months(day, -MONTHS_APART * number) for number in range(MOST_POINTS)]
    return [point for point in reversed(points) if point >= start]
