"""What is open before a financial year is closed, and what runs on into the next."""

from datetime import date

from dps_portal.clock import year_label, year_start
from placements import rules
from placements.models import BudgetYear, FundingRequest, Invoice, LedgerEntry, Placement
from placements.states import InvoiceState, PlacementState, YearState

from .accruals import accruals
from .costs import position, stay_of
from .ledger import held_by_year
from .reconciliation import compare_ledger


def closing_checklist(year: BudgetYear, today: date) -> list[rules.Check]:
    """Everything that should be settled, whether it stops the closing or not."""
    start, end = year_start(year.year), year_start(year.year + 1)
    here = Placement.objects.filter(referral__agreement=year.agreement)
    stays = here.filter(terms__start__lt=end, terms__end__gt=start).distinct()
    requests = FundingRequest.objects.open().filter(
        placement__in=here, start__lt=end, end__gt=start
    )
    undecided = requests.undecided()
    invoices = Invoice.objects.about(year.agreement, start, end)
    later = BudgetYear.objects.filter(
        agreement=year.agreement, year=year.year + 1, ceiling_pence__gt=0
    )
    earlier = BudgetYear.objects.filter(agreement=year.agreement, year__lt=year.year)
    late = accruals(year, today)
    return [
        rules.Check("over", "The year is over", () if today >= end else (year.label,), stops=True),
        rules.Check(
            "earlier",
            "Every earlier year of the agreement is closed",
            tuple(
                year_label(one)
                for one in earlier.exclude(state=YearState.CLOSED)
                .order_by("year")
                .values_list("year", flat=True)
            ),
            stops=True,
        ),
        rules.Check(
            "next_ceiling",
            "The ceiling of the next year is confirmed",
            () if later.exists() else (year_label(year.year + 1),),
            stops=True,
        ),
        rules.Check(
            "exits",
            "No stay has nights in the year that are neither funded nor ended by an exit",
            _named(here.filter(state=PlacementState.ADMITTED, funded_until__lt=end)),
            stops=True,
        ),
        rules.Check(
            "requests",
            "Every funding request about nights of the year is decided",
            _named(undecided),
            stops=True,
        ),
        rules.Check(
            "returned",
            "No request about nights of the year was returned and not sent again",
            _named(requests.exclude(pk__in=undecided.values("pk"))),
        ),
        rules.Check(
            "unclosed",
            "Every stay that has ended is closed: report, outcomes and money are complete",
            _named(stays.filter(state=PlacementState.DISCHARGED)),
        ),
        rules.Check(
            "arrivals",
            "Nobody funded for nights of the year is still to arrive",
            _named(stays.filter(state=PlacementState.APPROVED, planned_admission__lt=end)),
        ),
        *_invoice_checks(invoices),
        rules.Check(
            "accruals",
            "Every night given in the year was invoiced by the end of it",
            tuple(one.reference for one in late),
            pence=sum(one.pence for one in late),
        ),
        rules.Check(
            "ledger",
            "Ledger, placements and years agree to the penny",
            tuple(compare_ledger(year.agreement).differences),
            stops=True,
        ),
        rules.Check(
            "carried",
            "What the next year holds for stays that run on is what they cost",
            tuple(one.reference for one in carry_over(year) if one.difference_pence),
            stops=True,
        ),
    ]


def _invoice_checks(invoices) -> list[rules.Check]:
    labels = {
        InvoiceState.RECEIVED: "Every invoice for the year is matched",
        InvoiceState.DISPUTED: "No dispute about an invoice for the year is open",
        InvoiceState.MATCHED: "Every matched invoice for the year is approved",
        InvoiceState.APPROVED: "Every approved invoice for the year is paid",
    }
    return [
        rules.Check(f"invoices_{state}", label, _named(invoices.filter(state=state)))
        for state, label in labels.items()
    ]


def _named(rows) -> tuple[str, ...]:
    return tuple(rows.order_by("reference").values_list("reference", flat=True))


def carry_over(year: BudgetYear) -> list[rules.Carried]:
    """Stays with nights before and after the end of the year, by reference.

    The sum of ``ledger_pence`` is what the next year's ledger holds for them.
    """
    end = year_start(year.year + 1)
    held = {
        key: pence
        for key, about, pence in held_by_year(
            LedgerEntry.objects.filter(placement__referral__agreement=year.agreement), "placement"
        )
        if about == year.year + 1
    }
    rows = (
        Placement.objects.filter(referral__agreement=year.agreement, terms__end__gt=end)
        .distinct()
        .with_costs()
        .order_by("reference")
    )
    carried = []
    for placement in rows:
        stay = stay_of(placement)
        if stay is None or not stay.admission < end < stay.end:
            continue
        cost = position(placement).get(year.year + 1, 0)
        carried.append(rules.Carried(placement.reference, cost, held.get(placement.pk, 0)))
    return carried
