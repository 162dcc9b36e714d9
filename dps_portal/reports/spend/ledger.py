"""What the ledger holds for a spend report: movements, and the lines of closed years (R23)."""

from collections.abc import Callable, Iterator

from django.db.models import Count, QuerySet, Sum
from django.utils import timezone

from dps_portal.agreements.models import Agreement
from dps_portal.clock import ONE_DAY, year_start
from dps_portal.reports.scopes import Scope
from placements import services
from placements.models import LedgerEntry, Placement
from placements.states import LedgerKind
from providers.models import Provider

from .values import Movement, PriorYear


def entries_of(agreement: Agreement, scope: Scope) -> QuerySet:
    entries = LedgerEntry.objects.filter(budget_year__agreement=agreement)
    if scope.provider:
        entries = entries.filter(placement__provider__reference=scope.provider)
    return entries


def prior_years(
    agreement: Agreement,
    scope: Scope,
    by_key: dict[int, Placement],
    name: Callable[[Provider], str],
) -> Iterator[tuple[PriorYear, bool]]:
    """Each line of a closed year, and whether it stands inside the report.

    It stands under the day it was posted in the year that carries it; in the closed year, under
    the day from which it took effect.
    """
    rows = entries_of(agreement, scope).exclude(corrects=None).select_related("budget_year")
    for entry in rows.order_by("at", "pk"):
        posted, about = entry.budget_year.year, entry.corrects
        sides = [
            (posted, timezone.localdate(entry.at), entry.pence),
            (about, entry.effective_on, -entry.pence),
        ]
        for year, day, pence in sides:
            if year not in scope.years:
                continue
            placement = by_key[entry.placement_id]
            lot = services.lot_on(placement, entry.effective_on)
            on = min(max(day, year_start(year)), year_start(year + 1) - ONE_DAY)
            line = PriorYear(
                reference=placement.reference,
                provider=name(placement.provider),
                lot=str(lot),
                about=about,
                posted=posted,
                on=on,
                pence=pence,
                is_accrued=on < scope.as_of,
            )
            yield line, scope.holds(on) and scope.lot in {None, lot.number}


def movements(entries: QuerySet) -> Iterator[Movement]:
    sums: dict[str, list[int]] = {}
    rows = entries.order_by().values_list("kind", "corrects")
    for kind, corrects, count, pence in rows.annotate(count=Count("pk"), pence=Sum("pence")):
        label = LedgerKind(kind).label
        pair = sums.setdefault(label if corrects is None else f"{label} of a closed year", [0, 0])
        pair[0] += count
        pair[1] += pence
    return (Movement(label, *pair) for label, pair in sorted(sums.items()))
