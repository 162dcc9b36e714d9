"""The pages of invoices, batches and files: happy path, refusals shown, lists and their files."""

import csv
from datetime import date, timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from placements.models import Invoice, InvoiceImport, PaymentBatch
from placements.services import make_payment_batch, stage_import
from placements.states import ImportKind, InvoiceKind
from tests.factories.invoices import JULY, JUNE_COST, TODAY, Billing
from tests.factories.placements import PLANNED, Journey, noon

from .test_views import boxes, on

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(noon(TODAY), tick=False):
        yield


@pytest.fixture
def billing():
    return Billing()


def words(response):
    return " ".join(response.content.decode().split())


def table(response):
    return list(csv.reader(response.content.decode().splitlines()))


def head(**facts):
    return {
        "number": "HH 1",
        "kind": "invoice",
        **boxes("dated_on", JULY),
        **boxes("received_on", TODAY),
        "pence": "2,535.00",
    } | facts


def lines(*rows):
    typed = {"lines-TOTAL_FORMS": len(rows), "lines-INITIAL_FORMS": 0}
    for place, (what, start, last, pence) in enumerate(rows):
        typed |= {
            f"lines-{place}-what": what,
            f"lines-{place}-pence": pence,
            **(boxes(f"lines-{place}-start", start) if start else {}),
            **(boxes(f"lines-{place}-last", last) if last else {}),
        }
    return typed


JUNE_END = date(2026, 6, 30)


# ── Entering ─────────────────────────────────────────────────────────────────────────────────
def test_finance_chooses_the_provider_and_enters_an_invoice_with_its_lines(client, billing):
    client.force_login(billing.finance)
    listed = client.get(on("invoice_supplier_list"))
    assert list(listed.context["page"]) == [billing.provider]
    page = on("enter_invoice", billing.provider.reference)
    assert client.get(page).status_code == 200

    line = (billing.placement.reference, PLANNED, JUNE_END, "2535")
    response = client.post(page, head() | lines(line, ("", None, None, "")))

    invoice = Invoice.objects.get()
    assert response.url == invoice.get_absolute_url()
    one = invoice.lines.get()
    assert (invoice.pence, one.start, one.end, one.pence) == (JUNE_COST, PLANNED, JULY, JUNE_COST)


def test_provider_sends_a_credit_note_typed_without_its_minus(client, billing):
    client.force_login(billing.owner)
    facts = head(kind="credit", pence="10")
    line = (billing.placement.reference, PLANNED, JUNE_END, "10")

    client.post(on("submit_invoice"), facts | lines(line))

    invoice = Invoice.objects.get()
    assert (invoice.kind, invoice.pence, invoice.lines.get().pence) == (
        InvoiceKind.CREDIT,
        -1_000,
        -1_000,
    )
    assert (invoice.received_on, invoice.entered_by) == (TODAY, billing.owner)


def test_what_is_wrong_is_said_and_what_was_typed_is_kept(client, billing):
    client.force_login(billing.finance)
    page = on("enter_invoice", billing.provider.reference)
    line = (billing.placement.reference, PLANNED, JUNE_END, "2000")

    refused = client.post(page, head() | lines(line))
    assert refused.context["form"].non_field_errors() == [
        "The lines do not add up to the amount of the invoice."
    ]
    assert 'value="HH 1"' in words(refused)

    backwards = (billing.placement.reference, JUNE_END, PLANNED, "2535")
    halves = (billing.placement.reference, None, JUNE_END, "")
    shown = client.post(page, head() | lines(backwards, halves))
    assert [list(errors) for errors in shown.context["lines"].errors] == [["last"], ["pence"]]
    assert "The last night must not be before the first one" in words(shown)
    nowhere = client.post(page, head() | lines(("PL-OTHER", PLANNED, JUNE_END, "2535")))
    assert list(nowhere.context["lines"].errors[0]) == ["what"]
    assert not Invoice.objects.exists()


def test_garbage_is_answered_with_words(client, billing):
    client.force_login(billing.finance)
    page = on("enter_invoice", billing.provider.reference)

    assert client.post(page, {}).status_code == 200
    assert client.post(page, head() | {"lines-TOTAL_FORMS": "x"}).status_code == 200
    assert (
        client.get(on("invoice_list", q="\x00", due="never", state="x", page="-1")).status_code
        == 200
    )


# ── The page ─────────────────────────────────────────────────────────────────────────────────
def test_the_page_shows_nights_our_cost_and_the_difference_to_us_only(client, billing):
    invoice = billing.entered(billing.line(pence=JUNE_COST + 5_000))
    client.force_login(billing.finance)
    ours = words(client.get(invoice.get_absolute_url()))
    client.force_login(billing.owner)
    theirs = words(client.get(invoice.get_absolute_url()))

    for shown in ("21 nights at £845.00 a week", "£2,535.00", "£50.00", "up to £1.00"):
        assert shown in ours
    assert "£2,585.00" in theirs
    for hidden in ("£845.00", "£2,535.00", billing.finance.name, "Our cost"):
        assert hidden not in theirs


def test_the_provider_reads_why_it_is_disputed_and_not_by_whom(client, billing):
    invoice = billing.settle(billing.disputed())
    client.force_login(billing.owner)

    text = words(client.get(invoice.get_absolute_url()))

    assert "Two nights too many." in text
    assert "They were stayed." in text
    assert billing.finance.name not in text


def test_nobody_sees_who_the_person_is(client, billing):
    invoice = billing.entered()
    for person in (billing.finance, billing.owner, billing.manager):
        client.force_login(person)
        assert "Alex Example" not in words(client.get(invoice.get_absolute_url()))


def test_what_may_be_the_same_twice_is_pointed_out(client, billing):
    first, second = billing.entered(), billing.entered()
    client.force_login(billing.finance)

    assert list(client.get(second.get_absolute_url()).context["alike"]) == [first]


def test_an_act_that_is_not_possible_says_why(client, billing):
    invoice = billing.matched()
    client.force_login(billing.finance)

    acts = {
        one.name: one.objections for one in client.get(invoice.get_absolute_url()).context["acts"]
    }

    assert acts["approve_invoice"] == [
        "You entered this invoice, so another person approves it.",
        "You matched this invoice, so another person approves it.",
    ]
    assert acts["dispute_invoice"] == []
    for act in ("match_invoice", "set_invoice_lines", "dispute_invoice", "reject_invoice"):
        assert client.get(on(act, invoice.reference)).status_code == 200


# ── Lists ────────────────────────────────────────────────────────────────────────────────────
def test_the_list_is_searched_filtered_and_downloaded(client, billing):
    other = Billing(Journey(lot=billing.journey.lot))
    old = billing.entered(on=date(2026, 7, 1), received_on=date(2026, 7, 1), number="OLD 1")
    Invoice.objects.filter(pk=old.pk).update(due_on=TODAY - timedelta(days=1))
    credit = billing.entered(billing.line(pence=-500))
    theirs = other.disputed()
    client.force_login(billing.finance)

    def listed(**query):
        return set(client.get(on("invoice_list", **query)).context["page"].object_list)

    assert listed() == {old, credit, theirs}
    assert listed(q="old") == {old}
    assert listed(state="disputed") == {theirs}
    assert listed(provider=other.provider.reference) == {theirs}
    assert listed(due="overdue") == {old}
    assert listed(due="soon") == set()
    rows = table(client.get(on("invoice_list", download="csv")))
    assert [row[7] for row in rows] == ["Net amount", "2535.00", "-5.00", "2535.00"]
    client.force_login(other.owner)
    assert listed() == {theirs}


def test_the_list_is_filtered_by_its_dates_both_within_and_totalled(client, billing):
    for day in (1, 2, 3):
        on_day = date(2026, 7, day)
        billing.entered(billing.line(pence=1_000 * day), on=on_day, number=f"D {day}")
    billing.entered(billing.line(pence=-500), on=date(2026, 7, 4))
    client.force_login(billing.finance)

    def listed(**days):
        query = {}
        for name, day in days.items():
            query |= boxes(name, date(2026, 7, day))
        page = client.get(on("invoice_list", **query))
        return [row.dated_on.day for row in page.context["page"]], page.context["pence"]

    assert listed() == ([4, 3, 2, 1], 5_500)
    assert listed(dated_from=2, dated_to=3) == ([3, 2], 5_000)
    assert listed(dated_from=3) == ([4, 3], 2_500)
    assert listed(dated_to=1) == ([1], 1_000)
    assert listed(dated_from=5) == ([], None)
    page = client.get(on("invoice_list", **boxes("dated_to", date(2026, 7, 2))))
    assert "2 found, together <strong>£30.00</strong> net." in words(page)


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("name", "who", "queries"),
    [
        ("invoice_list", "finance", 11),
        ("invoice_list", "owner", 11),
        ("payment_batch_list", "finance", 6),
        ("invoice_import_list", "finance", 5),
        ("invoice_supplier_list", "finance", 5),
    ],
)
def test_lists_cost_the_same_however_long(  # noqa: PLR0917
    client, django_assert_num_queries, rows, name, who, queries
):
    billing = Billing()
    for day in range(rows):
        start = PLANNED + timedelta(days=7 * day)
        line = billing.line(start, start + timedelta(days=7), 84_500)
        billing.approved(line)
        make_payment_batch(by=billing.finance, at=noon(TODAY))
        stage(billing, b"Supplier,Invoice number,Date,Amount\nHarbour House,1,01/07/2026,100\n")
        if day:
            Billing(Journey(lot=billing.journey.lot))
    client.force_login(getattr(billing, who))
    client.get(on(name))

    with django_assert_num_queries(queries):
        page = client.get(on(name))

    assert page.status_code == 200
    assert len(page.context["page"]) == rows


# ── Batches ──────────────────────────────────────────────────────────────────────────────────
def test_a_batch_is_made_and_downloaded_again_as_it_was(client, billing):
    invoice = billing.approved(number="=HYPERLINK(1)")
    client.force_login(billing.finance)
    assert "£2,535.00" in words(client.get(on("make_payment_batch")))

    response = client.post(on("make_payment_batch"))

    batch = PaymentBatch.objects.get()
    assert response.url == batch.get_absolute_url()
    first = client.get(f"{response.url}?download=csv").content
    billing.pay(invoice)
    billing.provider.name = "Another name"
    billing.provider.save()
    assert client.get(f"{response.url}?download=csv").content == first
    assert table(client.get(f"{response.url}?download=csv"))[1] == [
        invoice.reference,
        "Harbour House",
        billing.provider.reference,
        "'=HYPERLINK(1)",
        "Invoice",
        "2026-07-20",
        "2026-08-19",
        "2535.00",
        billing.approver.ref,
        "2026-07-20",
    ]
    assert "Nothing is approved" in words(client.get(on("make_payment_batch")))


def test_the_page_of_a_batch_gives_its_control_total_and_its_file_does_not(client, billing):
    for pence in (1_000, -300):
        billing.approved(billing.line(pence=pence), reason="As agreed.")
    client.force_login(billing.finance)
    url = client.post(on("make_payment_batch")).url

    assert "Control total: <strong>2 invoices, £7.00</strong> net." in words(client.get(url))
    assert [row[7] for row in table(client.get(f"{url}?download=csv"))] == [
        *("Net amount", "10.00", "-3.00")
    ]


# ── Files ────────────────────────────────────────────────────────────────────────────────────
def stage(billing, content):
    return stage_import(
        kind=ImportKind.INVOICES,
        file_name="july.csv",
        content=content,
        by=billing.finance,
        at=noon(TODAY),
    )


FILE = (
    b"Supplier,Invoice number,Date,Amount\n"
    b"Harbour House,1,01/07/2026,100\n"
    b"Harbor House,2,01/07/2026,100\n"
    b'Harbour House,3,01/07/2026,"1.234,00"\n'
)


def upload(client, content, kind="invoices"):
    file = SimpleUploadedFile("july.csv", content, content_type="text/csv")
    return client.post(on("stage_import"), {"kind": kind, "file": file})


def test_a_file_is_previewed_named_and_taken_in_by_the_pages(client, billing):
    client.force_login(billing.finance)
    response = upload(client, FILE)
    batch = InvoiceImport.objects.get()
    assert response.url == batch.get_absolute_url()
    preview = words(client.get(response.url))
    assert "No provider is known by this name." in preview
    assert "“1.234,00” is not clearly pounds and pence. Write it like 1234.50." in preview

    naming = on("name_supplier", batch.reference) + "?name=Harbor+House"
    choices = client.get(naming).context["form"].fields["provider"].choices
    assert choices[1] == ("Near", [(billing.provider.reference, "Harbour House")])
    client.post(naming, {"provider": billing.provider.reference})
    assert client.get(naming).status_code == 404
    response = client.post(on("commit_import", batch.reference))

    assert response.url == batch.get_absolute_url()
    assert set(Invoice.objects.values_list("number", flat=True)) == {"1", "2"}
    rows = table(client.get(f"{response.url}?download=csv"))
    assert [row[1] for row in rows] == ["Verdict", "Accepted", "Accepted", "Refused"]
    listed = client.get(f"{response.url}?outcome=refused").context["page"]
    assert [row.line for row in listed] == [4]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\x00\x01", "This is not a text file. Save the sheet as CSV and try again."),
        (b"a,b\n", "The file has no row of headings that says which column is which."),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_on_the_page(client, billing, content, reason):
    client.force_login(billing.finance)

    response = upload(client, content)

    assert response.context["form"].non_field_errors() == [reason]
    assert not InvoiceImport.objects.exists()


def test_an_empty_file_is_refused_in_words(client, billing):
    client.force_login(billing.finance)

    assert "empty" in words(upload(client, b"")).lower()


def test_what_has_changed_is_shown_anew_on_the_page_of_confirming(client, billing):
    batch = stage(billing, FILE)
    billing.entered(number="1")
    client.force_login(billing.finance)

    response = client.post(on("commit_import", batch.reference))

    assert response.context["form"].non_field_errors() == [
        "What is here has changed since the preview. Look at it again.",
    ]
    assert [(one["outcome"], one["count"]) for one in response.context["outcomes"]] == [
        ("unnamed", 1),
        ("refused", 2),
    ]


def test_a_file_is_discarded(client, billing):
    batch = stage(billing, FILE)
    client.force_login(billing.finance)

    client.post(on("discard_import", batch.reference))

    batch.refresh_from_db()
    assert batch.state == "discarded"
    assert client.get(batch.get_absolute_url()).context["acts"] == []


@pytest.mark.parametrize("rows", [1, 3])
def test_the_preview_costs_the_same_however_long(client, django_assert_num_queries, rows, billing):
    lines = b"".join(b"Harbour House,%d,01/07/2026,1\n" % row for row in range(rows))
    batch = stage(billing, b"Supplier,Invoice number,Date,Amount\n" + lines)
    client.force_login(billing.finance)
    client.get(batch.get_absolute_url())

    with django_assert_num_queries(9):
        page = client.get(batch.get_absolute_url())

    assert len(page.context["page"]) == rows
