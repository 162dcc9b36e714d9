"""Every list: searched, filtered, by pages, as CSV, at the same cost however long."""

import csv
import io
from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dps_portal.accounts.roles import Role
from dps_portal.audit.models import AuditEvent
from dps_portal.notifications.services import store
from dps_portal.reports.scopes import Scope
from dps_portal.reports.services import request_spend_pdf, verify_trail
from dps_portal.ui import acts
from placements import services
from placements.models import BudgetYear
from placements.states import ImportKind, RequestState
from tests.factories.accounts import UserFactory
from tests.factories.invoices import TODAY, Billing
from tests.factories.placements import AT, PLANNED, Journey, noon
from tests.factories.placements import owner_of as owner_of_placement
from tests.factories.tenders import Competition, owner_of

pytestmark = pytest.mark.django_db


# Each gives who looks, a function that adds one row, and the search that finds a row.
def tenders():
    competition = Competition(providers=0)
    return competition.officer, competition.drafted, {"q": lambda row: row.reference}


def invitations():
    competition = Competition(providers=1)

    def add():
        competition.published()
        return competition.invitation(competition.providers[0])

    return owner_of(competition.providers[0]), add, {"q": lambda row: row.tender.reference}


def contracts():
    first = Competition()

    def add():
        competition = Competition(lot=first.lot)
        return competition.awarded()

    return first.officer, add, {"q": lambda row: row.reference}


def referrals():
    journey = Journey()
    return journey.people["manager"], journey.draft, {"q": lambda row: row.reference}


def accesses():
    journey = Journey()

    def add():
        person = journey.draft().person
        services.person_identity(person=person, purpose="contact", by=who, at=AT)
        return person.accesses.get()

    who = journey.people["manager"]
    return who, add, {"person": lambda row: row.person.reference}


def break_glasses():
    journey = Journey()
    stranger = UserFactory(roles=[Role.ASSESSOR])

    def add():
        return services.break_glass(
            person=journey.draft().person, reason="The worker is ill.", by=stranger, at=AT
        )

    auditor = UserFactory(roles=[Role.AUDITOR])
    return auditor, add, {"q": lambda row: row.reference}


def subject_requests():
    journey = Journey()
    manager = journey.people["manager"]

    def add():
        return services.request_export(
            person=journey.draft().person, reason="The person asked.", by=manager, at=AT
        )

    return manager, add, {"q": lambda row: row.person.reference}


def retention():
    journey = Journey(at=AT - timedelta(days=3000))

    def add():
        return journey.assess_not_eligible(journey.assessing()).person

    return journey.people["manager"], add, {"q": lambda row: row.reference}


def placements():
    journey = Journey().budget(y2026=27_000_000)
    return journey.people["manager"], journey.offered, {"q": lambda row: row.reference}


def offers():
    journey = Journey().budget(y2026=27_000_000)
    return (
        owner_of_placement(journey.provider),
        journey.offered,
        {"q": lambda row: row.reference},
    )


def requests():
    journey = Journey().budget(y2026=27_000_000)
    return journey.people["finance"], journey.requested, {"q": lambda row: row.reference}


def budgets():
    journey = Journey()
    years = iter(range(2024, 2100))

    def add():
        return BudgetYear.objects.create(
            agreement=journey.agreement, year=next(years), ceiling_pence=27_000_000
        )

    return journey.people["finance"], add, {"year": lambda row: row.year}


def invoices():
    billing = Billing()
    return billing.finance, lambda: billing.entered(on=AT.date()), {"q": lambda row: row.number}


def payment_batches():
    billing = Billing()
    days = iter(range(20))

    def add():
        start = PLANNED + timedelta(days=next(days))
        billing.approved(billing.line(start, start + timedelta(days=1), 12_071), on=TODAY)
        return services.make_payment_batch(by=billing.finance, at=noon(TODAY))

    return billing.finance, add, {"q": lambda row: row.reference}


def invoice_files():
    billing = Billing()

    def add():
        return services.stage_import(
            kind=ImportKind.INVOICES,
            file_name="july.csv",
            content=b"Supplier,Invoice number,Date,Amount\nHarbour House,1,01/04/2026,100\n",
            by=billing.finance,
            at=AT,
        )

    return billing.finance, add, {"q": lambda row: row.reference}


def messages():
    person, numbers = UserFactory(), iter(range(100))

    def add():
        return store(person, f"Decision number {next(numbers)}", "Read it.", at=AT)

    return person, add, {"q": lambda row: row.subject}


def reports():
    journey = Journey().budget(y2026=27_000_000)

    def add():
        return request_spend_pdf(
            agreement=journey.agreement,
            scope=Scope.of_year(2026, date(2026, 7, 1)),
            by=UserFactory(roles=[Role.FINANCE]),
            at=AT,
        )

    return journey.people["finance"], add, {"q": lambda row: row.requested_by.name}


def events():
    numbers = iter(range(100))

    def add():
        from django.db import transaction

        from dps_portal.audit import trail

        person = UserFactory()
        with transaction.atomic():
            return trail.record(f"thing.made_{next(numbers)}", person, by=person, at=AT)

    return UserFactory(roles=[Role.AUDITOR]), add, {"action": lambda row: row.action}


def verifications():
    auditor = UserFactory(roles=[Role.AUDITOR])

    def add():
        return verify_trail(by=UserFactory(roles=[Role.AUDITOR]), at=AT)

    return auditor, add, {"by": lambda row: row.by.ref}


def costs():
    journey = Journey().budget(y2026=27_000_000)
    return (
        UserFactory(roles=[Role.AUDITOR]),
        journey.approved,
        {"q": lambda row: row.reference},
    )


def scores():
    first, auditor = Competition(), UserFactory(roles=[Role.AUDITOR])

    def add():
        competition = Competition(lot=first.lot)
        competition.awarded()
        competition.declare(auditor)
        return competition.tender

    return auditor, add, {"q": lambda row: row.reference}


LISTS = {
    "tenders:tender_list": (tenders, ["Reference", "Title", "Lot", "Closes", "State"]),
    "tenders:invitation_list": (invitations, ["Tender", "Title", "Lot", "Bids close", "State"]),
    "tenders:contract_list": (
        contracts,
        [
            *("Reference", "Provider", "Lot", "Tender", "First day", "Last day"),
            *("Weekly price", "Value", "State"),
        ],
    ),
    "placements:referral_list": (
        referrals,
        [
            *("Reference", "Person", "Made", "Urgency", "Worker", "Lot", "State"),
            "Next step due",
        ],
    ),
    "placements:placement_list": (
        placements,
        [
            *("Reference", "Provider", "Lot", "Planned admission", "Admission", "Funded until"),
            *("State", "Exit", "Exit status", "Nights", "Weekly price"),
            *("Gross", "Contribution", "Net"),
        ],
    ),
    "placements:access_list": (accesses, ["When", "Person", "Who looked", "What", "Why"]),
    "placements:break_glass_list": (
        break_glasses,
        [
            *("Reference", "Person", "Opened by", "From", "Until", "Reason", "Reviewed"),
            *("Justified", "Review"),
        ],
    ),
    "placements:subject_request_list": (
        subject_requests,
        [
            *("Reference", "Person", "What", "Asked", "Asked by", "State", "Decided"),
            "Decided by",
        ],
    ),
    "placements:retention_list": (retention, ["Person", "Last contact", "Due", "State"]),
    "placements:offer_list": (
        offers,
        ["Reference", "Lot", "Planned admission", "Funded until", "State"],
    ),
    "placements:request_list": (
        requests,
        [
            *("Request", "Placement", "Kind", "Lot", "From", "Until", "Urgency", "Asked"),
            *("Cost", "State"),
        ],
    ),
    "placements:budget_list": (
        budgets,
        ["Year", "Ceiling", "Committed", "Headroom", "State", "Agreement"],
    ),
    "placements:invoice_list": (
        invoices,
        [
            *("Reference", "Provider", "Number", "Kind", "Dated", "Received", "To be paid by"),
            *("Net amount", "State", "Placements", "Paid on", "Transaction"),
        ],
    ),
    "placements:payment_batch_list": (
        payment_batches,
        ["Batch", "Made", "By", "Invoices", "Net amount"],
    ),
    "placements:invoice_import_list": (
        invoice_files,
        ["File", "Name", "What", "Rows", "State", "Uploaded", "By"],
    ),
    "notifications:message_list": (messages, ["Subject", "Received"]),
    "reports:verification_list": (
        verifications,
        [
            *("At", "By", "Events", "Head", "Broken at event", "Ledger entries", "Years"),
            *("Placements", "Differences of the ledger"),
        ],
    ),
    "reports:cost_check_list": (costs, ["Reference", "Provider", "Lot", "State"]),
    "reports:score_check_list": (scores, ["Reference", "Title", "Lot", "Quality locked"]),
    "reports:report_list": (
        reports,
        ["Run", "Report", "Provider", "Accrued before", "Version", "Asked for", "By", "State"],
    ),
    "reports:audit_trail": (
        events,
        ["Number", "At (UTC)", "Person", "Action", "Subject", "Facts", "Hash"],
    ),
}


@pytest.fixture(autouse=True)
def _now(request):
    # A tender closes by the database's own clock, which cannot be moved.
    if any(name in request.node.name for name in ("tender", "invitation", "score_check")):
        yield
        return
    with time_machine.travel(AT + timedelta(hours=1), tick=False):
        yield


@pytest.fixture(params=LISTS)
def one_list(request, client):
    """The address, what adds a row, the search and the head of the file."""
    make, head = LISTS[request.param]
    person, add, search = make()
    client.force_login(person)
    return reverse(request.param), add, search, head


def questions(client, url) -> int:
    client.get(url)  # the session is written on a person's first page
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(url).status_code == 200
    return len(asked)


def test_list_costs_the_same_however_long(client, one_list):
    url, add, *_ = one_list
    add()
    one = questions(client, url)
    add()
    add()

    assert questions(client, url) == one


def test_list_is_read_by_pages(client, one_list, monkeypatch):
    monkeypatch.setattr(acts, "PER_PAGE", 2)
    url, add, *_ = one_list
    for _ in range(3):
        add()

    first, second = (client.get(url, {"page": page}).context["page"] for page in (1, 2))

    assert len(first) == 2
    assert not set(first) & set(second)
    assert client.get(url, {"page": "rubbish"}).context["page"].number == 1


def test_list_is_searched(client, one_list):
    url, add, search, _ = one_list
    rows = [add() for _ in range(3)]
    query = {name: value(rows[1]) for name, value in search.items()}

    assert list(client.get(url, query).context["page"]) == [rows[1]]


@pytest.mark.parametrize("rubbish", ["\0", "\x1b", "%", "x" * 9999, "'--", "🐢"])
def test_rubbish_in_the_address_is_an_answer(client, one_list, rubbish):
    url, add, search, _ = one_list
    add()
    query = dict.fromkeys([*search, "q", "state", "page", "year", "first_day_day"], rubbish)

    assert client.get(url, query).status_code == 200


def test_list_is_downloaded_whole_and_as_it_is_filtered(client, one_list, monkeypatch):
    monkeypatch.setattr(acts, "PER_PAGE", 1)
    url, add, search, head = one_list
    rows = [add() for _ in range(2)]
    total = client.get(url).context["page"].paginator.count

    def file(**query):
        answer = client.get(url, {"download": "csv", **query})
        assert answer["Content-Type"] == "text/csv; charset=utf-8"
        assert answer["Content-Disposition"].startswith("attachment")
        return list(csv.reader(io.StringIO(answer.content.decode(), newline="")))

    whole, found = file(), file(**{name: value(rows[0]) for name, value in search.items()})

    assert whole[0] == found[0] == head
    assert (len(whole), len(found)) == (total + 1, 2)
    assert found[1] in whole
    for cells in whole:
        assert not any("Alex" in cell or "1980" in cell for cell in cells)


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("tenders:tender_list", "abandoned"),
        ("tenders:invitation_list", "awarded"),
        ("placements:referral_list", "closed"),
        ("placements:placement_list", "discharged"),
        ("placements:offer_list", "discharged"),
        ("placements:break_glass_list", "reviewed"),
        ("placements:subject_request_list", "approved"),
        ("placements:request_list", RequestState.DEFERRED),
        ("reports:report_list", "failed"),
    ],
)
def test_list_is_filtered_by_state(client, name, state):
    make, _ = LISTS[name]
    person, add, _ = make()
    client.force_login(person)
    row = add()

    assert list(client.get(reverse(name)).context["page"]) == [row]
    assert list(client.get(reverse(name), {"state": state}).context["page"]) == []


def test_offers_cannot_be_found_by_the_councils_own_references(client):
    person, add, _ = offers()
    placement = add()
    client.force_login(person)

    def found(text):
        return list(client.get(reverse("placements:offer_list"), {"q": text}).context["page"])

    assert found(placement.reference) == [placement]
    assert found(placement.referral.reference) == []
    assert found(placement.referral.person.reference) == []


def test_trail_is_filtered_by_day(client):
    person, add, _ = events()
    client.force_login(person)
    add()
    days = {"first_day_day": 2, "first_day_month": 5, "first_day_year": 2026}

    assert AuditEvent.objects.count() == 1
    assert list(client.get(reverse("reports:audit_trail"), days).context["page"]) == []


def test_messages_are_filtered_by_day(client):
    person, add, _ = messages()
    client.force_login(person)
    row = add()
    url = reverse("notifications:message_list")

    def found(field, day):
        boxes = {f"{field}_day": day, f"{field}_month": 5, f"{field}_year": 2026}
        return list(client.get(url, boxes).context["page"])

    assert found("first_day", 1) == found("last_day", 1) == [row]
    assert found("first_day", 2) == []
