"""Files of invoices and payments: staged with a verdict on each row, then taken in as a whole."""

import hashlib
from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.audit import trail
from dps_portal.refusals import Refused, refuse_if
from placements import rules
from placements.models import (
    Invoice,
    InvoiceImport,
    InvoiceImportRow,
    InvoiceLine,
    Placement,
    SupplierAlias,
)
from placements.states import ImportKind, ImportState, InvoiceOrigin, InvoiceState, RowOutcome
from providers.models import Provider

from .identities import identity_in
from .invoices import write_invoice
from .payments import objections_to_paying, pay_invoice

JUDGED = [
    *("outcome", "reasons", "notes", "supplier", "provider", "number", "dated_on", "received_on"),
    *("pence", "placement", "start", "end", "paid_on", "transaction", "invoice"),
]


@transaction.atomic
def stage_import(
    *, kind: ImportKind, file_name: str, content: bytes, by: User, at: datetime
) -> InvoiceImport:
    """Keep every row of the file with what would become of it; nothing counts yet."""
    try:
        table = rules.read_table(content, kind)
    except rules.Unreadable as unreadable:
        raise Refused([str(unreadable)]) from None
    batch = InvoiceImport.objects.create(
        kind=kind,
        file_name=file_name[-200:],
        sha256=hashlib.sha256(content).hexdigest(),
        encoding=table.encoding,
        head=table.head,
        uploaded_by=by,
        uploaded_at=at,
    )
    InvoiceImportRow.objects.bulk_create(
        judged_rows(
            batch,
            [InvoiceImportRow(batch=batch, line=line, cells=cells) for line, cells in table.rows],
            timezone.localdate(at),
        )
    )
    trail.record(
        "import.staged", batch, by=by, at=at, kind=kind, sha256=batch.sha256, rows=len(table.rows)
    )
    return batch


def judged_rows(
    batch: InvoiceImport, rows: list[InvoiceImportRow], today: date
) -> list[InvoiceImportRow]:
    """The rows with their verdicts, read anew from their cells."""
    kind = ImportKind(batch.kind)
    head = tuple(batch.head)
    table = rules.Table(batch.encoding, head, rules.columns_of(head, kind), ())
    readings = [rules.read_row(table, tuple(row.cells), kind) for row in rows]
    if kind == ImportKind.PAYMENTS:
        _judge_payments(rows, readings, today)
    else:
        _judge_invoices(rows, readings, today)
    return rows


@transaction.atomic
def check_import(batch: InvoiceImport, today: date) -> bool:
    """Look at the rows again, since what is here may have changed; whether a verdict has.

    Of a file that is decided the verdicts stay as they were.
    """
    batch = lock_import(batch)
    if batch.state != ImportState.STAGED:
        return False
    rows = list(batch.rows.order_by("line"))
    before = [(row.outcome, row.reasons, row.provider_id) for row in rows]
    judged_rows(batch, rows, today)
    InvoiceImportRow.objects.bulk_update(rows, JUDGED)
    return before != [(row.outcome, row.reasons, row.provider_id) for row in rows]


def _judge_invoices(
    rows: list[InvoiceImportRow], readings: list[rules.Reading], today: date
) -> None:
    suppliers = Suppliers()
    placements = _placements_named(readings)
    entries = [
        _entry(row, read, suppliers, placements) for row, read in zip(rows, readings, strict=True)
    ]
    here = _here({entry.provider for entry in entries if entry.provider})
    for row, entry, judged in zip(
        rows, entries, rules.judge_invoices(entries, here=here, today=today), strict=True
    ):
        _write(row, entry.reading, judged)
        row.provider_id = entry.provider
        row.placement = placements.get(entry.reading.placement.upper())


class Suppliers:
    """Providers by the key of their name or of a confirmed alias; never by a near one."""

    def __init__(self) -> None:
        self.names = dict(Provider.objects.by_name().values_list("pk", "name"))
        self.own = {pk: rules.supplier_key(name) for pk, name in self.names.items()}
        self.keys: dict[str, int | None] = {}
        self.found: dict[str, list[int]] = {}
        for pk, key in self.own.items():
            self.keys[key] = None if key in self.keys else pk  # two of one name: a person says
        self.keys |= dict(SupplierAlias.objects.values_list("name_key", "provider"))

    def find(self, name: str) -> int | None:
        return self.keys.get(rules.supplier_key(name))

    def twins(self, name: str, provider: int) -> list[int]:
        """Others whose own name it is as well, though a person has said that it means this one."""
        key = rules.supplier_key(name)
        return [pk for pk, own in self.own.items() if own == key and pk != provider]

    def near(self, name: str) -> list[int]:
        """Providers that could be meant, the nearest first."""
        key = rules.supplier_key(name)
        if key not in self.found:
            same = [pk for pk, other in self.own.items() if other == key]
            near = [self.keys[one] for one in rules.near_names(key, list(self.keys))]
            self.found[key] = list(dict.fromkeys([*same, *(pk for pk in near if pk)]))
        return self.found[key]


def _entry(
    row: InvoiceImportRow,
    read: rules.Reading,
    suppliers: Suppliers,
    placements: dict[str, Placement],
) -> rules.Entry:
    provider = suppliers.find(read.supplier) if read.supplier else None
    near = suppliers.near(read.supplier) if read.supplier and provider is None else []
    twins = suppliers.twins(read.supplier, provider) if provider else []
    return rules.Entry(
        line=row.line,
        reading=read,
        provider=provider,
        near=tuple(f"Near: {suppliers.names[pk]}." for pk in near),
        twins=tuple(f"{suppliers.names[pk]} has this name too." for pk in twins),
        wrong=tuple(_wrong_nights(read, provider, placements)),
    )


def _placements_named(readings: Iterable[rules.Reading]) -> dict[str, Placement]:
    named = {read.placement.upper() for read in readings if read.placement}
    rows = Placement.objects.filter(reference__in=named).select_related("referral__person")
    return {row.reference: row for row in rows}


def _wrong_nights(
    read: rules.Reading, provider: int | None, placements: dict[str, Placement]
) -> list[str]:
    if not (read.placement or read.start or read.end):
        return []
    found = placements.get(read.placement.upper())
    if found is None or found.provider_id != provider:
        return ["No placement of this supplier has the reference."]
    if read.start is None or read.end is None:
        return ["A row with a placement says its first and its last night."]
    if read.end <= read.start:
        return ["The last night is before the first one."]
    person = found.referral.person
    return [] if person.erased_at else identity_in(person, read.number)


def _here(providers: set[int]) -> rules.Here:
    invoices = Invoice.objects.filter(provider__in=providers).exclude(state=InvoiceState.REJECTED)
    numbers: dict[tuple[int, str], str] = {}
    alike: dict[tuple[int, date, int], str] = {}
    for one in invoices.order_by("pk"):
        numbers[one.provider_id, one.number_key] = one.reference
        alike.setdefault((one.provider_id, one.dated_on, one.pence), one.reference)
    committed = InvoiceImportRow.objects.filter(
        provider__in=providers,
        outcome=RowOutcome.ACCEPTED,
        batch__state=ImportState.COMMITTED,
    ).exclude(invoice__state=InvoiceState.REJECTED)
    rows = {
        (
            *(row.provider_id, rules.number_key(row.number), row.dated_on, row.pence),
            *(row.placement.reference if row.placement else "", row.start, row.end),
        ): row.batch.reference
        for row in committed.select_related("batch", "placement").order_by("pk")
    }
    return rules.Here(numbers, rows, alike)


def _judge_payments(
    rows: list[InvoiceImportRow], readings: list[rules.Reading], today: date
) -> None:
    named = {read.ours.upper() for read in readings if read.ours}
    invoices = {row.reference: row for row in Invoice.objects.filter(reference__in=named)}
    found = [invoices.get(read.ours.upper()) for read in readings]
    judged = rules.judge_payments(
        (row.line, read, one and _payable(one, read.paid_on or today, today))
        for row, read, one in zip(rows, readings, found, strict=True)
    )
    for row, read, invoice, verdict in zip(rows, readings, found, judged, strict=True):
        _write(row, read, verdict)
        if invoice:
            row.invoice = invoice
            row.provider_id = invoice.provider_id
            row.pence = invoice.pence if read.pence is None else read.pence


def _payable(invoice: Invoice, paid_on: date, today: date) -> rules.Payable:
    return rules.Payable(
        pence=invoice.pence,
        objections=tuple(objections_to_paying(invoice, paid_on, today)),
        paid=(invoice.paid_on, invoice.transaction) if invoice.paid_on else None,
    )


def _write(row: InvoiceImportRow, read: rules.Reading, judged: rules.Judged) -> None:
    row.outcome = judged.outcome
    row.reasons = list(judged.reasons)
    row.notes = list(judged.notes)
    row.supplier = read.supplier
    row.number = read.number
    row.dated_on, row.received_on, row.paid_on = read.dated_on, read.received_on, read.paid_on
    row.pence = read.pence
    row.start, row.end = read.start, read.end
    row.transaction = read.transaction


@transaction.atomic
def name_supplier(
    *, batch: InvoiceImport, name: str, provider: Provider, by: User, at: datetime
) -> SupplierAlias:
    """A person says which provider a name in a file means; it is remembered from now on."""
    batch = lock_import(batch)
    key = rules.supplier_key(name)
    refuse_if(
        rules.objections_to_naming(
            is_staged=batch.state == ImportState.STAGED,
            is_known=SupplierAlias.objects.filter(name_key=key).exists(),
            is_too_long=len(key) > SupplierAlias._meta.get_field("name_key").max_length,
        )
    )
    alias = SupplierAlias.objects.create(
        name=name, name_key=key, provider=provider, confirmed_by=by, confirmed_at=at
    )
    check_import(batch, timezone.localdate(at))
    trail.record("supplier.named", alias, by=by, at=at, name=name, provider=provider.reference)
    return alias


@transaction.atomic
def commit_import(*, batch: InvoiceImport, by: User, at: datetime) -> InvoiceImport:
    """Take in every accepted row, or none. What was refused stays on the record of the file."""
    batch = lock_import(batch)
    is_staged = batch.state == ImportState.STAGED
    _lock_providers(batch)
    has_changed = is_staged and check_import(batch, timezone.localdate(at))
    accepted = list(
        batch.rows.filter(outcome=RowOutcome.ACCEPTED)
        .select_related("provider", "placement", "invoice")
        .order_by("line")
    )
    refuse_if(
        rules.objections_to_commit(
            kind=ImportKind(batch.kind),
            is_staged=is_staged,
            accepted=len(accepted),
            is_uploader=batch.uploaded_by_id == by.pk,
            has_changed=has_changed,
        )
    )
    if batch.kind == ImportKind.PAYMENTS:
        _pay(accepted, by=by, at=at)
    else:
        _make_invoices(batch, accepted, by=by, at=at)
    _decide(batch, ImportState.COMMITTED, by=by, at=at)
    trail.record("import.committed", batch, by=by, at=at, rows=len(accepted))
    return batch


def _lock_providers(batch: InvoiceImport) -> None:
    """As entering an invoice does, so that no number is taken while the file is."""
    providers = batch.rows.exclude(provider=None).values("provider")
    list(Provider.objects.select_for_update().filter(pk__in=providers).order_by("pk"))


def _pay(rows: list[InvoiceImportRow], *, by: User, at: datetime) -> None:
    for row in sorted(rows, key=lambda row: row.invoice_id):
        pay_invoice(
            invoice=row.invoice,
            paid_on=row.paid_on,
            transaction_number=row.transaction,
            by=by,
            at=at,
        )


def _make_invoices(
    batch: InvoiceImport, rows: list[InvoiceImportRow], *, by: User, at: datetime
) -> None:
    """Rows of one number are one invoice; those with nights are its lines."""
    together: dict[tuple[int, str], list[InvoiceImportRow]] = {}
    for row in rows:
        together.setdefault((row.provider_id, rules.number_key(row.number)), []).append(row)
    for same in together.values():
        first = same[0]
        pence = sum(row.pence for row in same)
        invoice = write_invoice(
            provider=first.provider,
            origin=InvoiceOrigin.IMPORTED,
            number=first.number,
            kind=rules.kind_of(pence),
            dated_on=first.dated_on,
            received_on=first.received_on,
            pence=pence,
            entered_by=batch.uploaded_by,
            entered_at=at,
            **_paid_elsewhere(batch, first, by=by, at=at),
        )
        if all(row.placement for row in same):
            InvoiceLine.objects.bulk_create(
                InvoiceLine(
                    invoice=invoice,
                    placement=row.placement,
                    start=row.start,
                    end=row.end,
                    pence=row.pence,
                )
                for row in same
            )
        for row in same:
            row.invoice = invoice
        trail.record("invoice.imported", invoice, by=by, at=at, file=batch.reference, pence=pence)
    InvoiceImportRow.objects.bulk_update(rows, ["invoice"])


def _paid_elsewhere(batch: InvoiceImport, row: InvoiceImportRow, *, by: User, at: datetime) -> dict:
    """What a history says: it was paid, and the person who confirms the file stands for it."""
    if batch.kind != ImportKind.HISTORY:
        return {}
    return {
        "state": InvoiceState.PAID,
        "approved_by": by,
        "approved_at": at,
        "paid_on": row.paid_on,
        "transaction": row.transaction,
        "paid_by": by,
        "paid_at": at,
    }


@transaction.atomic
def discard_import(*, batch: InvoiceImport, by: User, at: datetime) -> InvoiceImport:
    batch = lock_import(batch)
    refuse_if(rules.objections_to_discarding(is_staged=batch.state == ImportState.STAGED))
    _decide(batch, ImportState.DISCARDED, by=by, at=at)
    trail.record("import.discarded", batch, by=by, at=at)
    return batch


def _decide(batch: InvoiceImport, state: ImportState, *, by: User, at: datetime) -> None:
    batch.state = state
    batch.decided_by = by
    batch.decided_at = at
    batch.save()


def lock_import(batch: InvoiceImport) -> InvoiceImport:
    return (
        InvoiceImport.objects.select_for_update(of=("self",))
        .select_related("uploaded_by")
        .get(pk=batch.pk)
    )
