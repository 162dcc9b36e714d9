"""Invoices from receipt to payment: matched, disputed, approved by another person, paid once."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from dps_portal.accounts.roles import Role
from dps_portal.audit.models import AuditEvent
from dps_portal.notifications.models import Notification
from dps_portal.refusals import Refused
from dps_portal.reports.worklist import tasks_for
from placements import rules, services
from placements.models import Invoice, InvoiceLine, PaymentBatch
from placements.states import (
    Collector,
    InvoiceKind,
    InvoiceOrigin,
    InvoiceState,
    RequestKind,
)
from tests.factories.accounts import UserFactory
from tests.factories.invoices import JULY, JUNE_COST, TODAY, Billing
from tests.factories.placements import PLANNED, Journey, noon, owner_of, settle

pytestmark = pytest.mark.django_db

AUGUST = date(2026, 8, 1)
JULY_COST = 374_214  # 31 nights at £845.00 a week, after 21


@pytest.fixture
def billing():
    return Billing()


def why(act, *args, **facts):
    with pytest.raises(Refused) as refusal:
        act(*args, **facts)
    return list(refusal.value.reasons)


# ── Entering ─────────────────────────────────────────────────────────────────────────────────
def test_invoice_is_entered_with_its_lines_and_its_clock(billing):
    invoice = billing.entered(number="INV 2026/06", on=TODAY)

    assert (invoice.state, invoice.origin, invoice.number_key, invoice.due_on) == (
        InvoiceState.RECEIVED,
        InvoiceOrigin.ENTERED,
        "inv2026/06",
        date(2026, 8, 19),
    )
    line = invoice.lines.get()
    assert (line.placement, line.start, line.end, line.pence, line.our_pence) == (
        billing.placement,
        PLANNED,
        JULY,
        JUNE_COST,
        None,
    )
    event = AuditEvent.objects.order_by("seq").last()
    assert (event.action, event.facts["pence"]) == ("invoice.entered", JUNE_COST)


def test_r4_8_an_invoice_of_1_december_2026_is_paid_by_31_december():
    billing = Billing(Journey(planned=date(2026, 10, 10)).budget(y2026=27_000_000))
    december = date(2026, 12, 1)
    night = billing.line(date(2026, 11, 1), date(2026, 11, 8), 84_500)

    assert billing.entered(night, on=december).due_on == date(2026, 12, 31)


@pytest.mark.parametrize("again", ["HH-7", "hh-7", " H H - 7 "])
def test_a_number_stands_once_for_a_provider_whatever_its_case_and_spaces(billing, again):
    billing.entered(number="HH-7")

    assert why(billing.entered, number=again) == [
        "This provider has an invoice with this number already."
    ]
    assert Invoice.objects.count() == 1


def test_the_number_of_a_rejected_invoice_is_free_again(billing):
    billing.rejected(number="HH-7")

    assert billing.entered(number="HH-7").state == InvoiceState.RECEIVED


def test_every_reason_against_an_invoice_comes_at_once(billing):
    assert why(
        billing.entered,
        billing.line(pence=100),
        billing.line(date(2026, 6, 30), date(2026, 7, 2), 50),
        pence=200,
        dated_on=TODAY + timedelta(days=2),
        received_on=TODAY + timedelta(days=1),
    ) == [
        "The invoice cannot have come later than today.",
        "The invoice cannot be dated after the day on which it came.",
        "The lines do not add up to the amount of the invoice.",
        f"A night of {billing.placement} stands in two lines.",
    ]
    assert not Invoice.objects.exists()


def test_lines_are_of_placements_of_the_provider(billing):
    other = Billing(Journey(lot=billing.journey.lot))

    assert why(billing.entered, other.line()) == [
        f"{other.placement} is not a placement of this provider."
    ]


def test_a_credit_is_a_note_of_its_own(billing):
    assert why(billing.entered, billing.line(pence=500), billing.line(JULY, AUGUST, -100)) == [
        "Every line has the sign of the whole: a credit is a note of its own."
    ]
    assert why(billing.entered, kind=InvoiceKind.CREDIT) == [
        "The amount of a credit note is below zero."
    ]


def test_provider_sends_an_invoice_that_is_received_today(billing):
    invoice = billing.submitted()

    assert (invoice.origin, invoice.received_on, invoice.entered_by) == (
        InvoiceOrigin.SUBMITTED,
        TODAY,
        billing.owner,
    )
    told = Notification.objects.filter(subject=f"A provider has sent invoice {invoice}")
    assert {message.to for message in told} == {billing.finance, billing.approver}
    assert why(billing.submitted, lines=[]) == ["Say for which nights or charges the invoice is."]


def test_lines_are_said_later_and_what_was_found_is_to_be_seen_anew(billing):
    invoice = billing.entered(lines=[], pence=JUNE_COST)
    assert why(billing.match, invoice) == ["Say first for which nights or charges the invoice is."]
    services.set_invoice_lines(
        invoice=invoice, lines=[billing.line()], by=billing.finance, at=noon(TODAY)
    )
    services.confirm_service(invoice=invoice, by=billing.manager, at=noon(TODAY))
    billing.match(invoice)

    services.set_invoice_lines(
        invoice=invoice, lines=[billing.line()], by=billing.finance, at=noon(TODAY)
    )

    invoice.refresh_from_db()
    assert (invoice.state, invoice.matched_by, invoice.confirmed_by) == ("received", None, None)


# ── Matching ─────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("difference", [-100, -99, 0, 100])
def test_r25_within_a_pound_it_agrees_and_the_difference_is_kept(billing, difference):
    invoice = billing.matched(billing.line(pence=JUNE_COST + difference))

    line = invoice.lines.get()
    assert (invoice.state, line.our_pence, line.difference_pence) == (
        InvoiceState.MATCHED,
        JUNE_COST,
        difference,
    )


def test_r25_above_the_tolerance_it_is_not_matched(billing):
    assert why(billing.matched, billing.line(pence=JUNE_COST + 101)) == [
        "It is above our cost by more than the tolerance. Dispute or reject it."
    ]


def test_r25_below_our_cost_it_is_matched_for_a_reason_only(billing):
    line = billing.line(pence=JUNE_COST - 101)
    assert why(billing.matched, line) == [
        "It is below our cost. Say why that is right, or dispute it."
    ]

    assert billing.matched(line, reason="A discount.").match_reason == "A discount."


def test_the_tolerance_is_a_setting_of_the_agreement(billing):
    settle(billing.journey.agreement, invoice_tolerance=0)

    assert why(billing.matched, billing.line(pence=JUNE_COST + 1)) == [
        "It is above our cost by more than the tolerance. Dispute or reject it."
    ]


def test_months_of_a_stay_match_to_the_penny_and_their_sum_is_the_whole(billing):
    first = billing.matched()
    second = billing.matched(billing.line(JULY, AUGUST, JULY_COST), on=AUGUST)

    costs = [services.match_of(each).whole for each in (first, second)]
    assert [one.difference_pence for one in costs] == [0, 0]
    whole = services.dues_of(billing.placement).between(PLANNED, AUGUST)
    assert sum(one.ours_pence for one in costs) == whole


def test_what_the_provider_collects_from_the_person_is_not_due(billing):
    for collector in (Collector.COUNCIL, Collector.PROVIDER):
        services.record_contribution(
            placement=billing.placement,
            start=PLANNED if collector == Collector.COUNCIL else date(2026, 6, 17),
            weekly_pence=7_000,
            collector=collector,
            by=billing.journey.people["assessor"],
            at=noon(TODAY),
        )

    (one,) = services.match_of(billing.entered()).lines

    assert (one.gross_pence, one.collected_pence, one.ours_pence) == (
        JUNE_COST,
        14_000,  # two weeks of three
        JUNE_COST - 14_000,
    )


def test_an_approved_charge_is_invoiced_by_itself(billing):
    journey = billing.journey
    journey.decide(
        journey.ask(
            billing.placement,
            RequestKind.ONE_OFF,
            start=PLANNED,
            one_off_pence=12_000,
            label="Travel",
        )
    )
    charge = billing.placement.one_offs.get()
    line = {"placement": billing.placement, "one_off": charge, "pence": 12_000}

    assert billing.approved(line).lines.get().our_pence == 12_000
    assert why(billing.approved, line) == [
        f"{billing.placement}: An approved charge would be paid beyond its amount."
    ]
    assert billing.approved().state == InvoiceState.APPROVED  # the nights are not the charge


# ── Disputes ─────────────────────────────────────────────────────────────────────────────────
def test_a_dispute_stops_the_clock_and_thirty_days_run_from_its_settling(billing):
    invoice = billing.disputed(on=date(2026, 7, 2))
    assert list(Invoice.objects.overdue(date(2027, 1, 1))) == []
    told = Notification.objects.filter(subject=f"Invoice {invoice} is disputed")
    assert {message.to for message in told} == {billing.owner, billing.approver}

    settled = billing.settle(invoice, on=TODAY)

    dispute = settled.disputes.get()
    assert (settled.state, settled.clock_from, settled.due_on) == (
        InvoiceState.RECEIVED,
        TODAY,
        date(2026, 8, 19),
    )
    assert (dispute.reason, dispute.settlement, dispute.settled_by) == (
        "Two nights too many.",
        "They were stayed.",
        billing.finance,
    )
    assert list(Invoice.objects.overdue(date(2026, 8, 20))) == [settled]
    assert list(Invoice.objects.overdue(date(2026, 8, 19))) == []


def test_a_credit_note_is_never_overdue(billing):
    credit = billing.entered(billing.line(pence=-500), on=date(2026, 7, 2))

    assert credit.due_on < date(2027, 1, 1)
    assert list(Invoice.objects.overdue(date(2027, 1, 1))) == []
    assert services.remind_of_due_invoices(at=noon(date(2027, 1, 1))) == 0


def test_a_dispute_takes_an_approval_back_until_the_ledger_system_has_it(billing):
    stopped = billing.dispute(billing.approved())
    assert (stopped.state, stopped.approved_by, stopped.matched_by) == ("disputed", None, None)
    billing.approve(billing.match(billing.settle(stopped)))
    services.make_payment_batch(by=billing.finance, at=noon(TODAY))

    assert why(billing.dispute, stopped) == [
        "The ledger system has it already. Ask the provider for a credit note."
    ]


def test_rejecting_settles_the_dispute_with_its_reason(billing):
    invoice = billing.disputed()

    services.reject_invoice(
        invoice=invoice, reason="A corrected one comes.", by=billing.finance, at=noon(TODAY)
    )

    assert invoice.disputes.get().settlement == "A corrected one comes."


@pytest.mark.parametrize(
    ("act", "make", "word"),
    [
        (services.dispute_invoice, Billing.entered, "reason"),
        (services.reject_invoice, Billing.entered, "reason"),
        (services.settle_dispute, Billing.disputed, "settlement"),
        (services.match_invoice, Billing.entered, "reason"),
    ],
)
def test_words_that_finance_and_provider_read_name_nobody(billing, act, make, word):
    invoice = make(billing)
    facts = {word: "Alex Example had left.", "by": billing.finance, "at": noon(TODAY)}

    assert why(act, invoice=invoice, **facts) == ["The text has the person's name."]
    assert why(billing.entered, number="ALEX EXAMPLE 1") == ["The text has the person's name."]


# ── Approval: by another person, within what is due ──────────────────────────────────────────
def test_neither_who_entered_nor_who_matched_approves(billing):
    invoice = billing.match(billing.entered(), by=billing.approver)

    assert why(billing.approve, invoice, by=billing.finance) == [
        "You entered this invoice, so another person approves it.",
        "The assessment team has not confirmed the service yet.",
    ]
    assert why(billing.approve, invoice) == [
        "You matched this invoice, so another person approves it.",
        "The assessment team has not confirmed the service yet.",
    ]


@pytest.mark.parametrize("field", ["entered_by", "matched_by"])
def test_the_database_refuses_the_same_person_as_well(billing, field):
    invoice = billing.approved()

    same = {"approved_by": getattr(invoice, field)}
    if field == "matched_by":
        Invoice.objects.filter(pk=invoice.pk).update(entered_by=billing.owner)

    with (
        pytest.raises(IntegrityError, match="invoice_approved_by_another_person"),
        transaction.atomic(),
    ):
        Invoice.objects.filter(pk=invoice.pk).update(**same)


TWICE = (
    "Its nights would be paid beyond what they cost, with what is approved already.",
    "The placement would be paid beyond what it has cost so far.",
)


def test_nights_are_not_paid_twice(billing):
    billing.approved()

    assert why(billing.approved) == [f"{billing.placement}: {reason}" for reason in TWICE]


def test_nights_are_not_paid_twice_though_later_ones_are_not_invoiced_yet(billing):
    billing.approved()
    again = billing.matched()

    assert why(billing.approve, again, on=date(2026, 9, 1)) == [f"{billing.placement}: {TWICE[0]}"]


def test_nights_that_overlap_are_not_paid_twice(billing):
    billing.approved()
    start = date(2026, 6, 24)

    overlapping = billing.matched(billing.line(start, date(2026, 7, 8), 2 * 84_500))

    assert why(billing.approve, overlapping) == [
        f"{billing.placement}: Its nights would be paid beyond what they cost, with what is "
        "approved already."
    ]


def test_what_was_given_back_may_be_invoiced_anew(billing):
    billing.approved()
    credit = billing.approved(billing.line(pence=-JUNE_COST))

    assert credit.kind == InvoiceKind.CREDIT
    assert billing.approved().state == InvoiceState.APPROVED


def test_no_more_is_given_back_than_was_approved(billing):
    assert why(billing.approved, billing.line(pence=-JUNE_COST)) == [
        f"{billing.placement}: It gives back more than was approved for its nights."
    ]


def test_small_differences_do_not_add_up_beyond_the_tolerance(billing):
    billing.approved(billing.line(pence=JUNE_COST + 60))
    later = billing.matched(billing.line(JULY, date(2026, 7, 15), 2 * 84_500 + 60), on=TODAY)
    end = date(2026, 7, 15)

    assert why(services.approve_invoice, invoice=later, by=billing.approver, at=noon(end)) == [
        f"{billing.placement}: The placement would be paid beyond what it has cost so far."
    ]


def test_nights_to_come_are_not_approved(billing):
    tomorrow = TODAY + timedelta(days=1)
    cost = services.dues_of(billing.placement).between(JULY, tomorrow)
    invoice = billing.matched(billing.line(JULY, tomorrow, cost))

    assert f"{billing.placement}: Some of its nights have not happened yet." in why(
        billing.approve, invoice
    )
    assert billing.approve(invoice, on=tomorrow).state == InvoiceState.APPROVED


def test_an_exit_that_lowers_the_cost_asks_for_matching_anew(billing):
    invoice = billing.matched()
    billing.journey.leave(billing.placement, date(2026, 6, 24))

    assert why(billing.approve, invoice) == [
        "Our cost has changed since it was matched. Match it again.",
        f"{billing.placement}: Its nights would be paid beyond what they cost.",
        f"{billing.placement}: The placement would be paid beyond what it has cost so far.",
    ]
    assert why(billing.match, invoice) == [
        "It is above our cost by more than the tolerance. Dispute or reject it."
    ]


# ── The ledger system ────────────────────────────────────────────────────────────────────────
def test_approved_invoices_are_handed_over_once_and_the_batch_is_kept(billing):
    first, second = billing.approved(), billing.approved(billing.line(JULY, TODAY, 229_357))
    billing.matched(billing.line(pence=1_000), reason="A part.")

    batch = services.make_payment_batch(by=billing.finance, at=noon(TODAY))

    assert [row["reference"] for row in batch.rows] == [str(first), str(second)]
    assert (batch.pence, set(batch.invoices.all())) == (JUNE_COST + 229_357, {first, second})
    assert why(services.make_payment_batch, by=billing.finance, at=noon(TODAY)) == [
        "Nothing is approved that was not handed over already."
    ]


@pytest.mark.parametrize("act", ["update", "delete"])
def test_a_batch_is_never_changed(billing, act):
    billing.approved()
    services.make_payment_batch(by=billing.finance, at=noon(TODAY))
    rows = PaymentBatch.objects.all()
    acts = {"update": lambda: rows.update(pence=1), "delete": lambda: rows._raw_delete(rows.db)}

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        acts[act]()


def test_it_is_marked_as_paid_once_with_its_transaction(billing):
    invoice = billing.approved()
    day_before = TODAY - timedelta(days=1)
    assert why(
        services.pay_invoice,
        invoice=invoice,
        paid_on=day_before,
        transaction_number="5100",
        by=billing.finance,
        at=noon(TODAY),
    ) == ["The payment cannot be earlier than the approval."]

    paid = billing.pay(invoice, number="5100001")

    assert (paid.state, paid.paid_on, paid.transaction) == ("paid", TODAY, "5100001")
    assert why(billing.pay, paid) == ["The invoice is marked “Paid”, which does not allow this."]
    assert Notification.objects.get(subject=f"Invoice {invoice} is paid").to == billing.owner


# ── What was invoiced ────────────────────────────────────────────────────────────────────────
def test_claims_are_what_is_invoiced_and_not_rejected(billing, django_assert_num_queries):
    billing.entered(billing.line(PLANNED, TODAY, 100_001))
    billing.entered(billing.line(JULY, date(2026, 7, 8), -500))
    billing.rejected(billing.line(pence=7))

    with django_assert_num_queries(1):
        claims = services.claims_on([billing.placement.pk])

    assert claims == {
        billing.placement.pk: [
            rules.Claim(PLANNED, TODAY, 100_001),
            rules.Claim(JULY, date(2026, 7, 8), -500),
        ]
    }
    assert services.claims_on([]) == {}


# ── Who is told ──────────────────────────────────────────────────────────────────────────────
def test_finance_is_reminded_a_week_before_and_the_day_after_once(billing):
    invoice = billing.entered()  # due on 19 August
    assert services.remind_of_due_invoices(at=noon(date(2026, 8, 11))) == 0
    assert services.remind_of_due_invoices(at=noon(date(2026, 8, 12))) == 2
    assert services.remind_of_due_invoices(at=noon(date(2026, 8, 19))) == 0
    assert services.remind_of_due_invoices(at=noon(date(2026, 8, 20))) == 2
    assert services.remind_of_due_invoices(at=noon(date(2026, 9, 20))) == 0
    billing.settle(billing.dispute(invoice), on=date(2026, 9, 20))
    assert services.remind_of_due_invoices(at=noon(date(2026, 10, 15))) == 2
    assert {message.to for message in Notification.objects.filter(subject__contains="overdue")} == {
        billing.finance,
        billing.approver,
    }


def test_work_list_names_whose_turn_it_is(billing):
    invoice = billing.entered()

    def whys(person):
        tasks = tasks_for(person, noon(TODAY))
        return [(one.why, one.due) for one in tasks if str(invoice) in one.what]

    assert whys(billing.finance) == [("Match it with our cost", invoice.due_on)]
    assert whys(billing.manager) == [("Confirm the service", invoice.due_on)]
    assert whys(billing.owner) == []
    services.confirm_service(invoice=invoice, by=billing.manager, at=noon(TODAY))
    billing.match(invoice)
    assert whys(billing.finance) == []
    assert whys(billing.approver) == [("Approve it", invoice.due_on)]
    assert whys(billing.manager) == []
    billing.dispute(invoice)
    assert whys(billing.owner) == [("The council disputes it", None)]


def test_a_provider_sees_its_own_invoices_only(billing):
    mine, theirs = billing.entered(), Billing(Journey(lot=billing.journey.lot)).entered()

    assert list(Invoice.objects.visible_to(billing.owner)) == [mine]
    assert list(Invoice.objects.visible_to(owner_of(theirs.provider))) == [theirs]
    auditor = UserFactory(roles=[Role.AUDITOR])
    assert set(Invoice.objects.visible_to(auditor)) == {mine, theirs}
    commissioner = billing.journey.people["commissioner"]
    assert list(Invoice.objects.visible_to(commissioner)) == []


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("invoice_sign_follows_kind", {"kind": "credit"}),
        ("invoice_approval_is_whole", {"state": "approved"}),
        ("invoice_payment_is_whole", {"transaction": "5100"}),
        ("invoice_rejected_with_reason", {"state": "rejected"}),
    ],
)
def test_impossible_invoices_are_refused_by_the_database(billing, name, change):
    invoice = billing.entered()

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Invoice.objects.filter(pk=invoice.pk).update(**change)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("invoice_line_moves_money", {"pence": 0}),
        ("invoice_line_is_for_nights_or_one_off", {"end": None}),
        ("invoice_line_is_for_nights_or_one_off", {"end": PLANNED}),
        ("invoice_line_difference_adds_up", {"our_pence": 1}),
    ],
)
def test_impossible_lines_are_refused_by_the_database(billing, name, change):
    invoice = billing.entered()

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        InvoiceLine.objects.filter(invoice=invoice).update(**change)
