"""Invoices as they come in, and what finance finds in them; nothing here pays anything."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Permission
from dps_portal.audit import trail
from dps_portal.notifications.services import notify, notify_each
from dps_portal.refusals import refuse_if
from placements import rules
from placements.models import Invoice, InvoiceDispute, InvoiceLine, Placement
from placements.states import InvoiceKind, InvoiceOrigin, InvoiceState
from providers.models import Provider

from .dues import match_of
from .identities import refuse_naming

# Each line says its ``placement``, its ``pence``, and ``start`` and ``end`` or a ``one_off``.
Lines = Iterable[Mapping[str, Any]]


def lock_invoice(invoice: Invoice) -> Invoice:
    return (
        Invoice.objects.select_for_update(of=("self",))
        .select_related("provider")
        .get(pk=invoice.pk)
    )


@transaction.atomic
def enter_invoice(
    *,
    provider: Provider,
    origin: InvoiceOrigin = InvoiceOrigin.ENTERED,
    number: str,
    kind: InvoiceKind,
    dated_on: date,
    received_on: date,
    pence: int,
    lines: Lines,
    by: User,
    at: datetime,
) -> Invoice:
    """``pence`` is negative for a credit note. The clock runs from the day of receipt (R4.8)."""
    Provider.objects.select_for_update().get(pk=provider.pk)  # one number at a time
    lines = list(lines)
    today = timezone.localdate(at)
    refuse_if(
        rules.objections_to_invoice(
            kind=kind,
            pence=pence,
            dated_on=dated_on,
            received_on=received_on,
            is_number_taken=is_number_taken(provider, number),
            today=today,
        )
        + (objections_to_lines(provider, pence, lines) if lines else [])
        + _objections_to_no_lines(origin, lines)
    )
    refuse_naming_anybody((line["placement"] for line in lines), number)
    invoice = write_invoice(
        provider=provider,
        origin=origin,
        number=number,
        kind=kind,
        dated_on=dated_on,
        received_on=received_on,
        pence=pence,
        entered_by=by,
        entered_at=at,
    )
    write_lines(invoice, lines)
    if origin == InvoiceOrigin.SUBMITTED:
        tell_finance(invoice, "invoice_submitted", by=by, at=at)
    trail.record(
        "invoice.entered",
        invoice,
        by=by,
        at=at,
        origin=origin,
        kind=kind,
        pence=pence,
        lines=len(lines),
    )
    return invoice


def submit_invoice(*, provider: Provider, by: User, at: datetime, **facts: Any) -> Invoice:
    """What the provider's owner sends; it is received today."""
    return enter_invoice(
        provider=provider,
        origin=InvoiceOrigin.SUBMITTED,
        received_on=timezone.localdate(at),
        by=by,
        at=at,
        **facts,
    )


def is_number_taken(provider: Provider, number: str) -> bool:
    same = provider.invoices.filter(number_key=rules.number_key(number))
    return same.exclude(state=InvoiceState.REJECTED).exists()


def write_invoice(*, number: str, received_on: date, **facts: Any) -> Invoice:
    return Invoice.objects.create(
        number=number,
        number_key=rules.number_key(number),
        received_on=received_on,
        clock_from=received_on,
        due_on=rules.pay_by(received_on),
        **facts,
    )


def write_lines(invoice: Invoice, lines: Lines) -> None:
    InvoiceLine.objects.bulk_create(InvoiceLine(invoice=invoice, **line) for line in lines)


def objections_to_lines(provider: Provider, pence: int, lines: list[Mapping]) -> list[str]:
    periods: dict[str, list[tuple[date, date]]] = {}
    foreign = []
    for line in lines:
        reference = line["placement"].reference
        if line["placement"].provider_id != provider.pk:
            foreign.append(f"{reference} is not a placement of this provider.")
        if line.get("start"):
            periods.setdefault(reference, []).append((line["start"], line["end"]))
    return list(dict.fromkeys(foreign)) + rules.objections_to_lines(
        pence=pence, amounts=[line["pence"] for line in lines], periods=periods
    )


def _objections_to_no_lines(origin: InvoiceOrigin, lines: list) -> list[str]:
    """Finance may say later what an invoice is for; the provider knows it."""
    if lines or origin != InvoiceOrigin.SUBMITTED:
        return []
    return ["Say for which nights or charges the invoice is."]


@transaction.atomic
def set_invoice_lines(*, invoice: Invoice, lines: Lines, by: User, at: datetime) -> Invoice:
    """Say for which nights and charges it is; what was matched or confirmed is to be seen anew."""
    invoice = lock_invoice(invoice)
    lines = list(lines)
    refuse_if(
        objections_to("set_invoice_lines", invoice)
        + objections_to_lines(invoice.provider, invoice.pence, lines)
    )
    invoice.lines.all().delete()
    write_lines(invoice, lines)
    _unmatch(invoice)
    invoice.confirmed_by = invoice.confirmed_at = None
    invoice.state = InvoiceState.RECEIVED
    invoice.save()
    trail.record(
        "invoice.lines_set",
        invoice,
        by=by,
        at=at,
        lines=[f"{line['placement']}: {line['pence']}" for line in lines],
    )
    return invoice


@transaction.atomic
def confirm_service(*, invoice: Invoice, by: User, at: datetime) -> Invoice:
    """The assessment team says that the nights invoiced were given."""
    invoice = lock_invoice(invoice)
    refuse_if(objections_to_confirming(invoice))
    invoice.confirmed_by = by
    invoice.confirmed_at = at
    invoice.save()
    trail.record("invoice.service_confirmed", invoice, by=by, at=at)
    return invoice


def objections_to_confirming(invoice: Invoice) -> list[str]:
    objections = objections_to("confirm_service", invoice)
    if invoice.confirmed_at:
        objections.append("The service is confirmed already.")
    if not invoice.lines.exists():
        objections.append("Finance has not said yet for which nights the invoice is.")
    return objections


@transaction.atomic
def match_invoice(*, invoice: Invoice, reason: str, by: User, at: datetime) -> Invoice:
    """It agrees with what its nights cost us, within the tolerance (R25); what we found stays."""
    invoice = lock_invoice(invoice)
    match = match_of(invoice)
    refuse_if(
        objections_to("match_invoice", invoice)
        + rules.objections_to_matching(
            kind=InvoiceKind(invoice.kind),
            has_lines=bool(match.lines),
            match=match.whole,
            reason=reason,
        )
    )
    refuse_naming_anybody(invoiced(invoice), reason)
    for one in match.lines:
        one.line.our_pence = one.ours_pence
        one.line.difference_pence = one.line.pence - one.ours_pence
    InvoiceLine.objects.bulk_update(
        [one.line for one in match.lines], ["our_pence", "difference_pence"]
    )
    invoice.state = InvoiceState.MATCHED
    invoice.matched_by = by
    invoice.matched_at = at
    invoice.match_reason = reason
    invoice.save()
    trail.record(
        "invoice.matched",
        invoice,
        by=by,
        at=at,
        ours=match.whole.ours_pence,
        invoiced=match.whole.invoiced_pence,
        tolerance=match.whole.tolerance_pence,
    )
    return invoice


@transaction.atomic
def dispute_invoice(*, invoice: Invoice, reason: str, by: User, at: datetime) -> Invoice:
    """It is not paid as it stands; the provider reads why, and the clock stops."""
    invoice = lock_invoice(invoice)
    refuse_if(objections_to_disputing(invoice))
    refuse_naming_anybody(invoiced(invoice), reason)
    InvoiceDispute.objects.create(invoice=invoice, reason=reason, raised_by=by, raised_at=at)
    _unmatch(invoice)
    invoice.approved_by = invoice.approved_at = None
    invoice.state = InvoiceState.DISPUTED
    invoice.save()
    notify_each(
        invoice.provider.owners(), "placements/emails/invoice_disputed.txt", at=at, invoice=invoice
    )
    tell_finance(invoice, "invoice_disputed", by=by, at=at)
    trail.record("invoice.disputed", invoice, by=by, at=at)
    return invoice


def objections_to_disputing(invoice: Invoice) -> list[str]:
    """An approval is taken back by a dispute, until the ledger system has the invoice."""
    return objections_to("dispute_invoice", invoice) + rules.objections_to_stopping(
        is_handed_over=invoice.batch_id is not None, state=InvoiceState(invoice.state)
    )


@transaction.atomic
def settle_dispute(*, invoice: Invoice, settlement: str, by: User, at: datetime) -> Invoice:
    """It is valid and undisputed from today, so the thirty days run from today (R4.8)."""
    invoice = lock_invoice(invoice)
    refuse_if(objections_to("settle_dispute", invoice))
    refuse_naming_anybody(invoiced(invoice), settlement)
    invoice.disputes.open().update(settlement=settlement, settled_by=by, settled_at=at)
    invoice.state = InvoiceState.RECEIVED
    invoice.clock_from = timezone.localdate(at)
    invoice.due_on = rules.pay_by(invoice.clock_from)
    invoice.save()
    notify_each(
        invoice.provider.owners(), "placements/emails/invoice_settled.txt", at=at, invoice=invoice
    )
    trail.record("invoice.settled", invoice, by=by, at=at, due_on=invoice.due_on.isoformat())
    return invoice


@transaction.atomic
def reject_invoice(*, invoice: Invoice, reason: str, by: User, at: datetime) -> Invoice:
    """It is never paid, and its number is free for the one that takes its place."""
    invoice = lock_invoice(invoice)
    refuse_if(objections_to("reject_invoice", invoice))
    refuse_naming_anybody(invoiced(invoice), reason)
    invoice.disputes.open().update(settlement=reason, settled_by=by, settled_at=at)
    _unmatch(invoice)
    invoice.state = InvoiceState.REJECTED
    invoice.rejected_by = by
    invoice.rejected_at = at
    invoice.reject_reason = reason
    invoice.save()
    notify_each(
        invoice.provider.owners(), "placements/emails/invoice_rejected.txt", at=at, invoice=invoice
    )
    trail.record("invoice.rejected", invoice, by=by, at=at)
    return invoice


def refuse_naming_anybody(placements: Iterable[Placement], *texts: str) -> None:
    """Finance and providers read these words, and know people by their references only."""
    for person in {placement.referral.person for placement in placements}:
        refuse_naming(person, *texts)


def invoiced(invoice: Invoice) -> list[Placement]:
    rows = Placement.objects.filter(invoice_lines__invoice=invoice).distinct()
    return list(rows.select_related("referral__person"))


def objections_to(act: str, invoice: Invoice) -> list[str]:
    return rules.objections_to_invoice_act(act, InvoiceState(invoice.state))


def tell_finance(invoice: Invoice, event: str, *, by: User, at: datetime) -> None:
    for person in User.objects.with_permission(Permission.HANDLE_INVOICES).exclude(pk=by.pk):
        notify(person, f"placements/emails/{event}.txt", at=at, invoice=invoice)


def _unmatch(invoice: Invoice) -> None:
    invoice.lines.update(our_pence=None, difference_pence=None)
    invoice.matched_by = invoice.matched_at = None
    invoice.match_reason = ""
