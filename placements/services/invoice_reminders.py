"""Telling finance in time which invoices are to be paid, and which are late (R4.8)."""

from datetime import datetime, timedelta

from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Permission
from dps_portal.clock import ONE_DAY
from dps_portal.notifications.services import notify
from placements import rules
from placements.models import Invoice


def remind_of_due_invoices(*, at: datetime) -> int:
    """Seven days before the last day to pay, and the day after it; once for each such day.

    Sweeps that were missed are caught up with the later of the two only.
    """
    today = timezone.localdate(at)
    due = Invoice.objects.due_by(today + timedelta(days=rules.DUE_SOON_DAYS)).soonest_due_first()
    people = list(User.objects.with_permission(Permission.HANDLE_INVOICES))
    return sum(_remind(person, invoice, at) for invoice in due for person in people)


def _remind(person: User, invoice: Invoice, at: datetime) -> bool:
    is_late = invoice.due_on < timezone.localdate(at)
    event = "invoice_overdue" if is_late else "invoice_due"
    days = ONE_DAY if is_late else -timedelta(days=rules.DUE_SOON_DAYS)
    told = notify(
        person,
        f"placements/emails/{event}.txt",
        at=at,
        key=f"{event}:{invoice}:{invoice.due_on}:{person.ref}",
        due_on=invoice.due_on + days,
        invoice=invoice,
    )
    return told is not None
