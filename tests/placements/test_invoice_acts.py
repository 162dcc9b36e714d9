"""Every state of an invoice × every act × every role, over HTTP."""

import pytest
import time_machine
from django.db import transaction
from django.test import Client

from dps_portal.audit.models import AuditEvent
from placements.models import Invoice
from placements.states import INVOICE_ACTS, INVOICE_MOVES, InvoiceState
from tests.architecture.role_matrix import MATRIX, ROLES
from tests.factories.accounts import UserFactory
from tests.factories.invoices import JULY, JUNE_COST, TODAY, Billing
from tests.factories.placements import PLANNED, noon

from .invoice_act_matrix import ACTS, TABLE
from .test_views import boxes, on

pytestmark = pytest.mark.django_db

MAKE = {
    InvoiceState.RECEIVED: Billing.entered,
    InvoiceState.MATCHED: Billing.matched,
    InvoiceState.DISPUTED: Billing.disputed,
    InvoiceState.APPROVED: Billing.approved,
    InvoiceState.PAID: Billing.paid,
    InvoiceState.REJECTED: Billing.rejected,
}


def test_the_moves_are_those_of_the_table():
    assert INVOICE_MOVES == TABLE


def test_the_acts_pass_in_the_states_of_the_table():
    confirming = {"received", "matched"}  # the one made here is confirmed before it is matched
    expected = {act: set(moves) for act, (_, moves, _) in ACTS.items()}
    assert expected | {"confirm_service": confirming} == INVOICE_ACTS
    for _, moves, _ in ACTS.values():
        assert all(to == state or to in TABLE[state] for state, to in moves.items())


def typed(billing):
    lines = {
        "lines-TOTAL_FORMS": 1,
        "lines-INITIAL_FORMS": 0,
        "lines-0-what": billing.placement.reference,
        **boxes("lines-0-start", PLANNED),
        **boxes("lines-0-last", JULY.replace(month=6, day=30)),
        "lines-0-pence": f"{JUNE_COST // 100}",
    }
    return {
        "set_invoice_lines": lines,
        "dispute_invoice": {"reason": "Two nights too many."},
        "settle_dispute": {"settlement": "They were stayed."},
        "reject_invoice": {"reason": "Sent twice."},
        "pay_invoice": {**boxes("paid_on", TODAY), "transaction_number": "5100001"},
    }


def clients_of(billing):
    own = {"AM": billing.manager, "FI": billing.finance, "PO": billing.owner}
    clients = {"AN": Client(), "F2": Client()}
    clients["F2"].force_login(billing.approver)
    for code, role in ROLES.items():
        clients[code] = Client()
        clients[code].force_login(own.get(code) or UserFactory(roles=[role]))
    return clients


def said(response) -> list[str]:
    form = (response.context or {}).get("form")
    return form.non_form_errors() if hasattr(form, "forms") else form.non_field_errors()


@pytest.mark.parametrize("state", InvoiceState)
def test_each_act_goes_where_the_table_says_and_is_refused_elsewhere_with_the_reason(state, caplog):
    caplog.set_level("CRITICAL", logger="django.request")
    billing = Billing()
    invoice = MAKE[state](billing)
    invoice.refresh_from_db()
    assert invoice.state == state
    not_now = f"The invoice is marked “{state.label}”, which does not allow this."
    facts = typed(billing)
    faults, triples = [], 0
    with time_machine.travel(noon(TODAY), tick=False):
        for code, client in clients_of(billing).items():
            for act, (event, moves, roles) in ACTS.items():
                triples += 1
                with transaction.atomic():
                    count = AuditEvent.objects.count()
                    response = client.post(on(act, invoice.reference), facts.get(act, {}))
                    events = AuditEvent.objects.order_by("seq")[count:]
                    told = list(events.values_list("action", flat=True))
                    reached = Invoice.objects.get(pk=invoice.pk).state
                    transaction.set_rollback(True)
                if state in moves and code in roles.split():
                    right = told == [event] and reached == moves[state]
                else:
                    right = not told and reached == state
                    may_open = {"F2": "FI"}.get(code, code) in MATRIX[f"placements:{act}"][0]
                    if may_open and state not in moves and act != "confirm_service":
                        right = right and not_now in said(response)
                faults += [] if right else [(act, code, told, reached, response.status_code)]

    assert faults == []
    assert triples == len(ACTS) * 13


def test_who_entered_it_is_told_why_another_person_approves(client):
    billing = Billing()
    invoice = billing.matched()
    client.force_login(billing.finance)

    with time_machine.travel(noon(TODAY), tick=False):
        response = client.post(on("approve_invoice", invoice.reference), {})

    assert said(response) == [
        "You entered this invoice, so another person approves it.",
        "You matched this invoice, so another person approves it.",
    ]


def test_a_member_who_does_not_own_the_organisation_sees_no_invoice(client):
    billing = Billing()
    invoice = billing.entered()
    member = UserFactory(roles=["provider_member"])
    billing.provider.memberships.create(user=member, is_owner=False, joined_at=noon(TODAY))
    client.force_login(member)

    assert client.get(on("invoice", invoice.reference)).status_code == 403


def test_another_provider_finds_no_invoice(client):
    invoice, other = Billing().entered(), Billing()
    client.force_login(other.owner)

    assert client.get(on("invoice", invoice.reference)).status_code == 404
