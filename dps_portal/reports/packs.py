"""The monthly finance pack: what moved in a month, where the year stands, and what waits."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time

from django.db.models import Count, Sum
from django.utils import timezone

from dps_portal.agreements.models import Agreement
from dps_portal.clock import add_months, financial_year, year_label
from dps_portal.ui.tables import COUNT, GBP, Column, Table
from placements import rules, services
from placements.models import FundingRequest, LedgerEntry
from placements.states import LedgerKind, RequestState

from . import spend
from .billed import Payable, payables, payables_table
from .scopes import Scope
from .spend import SpendReport

FORECAST = ("forecast", "forecast_months", "forecast_parts", "assumptions")


@dataclass(frozen=True)
class Moved:
    """The entries of one kind that were posted in the month, in one year of the ledger."""

    year: int
    kind: str
    entries: int
    pence: int


@dataclass(frozen=True)
class Waiting:
    """Requests that nobody has settled, and what they would cost."""

    state: str
    requests: int
    this_year_pence: int
    pence: int


@dataclass(frozen=True)
class Pack:
    month: SpendReport  # the nights of the month alone
    year: SpendReport
    moved: tuple[Moved, ...]
    waiting: tuple[Waiting, ...]
    payables: tuple[Payable, ...] = ()  # none, where a pack was made before it showed them

    @property
    def title(self) -> str:
        return self.year.title

    @property
    def authority(self) -> str:
        return self.year.authority

    @property
    def scope(self) -> Scope:
        return self.month.scope

    @property
    def label(self) -> str:
        return f"{self.scope.start:%B %Y}"


def pack(agreement: Agreement, scope: Scope) -> Pack:
    """Of the month that the scope is."""
    year = financial_year(scope.start)
    return Pack(
        month=spend.report(agreement, scope),
        year=spend.report(agreement, Scope.of_year(year, scope.as_of)),
        moved=tuple(_moved(agreement, scope)),
        waiting=tuple(_waiting(agreement, year)),
        payables=tuple(payables(agreement, scope)),
    )


def month_of(month: date, today: date) -> Scope:
    """The month from its first day; nights accrue to its end, or to today while it lasts."""
    end = add_months(month, 1)
    return Scope(month, end, as_of=min(end, today))


def _moment(day: date) -> datetime:
    local = timezone.get_default_timezone()
    return datetime.combine(day, time.min, tzinfo=local).astimezone(UTC)


def _moved(agreement: Agreement, scope: Scope) -> Iterator[Moved]:
    rows = LedgerEntry.objects.filter(
        budget_year__agreement=agreement, at__gte=_moment(scope.start), at__lt=_moment(scope.end)
    )
    sums = rows.order_by("budget_year__year", "kind").values_list("budget_year__year", "kind")
    for year, kind, count, pence in sums.annotate(count=Count("pk"), pence=Sum("pence")):
        yield Moved(year, LedgerKind(kind).label, count, pence)


def _waiting(agreement: Agreement, year: int) -> Iterator[Waiting]:
    """By the year in which it would be posted; as many queries for one request as for all."""
    rows = FundingRequest.objects.open().filter(placement__referral__agreement=agreement)
    requests = list(rows.select_related("placement").with_costs().order_by("pk"))
    states = services.year_states(agreement)
    sums: dict[str, list[int]] = {}
    for request, cost in zip(requests, services.costs_of(requests), strict=True):
        posted = rules.by_posting_year(services.postings_into(states, cost))
        row = sums.setdefault(request.state, [0, 0, 0])
        row[0] += 1
        row[1] += posted.get(year, 0)
        row[2] += sum(cost.values())
    for state in RequestState:
        if state in sums:
            yield Waiting(state.label, *sums[state])


def tables_of(value: Pack) -> tuple[Table, ...]:
    year, month = value.year, value.month
    moved, waiting = value.moved, value.waiting
    whole = {table.name: table for table in spend.tables_of(year)}
    return (
        replace(whole["totals"], caption=f"Position of {year.label}"),
        Table(
            "moved",
            f"Posted to the ledger in {value.label}",
            (Column("Year"), Column("Kind"), Column("Entries", COUNT), Column("Amount", GBP)),
            tuple((year_label(one.year), one.kind, one.entries, one.pence) for one in moved),
            total=(
                *("Total", "", sum(one.entries for one in moved)),
                sum(one.pence for one in moved),
            ),
            empty=f"Nothing was posted in {value.label}.",
        ),
        *([payables_table(value.payables, value.scope.as_of)] if value.payables else []),
        *(
            replace(table, caption=f"{value.label} {lower}", chart=None)
            for table in spend.tables_of(month)
            for lower in [{"by_lot": "by lot", "by_provider": "by provider"}.get(table.name)]
            if lower
        ),
        replace(whole["by_month"], caption=f"{year.label} by month"),
        replace(whole["exposure"], is_about_now=True),
        Table(
            "waiting",
            "Requests that wait",
            (
                *(Column("State"), Column("Requests", COUNT)),
                *(Column(f"Cost in {year.label}", GBP), Column("Cost in all years", GBP)),
            ),
            tuple((one.state, one.requests, one.this_year_pence, one.pence) for one in waiting),
            total=(
                *("Total", sum(one.requests for one in waiting)),
                sum(one.this_year_pence for one in waiting),
                sum(one.pence for one in waiting),
            ),
            note="As they stood when this was made; nothing of them is committed.",
            empty="No request waits for a decision or for money.",
            is_about_now=True,
        ),
        *(whole[name] for name in FORECAST if name in whole),
        whole["tie_out"],
    )
