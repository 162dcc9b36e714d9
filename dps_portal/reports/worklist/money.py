"""What waits for who keeps the ceiling and pays."""

from datetime import datetime

from django.db.models import Q
from django.urls import reverse

from dps_portal.accounts.models import User
from placements.models import BudgetRevision, Invoice, InvoiceImport
from placements.states import ImportKind, ImportState, InvoiceState

from .task import MOST, Task


def ceilings(user: User, at: datetime) -> list[Task]:
    rows = BudgetRevision.objects.visible_to(user).filter(confirmed_at=None)
    return [
        Task(
            "A proposed ceiling",
            reverse("placements:confirm_ceiling", args=[row.agreement.reference, row.year, row.pk]),
            "Confirm it",
            None,
        )
        for row in rows.select_related("agreement").order_by("pk")[:MOST]
    ]


INVOICE_TASKS = {
    InvoiceState.RECEIVED: "Match it with our cost",
    InvoiceState.MATCHED: "Approve it",
    InvoiceState.DISPUTED: "Settle the dispute",
    InvoiceState.APPROVED: "Have it paid",
}


def invoices(user: User, at: datetime) -> list[Task]:
    """What waits for finance; nobody approves what they entered or matched themselves."""
    own = Q(entered_by=user) | Q(matched_by=user)
    rows = Invoice.objects.visible_to(user).unpaid()
    rows = rows.exclude(own, state=InvoiceState.MATCHED).soonest_due_first()
    return [
        Task(
            f"Invoice {row}",
            row.get_absolute_url(),
            INVOICE_TASKS[InvoiceState(row.state)],
            None if row.state == InvoiceState.DISPUTED else row.due_on,
        )
        for row in rows[:MOST]
    ]


def services_given(user: User, at: datetime) -> list[Task]:
    """Invoices whose nights nobody has confirmed yet."""
    rows = Invoice.objects.visible_to(user).to_confirm().soonest_due_first()
    return [
        Task(f"Invoice {row}", row.get_absolute_url(), "Confirm the service", row.due_on)
        for row in rows[:MOST]
    ]


def files(user: User, at: datetime) -> list[Task]:
    """Payments made elsewhere that another person has brought."""
    rows = InvoiceImport.objects.visible_to(user).filter(
        state=ImportState.STAGED, kind=ImportKind.HISTORY
    )
    return [
        Task(f"File {row}", row.get_absolute_url(), "Confirm or discard it", None)
        for row in rows.exclude(uploaded_by=user).newest_first()[:MOST]
    ]


def own_invoices(user: User, at: datetime) -> list[Task]:
    rows = Invoice.objects.visible_to(user).filter(state=InvoiceState.DISPUTED)
    return [
        Task(f"Invoice {row}", row.get_absolute_url(), "The council disputes it", None)
        for row in rows.newest_first()[:MOST]
    ]
