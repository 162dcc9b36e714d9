"""A provider's quarter on one line: who came, how stays ended, what was in time, and the price."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q, QuerySet

from dps_portal.agreements.models import Agreement
from dps_portal.agreements.rules import Quarter
from dps_portal.clock import ONE_DAY, add_months
from placements.models import Placement
from providers.models import Admission, Provider, Rate

from . import measures, rules
from .models import QuarterlyReturn

SHOWN = 8
MONTHS = 3


@dataclass
class Card:
    provider: Provider
    quarter: Quarter
    admissions: int = 0
    ended: list[measures.Departure] = field(default_factory=list)
    replies: list[measures.Timed] = field(default_factory=list)
    reports: list[measures.Timed] = field(default_factory=list)
    prices: dict[str, int] = field(default_factory=dict)  # by lot, on its last day up to today
    is_due: bool = False
    is_admitted: bool = False
    returned: QuarterlyReturn | None = None
    scope: measures.Scope | None = None

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
            asked = "Not sent" if self.is_due else "Not due yet"
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
        (provider.reference, quarter): Card(
            provider, quarter, is_due=rules.return_due(quarter.last_day) < today, scope=scope
        )
        for provider in providers
        for quarter in reversed(asked)
    }
    [arrived] = measures.arrivals(scope)
    for one in arrived:
        found[one.provider_ref, Quarter.of(one.on)].admissions += 1
    for one in measures.departures(scope):
        found[one.provider_ref, Quarter.of(one.on)].ended.append(one)
    for one in measures.replies(scope, today):
        found[one.provider_ref, Quarter.of(one.counted_on)].replies.append(one)
    for one in measures.discharge_reports(scope, today):
        found[one.provider_ref, Quarter.of(one.counted_on)].reports.append(one)
    _price(found, agreement, providers, today)
    rows = QuarterlyReturn.objects.standing().filter(agreement=agreement, provider__in=providers)
    for row in rows.select_related("provider"):
        card = found.get((row.provider.reference, Quarter(row.quarter)))
        if card:
            card.returned = row
    return list(found.values())


def _price(
    found: dict[tuple[str, Quarter], Card],
    agreement: Agreement,
    providers: list[Provider],
    today: date,
) -> None:
    """The price of each lot that the provider was admitted to on the last day up to today."""
    of = {"provider__in": providers, "lot__agreement": agreement}
    rates = list(Rate.objects.filter(**of).select_related("lot").in_force(today))
    spells = list(Admission.objects.filter(**of))
    for card in found.values():
        last_day = min(card.quarter.last_day, today)
        own = [spell for spell in spells if spell.provider_id == card.provider.pk]
        card.is_admitted = any(
            rules.is_held_in(card.quarter, spell.admitted_on, spell.ended_on) for spell in own
        )
        lots = {
            spell.lot_id
            for spell in own
            if spell.admitted_on <= last_day
            and (spell.ended_on is None or spell.ended_on > last_day)
        }
        for rate in rates:
            if (
                rate.provider_id == card.provider.pk
                and rate.lot_id in lots
                and rate.effective_from <= last_day
            ):
                card.prices.setdefault(str(rate.lot), rate.weekly_pence)
        card.prices = dict(sorted(card.prices.items()))
