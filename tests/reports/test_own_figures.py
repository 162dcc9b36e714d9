"""A provider's dashboard: its own settled years, from which no small count can be worked out."""

import csv
import io
from datetime import date, timedelta
from itertools import combinations, product

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dps_portal.clock import year_label
from dps_portal.reports import measures, own_figures
from placements.models import BudgetYear, Placement
from tests.factories.agreements import LotFactory
from tests.factories.placements import Journey, admit, noon, owner_of, provider_on

from .town import DASHBOARD, another, days, stay, town

pytestmark = pytest.mark.django_db

YEAR = 2026
YEARS = (2023, 2024, 2025, 2026, 2027)
SETTLED = date(2027, 7, 1)


@pytest.fixture
def journey():
    found = Journey().budget(y2025=90_000_000, y2026=90_000_000, y2027=90_000_000)
    with time_machine.travel(noon(SETTLED), tick=False):
        yield found


def look(client, provider, **asked):
    client.force_login(owner_of(provider))
    return client.get(DASHBOARD, asked)


def table(page, name):
    return next(one for one in page.context["tables"] if one.name == name).lines


def test_a_provider_sees_its_own_and_no_small_count(client, journey):
    _, other = town(journey)

    page = look(client, other)

    assert table(page, "people") == [
        ["Admissions", "*"],
        ["Planned exits", "*"],
        ["Unplanned exits", "0"],
        ["Exits not counted (died, closed)", "0"],
        ["Rate of planned exits", "*"],
    ]
    assert "Harbour House" not in page.text
    assert client.get(reverse("reports:figure_rows", args=["exits"])).status_code == 403


def test_a_provider_sees_counts_that_are_large_enough(client, journey):
    for _ in range(5):
        stay(journey)

    page = look(client, journey.provider)

    assert [line[1] for line in table(page, "people")] == ["5", "5", "0", "0", "100%"]
    assert table(page, "in_time")[0] == ["Provider’s answers to offers", "5", "5", "0"]


def test_a_small_count_cannot_be_worked_out_from_the_others(client, journey):
    for _ in range(6):
        stay(journey)
    stay(journey, "unplanned")

    page = look(client, journey.provider)

    assert [line[1] for line in table(page, "people")] == ["7", "*", "*", "0", "*"]


def test_a_transfer_cannot_be_worked_out_from_arrivals_in_time(client, journey):
    """Those who were to come and came are the admissions and one who moved here from elsewhere."""
    other = provider_on(journey.lot, name="Quayside")
    for _ in range(6):
        stay(journey)
    one = another(journey, provider=other)
    placement = one.admitted()
    moved = one.prepare_transfer(placement, journey.provider, date(2026, 7, 1))
    one.leave(placement, date(2026, 7, 1), reason="transferred")
    one.arrive(moved, date(2026, 7, 1))

    page = look(client, journey.provider)

    assert table(page, "people")[0] == ["Admissions", "6"]
    assert table(page, "in_time")[1][1:] == ["*", "*", "0"]


def test_another_provider_a_lot_or_days_cannot_be_asked_for(client, journey):
    lot, other = town(journey)
    asked = {"provider": journey.provider.reference, "lot": lot.pk, "year": YEAR}

    plain = look(client, other, year=YEAR)
    page = client.get(DASHBOARD, asked | days(date(2026, 4, 1), date(2026, 8, 30)))

    assert [one.lines for one in page.context["tables"]] == [
        one.lines for one in plain.context["tables"]
    ]
    assert list(page.context["form"].fields) == ["year"]


@pytest.mark.parametrize(
    ("today", "years"),
    [
        (date(2027, 6, 30), [2025, 2024]),
        (date(2027, 7, 1), [2026, 2025, 2024]),
        (date(2028, 6, 30), [2026, 2025, 2024]),
    ],
)
def test_a_year_is_shown_once_it_is_settled(journey, today, years):
    journey.agreement.start = date(2024, 10, 1)

    assert own_figures.settled_years(journey.agreement, today) == years


@pytest.mark.parametrize("asked", ["2027", "2031", "x", "", "\0"])
def test_a_year_that_is_not_settled_is_not_shown(client, journey, asked):
    stay(journey)

    page = look(client, journey.provider, year=asked)

    assert page.context["label"] == "2026/27"
    assert "The figures of 2027/28 are shown from 1 July 2028." in page.text


def test_before_any_year_is_settled_the_page_says_when(client, journey):
    journey.agreement.start = date(2026, 4, 1)
    journey.agreement.save()

    with time_machine.travel(noon(SETTLED - timedelta(days=1)), tick=False):
        page = look(client, journey.provider)

    assert page.context["tables"] == []
    assert "The figures of 2026/27 are shown from 1 July 2027." in page.text


def test_each_table_has_a_file_with_the_same_stars(client, journey):
    town(journey)
    page = look(client, journey.provider, year=YEAR)

    for one in page.context["tables"]:
        file = client.get(DASHBOARD, {"year": YEAR, "table": one.name})
        assert list(csv.reader(io.StringIO(file.text)))[1:] == one.lines
    assert client.get(DASHBOARD, {"table": "waiting"}).status_code == 404


def test_the_page_costs_the_same_however_many(client, journey):
    look(client, journey.provider)
    costs = []
    for more in (1, 2):
        for _ in range(more):
            stay(journey)
        with CaptureQueriesContext(connection) as asked:
            client.get(DASHBOARD)
        costs.append(len(asked))

    assert costs[0] == costs[1]


# ── Every pair of views (T8) ─────────────────────────────────────────────────────────────────────


def crowd(journey, lot):
    """Three years of stays: many on one lot, few on the other. Yields the day after each."""
    for year, many, few in ((2024, 7, 1), (2025, 6, 3), (2026, 8, 2)):
        for number in range(many + few):
            planned = date(year, 4, 8) + timedelta(days=30 * number)
            left = planned + timedelta(days=25 + number)
            with time_machine.travel(noon(planned), tick=False):
                stay(
                    journey,
                    "planned" if number % 3 or year == 2025 else "unplanned",
                    lot=journey.lot if number < many else lot,
                    planned=planned,
                    at=noon(planned - timedelta(days=20)),
                    left=left,
                )
            yield left + timedelta(days=1)


def sets_of(user, agreement, year, today):
    """Who is behind each count of a provider's page."""
    scope = measures.Scope(
        Placement.objects.visible_to(user).filter(lot__agreement=agreement),
        date(year, 4, 1),
        date(year + 1, 4, 1),
    )
    [arrived] = measures.arrivals(scope)
    ended = measures.departures(scope)
    people = {
        "Admissions": arrived,
        "Planned exits": measures.ended_as(ended, "planned", scope),
        "Unplanned exits": measures.ended_as(ended, "unplanned", scope),
        "Exits not counted (died, closed)": measures.ended_as(ended, "excluded", scope),
    }
    found = {("people", name, 1): rows for name, rows in people.items()}
    for label, read in measures.TIMED.values():
        rows = read(scope, today)
        found["in_time", label, 1] = rows
        found["in_time", label, 2] = [row for row in rows if not row.days_late]
        found["in_time", label, 3] = [row for row in rows if row.days_late]
    return {key: frozenset((row.reference,) for row in rows) for key, rows in found.items()}


def views_of(client, journey, today, queries, seen):
    """Adds each count that is shown, by what it is about, and who is behind it."""
    owner = owner_of(journey.provider)
    for query in queries:
        with time_machine.travel(noon(today), tick=False):
            page = look(client, journey.provider, **query)
            shown = [year for year in YEARS if year_label(year) == page.context["label"]]
            behind = {}
            for year in shown:
                behind = sets_of(owner, journey.agreement, year, today)
        for told in page.context["tables"]:
            for label, *counts in told.lines:
                for place, count in enumerate(counts, start=1):
                    if count.isdigit() and count != "0":
                        who = behind[told.name, label, place]
                        assert int(count) == len(who)
                        seen.add((told.name, label, place, who))


def test_no_two_views_of_a_provider_differ_by_a_few_people(client, journey):
    """Whatever lot, days and year are asked for, and on whichever day one looks."""
    lot = LotFactory(agreement=journey.agreement, number=77, title="Enhanced")
    admit(journey.provider, lot, since=date(2022, 4, 1), owner=owner_of(journey.provider))
    journey.provider.rates.create(
        lot=lot, effective_from=date(2022, 4, 1), weekly_pence=84_500, source="price_list"
    )
    BudgetYear.objects.create(agreement=journey.agreement, year=2024, ceiling_pence=90_000_000)
    periods = [
        {},
        days(date(2026, 4, 1), date(2026, 8, 31)),
        days(date(2026, 4, 1), date(2026, 8, 30)),
    ]
    years = [{"year": year} for year in YEARS]
    lots = [{}, {"lot": journey.lot.pk}, {"lot": lot.pk}]
    seen = set()

    for today in crowd(journey, lot):
        views_of(client, journey, today, [{}, {"year": YEAR}], seen)
    everything = [one | period | year for one, period, year in product(lots, periods, years)]
    for today in (SETTLED - timedelta(days=1), SETTLED + timedelta(days=40)):
        views_of(client, journey, today, [{}, *years], seen)
    views_of(client, journey, SETTLED, everything, seen)

    assert {label for _, label, _, _ in seen} >= {"Admissions", "Planned exits"}
    for (*about, who), (*other, them) in combinations(seen, 2):
        if about == other and (who < them or them < who):
            assert not 0 < abs(len(who) - len(them)) < 5, about
