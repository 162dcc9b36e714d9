"""What was given in a year and not invoiced by its end: finance's accrual schedule."""

import csv
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.urls import reverse

from placements import rules, services
from placements.models import BudgetYear
from placements.states import Collector, RequestKind
from tests.factories.invoices import Billing
from tests.factories.placements import Journey, noon

pytestmark = pytest.mark.django_db

AFTER = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
FEBRUARY, MARCH, APRIL = (date(2026, month, 1) for month in (2, 3, 4))
FEBRUARYS_COST = 338_000  # 28 nights at £845.00 a week
MARCHS_COST = 374_214  # 31 nights, as the difference of two rounded totals


@pytest.fixture
def journey():
    at = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
    return Journey(planned=FEBRUARY, at=at).budget(y2025=9_000_000, y2026=9_000_000)


@pytest.fixture
def billing(journey):
    """A stay since 1 February that runs on over 31 March."""
    return Billing(journey)


def found(on=date(2026, 5, 4)):
    return services.accruals(BudgetYear.objects.get(year=2025), on)


def test_nights_of_the_year_without_an_invoice_accrue(billing):
    billing.entered(billing.line(FEBRUARY, MARCH, FEBRUARYS_COST), on=date(2026, 3, 2))

    assert found() == [
        rules.Accrual(
            reference=billing.placement.reference,
            provider="Harbour House",
            lot=str(billing.placement.lot),
            nights=59,
            due_pence=FEBRUARYS_COST + MARCHS_COST,
            invoiced_pence=FEBRUARYS_COST,
        )
    ]
    assert found()[0].pence == MARCHS_COST


def test_an_invoice_over_31_march_counts_for_the_nights_before_it(billing):
    billing.entered(
        billing.line(FEBRUARY, date(2026, 4, 15), 73 * 84_500 // 7), on=date(2026, 3, 31)
    )

    assert found() == []


def test_what_comes_in_after_the_end_of_the_year_is_accrued_all_the_same(billing):
    both = billing.line(FEBRUARY, APRIL, FEBRUARYS_COST + MARCHS_COST)
    late = billing.entered(both, on=APRIL)

    assert [one.invoiced_pence for one in found()] == [0]
    type(late).objects.update(received_on=date(2026, 3, 31))
    assert found() == []


def test_a_rejected_invoice_and_a_credit_note_leave_their_nights_uninvoiced(billing):
    both = billing.line(FEBRUARY, APRIL, FEBRUARYS_COST + MARCHS_COST)
    rejected = billing.entered(both, on=date(2026, 3, 31))
    services.reject_invoice(
        invoice=rejected, reason="Sent twice.", by=billing.finance, at=noon(date(2026, 3, 31))
    )
    billing.entered(both, on=date(2026, 3, 31))
    billing.entered(billing.line(FEBRUARY, MARCH, -50_000), on=date(2026, 3, 31))

    assert [one.pence for one in found()] == [50_000]


def test_the_tolerance_of_an_invoice_is_no_accrual(billing):
    both = billing.line(FEBRUARY, APRIL, FEBRUARYS_COST + MARCHS_COST - 100)
    invoice = billing.entered(both, on=date(2026, 3, 31))
    assert found() == []

    invoice.lines.update(pence=FEBRUARYS_COST + MARCHS_COST - 101)
    assert [one.pence for one in found()] == [101]


def test_charges_of_the_year_accrue_and_what_the_provider_collects_does_not(journey, billing):
    charge = {"start": MARCH, "one_off_pence": 12_345, "label": "Travel"}
    journey.decide(journey.ask(billing.placement, RequestKind.ONE_OFF, on=MARCH, **charge))
    services.record_contribution(
        placement=billing.placement,
        start=FEBRUARY,
        weekly_pence=7_000,
        collector=Collector.PROVIDER,
        by=journey.people["assessor"],
        at=noon(MARCH),
    )

    assert [one.due_pence for one in found()] == [FEBRUARYS_COST + MARCHS_COST - 59_000 + 12_345]


def test_a_running_year_accrues_up_to_today_and_nobody_who_is_still_to_arrive(journey, billing):
    Journey(lot=journey.lot, planned=FEBRUARY, at=journey.at).approved()

    assert [(one.nights, one.due_pence) for one in found(MARCH)] == [(28, FEBRUARYS_COST)]
    assert found(date(2025, 4, 1)) == []


# ── The page ─────────────────────────────────────────────────────────────────────────────────
def page_of(journey):
    return reverse("placements:accrual_list", args=[journey.agreement.reference, 2025])


def test_the_schedule_is_totalled_searched_and_downloaded(client, journey, billing):
    other = Billing(Journey(lot=journey.lot, planned=FEBRUARY, at=journey.at))
    other.entered(other.line(FEBRUARY, MARCH, FEBRUARYS_COST), on=MARCH)
    client.force_login(billing.finance)
    with time_machine.travel(AFTER, tick=False):
        shown = client.get(page_of(journey))
        one = client.get(page_of(journey), {"q": other.placement.reference.lower()})
        rows = list(
            csv.reader(
                client.get(page_of(journey), {"download": "csv"}).content.decode().splitlines()
            )
        )

    assert (shown.context["nights"], shown.context["pence"]) == (
        118,
        FEBRUARYS_COST + 2 * MARCHS_COST,
    )
    assert [row.reference for row in one.context["page"]] == [other.placement.reference]
    assert one.context["pence"] == MARCHS_COST
    assert rows[0] == [
        *("Placement", "Provider", "Lot", "Nights", "Due by our cost", "Invoiced", "Difference")
    ]
    assert [other.placement.reference, *("59", "7122.14", "3380.00", "3742.14")] in [
        [row[0], *row[3:]] for row in rows
    ]
    assert "Alex Example" not in shown.text


@pytest.mark.parametrize("rows", [1, 3])
def test_the_schedule_costs_the_same_however_long(client, django_assert_num_queries, journey, rows):
    for _ in range(rows):
        Billing(Journey(lot=journey.lot, planned=FEBRUARY, at=journey.at))
    client.force_login(journey.people["finance"])
    client.get(page_of(journey))

    with time_machine.travel(AFTER, tick=False), django_assert_num_queries(12):
        page = client.get(page_of(journey))

    assert len(page.context["page"]) == rows
