"""Invoices at the same moment: no night is paid twice, none is handed over or imported twice."""

import threading

import pytest
from django.utils import timezone

from dps_portal.refusals import refuse_if
from placements import services
from placements.models import Invoice, InvoiceImport, PaymentBatch
from placements.services import payments
from placements.states import ImportKind
from tests.factories.invoices import JUNE_COST, TODAY, Billing
from tests.factories.placements import noon
from tests.races import at_once

pytestmark = pytest.mark.usefixtures("transactional_db")

TIMES = 6


@pytest.fixture
def billing():
    return Billing()


def approved_pence():
    return sum(Invoice.objects.decided().values_list("pence", flat=True))


def test_the_same_nights_are_approved_once_however_many_ask_at_once(billing):
    invoices = [billing.matched() for _ in range(TIMES)]

    done, refused, errors = at_once(*[lambda one=one: billing.approve(one) for one in invoices])

    assert (len(done), len(refused), errors) == (1, TIMES - 1, [])
    assert approved_pence() == JUNE_COST


def test_one_invoice_is_approved_once(billing):
    invoice = billing.matched()

    done, refused, errors = at_once(*[lambda: billing.approve(invoice)] * TIMES)

    not_now = ("The invoice is marked “Approved”, which does not allow this.",)
    assert (len(done), refused, errors) == (1, [not_now] * (TIMES - 1), [])


def test_without_the_locked_check_the_same_race_pays_the_nights_again(billing, monkeypatch):
    """The twin: looking first and writing after must fail, or the tests above prove nothing."""
    looked = threading.Barrier(TIMES)
    invoices = [billing.matched() for _ in range(TIMES)]
    look = payments.objections_to_approval
    monkeypatch.setattr(payments, "objections_to_approval", lambda *_: [])

    def look_then_write(invoice):
        objections = look(invoice, billing.approver, timezone.localdate(noon(TODAY)))
        looked.wait()
        refuse_if(objections)
        return billing.approve(invoice)

    done, refused, errors = at_once(*[lambda one=one: look_then_write(one) for one in invoices])

    assert (len(done), refused, errors) == (TIMES, [], [])
    assert approved_pence() == TIMES * JUNE_COST


def test_batches_at_once_hand_each_invoice_over_once(billing):
    billing.approved()

    done, refused, errors = at_once(
        *[lambda: services.make_payment_batch(by=billing.finance, at=noon(TODAY))] * TIMES
    )

    assert (len(done), len(refused), errors) == (1, TIMES - 1, [])
    assert [len(batch.rows) for batch in PaymentBatch.objects.all()] == [1]


def test_one_number_is_entered_once(billing):
    done, refused, errors = at_once(*[lambda: billing.entered(number="HH-1")] * TIMES)

    taken = ("This provider has an invoice with this number already.",)
    assert (len(done), refused, errors) == (1, [taken] * (TIMES - 1), [])


def test_the_same_file_uploaded_by_several_is_taken_in_once(billing):
    content = b"Supplier,Invoice number,Date,Amount\nHarbour House,1,01/07/2026,100\n"
    files = [
        services.stage_import(
            kind=ImportKind.INVOICES,
            file_name="july.csv",
            content=content,
            by=billing.finance,
            at=noon(TODAY),
        )
        for _ in range(TIMES)
    ]

    done, refused, errors = at_once(
        *[
            lambda one=one: services.commit_import(batch=one, by=billing.finance, at=noon(TODAY))
            for one in files
        ]
    )

    assert (len(done), len(refused), errors) == (1, TIMES - 1, [])
    assert Invoice.objects.count() == 1
    assert InvoiceImport.objects.filter(state="committed").count() == 1
