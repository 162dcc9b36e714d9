"""Spend over £500 and the contracts register, in the columns of the LGA (R5.3, R5.4)."""

import csv
import io
from datetime import date
from pathlib import Path

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dps_portal.publication import transparency
from placements.models import BudgetYear, Invoice, LedgerEntry, Referral
from tenders.models import Contract
from tests.factories.accounts import UserFactory
from tests.factories.agreements import AgreementFactory, LotFactory
from tests.factories.open_data import for_one_person, paid, placements
from tests.factories.placements import Journey, noon
from tests.factories.placements import provider_on as another
from tests.factories.tenders import Competition, provider_on

pytestmark = pytest.mark.django_db

DATA = Path(__file__).parent / "data"
TODAY = date(2026, 11, 26)


@pytest.fixture
def lot():
    return LotFactory(number=1)


def rows_of(client, name, **asked) -> list[dict]:
    answer = client.get(reverse(f"publication:{name}"), asked)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.text)))


def spend(client, **asked) -> list[tuple]:
    with time_machine.travel(TODAY, tick=False):
        return [
            (row["PaymentDate"], row["BeneficiaryName"], row["Amount"], row["TransactionNumber"])
            for row in rows_of(client, "spend_csv", **asked)
        ]


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("Spend_columns", transparency.SPEND_COLUMNS),
        ("Contracts_columns", transparency.CONTRACT_COLUMNS),
    ],
)
def test_columns_are_those_of_the_lga_in_its_order(name, columns):
    with (DATA / f"{name}.csv").open(encoding="utf-8-sig") as file:
        assert list(columns) == [row["name"] for row in csv.DictReader(file)]


# ── Spend ────────────────────────────────────────────────────────────────────────────────────
def test_r5_3_five_hundred_pounds_are_left_out_and_a_penny_more_is_in(client, lot):
    house, haven = provider_on(lot, name="Harbour House"), provider_on(lot, name="Haven")
    for provider, pence in ((house, 50_000), (haven, 50_001), (house, -50_000), (haven, -50_001)):
        paid(provider, pence, date(2026, 7, 9))

    assert spend(client) == [
        ("2026-07-31", "Haven", "-500.01", ""),
        ("2026-07-31", "Haven", "500.01", ""),
    ]


def test_r5_3_payments_for_few_people_are_one_row_of_the_month(client):
    journey = Journey()
    one = placements(journey, 1)
    for on, pence in (
        (date(2026, 7, 1), 120_000),
        (date(2026, 7, 31), 130_001),
        (date(2026, 7, 31), 40_000),  # below the threshold by itself
        (date(2026, 8, 1), 140_000),
    ):
        paid(journey.provider, pence, on, placements=one)

    assert spend(client) == [
        ("2026-07-31", "Harbour House", "2500.01", ""),
        ("2026-08-31", "Harbour House", "1400.00", ""),
    ]


def test_r5_3_payment_for_five_people_is_a_row_of_its_own(client):
    journey = Journey(lot=LotFactory(number=2, title="Enhanced"))
    five = placements(journey, 5)
    invoice = paid(journey.provider, 900_000, date(2026, 7, 9), placements=five)
    paid(journey.provider, 800_000, date(2026, 7, 9), placements=five[:4] + five[:4])
    with time_machine.travel(TODAY, tick=False):
        row, together = rows_of(client, "spend_csv")

    assert row == dict.fromkeys(transparency.SPEND_COLUMNS, "") | {
        "OrganisationLabel": "Northhaven Council",
        "OrganisationalUnit": "Public Health",
        "ServiceCategoryLabel": "Public Health",
        "BeneficiaryName": "Harbour House",
        "BeneficiaryOtherID": journey.provider.reference,
        "CompaniesHouseRegistrationNumber": journey.provider.company_number,
        "VCSEGrant": "false",
        "PaymentDate": "2026-07-09",
        "TransactionNumber": invoice.transaction,
        "Amount": "9000.00",
        "IrrecoverableVATAmount": "0.00",
        "Purpose": "Residential rehabilitation placements: Lot 2: Enhanced",
        "CategoryInternalName": "Residential rehabilitation",
        "CPVLabel": "Residential health facilities services",
        "CPVCode": "85144000",
        "CardTransaction": "false",
        "ContractRef": journey.agreement.reference,
    }
    assert (together["Amount"], together["TransactionNumber"]) == ("8000.00", "")
    assert "nobody is singled out" in together["Purpose"]


def test_what_was_asked_for_or_approved_only_is_not_spend(client, lot):
    invoice = paid(provider_on(lot), 90_000, date(2026, 7, 9))
    invoice.state, invoice.paid_on, invoice.transaction = "approved", None, ""
    invoice.paid_by = invoice.paid_at = None
    invoice.save()

    assert spend(client) == []


def test_r5_3_supplier_that_may_be_a_person_is_not_named(client, lot):
    provider = provider_on(lot, name="Perdita Canary, sole trader")
    provider.company_number, provider.cqc_provider_id = None, "1-99"
    provider.save()
    paid(provider, 90_000, date(2026, 7, 9))
    paid(charity(lot), 90_000, date(2026, 7, 9))
    with time_machine.travel(TODAY, tick=False):
        text = client.get(reverse("publication:spend_csv")).text
        hers, theirs = rows_of(client, "spend_csv")[::-1]

    assert "Canary" not in text
    assert provider.reference not in text
    assert (hers["BeneficiaryName"], hers["Amount"]) == ("REDACTED PERSONAL DATA", "900.00")
    assert theirs["CharityCommissionNumber"] == "1234567"


def charity(lot):
    provider = provider_on(lot, name="A Charity")
    provider.company_number, provider.charity_number = None, "1234567"
    provider.save()
    return provider


def test_month_that_is_not_over_is_not_told_of_yet(client, lot):
    provider = provider_on(lot)
    paid(provider, 90_000, date(2026, 10, 31))
    paid(provider, 80_000, date(2026, 11, 1))

    assert [amount for _, _, amount, _ in spend(client)] == ["900.00"]
    assert [amount for _, _, amount, _ in spend(client, period="2026-Q4")] == ["900.00"]
    assert spend(client, period="2026-11") == []


def test_a_payment_recorded_late_changes_no_row_that_is_out(client, lot):
    house = provider_on(lot, name="Harbour House")
    paid(house, 120_000, date(2026, 7, 9))
    out = ("2026-07-31", "Harbour House", "1200.00", "")
    paid(house, 130_001, date(2026, 7, 30), recorded=date(2026, 11, 4))
    assert spend(client) == [out]

    Invoice.objects.filter(pence=130_001).update(paid_at=noon(date(2026, 10, 31)))
    assert spend(client) == [out, ("2026-07-31", "Harbour House", "1300.01", "")]


def test_spend_is_asked_for_by_month_or_quarter(client, lot):
    provider = provider_on(lot)
    for month in (6, 7, 9, 10):
        paid(provider, 100_000 * month, date(2026, month, 1))

    def amounts(period):
        return [amount for _, _, amount, _ in spend(client, period=period)]

    assert amounts("2026-07") == ["7000.00"]
    assert amounts("2026-Q3") == ["7000.00", "9000.00"]
    assert amounts("") == ["6000.00", "7000.00", "9000.00", "10000.00"]
    for wrong in ("2026", "2026-13", "2026-00", "2026-Q5", "2026-Q0", "26-07", "\0", "٢٠٢٦-07"):
        asked = {"period": wrong}
        assert client.get(reverse("publication:spend_csv"), asked).status_code == 404
    with time_machine.travel(TODAY, tick=False):
        shown = client.get(reverse("publication:open_data")).context["quarters"]
    assert [name for _, name in shown] == ["2026-Q4", "2026-Q3", "2026-Q2"]


def test_spend_has_no_formula_and_nothing_about_a_person(client):
    journey = Journey()
    journey.provider.name = "=cmd|'/C calc'!A0"
    journey.provider.save()
    [placement] = placements(journey, 1)
    invoice = paid(journey.provider, 90_000, date(2026, 7, 9), placements=[placement])
    with time_machine.travel(TODAY, tick=False):
        text = client.get(reverse("publication:spend_csv")).text

    assert "\"'=cmd" in text
    for canary in (
        *(placement.reference, placement.referral.reference, "Alex Example", invoice.reference),
        *(invoice.number, invoice.transaction, "2026-07-09", "2026-06-09"),
    ):
        assert canary not in text


def test_spend_asks_as_little_for_three_payments_as_for_one(client):
    journey = Journey()

    def count():
        with (
            time_machine.travel(TODAY, tick=False),
            CaptureQueriesContext(connection) as queries,
        ):
            client.get(reverse("publication:spend_csv"))
        return len(queries)

    paid(journey.provider, 90_000, date(2026, 7, 9), placements=placements(journey, 1))
    one = count()
    for month in (8, 9):
        paid(journey.provider, 90_000, date(2026, month, 9), placements=placements(journey, 1))
    assert count() == one


# ── Contracts ────────────────────────────────────────────────────────────────────────────────
def test_r5_4_register_has_the_system_and_its_contracts(client, lot):
    contract = Competition(lot=lot).awarded(options=1, option_months=12)
    system, row = rows_of(client, "contracts_csv")

    assert (system["ContractReference"], system["ContractValue"]) == (
        *(lot.agreement.reference, "1350000.00"),
    )
    assert system["SupplierName"] == "Every provider admitted to the system"
    assert row == dict.fromkeys(transparency.CONTRACT_COLUMNS, "") | {
        "OrganisationLabel": "Northhaven Council",
        "ContractReference": contract.reference,
        "OpenContractingID": f"ocds-213czf-{contract.tender}",
        "ContractTitle": "Rehabilitation places",
        "ContractType": "Contract under a dynamic purchasing system",
        "OrganisationalUnit": "Public Health",
        "ServiceCategoryLabel": "Public Health",
        "Description": "Ten places for people with standard needs.",
        "ProcurementCategory": "Residential rehabilitation",
        "CPVLabel": "Residential health facilities services",
        "CPVCode": "85144000",
        "StartDate": contract.start.isoformat(),
        "EndDate": contract.last_day.isoformat(),
        "ReviewDate": contract.last_day.isoformat(),
        "LastExtensionDate": row["LastExtensionDate"],
        "ContractValue": f"{contract.value_pence // 100}.{contract.value_pence % 100:02}",
        "FixedCost": "false",
        "IrrecoverableVAT": "0.00",
        "SupplierName": "Provider 1",
        "CompaniesHouseRegistrationNumber": contract.provider.company_number,
        "OtherSupplierID": contract.provider.reference,
        "VCSESupplier": "false",
        "ContactURL": f"http://localhost:8000/opportunities/{lot.agreement}/",
        "ProcessType": "Mini-competition among all providers admitted to the lot",
        "TenderDocumentURL": f"http://localhost:8000/notices/{contract.tender}/",
        "AreaServedLabel": "Northhaven Council",
    }
    assert row["LastExtensionDate"] > row["EndDate"]


def test_r5_4_five_thousand_pounds_are_left_out_and_a_penny_more_is_in(client, lot):
    contract = Competition(lot=lot).awarded()
    Contract.objects.update(start=date(2027, 1, 1), end=date(2027, 1, 8), weekly_pence=500_000)
    assert len(rows_of(client, "contracts_csv")) == 1

    Contract.objects.update(weekly_pence=500_001)
    assert rows_of(client, "contracts_csv")[1]["ContractReference"] == contract.reference


def test_register_leaves_out_one_persons_place_and_what_is_not_public(client, lot):
    contract = Competition(lot=lot).awarded()
    for_one_person(contract.tender)
    AgreementFactory(published=False)

    assert [row["ContractReference"] for row in rows_of(client, "contracts_csv")] == [
        lot.agreement.reference
    ]


OPEN_YEAR = 2026


def ordered(journey, pence, *, year=2025, placement=None):
    """What was committed in a year to one more person's place, or to the one that is given."""
    placement = placement or placements(journey, 1)[0]
    facts = {"ceiling_pence": 10**9}
    if year < OPEN_YEAR:
        by = {f"{act}_by": UserFactory() for act in ("closing_proposed", "closed")}
        facts |= {"state": "closed", "closed_at": timezone.now(), **by}
    budget, _ = BudgetYear.objects.get_or_create(
        agreement=journey.agreement, year=year, defaults=facts
    )
    LedgerEntry.objects.create(
        budget_year=budget,
        placement=placement,
        kind="commit",
        pence=pence,
        effective_on=date(year, 5, 1),
        at=timezone.now(),
    )
    return placement


def orders(client) -> list[tuple]:
    with time_machine.travel(TODAY, tick=False):
        return [
            (row["ContractTitle"], row["SupplierName"], row["ContractValue"])
            for row in rows_of(client, "contracts_csv")
            if row["ContractType"] == "Placement orders, added up"
        ]


def test_r5_4_orders_are_added_up_by_provider_and_year(client):
    journey = Journey()
    few = Journey(
        lot=journey.lot, people=journey.people, provider=another(journey.lot, name="Few House")
    )
    first = ordered(journey, 600_000)
    for _ in range(4):
        ordered(journey, 500_001)
    ordered(journey, 500_000)  # not above the threshold
    ordered(journey, 900_000, placement=first)  # the same order, higher
    ordered(journey, 700_000, year=2026)  # a year that goes on
    ordered(few, 800_000)

    # One provider alone would be what is missing, so the other is told of with it.
    together = "Providers that are not named by themselves"
    assert orders(client) == [("Places in 2025/26", together, "43000.00")]

    for _ in range(4):
        ordered(few, 800_000)
    assert orders(client) == [
        ("Places in 2025/26", "Few House", "40000.00"),
        ("Places in 2025/26", "Harbour House", "35000.04"),
    ]


def test_r5_4_a_year_that_is_over_and_not_closed_is_not_told_of(client):
    journey = Journey()
    for _ in range(5):
        ordered(journey, 600_000)
    assert len(orders(client)) == 1

    BudgetYear.objects.filter(year=2025).update(state="open", closed_at=None, closed_by=None)
    assert orders(client) == []


def test_r5_4_an_order_over_two_years_counts_when_it_comes_above_and_what_is_out_stays(client):
    journey = Journey()
    for _ in range(5):
        small = ordered(journey, 490_000, year=2024)
        ordered(journey, 490_000, year=2025, placement=small)
    for _ in range(5):
        large = ordered(journey, 546_429, year=2024)
        ordered(journey, 473_571, year=2025, placement=large)
        ordered(journey, 10_000, year=2026, placement=large)  # a year that goes on
    was = ("Places in 2024/25", "Harbour House", "27321.45")
    now = ("Places in 2025/26", "Harbour House", f"{5 * (9_800 + 4_735.71):.2f}")

    assert orders(client) == [now, was]

    BudgetYear.objects.filter(year=2025).update(state="open", closed_at=None, closed_by=None)
    assert orders(client) == [was]


def test_r5_4_orders_for_few_people_are_not_told_of(client):
    journey = Journey()
    for _ in range(4):
        placement = ordered(journey, 900_000)
    assert orders(client) == []

    # More places of the same four people are still four people.
    again = ordered(journey, 900_000).referral
    Referral.objects.filter(pk=again.pk).update(
        person=placement.referral.person,
        state="closed",
        closed_at=timezone.now(),
        closed_reason="completed",
    )
    assert orders(client) == []


def test_register_asks_as_little_for_three_contracts_as_for_one(client, lot):
    def count():
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("publication:contracts_csv"))
        return len(queries)

    Competition(lot=lot).awarded()
    one = count()
    for _ in range(2):
        Competition(lot=LotFactory(agreement=lot.agreement)).awarded()
    assert count() == one
