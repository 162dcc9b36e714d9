"""How long payment took, year by year and provider by provider (R4.8)."""

from dataclasses import dataclass
from datetime import date

from placements import rules
from placements.models import Invoice
from placements.states import InvoiceState


@dataclass(frozen=True)
class TimesRow:
    """The figures of a financial year: of all providers, or of one."""

    year: int
    times: rules.PaymentTimes
    provider: str = ""
    reference: str = ""


def payment_times(today: date) -> tuple[list[TimesRow], list[TimesRow]]:
    """By year, newest first, and by year and provider; one query for all of them."""
    timed = Invoice.objects.timed()
    settled = timed.filter(state=InvoiceState.PAID) | timed.overdue(today)
    years: dict[int, list[rules.TimedInvoice]] = {}
    providers: dict[tuple[int, str, str], list[rules.TimedInvoice]] = {}
    rows = settled.values_list(
        *("provider__name", "provider__reference", "clock_from", "due_on", "paid_on", "pence")
    )
    for name, reference, *facts in rows.order_by("provider__name", "pk"):
        one = rules.TimedInvoice(*facts)
        years.setdefault(one.year, []).append(one)
        providers.setdefault((one.year, name, reference), []).append(one)
    return (
        [
            TimesRow(year, rules.payment_times(ones, today))
            for year, ones in sorted(years.items(), reverse=True)
        ],
        [
            TimesRow(year, rules.payment_times(ones, today), name, reference)
            for (year, name, reference), ones in sorted(
                providers.items(), key=lambda item: (-item[0][0], *item[0][1:])
            )
        ],
    )
