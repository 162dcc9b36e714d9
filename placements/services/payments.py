"""Approving what is due, handing it to the ledger system, and noting what was paid."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.audit import trail
from dps_portal.notifications.services import notify_each
from dps_portal.refusals import refuse_if
from placements import rules
from placements.models import Invoice, PaymentBatch, Placement
from placements.states import InvoiceKind, InvoiceState

from .dues import match_of, objections_to_dues
from .invoices import lock_invoice, objections_to


def lock_claimed(invoice: Invoice) -> list[int]:
    """The placements it claims for, in order: first, so that no two approvals pay one night."""
    rows = Placement.objects.select_for_update().filter(pk__in=claimed(invoice))
    return list(rows.order_by("pk").values_list("pk", flat=True))


def claimed(invoice: Invoice) -> list[int]:
    return sorted(set(invoice.lines.values_list("placement", flat=True)))


def objections_to_approval(invoice: Invoice, by: User, today: date) -> list[str]:
    """Everything against it at once; the page shows them and the service refuses."""
    objections = objections_to("approve_invoice", invoice)
    if objections:
        return objections
    objections = rules.objections_to_approver(
        has_entered=invoice.entered_by_id == by.pk,
        has_matched=invoice.matched_by_id == by.pk,
        is_confirmed=invoice.confirmed_at is not None or invoice.kind == InvoiceKind.CREDIT,
    )
    if match_of(invoice).has_changed:
        objections.append("Our cost has changed since it was matched. Match it again.")
    return objections + objections_to_dues(invoice, today)


@transaction.atomic
def approve_invoice(*, invoice: Invoice, by: User, at: datetime) -> Invoice:
    """Another person than entered and matched it lets it be paid: within what is due, and once."""
    locked = lock_claimed(invoice)
    invoice = lock_invoice(invoice)
    refuse_if(rules.objections_to_changed_lines(is_locked=locked == claimed(invoice)))
    refuse_if(objections_to_approval(invoice, by, timezone.localdate(at)))
    invoice.state = InvoiceState.APPROVED
    invoice.approved_by = by
    invoice.approved_at = at
    invoice.save()
    trail.record("invoice.approved", invoice, by=by, at=at, pence=invoice.pence)
    return invoice


@transaction.atomic
def pay_invoice(
    *, invoice: Invoice, paid_on: date, transaction_number: str, by: User, at: datetime
) -> Invoice:
    """The ledger system has paid it."""
    invoice = lock_invoice(invoice)
    refuse_if(objections_to_paying(invoice, paid_on, timezone.localdate(at)))
    invoice.state = InvoiceState.PAID
    invoice.paid_on = paid_on
    invoice.transaction = transaction_number
    invoice.paid_by = by
    invoice.paid_at = at
    invoice.save()
    notify_each(
        invoice.provider.owners(), "placements/emails/invoice_paid.txt", at=at, invoice=invoice
    )
    trail.record("invoice.paid", invoice, by=by, at=at, paid_on=paid_on.isoformat())
    return invoice


def objections_to_paying(invoice: Invoice, paid_on: date, today: date) -> list[str]:
    objections = objections_to("pay_invoice", invoice)
    if objections:
        return objections
    approved_on = timezone.localdate(invoice.approved_at)
    return rules.objections_to_payment(paid_on=paid_on, approved_on=approved_on, today=today)


@transaction.atomic
def make_payment_batch(*, by: User, at: datetime) -> PaymentBatch:
    """Hand everything approved to the ledger system: each invoice once, and the file kept."""
    invoices = list(
        Invoice.objects.select_for_update(of=("self",))
        .to_export()
        .select_related("provider", "approved_by")
        .order_by("pk")  # as a file of payments locks them
    )
    refuse_if([] if invoices else ["Nothing is approved that was not handed over already."])
    batch = PaymentBatch.objects.create(
        rows=[_handed_over(one) for one in sorted(invoices, key=lambda one: (one.due_on, one.pk))],
        pence=sum(invoice.pence for invoice in invoices),
        made_by=by,
        made_at=at,
    )
    Invoice.objects.filter(pk__in=[invoice.pk for invoice in invoices]).update(batch=batch)
    trail.record(
        "invoices.handed_over", batch, by=by, at=at, count=len(invoices), pence=batch.pence
    )
    return batch


def _handed_over(invoice: Invoice) -> dict:
    return {
        "reference": invoice.reference,
        "provider": invoice.provider.name,
        "provider_reference": invoice.provider.reference,
        "number": invoice.number,
        "kind": invoice.kind,
        "dated_on": invoice.dated_on.isoformat(),
        "due_on": invoice.due_on.isoformat(),
        "pence": invoice.pence,
        "approved_by": invoice.approved_by.ref,
        "approved_on": timezone.localdate(invoice.approved_at).isoformat(),
    }
