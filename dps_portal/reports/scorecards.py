"""A provider's quarter: who came, how stays ended, what was in time, what it says and costs.

What each figure means stands in ``kpis``; here are the rows behind them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone

from dps_portal.agreements.models import Agreement, Lot
from dps_portal.agreements.rules import Quarter
from dps_portal.clock import ONE_DAY, add_months, financial_year
from placements.models import BudgetYear, Placement, Vacancy
from providers.models import Admission, Location, Provider, Rate
from providers.states import Rating, Register

from . import measures, rules
from .models import QuarterlyReturn

SHOWN = 8
MONTHS = 3
NOT_RATED = "Not rated"
NOT_CQC = "Not with the CQC"


@dataclass
class Card:
    provider: Provider
    quarter: Quarter
    today: date
    scope: measures.Scope
    arrived: list[measures.Arrival] = field(default_factory=list)
    ended: list[measures.Departure] = field(default_factory=list)
    replies: list[measures.Timed] = field(default_factory=list)
    reports: list[measures.Timed] = field(default_factory=list)
    nights: int = 0
    pence: int = 0
    year_ceiling_pence: int | None = None
    prices: dict[Lot, int] = field(default_factory=dict)  # on its last day up to today
    ratings: list[str] = field(default_factory=list)  # of each place, on the same day
    free_places: int | None = None  # as stated last by then
    is_admitted: bool = False
    returned: QuarterlyReturn | None = None

    @property
    def last_day(self) -> date:
        """That has been so far."""
        return min(self.quarter.last_day, self.today)

    @property
    def is_over(self) -> bool:
        return self.quarter.last_day < self.today

    @property
    def counted(self) -> list[measures.Departure]:
        """The stays of which rates are made: deaths and closures are in none (K01)."""
        return measures.ended_as(self.ended, "counted", self.scope)

    @property
    def unplanned(self) -> list[measures.Departure]:
        return measures.ended_as(self.ended, "unplanned", self.scope)

    @property
    def outcome(self) -> measures.Outcome:
        return measures.outcome(self.ended, self.scope)

    @property
    def replies_in_time(self) -> measures.Timeliness:
        return measures.timeliness("replies", self.replies)

    @property
    def reports_in_time(self) -> measures.Timeliness:
        return measures.timeliness("discharge_reports", self.reports)

    @property
    def return_state(self) -> str:
        if self.returned is None:
            is_due = rules.return_due(self.quarter.last_day) < self.today
            asked = "Not sent" if is_due else "Not due yet"
            return asked if self.is_admitted else "Not asked for"
        if self.returned.is_late:
            return "Sent late"
        return "Nothing to report" if self.returned.nothing_to_report else "Sent"


def quarters(agreement: Agreement, today: date) -> list[Quarter]:
    """Those that have begun, the present one first."""
    found = [Quarter.of(add_months(today, -MONTHS * number)) for number in range(SHOWN)]
    return [quarter for quarter in found if quarter.last_day >= agreement.start] or found[:1]


def present(agreement: Agreement, quarter: Quarter) -> QuerySet[Provider]:
    """Who was admitted in the quarter, or whose place somebody took or left."""
    here = Placement.objects.filter(lot__agreement=agreement)
    days = (quarter.start, quarter.last_day)
    came, left = Q(admission__range=days), Q(exits__voided_at=None, exits__on__range=days)
    held = Admission.objects.filter(lot__agreement=agreement).held_in(*days)
    return Provider.objects.filter(
        Q(pk__in=held.values("provider")) | Q(pk__in=here.filter(came | left).values("provider"))
    )


Found = dict[tuple[str, Quarter], Card]


def cards(
    agreement: Agreement,
    providers: Iterable[Provider],
    asked: Iterable[Quarter],
    today: date,
) -> list[Card]:
    """One for each provider and quarter, in their order; as many queries for one as for all."""
    providers, asked = list(providers), sorted(asked)
    scope = measures.Scope(
        Placement.objects.filter(lot__agreement=agreement, provider__in=providers),
        asked[0].start,
        asked[-1].last_day + ONE_DAY,
        agreement.withdrawal_is_unplanned,
    )
    found = {
        (provider.reference, quarter): Card(provider, quarter, today, scope)
        for provider in providers
        for quarter in reversed(asked)
    }
    _count(found, scope, today)
    of = {"provider__in": providers, "lot__agreement": agreement}
    rates = Rate.objects.filter(**of).select_related("lot").in_force(today)
    _price(found, list(rates), list(Admission.objects.filter(**of)))
    _places(found, Vacancy.objects.filter(**of))
    _rate(found, Location.objects.filter(provider__in=providers))
    years = BudgetYear.objects.filter(agreement=agreement)
    ceilings = dict(years.values_list("year", "ceiling_pence"))
    for card in found.values():
        card.year_ceiling_pence = ceilings.get(financial_year(card.quarter.start))
    rows = QuarterlyReturn.objects.standing().filter(agreement=agreement, provider__in=providers)
    for row in rows.select_related("provider"):
        card = found.get((row.provider.reference, Quarter(row.quarter)))
        if card:
            card.returned = row
    return list(found.values())


def _count(found: Found, scope: measures.Scope, today: date) -> None:
    """Each row on the card of its provider and of the quarter of its day."""
    [arrived] = measures.arrivals(scope)
    for one in arrived:
        found[one.provider_ref, Quarter.of(one.on)].arrived.append(one)
    for one in measures.departures(scope):
        found[one.provider_ref, Quarter.of(one.on)].ended.append(one)
    for one in measures.replies(scope, today):
        found[one.provider_ref, Quarter.of(one.counted_on)].replies.append(one)
    for one in measures.discharge_reports(scope, today):
        found[one.provider_ref, Quarter.of(one.counted_on)].reports.append(one)
    for one in measures.stayed(scope, today):
        card = found[one.provider_ref, one.quarter]
        card.nights += one.nights
        card.pence += one.pence


def _price(found: Found, rates: list[Rate], spells: list[Admission]) -> None:
    """The price of each lot that the provider was admitted to on the last day up to today."""
    for card in found.values():
        own = [spell for spell in spells if spell.provider_id == card.provider.pk]
        card.is_admitted = any(
            rules.is_held_in(card.quarter, spell.admitted_on, spell.ended_on) for spell in own
        )
        lots = {
            spell.lot_id
            for spell in own
            if spell.admitted_on <= card.last_day
            and (spell.ended_on is None or spell.ended_on > card.last_day)
        }
        for rate in rates:
            if (
                rate.provider_id == card.provider.pk
                and rate.lot_id in lots
                and rate.effective_from <= card.last_day
            ):
                card.prices.setdefault(rate.lot, rate.weekly_pence)
        card.prices = dict(sorted(card.prices.items(), key=lambda pair: pair[0].number))


def _places(found: Found, vacancies: QuerySet[Vacancy]) -> None:
    """What was stated last of each lot, added up; nothing where nothing ever was."""
    rows = vacancies.order_by("stated_at", "pk")
    stated = list(rows.values_list("provider", "lot", "stated_at", "places"))
    for card in found.values():
        last = {
            lot: places
            for provider, lot, at, places in stated
            if provider == card.provider.pk and timezone.localdate(at) <= card.last_day
        }
        card.free_places = sum(last.values()) if last else None


def _rate(found: Found, locations: QuerySet[Location]) -> None:
    places = list(locations.with_rating().prefetch_related("rating_changes").order_by("pk"))
    for card in found.values():
        card.ratings = [
            _rating_on(place, card.last_day)
            for place in places
            if place.provider_id == card.provider.pk
            and timezone.localdate(place.added_at) <= card.last_day
            and (place.ended_at is None or timezone.localdate(place.ended_at) > card.last_day)
        ]


def _rating_on(place: Location, day: date) -> str:
    """As it was: what a later change found is what stood until then."""
    if place.register != Register.CQC:
        return NOT_CQC
    changes = sorted(place.rating_changes.all(), key=lambda change: change.at)
    later = (change.before for change in changes if timezone.localdate(change.at) > day)
    rating = next(later, place.rating)
    return Rating(rating).label if rating else NOT_RATED
