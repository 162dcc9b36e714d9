"""How long payment takes: the statistic that councils publish each year (R4.8)."""

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from placements import rules, services
from placements.models import Invoice
from placements.states import ImportKind
from tests.factories.invoices import JULY, TODAY, Billing
from tests.factories.placements import PLANNED, Journey, noon

from .test_invoice_views import table, words

pytestmark = pytest.mark.django_db

RECEIVED = date(2026, 12, 1)


def timed(days=None, *, pence=1_000, received=RECEIVED):
    paid_on = None if days is None else received + timedelta(days=days)
    return rules.TimedInvoice(received, rules.pay_by(received), paid_on, pence)


# ── The rule ─────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(("days", "in_time"), [(0, 1), (30, 1), (31, 0)])
def test_the_thirtieth_day_is_in_time(days, in_time):
    times = rules.payment_times([timed(days)], RECEIVED)

    assert (times.paid, times.in_time, times.late) == (1, in_time, 1 - in_time)
    assert times.late_pence == (0 if in_time else 1_000)


def test_share_and_average_are_rounded_half_up_to_one_place():
    times = rules.payment_times([timed(10), timed(11), timed(40, pence=2_500)], RECEIVED)

    assert (times.share, times.average_days) == ("66.7", "20.3")
    assert (times.late, times.late_pence) == (1, 2_500)
    half = rules.payment_times([timed(0), *[timed(1)] * 19], RECEIVED)
    assert half.average_days == "1.0"  # 0.95


def test_nothing_paid_has_no_share_and_no_average():
    times = rules.payment_times([timed()], date(2027, 1, 1))

    assert (times.paid, times.share, times.average_days) == (0, "", "")


def test_what_is_not_paid_is_overdue_from_the_day_after_its_last():
    due = rules.pay_by(RECEIVED)

    assert rules.payment_times([timed()], due).overdue == 0
    late = rules.payment_times([timed(pence=777)], due + timedelta(days=1))
    assert (late.overdue, late.overdue_pence, late.paid) == (1, 777, 0)


def test_an_invoice_counts_in_the_year_in_which_it_was_paid_or_fell_due():
    march = date(2027, 3, 1)

    assert timed(30, received=march).year == 2026
    assert timed(31, received=march).year == 2027
    assert timed(received=march).year == 2026
    assert timed(received=march + timedelta(days=1)).year == 2027


# ── What is counted ──────────────────────────────────────────────────────────────────────────
@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(noon(TODAY), tick=False):
        yield


@pytest.fixture
def billing():
    return Billing()


def figures(today=TODAY):
    years, _ = services.payment_times(today)
    return {
        row.year: (row.times.paid, row.times.in_time, row.times.days, row.times.overdue)
        for row in years
    }


def week(billing, number, pence=84_500):
    start = PLANNED + timedelta(days=7 * number)
    return billing.line(start, start + timedelta(days=7), pence)


def test_the_clock_runs_anew_from_the_settling_of_a_dispute(billing):
    invoice = billing.disputed(on=JULY)
    billing.settle(invoice, on=date(2026, 8, 10))
    services.confirm_service(invoice=invoice, by=billing.manager, at=noon(date(2026, 8, 11)))
    billing.match(invoice, on=date(2026, 8, 11))
    billing.approve(invoice, on=date(2026, 8, 11))
    billing.pay(invoice, on=date(2026, 9, 9))  # 70 days after it was received

    assert figures(date(2026, 9, 10)) == {2026: (1, 1, 30, 0)}


def test_credit_notes_rejected_and_disputed_ones_do_not_count(billing):
    billing.pay(billing.approved(billing.line(), number="A"))
    billing.pay(billing.approved(billing.line(pence=-500), number="B"))
    billing.rejected(number="C")
    billing.disputed(number="D")
    much_later = TODAY + timedelta(days=100)

    assert figures(much_later) == {2026: (1, 1, 0, 0)}


def test_payments_from_before_the_portal_do_not_count(billing):
    file = services.stage_import(
        kind=ImportKind.HISTORY,
        file_name="old.csv",
        content=b"Supplier,Payment date,Transaction number,Net amount\n"
        b"Harbour House,01/06/2026,5100,100\n",
        by=billing.finance,
        at=noon(TODAY),
    )
    services.commit_import(batch=file, by=billing.approver, at=noon(TODAY))

    assert [one.state for one in Invoice.objects.all()] == ["paid"]
    assert figures() == {}


# ── The page ─────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def paid(billing):
    """Of one provider one in time, one late and one overdue; of another one in time."""
    other = Billing(Journey(lot=billing.journey.lot))
    made = {
        "in_time": billing.paid(week(billing, 0)),
        "late": billing.paid(week(billing, 1)),
        "overdue": billing.entered(week(billing, 2)),
        "theirs": other.paid(week(other, 0)),
    }
    Invoice.objects.filter(pk=made["late"].pk).update(due_on=TODAY - timedelta(days=1))
    Invoice.objects.filter(pk=made["overdue"].pk).update(due_on=TODAY - timedelta(days=1))
    return made


PAGE, INVOICES = (reverse(f"placements:{name}") for name in ("payment_times", "invoice_list"))


def test_each_figure_leads_to_its_invoices(client, billing, paid):
    client.force_login(billing.finance)
    shown = client.get(PAGE)
    provider = billing.provider.reference

    def behind(due, **query):
        found = client.get(INVOICES, {"year": 2026, "due": due, **query}).context["page"]
        return {name for name, one in paid.items() if one in list(found)}

    (year,) = shown.context["years"]
    assert (year.times.paid, year.times.in_time, year.times.late, year.times.overdue) == (
        *(3, 2, 1, 1),
    )
    assert (year.times.late_pence, year.times.overdue_pence) == (84_500, 84_500)
    assert behind("paid") == {"in_time", "late", "theirs"}
    assert behind("in_time") == {"in_time", "theirs"}
    assert behind("late") == {"late"}
    assert behind("overdue") == {"overdue"}
    assert behind("paid", provider=provider) == {"in_time", "late"}
    assert behind("paid", year=2025) == {"in_time", "late", "theirs"}  # no such year: not asked
    for due in ("paid", "in_time", "late", "overdue"):
        assert f"?year=2026&amp;due={due}" in shown.text
        assert f"?year=2026&amp;provider={provider}&amp;due={due}" in shown.text
    assert "regulation 113" in words(shown)


def test_both_tables_are_given_as_files(client, billing, paid):
    client.force_login(billing.finance)

    assert table(client.get(PAGE, {"download": "csv", "table": "years"})) == [
        [
            *("Year", "Invoices paid", "Paid within 30 days", "Per cent within 30 days"),
            *("Average days to pay", "Paid late", "Amount paid late"),
            *("Overdue and not paid", "Amount overdue"),
        ],
        ["2026/27", "3", "2", "66.7", "0.0", "1", "845.00", "1", "845.00"],
    ]
    rows = table(client.get(PAGE, {"download": "csv"}))
    assert [(row[1], *row[2:5]) for row in rows[1:]] == sorted(
        [
            (billing.provider.reference, "2026/27", "2", "1"),
            (paid["theirs"].provider.reference, "2026/27", "1", "1"),
        ]
    )


def test_providers_are_searched_and_filtered_by_year(client, billing, paid):
    client.force_login(billing.finance)

    def shown(**query):
        return len(client.get(PAGE, query).context["page"])

    assert [shown(), shown(year=2026), shown(year=2020), shown(q="harbour")] == [2, 2, 2, 2]
    assert shown(q="nobody") == 0


def test_a_commissioner_sees_the_figures_without_the_invoices(client, billing, paid):
    client.force_login(billing.journey.people["commissioner"])

    shown = client.get(PAGE)

    assert shown.status_code == 200
    assert f"{INVOICES}?" not in shown.text
    client.force_login(billing.owner)
    assert client.get(PAGE).status_code == 403


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_costs_the_same_however_long(client, django_assert_num_queries, rows):
    first = Billing()
    first.paid()
    for _ in range(rows - 1):
        Billing(Journey(lot=first.journey.lot)).paid()
    client.force_login(first.finance)
    client.get(PAGE)

    with django_assert_num_queries(4):
        page = client.get(PAGE)

    assert len(page.context["page"]) == rows
