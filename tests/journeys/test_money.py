"""What becomes of an invoice and of a year: by provider, finance, manager, commissioner, auditor."""

from datetime import UTC, datetime

import pytest
import time_machine

from dps_portal.accounts.roles import Role
from dps_portal.money import gbp
from dps_portal.reports.models import ReportRun
from dps_portal.reports.tasks import render_report
from placements.models import BudgetYear, Invoice, InvoiceImport, PaymentBatch
from placements.states import InvoiceState, YearState
from providers.models import Provider
from tests.factories.accounts import UserFactory
from tests.factories.invoices import JUNE_COST, TODAY, Billing
from tests.factories.placements import PLANNED
from tests.factories.tenders import Competition

from .walk import three_boxes

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

NOW = datetime(2026, 7, 20, 9, tzinfo=UTC)
JUNE = {
    **three_boxes("lines-0-start", PLANNED),
    **three_boxes("lines-0-last", PLANNED.replace(day=30)),
}
DIRTY = "\n".join(
    [
        "Supplier,Invoice number,Invoice date,Net amount",
        'Harbour House,HH-77,30.06.2026,"£1,690.00"',
        "Harbour Hause,HH-78,30/06/2026,845.00",
        "Nobody at all,N-1,30/06/2026,10.00",
        "Harbour House,HH-77,30.06.2026,1690.00",
    ]
)


class Town(Billing):
    """Everybody who has a part in the money."""

    def __init__(self):
        super().__init__()
        self.commissioner = self.journey.people["commissioner"]
        self.auditor = UserFactory(roles=[Role.AUDITOR])
        Provider.objects.update(name="Harbour House")
        self.journey.budget(y2025=1_000_000)


def awarded_to_be_checked_by(auditor):
    """A tender whose scores the auditor may see, with no interest in it."""
    competition = Competition()
    competition.awarded()
    competition.declare(auditor)
    return competition.tender


def invoice_of(town, walk):
    """Sent by the provider, disputed and settled, confirmed, matched, approved, handed over, paid."""
    walk.become(town.owner).open("home").open("placements:invoice_list")
    walk.open("placements:submit_invoice")
    facts = {"number": "HH-1", **three_boxes("dated_on", TODAY), "pence": "2535.00"}
    walk.refused(**facts)
    walk.send(**{"lines-0-what": town.placement.reference, "lines-0-pence": "2535.00", **JUNE})
    one = Invoice.objects.get()
    assert one.pence == JUNE_COST
    walk.become(town.finance).open("home").open("placements:invoice", one.reference)
    walk.open("placements:dispute_invoice", one.reference).send(reason="Is the first night right?")
    walk.become(town.owner).open("placements:invoice", one.reference)
    assert "Is the first night right?" in walk.text
    walk.become(town.finance).open("placements:settle_dispute", one.reference)
    walk.send(settlement="It is.")
    walk.become(town.manager).open("placements:confirm_service", one.reference).send()
    walk.become(town.finance).open("placements:match_invoice", one.reference).send()
    walk.open("placements:approve_invoice", one.reference).refused()
    walk.become(town.approver).open("placements:approve_invoice", one.reference).send()
    walk.open("placements:make_payment_batch").send()
    walk.open("placements:payment_batch_list")
    walk.open("placements:payment_batch", PaymentBatch.objects.get().reference)
    walk.open("placements:pay_invoice", one.reference)
    walk.send(transaction_number="5100-1", **three_boxes("paid_on", TODAY))
    assert Invoice.objects.get().state == InvoiceState.PAID
    assert "Paid" in walk.become(town.owner).open("placements:invoice", one.reference).text


def file_of_invoices(town, walk, tmp_path):
    """A dirty file: a preview, a name that a person confirms, and the import by another."""
    path = tmp_path / "invoices.csv"
    path.write_text(DIRTY, encoding="utf-8")
    walk.become(town.finance).open("placements:invoice_import_list")
    walk.open("placements:stage_import").send(kind="invoices", file=str(path))
    batch = InvoiceImport.objects.get()
    walk.open("placements:name_supplier", batch.reference, query="name=Harbour+Hause")
    walk.send(provider=town.provider.reference)
    walk.open("placements:invoice_import", batch.reference)
    walk.become(town.approver).open("placements:commit_import", batch.reference).send()
    assert sorted(Invoice.objects.values_list("number", "pence")) == [
        ("HH-1", 253_500),
        ("HH-77", 169_000),
        ("HH-78", 84_500),
    ]
    walk.open("placements:invoice_list", query="state=received")


def reports_on_the_year(town, walk):
    """The page, the files, the pack and the statement of a provider; what a year end needs."""
    year = f"year={PLANNED.year}"
    assert gbp(JUNE_COST) in walk.become(town.finance).open("reports:spend", query=year).text
    walk.send("Make the PDF")
    run = ReportRun.objects.get()
    render_report.apply(args=[str(run.job_id)])
    walk.open("reports:report_run", run.pk)
    with walk.page.expect_download() as download:
        walk.page.get_by_text("Download the PDF").click()
    assert download.value.suggested_filename.endswith(".pdf")
    walk.open("reports:pack").open("reports:statement").open("reports:report_list")
    walk.open("placements:year_checklist", town.journey.agreement.reference, PLANNED.year)
    walk.become(town.owner).open("reports:statement").open("reports:dashboard")


def the_year_before(town, walk):
    """Closed by two people from its checklist; what accrues in this one, and how long it took."""
    before = town.journey.agreement.reference, PLANNED.year - 1
    walk.become(town.commissioner).open("placements:year_checklist", *before)
    walk.open("placements:propose_close", *before).send()
    walk.become(town.finance).open("placements:year_checklist", *before)
    walk.open("placements:confirm_close", *before).send()
    assert BudgetYear.objects.get(year=before[1]).state == YearState.CLOSED
    walk.open("placements:accrual_list", before[0], PLANNED.year)
    assert town.placement.reference in walk.text
    walk.open("placements:payment_times")
    assert "100.0%" in walk.text
    walk.open("placements:invoice_list", query=f"due=in_time&year={PLANNED.year}")
    assert "HH-1" in walk.text
    walk.become(town.commissioner).open("placements:payment_times")


def oversight(town, walk, tender):
    walk.become(town.commissioner).open("home").open("reports:dashboard")
    walk.open("reports:benchmark").open("reports:scorecard_list")
    walk.open("reports:scorecard", town.provider.reference).open("reports:spend")
    walk.become(town.owner).open("reports:return_list")
    walk.become(town.auditor).open("home").open("reports:auditor_desk")
    walk.send("Verify the trail and the ledger")
    walk.open("reports:verification_list").open("reports:audit_trail").open("reports:duty_list")
    walk.open("reports:duty", "invoices").open("reports:access_summary")
    walk.open("reports:score_check_list").open("reports:score_check", tender.reference)
    walk.open("reports:cost_check_list").open("reports:cost_check", town.placement.reference)
    walk.open("placements:invoice_list").open("reports:dashboard").open("reports:benchmark")


def test_the_money_by_everybody_who_has_a_part_in_it(walk, tmp_path):
    with time_machine.travel(NOW):
        town = Town()
        tender = awarded_to_be_checked_by(town.auditor)

        invoice_of(town, walk)
        file_of_invoices(town, walk, tmp_path)
        reports_on_the_year(town, walk)
        the_year_before(town, walk)
        oversight(town, walk, tender)

    assert len(set(walk.seen)) > 35
