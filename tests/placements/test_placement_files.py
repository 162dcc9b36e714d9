"""The files of the list of placements: what they hold, for whom, and with names only for a reason
(money.md §10.2).
"""

import csv
from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dps_portal.accounts.roles import Role
from dps_portal.audit.models import AuditEvent
from placements import services
from placements.models import Person, PersonAccess
from placements.states import AccessKind, Collector, RequestKind
from tests.factories.accounts import UserFactory
from tests.factories.placements import AT, Journey, noon

pytestmark = pytest.mark.django_db

LIST, NAMES = (reverse(f"placements:{name}") for name in ("placement_list", "download_names"))
MARCH = date(2027, 3, 10)
LEFT = date(2027, 4, 14)
DATES = ["Planned admission", "Admission", "Funded until", "State", "Exit", "Exit status", "Nights"]


@pytest.fixture(autouse=True)
def _in_may_2027():
    with time_machine.travel(noon(date(2027, 5, 1)), tick=False):
        yield


@pytest.fixture
def journey():
    return Journey(planned=MARCH).budget(y2026=27_000_000, y2027=27_000_000)


def contributing(journey, weekly_pence=10_000):
    placement = journey.admitted()
    services.record_contribution(
        placement=placement,
        start=MARCH,
        weekly_pence=weekly_pence,
        collector=Collector.COUNCIL,
        by=journey.people["assessor"],
        at=noon(MARCH),
    )
    return placement


def rows_of(response):
    return list(csv.DictReader(response.content.decode().splitlines()))


def file_of(client, user, **query):
    client.force_login(user)
    return rows_of(client.get(LIST, {"download": "csv"} | query))


def test_file_has_dates_nights_and_money_by_year(client, journey):
    placement = contributing(journey)
    charge = {"start": date(2027, 4, 2), "one_off_pence": 12_345, "label": "Travel"}
    journey.decide(journey.ask(placement, RequestKind.ONE_OFF, **charge))
    journey.leave(placement, LEFT, status="unplanned")

    (row,) = file_of(client, journey.people["manager"])

    assert [row[name] for name in DATES] == [
        *("2027-03-10", "2027-03-10", "2027-06-10", "Discharged"),
        *("2027-04-14", "Unplanned", "35"),
    ]
    money = {name: row[name] for name in list(row)[list(row).index("Weekly price") :]}
    assert money == {
        "Weekly price": "845.00",
        "Gross": "4348.45",  # 35 nights and the charge
        "Contribution": "500.00",
        "Net": "3848.45",
        "Gross 2026/27": "2655.71",  # 22 nights: 84,500 × 22 / 7
        "Contribution 2026/27": "314.29",
        "Net 2026/27": "2341.42",
        "Gross 2027/28": "1692.74",
        "Contribution 2027/28": "185.71",
        "Net 2027/28": "1507.03",
    }


def test_years_of_the_file_add_up_and_gross_is_what_the_ledger_holds(client, journey):
    placement = contributing(journey, weekly_pence=99_999_999)  # never more than the night costs
    journey.offered()

    whole = file_of(client, journey.people["manager"])

    for row in whole:
        for name in ("Gross", "Contribution", "Net"):
            years = [row[f"{name} {year}"] for year in ("2026/27", "2027/28")]
            assert Decimal(row[name]) == sum(map(Decimal, years))
    held, none = sorted(whole, key=lambda row: row["State"])
    pence = sum(services.position(placement).values())
    assert (Decimal(held["Gross"]) * 100, held["Net"]) == (pence, "0.00")
    assert (none["Nights"], none["Gross"], none["Weekly price"]) == ("0", "0.00", "845.00")


def test_price_is_that_of_the_last_night_charged(client, journey):
    placement = journey.admitted()
    dearer = {"start": date(2027, 4, 1), "weekly_pence": 90_000}
    journey.decide(journey.ask(placement, RequestKind.PRICE_CHANGE, **dearer))

    assert file_of(client, journey.people["manager"])[0]["Weekly price"] == "900.00"
    journey.leave(placement, date(2027, 3, 20))
    assert file_of(client, journey.people["manager"])[0]["Weekly price"] == "845.00"


def test_whoever_may_not_read_spend_gets_no_money(client, journey):
    contributing(journey)

    (row,) = file_of(client, journey.people["assessor"])

    assert list(row) == ["Reference", "Provider", "Lot", *DATES]


def test_files_cost_the_same_however_long(client, journey):
    def questions(ask):
        with CaptureQueriesContext(connection) as asked:
            assert ask()["Content-Type"].startswith("text/csv")
        return len(asked)

    client.force_login(journey.people["manager"])
    files = (
        lambda: client.get(LIST, {"download": "csv"}),
        lambda: client.post(NAMES, {"purpose": "contact"}),
    )
    contributing(journey)
    client.get(LIST)
    one = [questions(ask) for ask in files]
    contributing(journey)
    contributing(journey)

    assert [questions(ask) for ask in files] == one


# ── With names ───────────────────────────────────────────────────────────────────────────────
def named(client, user, **query):
    client.force_login(user)
    response = client.post(reverse("placements:download_names", query=query), {"purpose": "record"})
    return rows_of(response)


def test_names_are_taken_for_a_purpose_and_each_person_is_a_look(client, journey):
    placement = contributing(journey)
    person, manager = placement.referral.person, journey.people["manager"]
    client.force_login(manager)

    assert "Alex Example" not in client.get(NAMES).text
    assert "Select an answer to “Why do you need to know?”" in client.post(NAMES, {}).text
    assert not PersonAccess.objects.exists()
    (row,) = named(client, manager)

    assert (row["Person"], row["Name"], row["Reference"]) == (
        *(person.reference, "Alex Example", placement.reference),
    )
    assert row["Net"] == file_of(client, manager)[0]["Net"]
    look = PersonAccess.objects.get()
    assert (look.person, look.user, look.kind, look.purpose) == (
        *(person, manager, AccessKind.IDENTITY, "record"),
    )
    event = AuditEvent.objects.order_by("seq").last()
    assert (event.action, event.facts) == (
        "person.names_taken",
        {"purpose": "record", "seen": [person.reference]},
    )


def test_only_the_names_that_the_filters_leave_are_taken(client, journey):
    wanted, other = contributing(journey), contributing(journey)
    manager = journey.people["manager"]
    client.force_login(manager)
    assert "the 1 placement that" in client.get(NAMES, {"q": wanted.reference}).text
    link = f"{NAMES}?q={wanted.reference}"
    assert link in client.get(LIST, {"q": wanted.reference}).text

    (row,) = named(client, manager, q=wanted.reference)

    assert row["Reference"] == wanted.reference
    assert not other.referral.person.accesses.exists()


def test_names_of_who_is_erased_or_out_of_sight_are_not_taken(client, journey):
    erased, kept = contributing(journey), contributing(journey)
    reader = UserFactory(roles=[Role.ASSESSMENT_MANAGER])
    services.restrict_person(
        person=kept.referral.person,
        reason="Known to the team.",
        readers=[reader],
        by=reader,
        at=AT,
    )
    Person.objects.filter(pk=erased.referral.person.pk).update(
        erased_at=AT, identity=b"", number_hash=None, name_hash=""
    )

    (row,) = named(client, journey.people["manager"])

    assert (row["Reference"], row["Name"]) == (erased.reference, "")
    assert not PersonAccess.objects.exists()
    assert {row["Name"] for row in named(client, reader)} == {"", "Alex Example"}


def test_assessor_is_not_led_to_the_names(client, journey):
    contributing(journey)
    pages = {}
    for role in ("assessor", "manager"):
        client.force_login(journey.people[role])
        pages[role] = client.get(LIST).text

    assert [NAMES in pages[role] for role in ("assessor", "manager")] == [False, True]


def test_only_a_manager_takes_names(client):
    answers = {}
    for role in Role:
        client.force_login(UserFactory(roles=[role]))
        answers[role] = (client.get(NAMES).status_code, client.post(NAMES, {}).status_code)

    refused = dict.fromkeys(Role, (403, 403))
    assert answers == refused | {Role.ASSESSMENT_MANAGER: (200, 200)}
