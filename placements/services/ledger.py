"""Moving money between a placement and its years. Locks go years, then placement, then the rest.

The position of a placement is what its funded nights cost now; an entry is the new position
minus what the ledger already holds, so that entries, positions and years always agree (R8). What
concerns a closed year is posted in the open one (R23).
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from django.db.models import F, QuerySet, Sum
from django.db.models.functions import Coalesce

from dps_portal.accounts.models import User
from dps_portal.agreements.models import Agreement
from dps_portal.clock import financial_year
from placements import rules
from placements.models import BudgetYear, FundingRequest, LedgerEntry, Placement
from placements.states import LedgerKind, YearState

from .costs import is_in_place, position, stay_of


def held_by_year(entries: QuerySet, *fields: str) -> QuerySet:
    """Rows of ``fields``, then the year whose nights the entries are about, then their pence."""
    about = Coalesce("corrects", "budget_year__year")
    return entries.order_by().values_list(*fields, about).annotate(pence=Sum("pence"))


def held_of(placement: Placement) -> dict[int, int]:
    return dict(held_by_year(placement.entries.all()))


def change_since_ledger(placement: Placement, now: dict[int, int]) -> dict[int, int]:
    """What ``now`` adds to, or takes from, each year; years that stay the same are left out."""
    return rules.difference(now, held_of(placement))


def change_of(request: FundingRequest) -> dict[int, int]:
    """What approving the request would commit in each year."""
    return change_since_ledger(request.placement, position(request.placement, asked=request))


def cost_of(request: FundingRequest) -> dict[int, int]:
    """The request's own cost by year: what it commits, or what a fact has committed for it."""
    return next(costs_of([request]))


def costs_of(requests: Iterable[FundingRequest]) -> Iterator[dict[int, int]]:
    """``cost_of`` each, in their order, with one look at the ledger for all."""
    requests = list(requests)
    entries = LedgerEntry.objects.filter(placement__in={one.placement_id for one in requests})
    held: dict[int, dict[int, int]] = {}
    for placement, year, pence in held_by_year(entries, "placement"):
        held.setdefault(placement, {})[year] = pence
    for one in requests:
        if is_in_place(one.placement, one):
            yield _cost_in_place(one)
        else:
            now = position(one.placement, asked=one)
            yield rules.difference(now, held.get(one.placement_id, {}))


def _cost_in_place(request: FundingRequest) -> dict[int, int]:
    def part(day: date) -> int | None:
        return financial_year(day) if request.start <= day < request.end else None

    parts = rules.split(stay_of(request.placement).nights(), part)
    return {year: pence for year, pence in parts.items() if year is not None}


def postings(agreement: Agreement, change: dict[int, int]) -> list[rules.Posting]:
    """The entries to write for a change, in the years that can take them."""
    return postings_into(year_states(agreement), change)


def year_states(agreement: Agreement) -> dict[int, str]:
    return dict(agreement.budget_years.order_by("year").values_list("year", "state"))


def postings_into(states: dict[int, str], change: dict[int, int]) -> list[rules.Posting]:
    """``postings`` for years that were read before, each with its state."""
    closed = [year for year, state in states.items() if state == YearState.CLOSED]
    open_year = min((year for year in states if year not in closed), default=0)
    return rules.postings(change, closed=closed, open_year=open_year)


def commit(agreement: Agreement, entries: list[rules.Posting]) -> list[str]:
    """Take the money of a decision, year by year; returns the reasons why it does not fit.

    First in its transaction: the conditional update is lock and check in one, so no two
    decisions can take the same penny (R12). Money that comes back always fits. With a reason the
    caller must roll back.
    """
    short = []
    for year, pence in rules.by_posting_year(entries).items():
        row = _open(agreement, year)
        if pence > 0:
            row = row.filter(ceiling_pence__gte=F("committed_pence") + pence)
        if not row.update(committed_pence=F("committed_pence") + pence):
            short.append(year)
    with_ceiling = set(
        agreement.budget_years.filter(year__in=short, ceiling_pence__gt=0).values_list(
            "year", flat=True
        )
    )
    return rules.objections_to_ceilings(
        years_without_ceiling=[year for year in short if year not in with_ceiling],
        years_without_room=[year for year in short if year in with_ceiling],
    )


def _open(agreement: Agreement, year: int):
    return BudgetYear.objects.filter(agreement=agreement, year=year).exclude(state=YearState.CLOSED)


def lock_years(agreement: Agreement) -> None:
    """First in the transaction of a fact, which moves money in years not known before it."""
    list(agreement.budget_years.select_for_update().order_by("year").values_list("pk"))


def post_fact(
    placement: Placement, *, kind: LedgerKind, effective_on: date, by: User, at: datetime
) -> dict[int, int]:
    """Bring years and ledger to the position of today, whatever the headroom (R11).

    A year without a row gets one with no ceiling, since the nights happened.
    """
    agreement = placement.referral.agreement
    change = change_since_ledger(placement, position(placement))
    entries = postings(agreement, change)
    for year, pence in rules.by_posting_year(entries).items():
        BudgetYear.objects.get_or_create(
            agreement=agreement, year=year, defaults={"ceiling_pence": 0}
        )
        _open(agreement, year).update(committed_pence=F("committed_pence") + pence)
    write(placement, entries, kind=kind, effective_on=effective_on, by=by, at=at)
    return change


def write(
    placement: Placement,
    entries: list[rules.Posting],
    *,
    kind: LedgerKind,
    effective_on: date,
    by: User,
    at: datetime,
    request: FundingRequest | None = None,
) -> None:
    """Append one entry for each year that changed."""
    agreement = placement.referral.agreement
    years = {row.year: row for row in agreement.budget_years.all()}
    LedgerEntry.objects.bulk_create(
        LedgerEntry(
            budget_year=years[entry.year],
            placement=placement,
            request=request,
            kind=kind,
            pence=entry.pence,
            corrects=entry.corrects,
            effective_on=effective_on,
            at=at,
            by=by,
        )
        for entry in entries
    )
