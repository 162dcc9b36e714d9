"""What goes to the ledger system, and the files of invoices and payments that come in."""

from datetime import date

from django.contrib import messages
from django.db.models import Count
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.ui import csv_files
from dps_portal.ui.acts import READ, attempt, list_page
from placements import rules, services
from placements.forms import (
    ConfirmForm,
    ImportRowsForm,
    ListForm,
    SearchForm,
    SupplierForm,
    UploadForm,
)
from placements.models import Invoice, InvoiceImport, PaymentBatch
from placements.states import ImportKind, ImportState, InvoiceKind, RowOutcome

from .acts import Act, act_on, sent
from .invoices import amount

HANDED_OVER = {  # the columns of the file for the ledger system
    "Our reference": lambda row: row["reference"],
    "Supplier": lambda row: row["provider"],
    "Supplier reference": lambda row: row["provider_reference"],
    "Invoice number": lambda row: row["number"],
    "Kind": lambda row: InvoiceKind(row["kind"]).label,
    "Invoice date": lambda row: date.fromisoformat(row["dated_on"]),
    "Pay by": lambda row: date.fromisoformat(row["due_on"]),
    "Net amount": lambda row: amount(row["pence"]),
    "Approved by": lambda row: row["approved_by"],
    "Approved on": lambda row: date.fromisoformat(row["approved_on"]),
}


@requires(Permission.VIEW_PAYMENTS, methods=READ)
def payment_batch_list(request):
    form = SearchForm(request.GET)
    rows = PaymentBatch.objects.visible_to(request.user)
    if wanted := form.asked()["q"]:
        rows = rows.matching_text(wanted)
    return list_page(
        request,
        "placements/payment_batch_list.html",
        rows=rows.select_related("made_by").newest_first(),
        form=form,
        columns={
            "Batch": lambda one: one.reference,
            "Made": lambda one: one.made_at,
            "By": lambda one: one.made_by.name,
            "Invoices": lambda one: len(one.rows),
            "Net amount": lambda one: amount(one.pence),
        },
        name="payment-batches",
        waiting=Invoice.objects.visible_to(request.user).to_export().count(),
        may_handle=request.user.may(Permission.HANDLE_INVOICES),
    )


@requires(Permission.VIEW_PAYMENTS, methods=READ)
def payment_batch(request, reference):
    """The rows as they were handed over; the file is the same however often it is taken."""
    batch = get_object_or_404(
        PaymentBatch.objects.visible_to(request.user).select_related("made_by"),
        reference=reference,
    )
    if request.GET.get("download") == "csv":
        return csv_files.download_columns(f"{batch.reference}.csv", HANDED_OVER, batch.rows)
    context = {"batch": batch, "rows": [with_dates(row) for row in batch.rows]}
    return render(request, "placements/payment_batch.html", context)


def with_dates(row: dict) -> dict:
    days = {name: date.fromisoformat(row[name]) for name in ("dated_on", "due_on", "approved_on")}
    return row | days | {"kind": InvoiceKind(row["kind"]).label}


@requires(Permission.HANDLE_INVOICES)
def make_payment_batch(request):
    waiting = Invoice.objects.visible_to(request.user).to_export().select_related("provider")
    form = ConfirmForm(sent(request), submit="Make the batch")
    batch = attempt(form, lambda: services.make_payment_batch(by=request.user, at=timezone.now()))
    if batch:
        messages.success(request, f"Batch {batch} is made. Download it for the ledger system.")
        return redirect(batch)
    rows = list(waiting.soonest_due_first())
    return render(
        request,
        "placements/make_payment_batch.html",
        {"form": form, "rows": rows, "pence": sum(one.pence for one in rows)},
    )


# ── Files ────────────────────────────────────────────────────────────────────────────────────
@requires(Permission.VIEW_PAYMENTS, methods=READ)
def invoice_import_list(request):
    form = ListForm(request.GET, states=ImportState.choices)
    rows = InvoiceImport.objects.visible_to(request.user)
    asked = form.asked()
    if wanted := asked["q"]:
        rows = rows.matching_text(wanted)
    if state := asked["state"]:
        rows = rows.filter(state=state)
    return list_page(
        request,
        "placements/invoice_import_list.html",
        rows=rows.select_related("uploaded_by").annotate(count=Count("rows")).newest_first(),
        form=form,
        columns={
            "File": lambda one: one.reference,
            "Name": lambda one: one.file_name,
            "What": lambda one: one.get_kind_display(),
            "Rows": lambda one: one.count,
            "State": lambda one: one.get_state_display(),
            "Uploaded": lambda one: one.uploaded_at,
            "By": lambda one: one.uploaded_by.name,
        },
        name="invoice-files",
        may_handle=request.user.may(Permission.HANDLE_INVOICES),
    )


@requires(Permission.HANDLE_INVOICES)
def stage_import(request):
    form = UploadForm(sent(request), request.FILES or None)
    batch = attempt(
        form,
        lambda: services.stage_import(
            kind=form.cleaned_data["kind"],
            file_name=form.cleaned_data["file"].name,
            content=form.cleaned_data["file"].read(rules.MOST_BYTES + 1),
            by=request.user,
            at=timezone.now(),
        ),
    )
    if batch:
        messages.success(request, "The file is read. Nothing counts until it is confirmed.")
        return redirect(batch)
    return render(request, "placements/stage_import.html", {"form": form})


def find_import(request, reference) -> InvoiceImport:
    rows = InvoiceImport.objects.visible_to(request.user).select_related(
        "uploaded_by", "decided_by"
    )
    return get_object_or_404(rows, reference=reference)


ROWS = {  # the columns of the file of verdicts
    "Row": lambda row: row.line,
    "Verdict": lambda row: row.get_outcome_display(),
    "Reasons": lambda row: " ".join(row.reasons),
    "To look at": lambda row: " ".join(row.notes),
    "Supplier": lambda row: row.supplier,
    "Provider": lambda row: row.provider and row.provider.name,
    "Number": lambda row: row.number,
    "Dated": lambda row: row.dated_on,
    "Net amount": lambda row: None if row.pence is None else amount(row.pence),
    "Paid on": lambda row: row.paid_on,
    "Transaction": lambda row: row.transaction,
    "Invoice": lambda row: row.invoice and row.invoice.reference,
}


@requires(Permission.VIEW_PAYMENTS, methods=READ)
def invoice_import(request, reference):
    """The preview while it waits, and the record of what became of each row afterwards."""
    batch = find_import(request, reference)
    form = ImportRowsForm(request.GET)
    asked = form.asked()
    rows = batch.rows.all()
    if wanted := asked["q"]:
        rows = rows.matching_text(wanted)
    if outcome := asked["outcome"]:
        rows = rows.with_outcome(outcome)
    unnamed = batch.rows.with_outcome(RowOutcome.UNNAMED)
    return list_page(
        request,
        "placements/invoice_import.html",
        rows=rows.select_related("provider", "invoice").in_order(),
        form=form,
        columns=ROWS,
        name=f"{batch.reference}-rows",
        batch=batch,
        outcomes=outcomes_of(batch),
        unnamed=unnamed.values("supplier").annotate(count=Count("pk")).order_by("supplier"),
        acts=import_acts(request.user, batch),
        may_handle=request.user.may(Permission.HANDLE_INVOICES),
    )


def outcomes_of(batch: InvoiceImport) -> list[dict]:
    """How many rows there are of each verdict, and what they come to."""
    found: dict[str, list[int | None]] = {}
    for outcome, pence in batch.rows.values_list("outcome", "pence"):
        found.setdefault(outcome, []).append(pence)
    return [
        {
            "outcome": outcome,
            "count": len(found.get(outcome, [])),
            "pence": sum(pence or 0 for pence in found.get(outcome, [])),
        }
        for outcome in RowOutcome
        if outcome in found
    ]


def import_acts(user, batch: InvoiceImport) -> list[Act]:
    if not (user.may(Permission.HANDLE_INVOICES) and batch.is_staged):
        return []
    objections = rules.objections_to_commit(
        kind=ImportKind(batch.kind),
        is_staged=True,
        accepted=batch.rows.with_outcome(RowOutcome.ACCEPTED).count(),
        is_uploader=batch.uploaded_by_id == user.pk,
        has_changed=False,
    )
    return [
        act_on(batch, "commit_import", "Import the accepted rows", objections),
        act_on(batch, "discard_import", "Discard the file", []),
    ]


@requires(Permission.HANDLE_INVOICES)
def name_supplier(request, reference):
    """Whom a name in the file means: near names are proposed, and a person says."""
    batch = find_import(request, reference)
    name = request.GET.get("name", "")
    unnamed = batch.rows.with_outcome(RowOutcome.UNNAMED)
    if name not in set(unnamed.values_list("supplier", flat=True)):  # a NUL is for no database
        raise Http404
    form = SupplierForm(sent(request), near=services.Suppliers().near(name))
    alias = attempt(
        form,
        lambda: services.name_supplier(
            batch=batch, name=name, **form.cleaned_data, by=request.user, at=timezone.now()
        ),
    )
    if alias:
        messages.success(request, f"“{name}” is known as {alias.provider.name} from now on.")
        return redirect(batch)
    context = {"batch": batch, "form": form, "name": name}
    return render(request, "placements/name_supplier.html", context)


@requires(Permission.HANDLE_INVOICES)
def commit_import(request, reference):
    """All accepted rows or none; where the verdicts have changed since, they are shown anew."""
    batch = find_import(request, reference)
    form = ConfirmForm(sent(request), submit="Import the accepted rows")
    now = timezone.now()
    if attempt(form, lambda: services.commit_import(batch=batch, by=request.user, at=now)):
        messages.success(request, "The accepted rows are imported.")
        return redirect(batch)
    if form.is_bound and batch.is_staged:
        services.check_import(batch, timezone.localdate(now))
    context = {"batch": batch, "form": form, "outcomes": outcomes_of(batch)}
    return render(request, "placements/commit_import.html", context)


@requires(Permission.HANDLE_INVOICES)
def discard_import(request, reference):
    batch = find_import(request, reference)
    form = ConfirmForm(sent(request), submit="Discard the file")
    now = timezone.now()
    if attempt(form, lambda: services.discard_import(batch=batch, by=request.user, at=now)):
        messages.success(request, "The file is discarded. Nothing of it is imported.")
        return redirect(batch)
    return render(request, "placements/discard_import.html", {"batch": batch, "form": form})
