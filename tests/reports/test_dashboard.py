"""Dashboards: every figure is the count of the rows it leads to, and nobody sees too much."""

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
from dps_portal.reports import dashboard, measures, spend
from dps_portal.reports.scopes import Scope
from dps_portal.ui import charts
from placements import rules, services
from placements.models import BudgetYear, Placement
from placements.states import ExitStatus
from tests.factories.accounts import UserFactory
from tests.factories.agreements import LotFactory
from tests.factories.placements import Journey, noon, owner_of, provider_on

pytestmark = pytest.mark.django_db

TODAY = date(2026, 9, 15)
DASHBOARD = reverse("reports:dashboard")


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(noon(TODAY), tick=False):
        yield


@pytest.fixture
def journey():
    return Journey().budget(y2025=27_000_000, y2026=27_000_000, y2027=27_000_000)


def another(journey, *, provider=None, lot=None, planned=None, **facts):
    """One more person of the same town."""
    return Journey(
        lot=lot or journey.lot,
        provider=provider or journey.provider,
        people=journey.people,
        planned=planned or journey.planned,
        **facts,
    )


def stay(journey, status="planned", *, left=date(2026, 8, 1), **facts):
    one = another(journey, **facts)
    placement = one.admitted()
    one.leave(placement, left, status=status)
    return placement


def sign_in(client, role):
    person = UserFactory(roles=[role])
    client.force_login(person)
    return person


def days(first, last):
    return {
        f"{name}_{part}": getattr(day, part)
        for name, day in (("first_day", first), ("last_day", last))
        for part in ("day", "month", "year")
    }


def cells_with_links(context):
    """Every linked count of the page, as (figure, address)."""
    rows = [
        *context["arrivals"]["rows"],
        context["arrivals"]["foot"],
        *context["outcomes"]["by_lot"],
        *context["outcomes"]["by_provider"],
        context["outcomes"]["foot"],
        *context["timeliness"]["rows"],
        *context["queue"]["rows"],
    ]
    return [
        (int(cell["text"]), cell["url"])
        for row in rows
        for cell in row
        if isinstance(cell, dict) and cell.get("url")
    ]


def town(journey):
    """Stays of every kind, on two lots and with two providers."""
    other_lot = LotFactory(agreement=journey.agreement, number=77, title="Enhanced")
    other = provider_on(other_lot, name="Quayside")
    stay(journey)
    stay(journey, "unplanned", left=date(2026, 7, 1))
    stay(journey, "withdrawn_by_provider", left=date(2026, 7, 2))
    stay(journey, "excluded", left=date(2026, 7, 3))
    stay(journey, lot=other_lot, provider=other, left=date(2026, 8, 31))
    another(journey, planned=date(2026, 9, 1)).admitted()
    another(journey).requested()
    another(journey).offered()
    return other_lot, other


@pytest.mark.parametrize("role", [Role.COMMISSIONER, Role.ASSESSMENT_MANAGER, Role.FINANCE])
def test_every_figure_is_the_count_of_the_rows_it_leads_to(client, journey, role):
    town(journey)
    sign_in(client, role)
    page = client.get(DASHBOARD)

    found = cells_with_links(page.context)

    assert len(found) > 15
    for figure, url in found:
        rows = client.get(url)
        assert rows.status_code == 200, url
        assert rows.context["page"].paginator.count == figure, url


@pytest.mark.parametrize("narrowed", ["lot", "provider", "period"])
def test_a_filter_holds_for_each_figure_and_its_rows(client, journey, narrowed):
    lot, provider = town(journey)
    sign_in(client, Role.COMMISSIONER)
    query = {
        "lot": {"lot": lot.pk},
        "provider": {"provider": provider.reference},
        "period": days(date(2026, 8, 1), date(2026, 8, 31)),
    }[narrowed]

    page = client.get(DASHBOARD, query)

    whole = page.context["outcomes"]["whole"]
    expected = {"lot": (1, 0, 0), "provider": (1, 0, 0), "period": (2, 0, 0)}[narrowed]
    assert (whole.planned, whole.unplanned, whole.excluded) == expected
    for figure, url in cells_with_links(page.context):
        assert client.get(url).context["page"].paginator.count == figure


def test_both_days_are_within(client, journey):
    town(journey)
    sign_in(client, Role.COMMISSIONER)

    def ended(first, last):
        page = client.get(DASHBOARD, days(first, last))
        return page.context["outcomes"]["whole"].planned

    day = date(2026, 8, 31)
    assert ended(day, day) == 1
    assert ended(day - timedelta(days=1), day - timedelta(days=1)) == 0
    assert ended(day + timedelta(days=1), day + timedelta(days=1)) == 0


@pytest.mark.parametrize(
    ("first", "last", "message"),
    [
        (date(2026, 1, 2), date(2026, 1, 1), "To must be on or after From"),
        (date(2025, 9, 1), date(2026, 9, 1), "The period must be a year or less"),
    ],
)
def test_a_period_that_cannot_be_is_told_and_the_year_shown(client, journey, first, last, message):
    sign_in(client, Role.COMMISSIONER)

    page = client.get(DASHBOARD, days(first, last))

    assert message in page.text
    assert (page.context["first"], page.context["last"]) == (date(2026, 4, 1), TODAY)


def test_a_whole_year_is_a_period(client, journey):
    sign_in(client, Role.COMMISSIONER)
    first, last = date(2025, 9, 2), date(2026, 9, 1)

    page = client.get(DASHBOARD, days(first, last))

    assert (page.context["first"], page.context["last"]) == (first, last)


def test_half_a_period_is_told(client, journey):
    sign_in(client, Role.COMMISSIONER)
    query = {name: part for name, part in days(TODAY, TODAY).items() if "first" in name}

    assert "Enter both days, or neither of them" in client.get(DASHBOARD, query).text


# ── The figures themselves ───────────────────────────────────────────────────────────────────────


def scope(journey, start=date(2026, 4, 1), end=date(2027, 4, 1), **facts):
    rows = Placement.objects.filter(lot__agreement=journey.agreement)
    return measures.Scope(rows, start, end, **facts)


def test_withdrawal_by_the_provider_counts_as_the_agreement_says(journey):
    town(journey)
    ended = measures.departures(scope(journey))

    assert [
        (one.planned, one.unplanned, one.excluded)
        for one in (
            measures.outcome(ended, scope(journey)),
            measures.outcome(ended, scope(journey, withdrawal_is_unplanned=False)),
        )
    ] == [(2, 2, 1), (2, 1, 2)]


def test_an_exit_that_was_corrected_counts_once_as_it_stands(journey):
    placement = stay(journey)
    services.correct_exit(
        placement=placement,
        day=date(2026, 8, 2),
        status=ExitStatus.UNPLANNED,
        reason="dropped_out",
        destination="Own home",
        aftercare_agreed=False,
        notice_nights=0,
        why="A mistake.",
        by=journey.people["manager"],
        at=noon(TODAY),
    )

    whole = measures.outcome(measures.departures(scope(journey)), scope(journey))

    assert (whole.planned, whole.unplanned) == (0, 1)


def test_a_move_to_another_provider_is_no_admission(journey):
    placement = journey.admitted()
    other = provider_on(journey.lot, name="Quayside")
    moved = journey.prepare_transfer(placement, other, date(2026, 7, 1))
    journey.leave(placement, date(2026, 7, 1), reason="transferred")
    journey.arrive(moved, date(2026, 7, 1))

    [found] = measures.arrivals(scope(journey))

    assert [one.reference for one in found] == [placement.reference]


def test_cost_for_each_planned_exit_is_of_all_stays_that_ended(journey):
    first, second = stay(journey), stay(journey, "unplanned", left=date(2026, 7, 1))
    pence = sum(
        sum(services.position(Placement.objects.get(pk=one.pk)).values()) for one in (first, second)
    )

    whole = measures.outcome(measures.departures(scope(journey)), scope(journey))

    assert (whole.pence, whole.planned, whole.pence_per_planned) == (pence, 1, pence)


def test_no_planned_exit_has_no_cost_for_each(journey):
    stay(journey, "unplanned")
    whole = measures.outcome(measures.departures(scope(journey)), scope(journey))

    assert (whole.rate, whole.pence_per_planned) == (0, None)


def test_admissions_stand_beside_those_of_earlier_years(client, journey):
    journey.admitted()
    year_ago = another(journey, planned=date(2025, 6, 10), at=noon(date(2025, 5, 1)))
    with time_machine.travel(noon(date(2025, 6, 10)), tick=False):
        year_ago.admitted()
    sign_in(client, Role.COMMISSIONER)

    told = client.get(DASHBOARD).context["arrivals"]

    months = ["Apr", "May", "Jun", "Jul", "Aug", "Sep"]
    june = [0, 0, 1, 0, 0, 0]
    assert (told["labels"], told["series"]) == (
        months,
        [("2026/27", june), ("2025/26", june), ("2024/25", [0] * 6)],
    )


@pytest.mark.parametrize(
    ("last_day", "year_before"),
    [
        (date(2024, 2, 28), date(2023, 2, 28)),
        (date(2024, 2, 29), date(2023, 2, 28)),
        (date(2025, 2, 28), date(2024, 2, 28)),
        (date(2024, 3, 31), date(2023, 3, 31)),
    ],
)
def test_the_same_days_a_year_before_end_with_the_same_day(last_day, year_before):
    day = timedelta(days=1)
    asked = measures.Scope(Placement.objects.none(), date(2023, 4, 1), last_day + day)

    assert asked.earlier(1) == (date(2022, 4, 1), year_before + day)


def test_the_table_beside_a_chart_holds_its_figures(client, journey):
    town(journey)
    sign_in(client, Role.COMMISSIONER)
    told = client.get(DASHBOARD).context["arrivals"]

    for place, (_, values) in enumerate(told["series"], start=1):
        assert [int(row[place]["text"]) for row in told["rows"]] == values
        assert int(told["foot"][place]["text"]) == sum(values)


def test_money_is_that_of_year_ledger_and_forecast(client, journey):
    town(journey)
    budget = BudgetYear.objects.get(year=2026)
    sign_in(client, Role.FINANCE)

    page = client.get(DASHBOARD)

    outlook = services.outlook(budget, TODAY)
    money = page.context["money"]["money"]
    assert (money.ceiling, money.committed) == (budget.ceiling_pence, budget.committed_pence)
    assert money.committed == outlook.committed.pence
    year = Scope.of_year(budget.year, TODAY)
    assert money.accrued == spend.report(budget.agreement, year).accrued_pence
    assert money.series == outlook.series
    assert sum(values[0] for _, values in money.gauge) == money.committed
    figures = {tile["label"]: tile["figure"] for tile in page.context["money"]["tiles"]}
    assert figures["Headroom"] == gbp(budget.headroom_pence)
    for pence in (money.accrued, money.committed - money.accrued, budget.ceiling_pence):
        assert gbp(pence) in page.text


def test_a_year_without_a_ceiling_says_so(client, journey):
    BudgetYear.objects.all().delete()
    sign_in(client, Role.FINANCE)

    assert "No ceiling is recorded for this year." in client.get(DASHBOARD).text


def test_time_is_counted_against_the_original_day(journey):
    one = another(journey)
    placement = one.approved()
    services.record_admission(
        placement=placement,
        admission=one.planned + timedelta(days=3),
        by=journey.people["assessor"],
        at=noon(one.planned + timedelta(days=3)),
    )
    another(journey).admitted()

    found = {row.name: row for row in dashboard.timed(scope(journey), TODAY)}

    late = found["arrivals_on_time"]
    assert (late.count, late.late, late.days_late, late.percent) == (2, 1, 3, 50)
    assert (found["replies"].count, found["replies"].late) == (2, 0)


def test_a_report_that_has_not_come_is_late_once_it_was_due(journey):
    stay(journey, left=date(2026, 9, 1))
    due = rules.report_due(date(2026, 9, 1), journey.agreement.report_days)
    reports = {
        day: measures.discharge_reports(scope(journey), day) for day in (due, due + timedelta(1))
    }

    assert [len(rows) for rows in reports.values()] == [0, 1]
    assert reports[due + timedelta(1)][0].days_late == 1


# ── The funnel ───────────────────────────────────────────────────────────────────────────────────


def test_limits_close_in_as_cases_grow_and_stay_within_a_hundred():
    from fractions import Fraction

    rate = Fraction(3, 4)

    assert rules.control_limits(rate, 1) == (0, 100)
    assert rules.control_limits(rate, 48) == (63, 87)
    assert rules.control_limits(rate, 48, z=rules.Z_FAR) == (56, 94)


@pytest.mark.parametrize(
    ("rate", "words"),
    [
        (10, "Below the outer limit"),
        (35, "Below the inner limit"),
        (40, "Within the limits"),
        (80, "Within the limits"),
        (85, "Above the inner limit"),
        (95, "Above the outer limit"),
    ],
)
def test_a_rate_is_told_against_the_limits(rate, words):
    assert dashboard.against(rate, (40, 80), (30, 90)) == words


def test_the_funnel_draws_each_provider_as_its_table_tells_it(journey):
    town(journey)
    ended = measures.departures(scope(journey))

    chart = dashboard.funnel(ended, scope(journey))

    assert chart.rows == [
        ["1", "Harbour House", "3", "33%", "Within the limits"],
        ["2", "Quayside", "1", "100%", "Within the limits"],
    ]
    assert [dot["text"] for dot in chart.shapes["dots"]] == ["1", "2"]
    names = [item["name"] for item in chart.legend]
    assert names == [
        *("Mean, 50%", "The council’s aim, 78%", "95% limits", "99.8% limits"),
        "National range, 20% to 60%",
    ]


def test_there_is_no_funnel_without_an_exit(journey):
    assert dashboard.funnel([], scope(journey)) is None


# ── Who sees what ────────────────────────────────────────────────────────────────────────────────


def test_a_provider_sees_its_own_and_no_small_count(client, journey):
    _, other = town(journey)
    client.force_login(owner_of(other))

    page = client.get(DASHBOARD)

    assert page.context["own"].exits == {"Planned": "*", "Unplanned": "0", "Not counted": "0"}
    assert (page.context["own"].admissions, page.context["own"].rate) == ("*", "*")
    assert "Harbour House" not in page.text
    assert "outcomes" not in page.context
    assert client.get(reverse("reports:figure_rows", args=["exits"])).status_code == 403


def test_a_provider_sees_counts_that_are_large_enough(client, journey):
    for _ in range(5):
        stay(journey)
    client.force_login(owner_of(journey.provider))

    own = client.get(DASHBOARD).context["own"]

    assert (own.admissions, own.exits["Planned"], own.rate) == ("5", "5", "100%")


def test_a_small_count_cannot_be_worked_out_from_the_others(client, journey):
    for _ in range(6):
        stay(journey)
    stay(journey, "unplanned")
    client.force_login(owner_of(journey.provider))

    own = client.get(DASHBOARD).context["own"]

    assert own.exits == {"Planned": "*", "Unplanned": "*", "Not counted": "0"}
    assert own.rate == "*"


def test_another_provider_cannot_be_asked_for(client, journey):
    _, other = town(journey)
    client.force_login(owner_of(other))

    page = client.get(DASHBOARD, {"provider": journey.provider.reference})

    assert page.context["own"].exits["Planned"] == "*"
    assert page.context["provider"] is None


def test_an_assessor_counts_the_own_caseload_alone(client, journey):
    stay(journey)
    person = sign_in(client, Role.ASSESSOR)
    assert client.get(DASHBOARD).context["outcomes"]["whole"].counted == 0
    client.force_login(journey.people["assessor"])

    page = client.get(DASHBOARD)

    assert page.context["outcomes"]["whole"].counted == 1
    assert page.context["money"] is None
    assert person.pk != journey.people["assessor"].pk


@pytest.mark.parametrize("role", [Role.EVALUATOR, Role.MODERATOR, Role.SYSTEM_ADMIN])
def test_others_have_no_dashboard(client, role):
    sign_in(client, role)

    assert client.get(DASHBOARD).status_code == 403


def test_no_dashboard_names_a_client(client, journey):
    town(journey)
    sign_in(client, Role.ASSESSMENT_MANAGER)
    page = client.get(DASHBOARD)
    texts = [
        page.text,
        *(client.get(url).text for _, url in cells_with_links(page.context)[-20:-2]),
    ]

    assert not any("Alex Example" in text for text in texts)


# ── Rows ─────────────────────────────────────────────────────────────────────────────────────────

FIGURES = [
    "admissions",
    "exits",
    "planned_exits",
    "replies",
    "arrivals_on_time",
    "discharge_reports",
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
    assert {row["Provider"] for row in rows} == {"Harbour House"}


def test_the_dashboard_costs_the_same_however_many(client, journey):
    sign_in(client, Role.ASSESSMENT_MANAGER)
    costs = []
    for more in (1, 2):
        for _ in range(more):
            stay(journey)
        client.get(DASHBOARD)
        with CaptureQueriesContext(connection) as asked:
            client.get(DASHBOARD)
        costs.append(len(asked))

    assert costs[0] == costs[1]


def test_no_figure_of_that_name_is_not_found(client, journey):
    sign_in(client, Role.COMMISSIONER)

    assert client.get(reverse("reports:figure_rows", args=["nothing"])).status_code == 404


def test_the_way_back_keeps_the_filters(client, journey):
    town(journey)
    sign_in(client, Role.COMMISSIONER)
    query = days(date(2026, 8, 1), date(2026, 8, 31))
    url = client.get(DASHBOARD, query).context["outcomes"]["foot"][1]["url"]

    back = re.search(r'href="([^"]*)" class="govuk-back-link"', client.get(url).text)[1]

    kept = dict(parse_qsl(urlsplit(back.replace("&amp;", "&")).query))
    assert {name: int(kept[name]) for name in query} == query


@pytest.mark.parametrize("rubbish", ["\0", "%", "x" * 9999, "-1", "🐢"])
def test_rubbish_in_the_address_is_an_answer(client, journey, rubbish):
    sign_in(client, Role.COMMISSIONER)
    query = dict.fromkeys(["first_day_day", "lot", "provider", "page"], rubbish)

    assert client.get(DASHBOARD, query).status_code == 200
    assert client.get(reverse("reports:figure_rows", args=["exits"]), query).status_code == 200


def test_points_at_one_place_share_it():
    funnel = charts.Funnel(
        mean=50,
        aim=("Aim", 78),
        band=("Range", 20, 60),
        near=("Near", lambda count: (0, 100)),
        far=("Far", lambda count: (0, 100)),
    )
    dots = [charts.Dot(name, 1, 100, "") for name in "AB"] + [charts.Dot("C", 9, 50, "")]

    chart = charts.draw_funnel(title="T", description="D", dots=dots, funnel=funnel)

    assert [(dot["text"], dot["anchor"]) for dot in chart.shapes["dots"]] == [
        ("1, 2", "start"),
        ("3", "end"),
    ]
