"""Placement orders over £5,000, added up by provider and financial year (R5.4).

An order is about one person, so none stands by itself, and a year that can still change is left
out: it would tell of each order by what it adds. For the same reason an order that runs over the
end of a year is told of in the year in which it comes above the threshold, with what it was
before, and from then on by what each year adds: no figure that is out ever changes.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby

from django.db.models import Exists, OuterRef, QuerySet, Sum

from dps_portal.publication import rules
from placements.models import BudgetYear, LedgerEntry, Placement
from placements.states import YearState
from providers.models import Provider

from .columns import is_sole_trader


@dataclass
class Orders:
    """What was committed to one provider in one year, and how many people it was for."""

    year: int
    provider: Provider | None  # None for those that are not named by themselves
    pence: int = 0
    people: set[int] = field(default_factory=set)


def orders_by_agreement() -> dict[int, list[Orders]]:
    """By its key: the latest year first, then by provider, what is too little by itself last."""
    sums = (
        LedgerEntry.objects.filter(budget_year__in=_finished())
        .values_list(
            *("placement", "budget_year__agreement", "budget_year__year"),
            *("placement__provider", "placement__referral__person"),
        )
        .annotate(pence=Sum("pence"))
        .order_by("placement", "budget_year__year")
    )
    found: dict[tuple[int, int, int], Orders] = {}
    providers = Provider.objects.filter(pk__in=Placement.objects.values("provider")).in_bulk()
    for _, years_of_one in groupby(sums, key=lambda row: row[0]):
        so_far, told_before = 0, 0
        for _, agreement, year, provider, person, pence in years_of_one:
            so_far += pence
            if told_before or so_far > rules.CONTRACT_PENCE:
                key = agreement, year, provider
                one = found.setdefault(key, Orders(year, providers[provider]))
                one.pence += so_far - told_before
                one.people.add(person)
                told_before = so_far
    years: dict[int, dict[int, list[Orders]]] = defaultdict(lambda: defaultdict(list))
    for (agreement, year, _), one in found.items():
        years[agreement][year].append(one)
    return {
        agreement: [one for year in sorted(own, reverse=True) for one in told(year, own[year])]
        for agreement, own in years.items()
    }


def _finished() -> QuerySet:
    """The closed years of what is public, up to the first of each agreement that is not closed."""
    before = BudgetYear.objects.filter(agreement=OuterRef("agreement"), year__lt=OuterRef("year"))
    closed = BudgetYear.objects.filter(state=YearState.CLOSED, agreement__published=True)
    return closed.exclude(Exists(before.exclude(state=YearState.CLOSED)))


def told(year: int, orders: list[Orders]) -> Iterator[Orders]:
    least = rules.least_shown(len(one.people) for one in orders)
    shown, hidden = [], []
    for one in orders:
        is_shown = len(one.people) >= least and not is_sole_trader(one.provider)
        (shown if is_shown else hidden).append(one)
    yield from sorted(shown, key=lambda one: (one.provider.name, one.provider.pk))
    if sum(len(one.people) for one in hidden) >= rules.FEWEST:
        yield Orders(year, None, rules.about(sum(one.pence for one in hidden)))
