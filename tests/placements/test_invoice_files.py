"""Files of invoices and payments: read as they come, judged row by row, taken in once or not."""

import csv
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from dps_portal.refusals import Refused
from dps_portal.reports.worklist import tasks_for
from placements import rules, services
from placements.models import Invoice, InvoiceImportRow, SupplierAlias
from placements.rules.suppliers import supplier_key
from placements.rules.tables import amount_of, date_of, read_table, text_of
from placements.states import ImportKind, InvoiceKind, InvoiceOrigin, InvoiceState, RowOutcome
from providers.models import Provider
from tests.factories.invoices import JULY, JUNE_COST, TODAY, Billing
from tests.factories.placements import AT, NEXT_NUMBER, PLANNED, noon

REAL = Path(__file__).parent / "payments" / "rehab_supplier_payments_2010-2022.csv"
INVOICES, HISTORY, PAYMENTS = ImportKind


# ── Cells ────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("text", "pence"),
    [
        ("840", 84_000),
        ("9939.8", 993_980),
        ("£1,234.00", 123_400),
        ("1,234", 123_400),
        ("1 234.00", 123_400),
        ("12,345,678.90", 1_234_567_890),
        ("-6991.82", -699_182),
        ("−6991.82", -699_182),
        ("(12.50)", -1_250),
        ("£-5.00", -500),
        ("-£5.00", -500),
        ("12.50-", -1_250),
        ("12.50 CR", -1_250),
        ("GBP 12.50", 1_250),
    ],
)
def test_amounts_are_read_as_pounds(text, pence):
    assert amount_of(text) == pence


@pytest.mark.parametrize(
    "text", ["1.234,00", "1.234", "1,23", "12,34,567.00", "1.2.3", "0,00", "1234,5"]
)
def test_amounts_that_could_be_read_in_two_ways_are_refused(text):
    with pytest.raises(rules.Unreadable) as refusal:
        amount_of(text)

    assert str(refusal.value) == (
        f"“{text}” is not clearly pounds and pence. Write it like 1234.50."
    )


@pytest.mark.parametrize("text", ["abc", "£", "-", "1e3", "12.50.£", "€12.50", "=1+1", "٣"])
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(rules.Unreadable):
        amount_of(text)


@pytest.mark.parametrize(
    "text",
    [
        *("2026-12-03", "03/12/2026", "3/12/2026", "03.12.2026", "3.12.2026", "03-12-2026"),
        *("3 Dec 2026", "3-Dec-2026", "3 December 2026", "2026-12-03 00:00:00"),
        "03/12/2026 00:00",
    ],
)
def test_dates_are_read_day_before_month(text):
    assert date_of(text) == date(2026, 12, 3)


@pytest.mark.parametrize(
    "text",
    [
        *("12/31/2026", "31/02/2026", "2026-13-01", "03/12/26", "3.12/2026", "soon", "46359"),
        *("31/12/9999", "1 Jan 0001", "1899-12-31", "2101-01-01"),
    ],
)
def test_what_is_no_date_is_refused(text):
    with pytest.raises(rules.Unreadable):
        date_of(text)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("A.D.A.S.", "adas"),
        ("Cais Ltd", "cais"),
        ("CAIS LIMITED.", "cais"),
        ("Partners Of Prisoners & Families", "partners of prisoners and families"),
        ("Henshaw’s  Society", "henshaws society"),
        ("Turning Point (Richards House)", "turning point richards house"),
        ("Café Ltd", "cafe"),
        ("Ltd", "ltd"),
    ],
)
def test_suppliers_are_compared_without_case_punctuation_and_legal_form(name, key):
    assert supplier_key(name) == key


# ── Tables ───────────────────────────────────────────────────────────────────────────────────
HEAD = "Supplier,Invoice number,Invoice date,Net amount"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "cp1252", "utf-16"])
def test_files_are_read_in_whatever_encoding_they_come(encoding):
    content = f"{HEAD}\nCafé £ House,1,01/07/2026,£5.00\n".encode(encoding)

    table = read_table(content, INVOICES)

    assert table.rows == ((2, ("Café £ House", "1", "01/07/2026", "£5.00")),)


def test_a_smart_quote_of_windows_is_one():
    assert text_of("Henshaw’s".encode("cp1252")) == ("Henshaw’s", "cp1252")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_columns_may_be_parted_and_ordered_as_they_like(delimiter):
    head = ["Value", "Spare", "Beneficiary name", "Doc", "Document No", "Date of invoice"]
    cells = ["5.00", "", "Harbour House", "", "7", "1.7.2026"]
    content = "\n".join(delimiter.join(row) for row in (head, cells)).encode()
    table = read_table(content, INVOICES)

    read = rules.read_row(table, table.rows[0][1], INVOICES)

    assert (read.supplier, read.number, read.dated_on, read.pence, read.reasons) == (
        "Harbour House",
        "7",
        JULY,
        500,
        (),
    )


def test_a_title_above_the_head_is_passed_over():
    content = f"Spend report,,,\n,,,\n{HEAD}\nHarbour House,1,01/07/2026,5\n".encode()

    assert [line for line, _ in read_table(content, INVOICES).rows] == [4]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "The file has no row of headings that says which column is which."),
        (b"1,2,3\n4,5,6", "The file has no row of headings that says which column is which."),
        (b"\x89PNG\x00\x01", "This is not a text file. Save the sheet as CSV and try again."),
        (
            b"Supplier,Amount,Invoice date",
            "The file has no column for the number of the invoice.",
        ),
        (
            b"Supplier,Vendor,Amount,Invoice number,Date",
            "Two columns are the supplier: “Supplier” and “Vendor”.",
        ),
        (b"x" * (2 * 1024 * 1024 + 1), "The file is larger than 2 MB. Split it."),
        (
            f"{HEAD}\n".encode() + b"a,1,01/07/2026,5\n" * 5_001,
            "The file has more than 5,000 rows. Split it.",
        ),
        (
            f"{HEAD}\n".encode() + b'"' + b"x" * 140_000,
            "Line 2 cannot be read as CSV.",
        ),
    ],
)
def test_files_that_cannot_be_read_are_refused_with_the_reason(content, reason):
    with pytest.raises(rules.Unreadable) as refusal:
        read_table(content, INVOICES)

    assert str(refusal.value) == reason


def rows_of(*lines, kind=INVOICES, head=HEAD):
    table = read_table("\n".join([head, *lines, ""]).encode(), kind)
    return [rules.read_row(table, cells, kind) for _, cells in table.rows]


@pytest.mark.parametrize(
    ("line", "skipped"),
    [
        (",,,", "The row is empty."),
        ("", "The row is empty."),
        (HEAD, "The headings again."),
        ("Total,,,500.00", "A total."),
        (",,Grand total:,500.00", "A total."),
    ],
)
def test_rows_that_are_none_are_passed_over_with_the_reason(line, skipped):
    assert [read.skipped for read in rows_of(line)] == [skipped]


def test_a_supplier_called_total_is_one_when_it_has_a_date():
    (read,) = rows_of("Total Recovery Ltd,1,01/07/2026,5")

    assert (read.skipped, read.supplier) == ("", "Total Recovery Ltd")


def test_everything_that_is_wrong_in_a_row_is_said_at_once():
    (read,) = rows_of(f',{"9" * 41},31/02/2026,"1.234,00",x')

    assert read.reasons == (
        "The supplier is missing.",
        "The row has more cells than the head: is an amount without its quotes?",
        "The number of the invoice is longer than 40 characters.",
        "“31/02/2026” is not a real date.",
        "“1.234,00” is not clearly pounds and pence. Write it like 1234.50.",
    )


def test_an_amount_without_its_quotes_is_refused_and_nothing_is_not_paid():
    assert [read.reasons for read in rows_of("H,1,01/07/2026,1,234.00", "H,2,01/07/2026,0.00")] == [
        ("The row has more cells than the head: is an amount without its quotes?",),
        ("The amount is nothing.",),
    ]


def test_columns_that_are_not_read_are_not_kept():
    content = "Client,Supplier,Amount,Number,Invoice no,Date\nAlex Example,H,5,SC1,1,01/07/2026,Sam"

    table = read_table(content.encode(), INVOICES)

    assert table.rows == ((2, ("", "H", "5", "", "1", "01/07/2026", "…")),)


@pytest.mark.parametrize("kind", [HISTORY, PAYMENTS])
def test_of_a_payment_nothing_is_kept_that_may_name_a_person(kind):
    content = (
        "Client reference,From,Supplier,Our reference,Amount,Payment date,Transaction\n"
        "Smith J,01/06/2026,Harbour House,IN-1,5,01/07/2026,7"
    )

    table = read_table(content.encode(), kind)

    assert table.rows == ((2, ("", "", "Harbour House", "IN-1", "5", "01/07/2026", "7")),)


def test_a_placement_that_is_no_reference_is_not_kept():
    content = f"{HEAD},Client reference\nH,1,01/07/2026,5,Smith J\nH,2,01/07/2026,5,pl-23456789"

    table = read_table(content.encode(), INVOICES)

    assert [cells[-1] for _, cells in table.rows] == ["…", "pl-23456789"]


# ── Staging and taking in ────────────────────────────────────────────────────────────────────
@pytest.fixture
def billing(db):
    return Billing()


def stage(billing, *lines, kind=INVOICES, head=HEAD, by=None):
    return services.stage_import(
        kind=kind,
        file_name="file.csv",
        content="\n".join([head, *lines]).encode(),
        by=by or billing.finance,
        at=noon(TODAY),
    )


def commit(billing, batch, *, by=None):
    return services.commit_import(batch=batch, by=by or billing.finance, at=noon(TODAY))


def verdicts(batch):
    return [(row.outcome, *row.reasons, *row.notes) for row in batch.rows.order_by("line")]


def why(act, *args, **facts):
    with pytest.raises(Refused) as refusal:
        act(*args, **facts)
    return list(refusal.value.reasons)


def test_nothing_counts_until_the_file_is_confirmed(billing):
    batch = stage(billing, 'HARBOUR HOUSE LTD.,A 1,01/07/2026,"£1,234.00"')
    assert not Invoice.objects.exists()

    commit(billing, batch)

    invoice = Invoice.objects.get()
    assert (
        invoice.provider,
        invoice.number,
        invoice.pence,
        invoice.state,
        invoice.origin,
        invoice.entered_by,
        invoice.received_on,
    ) == (
        billing.provider,
        "A 1",
        123_400,
        InvoiceState.RECEIVED,
        InvoiceOrigin.IMPORTED,
        billing.finance,
        JULY,
    )
    assert batch.rows.get().invoice == invoice


def test_each_row_has_its_verdict(billing):
    billing.entered(number="OLD", dated_on=JULY)
    house = "Harbour House"
    batch = stage(
        billing,
        f"{house},1,01/07/2026,100",
        f"{house},1,01/07/2026,200",
        f"{house},1,01/07/2026,100",
        f"{house},1,02/07/2026,100",
        f"{house},2,01/07/2026,-40",
        f"{house},3,01/07/2026,100",
        f"{house},o l d,01/07/2026,1",
        f"{house},4,01/07/2026,{JUNE_COST // 100}",
        f"{house},5,21/07/2026,1",
        "Harbor House,6,01/07/2026,1",
        "Nobody at all,7,01/07/2026,1",
        "Total,,,300",
    )
    old = Invoice.objects.get()

    assert verdicts(batch) == [
        ("accepted",),
        ("accepted", "One invoice with row 2."),
        ("repeated", "The same as row 2."),
        ("refused", "Row 2 has this number with another date or sign."),
        ("accepted", "A credit note."),
        ("accepted", "The same supplier, date and amount as row 2."),
        ("refused", f"This number stands here as {old}, and not as in this row."),
        ("accepted", f"The same supplier, date and amount as {old}."),
        ("refused", "The invoice cannot have come later than today."),
        ("unnamed", "No provider is known by this name.", "Near: Harbour House."),
        ("unnamed", "No provider is known by this name."),
        ("skipped", "A total."),
    ]
    commit(billing, batch)
    made = Invoice.objects.exclude(pk=old.pk).order_by("number")
    assert [(one.number, one.kind, one.pence) for one in made] == [
        ("1", InvoiceKind.INVOICE, 30_000),
        ("2", InvoiceKind.CREDIT, -4_000),
        ("3", InvoiceKind.INVOICE, 10_000),
        ("4", InvoiceKind.INVOICE, JUNE_COST),
    ]


def test_a_near_name_is_proposed_and_a_person_says_so_once_for_all(billing):
    line = "Harbor House,6,01/07/2026,1"
    batch = stage(billing, line)
    assert why(commit, billing, batch) == ["No row of the file is accepted."]

    alias = services.name_supplier(
        batch=batch,
        name="Harbor House",
        provider=billing.provider,
        by=billing.finance,
        at=noon(TODAY),
    )

    assert (alias.name_key, alias.confirmed_by) == ("harbor house", billing.finance)
    assert verdicts(batch) == [("accepted",)]
    assert why(
        services.name_supplier,
        batch=batch,
        name="HARBOR HOUSE",
        provider=billing.provider,
        by=billing.finance,
        at=noon(TODAY),
    ) == ["Somebody has said already whom this name means."]
    assert verdicts(stage(billing, "HARBOR HOUSE,8,01/07/2026,1")) == [("accepted",)]


def test_two_providers_of_one_name_are_told_apart_by_a_person(billing):
    Provider.objects.create(name="Harbour House Limited", charity_number="123456", registered_at=AT)

    assert verdicts(stage(billing, "Harbour House,1,01/07/2026,1")) == [
        (
            "unnamed",
            "No provider is known by this name.",
            "Near: Harbour House.",
            "Near: Harbour House Limited.",
        )
    ]


def test_a_name_that_a_person_gave_to_one_of_two_says_so_at_each_row(billing):
    other = Provider.objects.create(
        name="Harbour House Limited", charity_number="123456", registered_at=AT
    )
    line = "Harbour House,1,01/07/2026,1"
    services.name_supplier(
        batch=stage(billing, line),
        name="Harbour House",
        provider=other,
        by=billing.finance,
        at=noon(TODAY),
    )

    assert verdicts(stage(billing, line)) == [("accepted", "Harbour House has this name too.")]


def test_what_was_rejected_comes_again_by_file(billing):
    line = "Harbour House,1,01/07/2026,100"
    batch = stage(billing, line)
    commit(billing, batch)
    assert verdicts(stage(billing, line)) == [("known", f"It came with {batch}.")]

    services.reject_invoice(
        invoice=Invoice.objects.get(), reason="Not ours.", by=billing.finance, at=noon(TODAY)
    )
    again = stage(billing, line)
    assert verdicts(again) == [("accepted",)]
    commit(billing, again)
    assert [one.state for one in Invoice.objects.order_by("pk")] == ["rejected", "received"]


def test_the_same_file_again_changes_nothing(billing):
    lines = ["Harbour House,1,01/07/2026,100", "Harbour House,2,01/07/2026,100"]
    first = stage(billing, *lines)
    commit(billing, first)

    again = stage(billing, *lines, "Harbour House,3,01/07/2026,7")

    assert verdicts(again) == [
        ("known", f"It came with {first}."),
        ("known", f"It came with {first}."),
        ("accepted",),
    ]
    commit(billing, again)
    assert Invoice.objects.count() == 3
    assert why(commit, billing, again) == ["This file is decided already."]
    assert why(commit, billing, stage(billing, *lines)) == ["No row of the file is accepted."]


def test_verdicts_of_a_decided_file_stay(billing):
    batch = stage(billing, "Harbour House,1,01/07/2026,100")
    commit(billing, batch)

    assert not services.check_import(batch, TODAY)

    assert verdicts(batch) == [("accepted",)]


def test_a_number_whose_letters_grow_without_case_is_kept(billing):
    long = "ß" * 40

    assert Invoice.objects.get(pk=billing.entered(number=long).pk).number_key == "s" * 80
    assert why(billing.entered, number=long.upper()) == why(billing.entered, number=long)


def test_a_name_of_few_signs_and_many_letters_is_refused(billing):
    name = "ﷺ" * 60
    batch = stage(billing, f"{name},1,01/07/2026,100")
    facts = {"by": billing.finance, "at": noon(TODAY), "provider": billing.provider}

    assert why(services.name_supplier, batch=batch, name=name, **facts) == [
        "This name is too long to be remembered. Correct it in the file."
    ]


def test_what_has_changed_since_the_preview_is_shown_before_anything_is_taken_in(billing):
    batch = stage(billing, "Harbour House,1,01/07/2026,100", "Harbour House,2,01/07/2026,100")
    billing.entered(number="1")

    assert why(commit, billing, batch) == [
        "What is here has changed since the preview. Look at it again."
    ]
    assert Invoice.objects.count() == 1
    services.check_import(batch, TODAY)
    commit(billing, batch)
    assert Invoice.objects.count() == 2


def test_a_failure_half_way_saves_nothing(billing, monkeypatch):
    batch = stage(billing, "Harbour House,1,01/07/2026,100", "Harbour House,2,01/07/2026,100")
    InvoiceImportRow.objects.filter(number="2").update(number="2")
    whole = services.imports.write_invoice
    monkeypatch.setattr(
        services.imports,
        "write_invoice",
        lambda **facts: whole(**facts) if facts["number"] == "1" else 1 / 0,
    )

    with pytest.raises(ZeroDivisionError):
        commit(billing, batch)

    batch.refresh_from_db()
    assert (Invoice.objects.count(), batch.state) == (0, "staged")


def test_rows_with_nights_bring_the_lines(billing):
    head = f"{HEAD},Placement,First night,Last night"
    stay = billing.placement.reference
    batch = stage(
        billing,
        f"Harbour House,1,01/07/2026,2535.00,{stay.lower()},10/06/2026,30/06/2026",
        "Harbour House,2,01/07/2026,1,PL-NOWHERE,10/06/2026,30/06/2026",
        f"Harbour House,3,01/07/2026,1,{stay},30/06/2026,10/06/2026",
        f"Harbour House,4,01/07/2026,1,{stay},,",
        "Harbour House,1,01/07/2026,1,,,",
        head=head,
    )

    assert verdicts(batch) == [
        ("accepted",),
        ("refused", "No placement of this supplier has the reference."),
        ("refused", "The last night is before the first one."),
        ("refused", "A row with a placement says its first and its last night."),
        ("refused", "Of this row and row 2, with one number, one has no nights."),
    ]
    commit(billing, batch)
    line = Invoice.objects.get().lines.get()
    assert (line.placement, line.start, line.end, line.pence) == (
        billing.placement,
        PLANNED,
        JULY,
        JUNE_COST,
    )


def test_a_number_that_says_who_somebody_is_is_refused(billing):
    stay = billing.placement.reference

    assert verdicts(
        stage(
            billing,
            f"Harbour House,Alex Example 7,01/07/2026,1,{stay},10/06/2026,30/06/2026",
            head=f"{HEAD},Placement,From,To",
        )
    ) == [("refused", "The text has the person's name.")]


def test_a_discarded_file_leaves_nothing_but_its_record(billing):
    batch = stage(billing, "Harbour House,1,01/07/2026,100")

    services.discard_import(batch=batch, by=billing.finance, at=noon(TODAY))

    assert why(commit, billing, batch) == ["This file is decided already."]
    assert (Invoice.objects.count(), batch.rows.count()) == (0, 1)


def test_payments_elsewhere_are_confirmed_by_another_person_than_brought_them(billing):
    batch = stage(
        billing,
        "Harbour House,01/07/2026,5100,100",
        kind=HISTORY,
        head="Supplier,Payment date,Transaction number,Net amount",
    )
    assert why(commit, billing, batch) == [
        "You brought these payments, so another person confirms them."
    ]
    tasks = tasks_for(billing.approver, noon(TODAY))
    assert [one.why for one in tasks if str(batch) in one.what] == ["Confirm or discard it"]

    commit(billing, batch, by=billing.approver)

    invoice = Invoice.objects.get()
    assert (invoice.state, invoice.paid_on, invoice.transaction, invoice.approved_by) == (
        InvoiceState.PAID,
        JULY,
        "5100",
        billing.approver,
    )


# ── Payments of approved invoices ────────────────────────────────────────────────────────────
PAID_HEAD = "Our reference,Amount,Paid on,Transaction"


def test_a_file_of_payments_marks_invoices_as_paid(billing):
    invoice, waiting = billing.approved(), billing.entered()
    line = f'{str(invoice).lower()},"£2,535.00",20/07/2026,5100'
    batch = stage(
        billing,
        line,
        f"{invoice},,20/07/2026,5101",
        f"{waiting},,20/07/2026,5102",
        "IN-NOWHERE,,20/07/2026,5103",
        f"{invoice},,19/07/2026,5104",
        f"{invoice},,20/07/2026,",
        kind=PAYMENTS,
        head=PAID_HEAD,
    )

    assert verdicts(batch) == [
        ("accepted",),
        ("repeated", "Row 2 pays the same invoice."),
        ("refused", "The invoice is marked “To be matched”, which does not allow this."),
        ("refused", "No invoice has this reference."),
        ("repeated", "Row 2 pays the same invoice."),
        ("refused", "The transaction number is missing."),
    ]
    commit(billing, batch)
    invoice.refresh_from_db()
    assert (invoice.state, invoice.paid_on, invoice.transaction) == ("paid", TODAY, "5100")
    again = stage(billing, line, kind=PAYMENTS, head=PAID_HEAD)
    assert verdicts(again) == [("known", "This payment is recorded already.")]


def test_a_payment_of_another_amount_or_before_the_approval_is_refused(billing):
    invoice = billing.approved()

    assert verdicts(
        stage(
            billing,
            f"{invoice},100,20/07/2026,5100",
            f"{invoice},,19/07/2026,5100",
            kind=PAYMENTS,
            head=PAID_HEAD,
        )
    ) == [
        ("refused", "The amount is not that of the invoice."),
        ("refused", "The payment cannot be earlier than the approval."),
    ]


# ── 188 real payments ────────────────────────────────────────────────────────────────────────
UNKNOWN = {
    "Cheshire & Greater Manchester": 3,
    "Kikit Pathways to Recovery": 1,
    "Littdale Hall Therpeutic Comm. Ltd": 1,
    "Partners Of Prisoners & Families": 1,
    "Prime Care Ambulance Service": 1,
}
# As they are written elsewhere: the file has “ADFERIAD RECOVERY”, “A.D.A.S.”, “Cais Ltd”.
WRITTEN = {
    "ADFERIAD RECOVERY": "Adferiad Recovery",
    "A.D.A.S.": "ADAS",
    "Cais Ltd": "CAIS Limited",
    "Henshaws Society For Blind People": "Henshaw’s Society for Blind People",
}


@pytest.fixture
def suppliers(billing):
    with REAL.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    names = {row["supplier"] for row in rows} - set(UNKNOWN)
    for name in [*sorted(names), "Littledale Hall Therapeutic Community"]:
        Provider.objects.create(
            name=WRITTEN.get(name, name),
            company_number=f"{next(NEXT_NUMBER):08}",
            registered_at=AT,
        )
    return rows


def bring(billing):
    return services.stage_import(
        kind=HISTORY,
        file_name=REAL.name,
        content=REAL.read_bytes(),
        by=billing.finance,
        at=noon(TODAY),
    )


def test_188_real_payments_each_have_the_verdict_they_deserve(billing, suppliers):
    batch = bring(billing)

    rows = list(batch.rows.order_by("line"))
    assert Counter(row.outcome for row in rows) == {RowOutcome.ACCEPTED: 181, RowOutcome.UNNAMED: 7}
    assert Counter(row.supplier for row in rows if row.outcome == "unnamed") == UNKNOWN
    assert [row.notes for row in rows if "Littdale" in row.supplier] == [
        ["Near: Littledale Hall Therapeutic Community."]
    ]
    notes = Counter(note.split(" row ")[0] for row in rows for note in row.notes)
    assert notes == {
        "A credit note.": 4,
        "One invoice with": 2,
        "The same supplier, date and amount as": 21,
        "Near: Littledale Hall Therapeutic Community.": 1,
    }
    for row, real in zip(rows, suppliers, strict=True):
        assert row.pence == 100 * Decimal(real["net_amount_gbp"])
        assert (row.paid_on.isoformat(), row.transaction, row.number, row.supplier) == (
            real["payment_date"],
            real["transaction_number"],
            real["transaction_number"],
            real["supplier"],
        )


def test_188_real_payments_are_taken_in_to_the_penny_and_once(billing, suppliers):
    batch = bring(billing)
    services.name_supplier(
        batch=batch,
        name="Littdale Hall Therpeutic Comm. Ltd",
        provider=Provider.objects.get(name__startswith="Littledale"),
        by=billing.finance,
        at=noon(TODAY),
    )

    commit(billing, batch, by=billing.approver)

    made = Invoice.objects.filter(origin=InvoiceOrigin.IMPORTED)
    taken = [
        Decimal(row["net_amount_gbp"])
        for row in suppliers
        if row["supplier"] not in set(UNKNOWN) - {"Littdale Hall Therpeutic Comm. Ltd"}
    ]
    assert len(taken) == 182
    assert sum(made.values_list("pence", flat=True)) == 100 * sum(taken)
    assert Counter(made.values_list("state", "kind")) == {
        ("paid", "invoice"): 176,
        ("paid", "credit"): 4,
    }
    split = made.get(number="5100744650")
    assert (split.pence, split.import_rows.count()) == (380_440, 2)
    assert list(Invoice.objects.overdue(TODAY)) == []
    assert SupplierAlias.objects.count() == 1

    again = bring(billing)

    assert Counter(again.rows.values_list("outcome", flat=True)) == {
        RowOutcome.KNOWN: 182,
        RowOutcome.UNNAMED: 6,
    }
    assert why(commit, billing, again, by=billing.approver) == ["No row of the file is accepted."]
    assert made.count() == 180
