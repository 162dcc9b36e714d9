"""The rows behind a figure: listed, told, downloaded, and by reference only."""

import csv
import io
import re
from datetime import date, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dps_portal.accounts.roles import Role
from dps_portal.money import gbp
from dps_portal.reports import measures, overdue
from placements import services
from placements.models import Placement
from placements.states import FactKind
from tests.factories.placements import Journey, noon, owner_of

from .town import DASHBOARD, TODAY, another, days, sign_in, stay, town

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(noon(TODAY), tick=False):
        yield


@pytest.fixture
def journey():
    return Journey().budget(y2025=27_000_000, y2026=27_000_000, y2027=27_000_000)


FIGURES = [
    "admissions",
    "exits",
    "planned_exits",
    "replies",
    "arrivals_on_time",
    "discharge_reports",
    "counted_exits",
    "in_placement_admitted",
    "in_referral_matching",
    "overdue_reports",
]


@pytest.mark.parametrize("name", FIGURES)
def test_rows_cost_the_same_however_many_and_are_downloaded(client, journey, name):
    sign_in(client, Role.COMMISSIONER)
    url = reverse("reports:figure_rows", args=[name])
    client.get(url)
    costs, counts = [], []
    for more in (1, 2):
        for _ in range(more):
            stay(journey)
        with CaptureQueriesContext(connection) as asked:
            counts.append(client.get(url).context["page"].paginator.count)
        costs.append(len(asked))
    rows = list(csv.DictReader(io.StringIO(client.get(url, {"download": "csv"}).text)))

    assert counts == [1, 3]
    assert costs[0] == costs[1]
    assert len(rows) == 3
    assert len({row.get("Placement") or row.get("Referral") for row in rows}) == 3


@pytest.mark.parametrize(
    "name",
    [
        *("nothing", "in_placement_nothing", "in_nothing_admitted", "in_", "waiting_"),
        *("waiting_request_approved", "waiting_referral_submitted", "exits_late"),
    ],
)
def test_no_figure_of_that_name_is_not_found(client, journey, name):
    sign_in(client, Role.COMMISSIONER)

    assert client.get(reverse("reports:figure_rows", args=[name])).status_code == 404


def test_the_way_back_keeps_the_filters(client, journey):
    town(journey)
    sign_in(client, Role.COMMISSIONER)
    query = days(date(2026, 8, 1), date(2026, 8, 31))
    url = client.get(DASHBOARD, query).context["outcomes"]["outcomes_by_lot"].foot[1]["url"]

    back = re.search(r'href="([^"]*)" class="govuk-back-link"', client.get(url).text)[1]

    kept = dict(parse_qsl(urlsplit(back.replace("&amp;", "&")).query))
    assert {name: int(kept[name]) for name in query} == query


def told(client, name):
    return dict(client.get(reverse("reports:figure_rows", args=[name])).context["found"].told)


def test_stays_tell_their_nights_and_their_cost(client, journey):
    ended = [
        stay(journey, left=journey.planned + timedelta(days=nights)) for nights in (10, 21, 50, 3)
    ]
    pence = sum(sum(services.position(Placement.objects.get(pk=one.pk)).values()) for one in ended)
    sign_in(client, Role.AUDITOR)

    assert told(client, "exits") == {
        "Cost": gbp(pence),
        "Nights, mean": "21.0",
        "Nights, median": "15.5",
        "For each planned exit": gbp(-(-pence // 4) if pence % 4 >= 2 else pence // 4),
    }


def test_the_length_of_stays_is_told_by_lot_and_provider(client, journey):
    lot, provider = town(journey)
    sign_in(client, Role.COMMISSIONER)

    outcomes = client.get(DASHBOARD).context["outcomes"]

    whole = ["In all", "5", "40.0", "23"]
    lots = [[str(journey.lot), "4", "29.5", "22.5"], [str(lot), "1", "82.0", "82"]]
    assert outcomes["lengths_by_lot"].lines == [*sorted(lots), whole]
    assert outcomes["lengths_by_provider"].lines == [
        ["Harbour House", "4", "29.5", "22.5"],
        [provider.name, "1", "82.0", "82"],
        whole,
    ]


# ── Overdue (money.md §10.5) ─────────────────────────────────────────────────────────────────────


def late(journey, name, today=TODAY):
    rows = Placement.objects.filter(lot__agreement=journey.agreement)
    scope = measures.Scope(rows, date(2026, 4, 1), date(2027, 4, 1))
    return [(one.reference, one.due, one.days) for one in overdue.overdue(name, scope, today)]


def test_an_admission_is_overdue_from_the_day_after_the_planned_one(journey):
    placement = journey.approved()
    another(journey).admitted()
    day = journey.planned

    assert late(journey, "overdue_admissions", day) == []
    assert late(journey, "overdue_admissions", day + timedelta(3)) == [
        (placement.reference, day, 3)
    ]


def test_a_discharge_that_the_provider_tells_of_is_overdue_until_it_is_recorded(journey):
    placement = journey.admitted()
    services.propose_fact(
        placement=placement,
        kind=FactKind.EXIT,
        on=date(2026, 7, 1),
        until=None,
        note="Left in the morning.",
        by=owner_of(journey.provider),
        at=noon(date(2026, 7, 1)),
    )

    [found] = late(journey, "overdue_discharges")
    assert found == (placement.reference, date(2026, 7, 2), 75)
    journey.leave(placement, date(2026, 7, 1))
    assert late(journey, "overdue_discharges") == []


def test_a_report_on_a_discharge_is_overdue_until_it_comes(journey):
    placement = stay(journey, left=date(2026, 8, 3))

    assert late(journey, "overdue_reports", date(2026, 8, 17)) == []
    assert late(journey, "overdue_reports", date(2026, 8, 18)) == [
        (placement.reference, date(2026, 8, 17), 1)
    ]


def test_a_review_is_overdue_after_the_day_it_was_due(journey):
    placement = journey.admitted()
    due = services.review_due(placement)

    assert late(journey, "overdue_reviews", due) == []
    assert late(journey, "overdue_reviews", due + timedelta(2)) == [(placement.reference, due, 2)]


def test_a_stay_beyond_its_money_is_overdue_until_it_is_funded(journey):
    placement = journey.admitted()
    end = placement.funded_until

    assert late(journey, "unfunded_stays", end - timedelta(1)) == []
    assert late(journey, "unfunded_stays", end + timedelta(4)) == [(placement.reference, end, 4)]


@pytest.mark.parametrize("role", [Role.COMMISSIONER, Role.ASSESSMENT_MANAGER, Role.AUDITOR])
def test_who_oversees_sees_what_is_overdue(client, journey, role):
    placement = journey.approved()
    sign_in(client, role)

    page = client.get(reverse("reports:figure_rows", args=["overdue_admissions"]))

    assert [row[0] for row in page.context["found"].table.rows] == [placement.reference]
    assert "As it stands on 15 September 2026" in page.text
