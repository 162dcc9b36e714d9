"""The providers that a person could go to, compared."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.conf import settings
from django.db.models import Exists, OuterRef, Q

from dps_portal.agreements.models import Lot
from dps_portal.clock import year_label
from placements import rules
from placements.models import Competition, Exit, FitNote, Placement, Referral, Vacancy
from placements.states import Complexity, ExitStatus, PlacementState
from providers.models import Admission, LotApplication, Provider, Rate
from providers.states import MeasureKind, RateSource
from tenders.models import Contract

from .quotes import first_funding_ends


@dataclass(frozen=True)
class Option:
    """A provider with a place on the lot, and the first funding period there at a locked price."""

    provider: Provider
    weekly_pence: int
    source: RateSource
    cost_by_year: dict[int, int]
    declined: Placement | None
    vacancy: Vacancy | None
    fit: FitNote | None
    unmet: list[str] | None  # labels of the complexity that is not met; None if nothing is stated
    miles: int | None
    planned_exits: int
    unplanned_exits: int
    service: str  # as described in the application for the lot

    @property
    def by_label(self) -> list[tuple[str, int]]:
        return [(year_label(year), pence) for year, pence in self.cost_by_year.items()]

    @property
    def total_pence(self) -> int:
        return sum(self.cost_by_year.values())

    @property
    def has_declined(self) -> bool:
        return self.declined is not None

    @property
    def is_suitable(self) -> bool:
        return self.fit is None or self.fit.is_suitable

    @property
    def why_not(self) -> str:
        if not self.is_suitable:
            return self.fit.note
        if self.declined is None:
            return ""
        kind = self.declined.get_decline_kind_display()
        return f"{kind}: {self.declined.decline_reason}" if kind else self.declined.decline_reason

    @property
    def earliest_on(self) -> date | None:
        return self.vacancy and self.vacancy.earliest_on

    @property
    def exits(self) -> int:
        return self.planned_exits + self.unplanned_exits

    @property
    def planned_rate(self) -> int | None:
        """Not shown for too few exits, which would say little of the provider but much of them."""
        if self.exits < rules.SMALLEST_COUNT:
            return None
        return rules.planned_exit_rate(self.planned_exits, self.unplanned_exits)

    @property
    def planned_interval(self) -> tuple[int, int] | None:
        return rules.planned_exit_interval(self.planned_exits, self.unplanned_exits)


@dataclass
class Offer:
    """On what terms a provider has a place on the lot: by admission or by contract."""

    provider: Provider
    weekly_pence: int
    source: RateSource


@dataclass
class Record:
    """What is known of a provider for the lot, besides its price."""

    service: str = ""
    postcodes: list[str] = field(default_factory=list)
    planned_exits: int = 0
    unplanned_exits: int = 0


def match_options(referral: Referral, planned_admission: date) -> list[Option]:
    """Cheapest first. A price in force on the first night holds for every night (R17).

    Where a competition for this placement was won, its winners alone, at the price awarded. For
    a transfer the others than the provider with whom the person is.
    """
    leaving = referral.placements.in_place().first()
    offers = [
        offer
        for offer in _offers(referral, planned_admission)
        if leaving is None or offer.provider.pk != leaving.provider_id
    ]
    providers = [offer.provider for offer in offers]
    records = _records(providers, referral)
    end = first_funding_ends(referral.agreement, planned_admission, leaving=leaving)
    declined = {
        placement.provider_id: placement
        for placement in referral.placements.filter(
            state=PlacementState.PROVIDER_DECLINED
        ).order_by("pk")
    }
    fits = {note.provider_id: note for note in referral.fit_notes.all()}
    vacancies = {
        vacancy.provider_id: vacancy
        for vacancy in Vacancy.objects.current().filter(lot=referral.lot, provider__in=providers)
    }
    options = [
        Option(
            provider=offer.provider,
            weekly_pence=offer.weekly_pence,
            source=offer.source,
            cost_by_year=rules.cost_by_year(
                [rules.Term(planned_admission, end, offer.weekly_pence)]
            ),
            declined=declined.get(offer.provider.pk),
            vacancy=vacancies.get(offer.provider.pk),
            fit=fits.get(offer.provider.pk),
            unmet=_unmet(referral, vacancies.get(offer.provider.pk)),
            miles=_nearest(records[offer.provider.pk].postcodes),
            planned_exits=records[offer.provider.pk].planned_exits,
            unplanned_exits=records[offer.provider.pk].unplanned_exits,
            service=records[offer.provider.pk].service,
        )
        for offer in offers
    ]
    return sorted(options, key=lambda option: (option.total_pence, option.provider.name))


def cheapest_pence(options: Iterable[Option], *, chosen: Option) -> int:
    """Of the suitable ones that have not declined, and the chosen one itself."""
    return min(
        option.total_pence
        for option in options
        if option == chosen or (option.is_suitable and not option.has_declined)
    )


def competition_of(referral: Referral) -> Competition | None:
    """The last competition for this placement that was not abandoned.

    For a transfer, of those since the placement was chosen in which the person is.
    """
    since = referral.placements.in_place().filter(proposed_at__gte=OuterRef("started_at"))
    rows = referral.competitions.standing().exclude(Exists(since)).select_related("tender")
    return rows.order_by("-pk").first()


def _offers(referral: Referral, day: date) -> list[Offer]:
    lot, competition = referral.lot, competition_of(referral)
    contracts = Contract.objects.filter(lot=lot, start__lte=day, end__gt=day)
    if competition and competition.is_won:
        won = contracts.filter(award__tender=competition.tender_id).select_related("provider")
        return [Offer(each.provider, each.weekly_pence, RateSource.AWARD) for each in won]
    return _on_the_lot(lot, contracts, day)


def _on_the_lot(lot: Lot, contracts, day: date) -> list[Offer]:
    """Admitted or contracted, with a price.

    A contract counts by itself where the place on the lot has ended, unless by an exclusion;
    while the place is held, it must be one that may be matched (R2.10).
    """
    rates = {
        rate.provider_id: rate for rate in reversed(Rate.objects.in_force(day).filter(lot=lot))
    }
    of_lot = Admission.objects.filter(lot=lot)
    excluded = of_lot.filter(
        measures__kind=MeasureKind.EXCLUSION,
        measures__is_approved=True,
        measures__from_on__lte=day,
    )
    contracted = (
        Q(pk__in=contracts.values("provider"))
        & ~Q(pk__in=of_lot.held(day).values("provider"))
        & ~Q(pk__in=excluded.values("provider"))
    )
    invitable = Q(pk__in=Admission.objects.invitable(day).filter(lot=lot).values("provider"))
    providers = Provider.objects.filter(invitable | contracted, pk__in=rates)
    return [
        Offer(provider, rates[provider.pk].weekly_pence, RateSource(rates[provider.pk].source))
        for provider in providers
    ]


def _records(providers: list[Provider], referral: Referral) -> dict[int, Record]:
    records: dict[int, Record] = defaultdict(Record)
    applied = LotApplication.objects.filter(
        lot=referral.lot, application__provider__in=providers, admission__isnull=False
    )
    rows = applied.select_related("application").prefetch_related("locations").order_by("pk")
    for row in rows:
        record = records[row.application.provider_id]
        record.service = row.service_description
        record.postcodes = [
            place.postcode for place in row.locations.all() if place.ended_at is None
        ]
    left = Exit.objects.standing().filter(placement__provider__in=providers)
    statuses: dict[int, list[ExitStatus]] = defaultdict(list)
    for provider, status in left.values_list("placement__provider", "status"):
        statuses[provider].append(ExitStatus(status))
    for provider, ended in statuses.items():
        record = records[provider]
        record.planned_exits, record.unplanned_exits = rules.counted_exits(
            ended, withdrawal_is_unplanned=referral.agreement.withdrawal_is_unplanned
        )
    return records


def _unmet(referral: Referral, vacancy: Vacancy | None) -> list[str] | None:
    if vacancy is None:
        return None
    return [
        str(Complexity(factor).label)
        for factor in referral.complexity
        if factor not in vacancy.meets
    ]


def _nearest(postcodes: Iterable[str]) -> int | None:
    """Miles from the council's own area to the nearest of the places."""
    found = [rules.miles_between(settings.COUNCIL_POSTCODE, each) for each in postcodes]
    return min((miles for miles in found if miles is not None), default=None)
