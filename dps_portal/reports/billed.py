"""What is invoiced beside what is due: in a provider's statement and in the finance pack."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Sum

from dps_portal.agreements.models import Agreement
from dps_portal.clock import ONE_DAY, in_words
from dps_portal.ui.tables import COUNT, DAY, GBP, Column, Table
from placements import rules
from placements.models import Invoice, InvoiceLine
from placements.states import InvoiceState
from providers.models import Provider

from .scopes import Scope


@dataclass(frozen=True)
class Billed:
    """An invoice or credit note; ``here_pence`` is what of it is for the period."""

    number: str
    dated_on: date
    pence: int
    here_pence: int
    state: InvoiceState
    paid_on: date | None


def billed(agreement: Agreement, provider: Provider, scope: Scope) -> Iterator[Billed]:
    """Whatever of the provider's is for nights or charges of the scope, and not rejected."""
    rows = (
        Invoice.objects.filter(provider=provider)
        .about(agreement, scope.start, scope.end)
        .exclude(state=InvoiceState.REJECTED)
        .prefetch_related("lines__one_off", "lines__placement__referral")
        .order_by("dated_on", "pk")
    )
    for one in rows:
        lines = list(one.lines.all())
        here = [
            _part_of(line, scope)
            for line in lines
            if line.placement.referral.agreement_id == agreement.pk
        ]
        yield Billed(
            number=one.number,
            dated_on=one.dated_on,
            pence=one.pence,
            here_pence=sum(here) if lines else one.pence,
            state=InvoiceState(one.state),
            paid_on=one.paid_on,
        )


def _part_of(line: InvoiceLine, scope: Scope) -> int:
    if line.one_off:
        return line.pence if scope.holds(line.one_off.on) else 0
    return rules.part_between(rules.Claim(line.start, line.end, line.pence), scope.start, scope.end)


def billed_tables(
    invoices: tuple[Billed, ...], due_pence: int, scope: Scope
) -> tuple[Table, Table]:
    """The sums beside what is due, and the invoices that they are of."""
    of_state = {
        state: sum(one.here_pence for one in invoices if one.state == state)
        for state in InvoiceState
    }
    asked = sum(of_state.values())
    paid, disputed = of_state[InvoiceState.PAID], of_state[InvoiceState.DISPUTED]
    return (
        Table(
            "reconciled",
            "Due and invoiced",
            (Column("What"), Column("Amount", GBP)),
            (
                (f"Due for nights and charges before {in_words(scope.as_of)}", due_pence),
                ("Invoiced", asked),
                ("of it paid", paid),
                ("of it disputed", disputed),
                ("of it outstanding", asked - paid - disputed),
                ("Due and not invoiced", due_pence - asked),
            ),
            note="What is due is net of what the provider collects from the person. "
            "An amount below zero was invoiced beyond what is due so far.",
            is_about_now=True,
        ),
        Table(
            "invoices",
            "Invoices",
            (
                *(Column("Number"), Column("Dated", DAY), Column("Net amount", GBP)),
                *(Column("For this period", GBP), Column("State"), Column("Paid on", DAY)),
            ),
            tuple(
                (
                    *(one.number, one.dated_on, one.pence),
                    *(one.here_pence, one.state.label, one.paid_on),
                )
                for one in invoices
            ),
            total=("Total", None, sum(one.pence for one in invoices), asked, "", None),
            note="As they stood when this was made. Credit notes are below zero; rejected invoices "
            "are left out.",
            empty="Nothing is invoiced for this period.",
            is_about_now=True,
        ),
    )


@dataclass(frozen=True)
class Payable:
    """How many invoices are in one situation, and what they come to."""

    what: str
    invoices: int
    pence: int


def payables(agreement: Agreement, scope: Scope) -> Iterator[Payable]:
    """Days are counted from ``scope.as_of``; whether an invoice is paid is as it is now."""
    rows = Invoice.objects.under(agreement)
    today = scope.as_of
    soon = today + timedelta(days=rules.PAYMENT_DAYS)
    situations = {
        f"Due within {rules.PAYMENT_DAYS} days": rows.due_by(soon).filter(due_on__gte=today),
        "Overdue": rows.overdue(today),
        "Disputed": rows.filter(state=InvoiceState.DISPUTED),
        "Paid in the month": rows.filter(
            state=InvoiceState.PAID, paid_on__range=(scope.start, scope.end - ONE_DAY)
        ),
    }
    for what, found in situations.items():
        sums = found.aggregate(invoices=Count("pk"), pence=Sum("pence"))
        yield Payable(what, sums["invoices"], sums["pence"] or 0)


def payables_table(rows: tuple[Payable, ...], as_of: date) -> Table:
    return Table(
        "payables",
        "Invoices to pay and paid",
        (Column("What"), Column("Invoices", COUNT), Column("Net amount", GBP)),
        tuple((one.what, one.invoices, one.pence) for one in rows),
        note=f"Days are counted from {in_words(as_of)}; what is paid or disputed is as it stood "
        "when this was made.",
        is_about_now=True,
    )
