"""Whether ledger, positions and years agree to the penny: daily, and by ``verify_audit`` (R8)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q, Sum
from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Permission
from dps_portal.agreements.models import Agreement
from dps_portal.audit import trail
from dps_portal.clock import year_label
from dps_portal.notifications.services import notify_each
from placements import rules
from placements.models import BudgetYear, LedgerEntry, Placement, Reconciliation

from .costs import position
from .ledger import held_by_year

BATCH = 500


@dataclass(frozen=True)
class LedgerCheck:
    """What was compared, and each difference in a sentence."""

    entries: int
    years: int
    placements: int
    differences: list[str]


def compare_ledger(agreement: Agreement | None = None) -> LedgerCheck:
    """Each year's sum is that of its entries; each placement's entries are its position.

    Of all agreements, or of one.
    """
    years, entries = BudgetYear.objects.all(), LedgerEntry.objects.all()
    placements = Placement.objects.all()
    if agreement:
        years = years.filter(agreement=agreement)
        entries = entries.filter(budget_year__agreement=agreement)
        placements = placements.filter(referral__agreement=agreement)
    sums = dict(entries.order_by().values_list("budget_year").annotate(pence=Sum("pence")))
    years = list(years.select_related("agreement").order_by("year", "pk"))
    differences = [
        f"The year {year} holds {year.committed_pence} pence, its entries {sums.get(year.pk, 0)}."
        for year in years
        if year.committed_pence != sums.get(year.pk, 0)
    ]
    held: dict[int, dict[int, int]] = {}
    for key, year, pence in held_by_year(entries, "placement"):
        held.setdefault(key, {})[year] = pence
    moved = Q(terms__isnull=False) | Q(entries__isnull=False)
    placements = placements.with_costs().filter(moved).distinct().order_by("pk")
    checked = 0
    for placement in placements.iterator(chunk_size=BATCH):
        checked += 1
        change = rules.difference(position(placement), held.get(placement.pk, {}))
        differences += [
            f"The placement {placement} costs {pence:+d} pence more in {year_label(year)} "
            "than its entries hold."
            for year, pence in change.items()
        ]
    return LedgerCheck(entries.count(), len(years), checked, differences)


@transaction.atomic
def compare_ledger_at_rest() -> LedgerCheck:
    """The same, while nothing moves money."""
    _take_years()
    return compare_ledger()


def _take_years() -> None:
    """As every act that moves money takes them first, so that nothing moves meanwhile."""
    list(BudgetYear.objects.select_for_update().order_by("agreement", "year").values_list("pk"))


@transaction.atomic
def reconcile(*, at: datetime) -> Reconciliation | None:
    """Once a London day; ``None`` when it is done already. Finance hears of any difference."""
    _take_years()
    today = timezone.localdate(at)
    if Reconciliation.objects.filter(on=today).exists():
        return None
    found = compare_ledger()
    done = Reconciliation.objects.create(
        on=today,
        at=at,
        placements=found.placements,
        entries=found.entries,
        differences=found.differences,
    )
    trail.record("ledger.reconciled", done, by=None, at=at, differences=len(found.differences))
    if found.differences:
        notify_each(
            User.objects.with_permission(Permission.CONFIRM_CEILING),
            "placements/emails/ledger_differs.txt",
            at=at,
            key=f"reconciliation:{today}",
            count=len(found.differences),
        )
    return done
