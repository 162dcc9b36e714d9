"""Placement orders over £5,000, added up by provider and financial year (R5.4).

An order is about one person, so none stands by itself, and a year that goes on is left out: it
would tell of each order by what it adds.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Sum

from dps_portal.agreements.models import Agreement
from dps_portal.clock import financial_year
from dps_portal.publication import rules
from placements.models import LedgerEntry
from providers.models import Provider

from .columns import is_sole_trader


@dataclass
class Orders:
    """What was committed to one provider in one year, and how many people it was for."""

    year: int
    provider: Provider | None  # None for those that are not named by themselves
    pence: int = 0
    people: set[int] = field(default_factory=set)


def orders_of(agreement: Agreement, today: date) -> list[Orders]:
    """The latest year first, then by provider, and what is too little by itself at the end."""
    entries = list(
        LedgerEntry.objects.filter(
            budget_year__agreement=agreement, budget_year__year__lt=financial_year(today)
        )
        .values_list(
            *("budget_year__year", "placement__provider", "placement__referral__person"),
            "placement",
        )
        .annotate(pence=Sum("pence"))
        .filter(pence__gt=rules.CONTRACT_PENCE)
        .order_by()
    )
    providers = Provider.objects.in_bulk({provider for _, provider, *_ in entries})
    found: dict[tuple[int, int], Orders] = {}
    for year, provider, person, _, pence in entries:
        one = found.setdefault((year, provider), Orders(year, providers[provider]))
        one.pence += pence
        one.people.add(person)
    years: dict[int, list[Orders]] = defaultdict(list)
    for one in found.values():
        years[one.year].append(one)
    return [one for year in sorted(years, reverse=True) for one in told(year, years[year])]


def told(year: int, orders: list[Orders]) -> Iterator[Orders]:
    least = rules.least_shown(len(one.people) for one in orders)
    shown, hidden = [], []
    for one in orders:
        is_shown = len(one.people) >= least and not is_sole_trader(one.provider)
        (shown if is_shown else hidden).append(one)
    yield from sorted(shown, key=lambda one: (one.provider.name, one.provider.pk))
    if sum(len(one.people) for one in hidden) >= rules.FEWEST:
        yield Orders(year, None, rules.about(sum(one.pence for one in hidden)))
