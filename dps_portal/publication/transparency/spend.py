"""Spend over £500 (Transparency Code, R5.3): what was paid to whom, and never for whom."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet
from django.utils import timezone

from dps_portal.agreements.models import Agreement, Lot
from dps_portal.agreements.rules import MONTHS_IN_QUARTER, Quarter
from dps_portal.clock import ONE_DAY, add_months
from dps_portal.money import pounds
from dps_portal.publication import rules
from placements.models import Invoice, InvoiceLine
from placements.states import InvoiceState
from providers.models import Provider

from .columns import (
    CATEGORY,
    NO,
    NOTHING,
    SPEND_COLUMNS,
    buyer_and_kind,
    name_of,
    reference_of,
)

PERIOD = re.compile(r"(?P<year>20\d\d)-(?:(?P<month>0[1-9]|1[0-2])|Q(?P<quarter>[1-4]))", re.ASCII)
TOGETHER = "payments of the month added up, so that nobody is singled out"


# ── Which months ─────────────────────────────────────────────────────────────────────────────
def month_end(day: date) -> date:
    """The first day of the next month."""
    return add_months(day.replace(day=1), 1)


def period_of(text: str) -> tuple[date, date] | None:
    """Of ``2026-07``, ``2026-Q3``, or nothing for all there is; half-open. Else ``None``."""
    if not text:
        return date.min, date.max
    found = PERIOD.fullmatch(text)
    if not found:
        return None
    if found["quarter"]:
        last_month = MONTHS_IN_QUARTER * int(found["quarter"])
        quarter = Quarter.of(date(int(found["year"]), last_month, 1))
        return quarter.start, quarter.last_day + ONE_DAY
    start = date(int(found["year"]), int(found["month"]), 1)
    return start, month_end(start)


def spend_quarters(today: date) -> list[tuple[Quarter, str]]:
    """The quarters since the first payment, the latest first, each with its name in addresses."""
    first = Invoice.objects.filter(state=InvoiceState.PAID).order_by("paid_on").first()
    day = first.paid_on if first else today
    quarters = []
    while day < today.replace(day=1):
        quarter = Quarter.of(day)
        quarters.append((quarter, f"{quarter.start.year}-Q{quarter.number}"))
        day = quarter.last_day + ONE_DAY
    return quarters[::-1]


# ── Rows ─────────────────────────────────────────────────────────────────────────────────────
@dataclass
class Payment:
    """One row: a payment for several people, or what a provider was paid in a month."""

    provider: Provider
    agreement: Agreement | None
    on: date
    purpose: str
    transaction: str = ""
    pence: int = 0


def paid(start: date, end: date) -> QuerySet:
    return (
        Invoice.objects.filter(state=InvoiceState.PAID, paid_on__gte=start, paid_on__lt=end)
        .select_related("provider")
        .order_by("paid_on", "pk")
    )


@dataclass
class Told:
    """Of one payment: its lots, and the keys of the people that it was for."""

    lots: set[Lot] = field(default_factory=set)
    people: set[int] = field(default_factory=set)


def told_of(invoices: QuerySet) -> dict[int, Told]:
    """By the key of the invoice. Lines of the whole country are too many to be read as models."""
    facts = ("invoice", "placement__lot", "placement__referral__person")
    lots = Lot.objects.select_related("agreement").in_bulk()
    found: dict[int, Told] = defaultdict(Told)
    lines = InvoiceLine.objects.filter(invoice__in=invoices.values("pk"))
    for invoice, lot, person in lines.order_by().values_list(*facts).distinct():
        found[invoice].lots.add(lots[lot])
        found[invoice].people.add(person)
    return found


def purpose(what: str) -> str:
    return f"Residential rehabilitation placements: {what}"


def payments(invoices: QuerySet) -> list[Payment]:
    """Those for fewer than five people go into one row of their provider and month (R5.3).

    Money paid and money credited stay apart, so that each row is what was really moved; and so
    does what was recorded in a later month, so that a row that is out never changes.
    """
    rows: list[Payment] = []
    together: dict[tuple, Payment] = {}
    told = told_of(invoices)
    for invoice in invoices:
        if not rules.is_published_spend(invoice.pence):
            continue
        about = told[invoice.pk]
        lots = sorted(about.lots, key=lambda lot: (lot.number, lot.pk))
        agreement = lots[0].agreement if lots else None
        if len(about.people) >= rules.FEWEST:
            what = purpose(", ".join(str(lot) for lot in lots))
            row = Payment(invoice.provider, agreement, invoice.paid_on, what, invoice.transaction)
            rows.append(row)
        else:
            last = month_end(invoice.paid_on) - ONE_DAY
            recorded = timezone.localdate(invoice.paid_at).replace(day=1)
            row = together.setdefault(
                (invoice.provider, agreement, last, recorded, invoice.pence < 0),
                Payment(invoice.provider, agreement, last, purpose(TOGETHER)),
            )
        row.pence += invoice.pence
    rows += together.values()
    return sorted(rows, key=lambda row: (row.on, row.provider.name, row.transaction, row.pence))


def cells(row: Payment) -> list:
    provider = row.provider
    facts = buyer_and_kind(row.agreement) | {
        "BeneficiaryName": name_of(provider),
        "BeneficiaryOtherID": reference_of(provider),
        "CompaniesHouseRegistrationNumber": provider.company_number,
        "CharityCommissionNumber": provider.charity_number,
        "VCSEGrant": NO,
        "PaymentDate": row.on.isoformat(),
        "TransactionNumber": row.transaction,
        "Amount": Decimal(pounds(row.pence)),
        "IrrecoverableVATAmount": NOTHING,
        "Purpose": row.purpose,
        "CategoryInternalName": CATEGORY,
        "CardTransaction": NO,
        "ContractRef": row.agreement.reference if row.agreement else None,
    }
    return [facts.get(column) for column in SPEND_COLUMNS]


def spend_rows(start: date, end: date, today: date) -> Iterator[list]:
    """Of the months that are over: one that goes on would tell of each payment by what it adds.

    So a payment that is recorded late comes when the month of its recording is over.
    """
    month = today.replace(day=1)
    known = paid(start, min(end, month)).filter(paid_at__date__lt=month)
    return map(cells, payments(known))
