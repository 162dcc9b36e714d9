"""What was given in a financial year and not invoiced when it ended: finance accrues it."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Q

from dps_portal.clock import ONE_DAY, year_start
from placements import rules
from placements.models import BudgetYear, Placement

from .costs import accrues_until, lot_on
from .dues import claims_on, dues_of


def accruals(year: BudgetYear, today: date) -> list[rules.Accrual]:
    """By reference, as at the last day of the year, or at today while it runs.

    Whatever was received by that day counts as invoiced unless it was rejected since.
    """
    start, end = year_start(year.year), min(year_start(year.year + 1), today)
    if end <= start:
        return []
    nights = Q(terms__start__lt=end, terms__end__gt=start)
    charges = Q(one_offs__on__gte=start, one_offs__on__lt=end)
    rows = (
        Placement.objects.filter(referral__agreement=year.agreement)
        .filter(nights | charges)
        .distinct()
        .with_costs()
        .prefetch_related("terms__lot")
        .select_related("lot", "provider")
        .order_by("reference")
    )
    placements = list(rows)
    claims = claims_on([one.pk for one in placements], received_by=end - ONE_DAY)
    tolerance = year.agreement.invoice_tolerance
    found = []
    for one in placements:
        asked = [
            claim for claim in claims.get(one.pk, []) if claim.start < end and claim.end > start
        ]
        accrual = _accrual(one, asked, start, accrues_until(one, end))
        if rules.is_accrued(accrual.pence, claims=len(asked), tolerance=tolerance):
            found.append(accrual)
    return found


def _accrual(
    placement: Placement, claims: Iterable[rules.Claim], start: date, end: date
) -> rules.Accrual:
    """Of the nights and charges from ``start`` up to ``end``."""
    dues = dues_of(placement)
    given = [day for day, units in dues.gross if start <= day < end and units]
    charges = [one.pence for one in placement.one_offs.all() if start <= one.on < end]
    return rules.Accrual(
        reference=placement.reference,
        provider=placement.provider.name,
        lot=str(lot_on(placement, given[-1]) if given else placement.lot),
        nights=len(given),
        due_pence=dues.between(start, end) + sum(charges),
        invoiced_pence=sum(rules.part_between(claim, start, end) for claim in claims),
    )
