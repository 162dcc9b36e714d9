"""Invoices: one with what was found in it, and what is done to it."""

from decimal import Decimal

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.money import pounds
from dps_portal.refusals import Refused
from dps_portal.ui.acts import READ, list_page
from placements import rules, services
from placements.forms import (
    AgreedForm,
    ConfirmForm,
    DisputeForm,
    InvoiceForm,
    InvoiceLineFormSet,
    MatchForm,
    PaymentForm,
    RejectInvoiceForm,
    SearchForm,
    SettlementForm,
    SubmissionForm,
    billable,
    typed_lines,
)
from placements.models import Invoice, Placement
from placements.states import InvoiceKind, InvoiceState
from providers.models import Provider

from .acts import Act, act_on, act_page, sent


def amount(pence: int) -> Decimal:
    """A cell that a spreadsheet adds up, below zero as well."""
    return Decimal(pounds(pence))


def find(request, reference) -> Invoice:
    rows = Invoice.objects.visible_to(request.user).select_related(
        *("provider", "entered_by", "confirmed_by", "matched_by", "approved_by", "paid_by"),
        *("rejected_by", "batch"),
    )
    return get_object_or_404(rows, reference=reference)


@requires(Permission.VIEW_INVOICES, methods=READ)
def invoice(request, reference):
    """A provider sees what is asked and how it stands, not what we think that it costs."""
    one = find(request, reference)
    is_ours = not request.user.may(Permission.SUBMIT_INVOICE)
    return render(
        request,
        "placements/invoice.html",
        {
            "invoice": one,
            "match": services.match_of(one),
            "disputes": one.disputes.select_related("raised_by", "settled_by").order_by("pk"),
            "alike": alike(request, one) if is_ours else [],
            "acts": acts_on(request.user, one),
            "is_ours": is_ours,
            "is_overdue": Invoice.objects.filter(pk=one.pk).overdue(timezone.localdate()).exists(),
            "rows": one.import_rows.select_related("batch").order_by("line"),
            "may_view_payments": request.user.may(Permission.VIEW_PAYMENTS),
        },
    )


def alike(request, one: Invoice):
    """Others of the provider with the same amount and date, or with the same nights: twins?"""
    rows = Invoice.objects.visible_to(request.user).filter(provider=one.provider)
    same = rows.filter(dated_on=one.dated_on, pence=one.pence)
    return same.exclude(pk=one.pk).newest_first()[:5]


def acts_on(user, one: Invoice) -> list[Act]:
    """What this person may do to it, with what stands against it now."""
    today = timezone.localdate()
    state = InvoiceState(one.state)

    def not_now(act: str) -> list[str]:
        return rules.objections_to_invoice_act(act, state)

    offered = {
        InvoiceState.RECEIVED: ["confirm", "lines", "match", "dispute", "reject"],
        InvoiceState.MATCHED: ["confirm", "approve", "lines", "dispute", "reject"],
        InvoiceState.DISPUTED: ["settle", "reject"],
        InvoiceState.APPROVED: ["pay", "dispute"],
    }.get(state, [])
    match = services.match_of(one)
    if state == InvoiceState.MATCHED and match.has_changed:
        offered.insert(0, "match")
    acts = {
        "confirm": (
            Permission.CONFIRM_SERVICE,
            ("confirm_service", "Confirm the service"),
            lambda: services.objections_to_confirming(one),
        ),
        "lines": (
            Permission.HANDLE_INVOICES,
            ("set_invoice_lines", "Say what it is for"),
            lambda: not_now("set_invoice_lines"),
        ),
        "match": (
            Permission.HANDLE_INVOICES,
            ("match_invoice", "Match it with our cost"),
            lambda: rules.objections_to_matching(
                kind=InvoiceKind(one.kind),
                has_lines=bool(match.lines),
                match=match.whole,
                reason="to be given",
            ),
        ),
        "approve": (
            Permission.APPROVE_INVOICE,
            ("approve_invoice", "Approve"),
            lambda: services.objections_to_approval(one, user, today),
        ),
        "dispute": (
            Permission.DISPUTE_INVOICE,
            ("dispute_invoice", "Dispute"),
            lambda: services.objections_to_disputing(one),
        ),
        "settle": (
            Permission.HANDLE_INVOICES,
            ("settle_dispute", "Settle the dispute"),
            lambda: not_now("settle_dispute"),
        ),
        "reject": (
            Permission.HANDLE_INVOICES,
            ("reject_invoice", "Reject"),
            lambda: not_now("reject_invoice"),
        ),
        "pay": (
            Permission.HANDLE_INVOICES,
            ("pay_invoice", "Mark as paid"),
            lambda: not_now("pay_invoice"),
        ),
    }
    return [
        act_on(one, *named, objections())
        for permission, named, objections in (acts[name] for name in offered)
        if user.may(permission)
    ]


# ── Entering ─────────────────────────────────────────────────────────────────────────────────
@requires(Permission.HANDLE_INVOICES, methods=READ)
def invoice_supplier_list(request):
    """Whose invoice it is comes first: its placements are what it can be for."""
    form = SearchForm(request.GET)
    rows = Provider.objects.filter(placements__isnull=False).distinct().by_name()
    if wanted := form.asked()["q"]:
        rows = rows.matching_text(wanted)
    return list_page(
        request,
        "placements/invoice_supplier_list.html",
        rows=rows,
        form=form,
        columns={"Provider": lambda one: one.name, "Reference": lambda one: one.reference},
        name="suppliers",
    )


@requires(Permission.HANDLE_INVOICES)
def enter_invoice(request, reference):
    provider = get_object_or_404(Provider, reference=reference)
    return write_invoice(request, provider, InvoiceForm, services.enter_invoice)


@requires(Permission.SUBMIT_INVOICE)
def submit_invoice(request):
    provider = get_object_or_404(Provider.objects.of(request.user))
    return write_invoice(request, provider, SubmissionForm, services.submit_invoice)


def write_invoice(request, provider: Provider, form_class, service):
    """The head and the lines on one page; they are kept together or not at all."""
    form = form_class(sent(request))
    items = billable(stayed_at(provider))
    sign = -1 if form.is_bound and form.data.get("kind") == InvoiceKind.CREDIT else 1
    lines = InvoiceLineFormSet(
        sent(request), prefix="lines", form_kwargs={"items": items, "sign": sign}
    )
    if form.is_bound and form.is_valid() and lines.is_valid():
        try:
            made = service(
                provider=provider,
                **form.cleaned_data,
                lines=lines.rows,
                by=request.user,
                at=timezone.now(),
            )
        except Refused as refusal:
            form.add_error(None, list(refusal.reasons))
        else:
            messages.success(request, f"Invoice {made.number} is entered as {made}.")
            return redirect(made)
    context = {"provider": provider, "form": form, "lines": lines, "items": items}
    return render(request, "placements/write_invoice.html", context)


def stayed_at(provider: Provider):
    """What of the provider can be invoiced: whoever arrived, and what was charged without."""
    rows = Placement.objects.filter(provider=provider).prefetch_related("one_offs")
    there = rows.filter(admission__isnull=False) | rows.filter(one_offs__isnull=False)
    return there.distinct().newest_first()


@requires(Permission.HANDLE_INVOICES)
def set_invoice_lines(request, reference):
    one = find(request, reference)
    items = billable(stayed_at(one.provider))
    sign = -1 if one.kind == InvoiceKind.CREDIT else 1
    initial = typed_lines(one.lines.select_related("placement").order_by("pk"))
    form = InvoiceLineFormSet(
        sent(request),
        initial=initial,
        prefix="lines",
        form_kwargs={"items": items, "sign": sign},
    )
    if form.is_bound and form.is_valid():
        try:
            services.set_invoice_lines(
                invoice=one, lines=form.rows, by=request.user, at=timezone.now()
            )
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "The lines are saved.")
            return redirect(one)
    return render(request, "placements/set_invoice_lines.html", {"invoice": one, "form": form})


# ── Acts ─────────────────────────────────────────────────────────────────────────────────────
def invoice_act(request, reference, form, *, service, done: str, **context):
    one = find(request, reference)

    def act():
        return service(invoice=one, **form.cleaned_data, by=request.user, at=timezone.now())

    return act_page(
        request, one, form, act, done=done, invoice=one, match=services.match_of(one), **context
    )


@requires(Permission.CONFIRM_SERVICE)
def confirm_service(request, reference):
    return invoice_act(
        request,
        reference,
        ConfirmForm(sent(request), submit="The service was given"),
        service=services.confirm_service,
        done="The service is confirmed.",
    )


@requires(Permission.HANDLE_INVOICES)
def match_invoice(request, reference):
    whole = services.match_of(find(request, reference)).whole
    is_below = whole.difference_pence < -whole.tolerance_pence
    return invoice_act(
        request,
        reference,
        MatchForm(sent(request)) if is_below else AgreedForm(sent(request)),
        service=services.match_invoice,
        done="The invoice is matched. Another person approves it.",
    )


@requires(Permission.DISPUTE_INVOICE)
def dispute_invoice(request, reference):
    return invoice_act(
        request,
        reference,
        DisputeForm(sent(request)),
        service=services.dispute_invoice,
        done="The invoice is disputed, and the provider is told.",
    )


@requires(Permission.HANDLE_INVOICES)
def settle_dispute(request, reference):
    return invoice_act(
        request,
        reference,
        SettlementForm(sent(request)),
        service=services.settle_dispute,
        done="The dispute is settled. The invoice is to be matched.",
    )


@requires(Permission.HANDLE_INVOICES)
def reject_invoice(request, reference):
    return invoice_act(
        request,
        reference,
        RejectInvoiceForm(sent(request)),
        service=services.reject_invoice,
        done="The invoice is rejected, and the provider is told.",
    )


@requires(Permission.APPROVE_INVOICE)
def approve_invoice(request, reference):
    one = find(request, reference)
    return invoice_act(
        request,
        reference,
        ConfirmForm(sent(request), submit="Approve it for payment"),
        service=services.approve_invoice,
        done="The invoice is approved. It goes to the ledger system with the next batch.",
        objections=services.objections_to_approval(one, request.user, timezone.localdate()),
    )


@requires(Permission.HANDLE_INVOICES)
def pay_invoice(request, reference):
    return invoice_act(
        request,
        reference,
        PaymentForm(sent(request)),
        service=services.pay_invoice,
        done="The invoice is marked as paid.",
    )
