"""Whether the ledger, the years and the placements still tell the same story."""

from dataclasses import dataclass

from django.db.models import Q, Sum

from placements.models import BudgetYear, LedgerEntry, Placement
from placements.services import position


@dataclass(frozen=True)
class LedgerCheck:
    """``broken`` names the first row that does not agree, or is empty."""

    entries: int
    years: int
    placements: int
    broken: str


def verify_ledger() -> LedgerCheck:
    """Each year's sum is that of its entries; each placement's entries are its position (R8)."""
    years = BudgetYear.objects.annotate(entered=Sum("entries__pence")).order_by("year", "pk")
    broken = [
        f"The year {year} holds {year.committed_pence} pence, its entries {year.entered or 0}."
        for year in years
        if year.committed_pence != (year.entered or 0)
    ]
    placements = (
        Placement.objects.filter(Q(entries__isnull=False) | Q(terms__isnull=False))
        .distinct()
        .order_by("pk")
    )
    checked = 0
    for placement in placements.iterator():
        checked += 1
        entered = placement.entries.order_by().values_list("budget_year__year")
        held = {year: pence for year, pence in entered.annotate(pence=Sum("pence")) if pence}
        if held != position(placement):
            broken.append(f"The placement {placement} does not cost what its entries hold.")
    return LedgerCheck(
        entries=LedgerEntry.objects.count(),
        years=len(years),
        placements=checked,
        broken=broken[0] if broken else "",
    )
