"""Moving money between a placement and its years. Locks go years, then placement, then the rest.

The position of a placement is what its funded nights cost now; an entry is the new position
minus what the ledger already holds, so that entries, positions and years always agree (R8).
"""

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import F, Sum

from dps_portal.accounts.models import User
from dps_portal.agreements.models import Agreement
from placements import rules
from placements.models import BudgetYear, FundingRequest, LedgerEntry, Placement
from placements.states import LedgerKind


def position(placement: Placement, *, extra: Iterable[rules.Term] = ()) -> dict[int, int]:
    """Pence by financial year of the nights funded now, and of ``extra`` ones asked for."""
    terms = [
        rules.Term(term.start, term.end, term.weekly_pence)
        for term in placement.terms.order_by("start")
    ]
    left = placement.exits.order_by("-revision").first()
    if left:
        terms = rules.charged_terms(terms, exit_on=left.on, notice_nights=left.notice_nights)
    return rules.cost_by_year([*terms, *extra])


def change_since_ledger(placement: Placement, now: dict[int, int]) -> dict[int, int]:
    """What ``now`` adds to, or takes from, each year; years that stay the same are left out."""
    held = dict(
        placement.entries.order_by().values_list("budget_year__year").annotate(pence=Sum("pence"))
    )
    return rules.difference(now, held)


def change_of(request: FundingRequest) -> dict[int, int]:
    """What approving the request would commit in each year."""
    term = rules.Term(request.start, request.end, request.weekly_pence)
    return change_since_ledger(request.placement, position(request.placement, extra=[term]))


def commit(agreement: Agreement, change: dict[int, int]) -> list[str]:
    """Take the money of a decision, year by year; returns the reasons why it does not fit.

    First in its transaction: the conditional update is lock and check in one, so no two
    decisions can take the same penny (R12). With a reason the caller must roll back.
    """
    short = [
        year
        for year, pence in sorted(change.items())
        if not BudgetYear.objects.filter(
            agreement=agreement, year=year, ceiling_pence__gte=F("committed_pence") + pence
        ).update(committed_pence=F("committed_pence") + pence)
    ]
    with_ceiling = set(
        agreement.budget_years.filter(year__in=short, ceiling_pence__gt=0).values_list(
            "year", flat=True
        )
    )
    return rules.objections_to_ceilings(
        years_without_ceiling=[year for year in short if year not in with_ceiling],
        years_without_room=[year for year in short if year in with_ceiling],
    )


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
    for year, pence in change.items():
        BudgetYear.objects.get_or_create(
            agreement=agreement, year=year, defaults={"ceiling_pence": 0}
        )
        BudgetYear.objects.filter(agreement=agreement, year=year).update(
            committed_pence=F("committed_pence") + pence
        )
    write(placement, change, kind=kind, effective_on=effective_on, by=by, at=at)
    return change


def write(
    placement: Placement,
    change: dict[int, int],
    *,
    kind: LedgerKind,
    effective_on: date,
    by: User,
    at: datetime,
    request: FundingRequest | None = None,
) -> None:
    """Append one entry for each year that changed."""
    years = {
        row.year: row for row in placement.referral.agreement.budget_years.filter(year__in=change)
    }
    LedgerEntry.objects.bulk_create(
        LedgerEntry(
            budget_year=years[year],
            placement=placement,
            request=request,
            kind=kind,
            pence=pence,
            effective_on=effective_on,
            at=at,
            by=by,
        )
        for year, pence in change.items()
    )
