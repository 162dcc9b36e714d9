"""Dashboards: every figure is the count of the rows it leads to, and nobody sees too much."""

import csv
import io
import re
from datetime import date, timedelta
from fractions import Fraction

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dps_portal.accounts.roles import Role
from dps_portal.money import gbp, pounds
from dps_portal.reports import dashboard, measures, spend
from dps_portal.reports.scopes import Scope
from dps_portal.ui import charts
from placements import rules, services
from placements.models import BudgetYear, Placement
from placements.states import ExitStatus, YearState
from tests.factories.placements import Journey, noon, provider_on

from .town import (
    DASHBOARD,
    TODAY,
    another,
    days,
    figures_of,
    links_of,
    sign_in,
    stay,
    town,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(noon(TODAY), tick=False):
        yield


@pytest.fixture
def journey():
    return Journey().budget(y2025=27_000_000, y2026=27_000_000, y2027=27_000_000)


ROLES = [Role.COMMISSIONER, Role.ASSESSMENT_MANAGER, Role.FINANCE, Role.AUDITOR]


@pytest.mark.parametrize("role", ROLES)
def test_every_figure_has_a_link_to_its_rows(client, journey, role):
    town(journey)
    sign_in(client, role)

    found = figures_of(client.get(DASHBOARD))

    assert len(found) > 100
    assert [text for text, url in found if url is None and text != "0"] == []


@pytest.mark.parametrize("role", [Role.ASSESSMENT_MANAGER, Role.AUDITOR])
def test_every_figure_is_told_by_the_rows_it_leads_to(client, journey, role):
    """A count is that of the rows; what else is made of them stands above them."""
    town(journey)
    sign_in(client, role)

    for figure, url in set(links_of(client.get(DASHBOARD))):
        page = client.get(url)
        assert page.status_code == 200, url
        if found := page.context.get("found"):
            told = {str(len(found.table.rows)), *(text for _, text in found.told)}
            assert figure in told, url
        elif figure.isdigit():
            assert page.context["page"].paginator.count == int(figure), url
        else:
            assert figure in page.text, url


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
    for figure, url in set(links_of(page)):
        if (found := client.get(url).context.get("found")) and figure.isdigit():
            assert figure in {str(len(found.table.rows)), *(text for _, text in found.told)}, url


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

    lines = told["table"].lines
    for place, (_, values) in enumerate(told["series"], start=1):
        assert [int(line[place]) for line in lines] == [*values, sum(values)]


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
    assert money.series == [("Spent so far", money.spent), *outlook.series]
    assert money.spent[-1] == money.accrued
    assert sum(values[0] for _, values in money.gauge) == money.committed
    figures = {tile["label"]: tile["figure"] for tile in page.context["money"]["tiles"]}
    assert figures["Headroom"] == gbp(budget.headroom_pence)
    for pence in (money.accrued, money.committed - money.accrued, budget.ceiling_pence):
        assert gbp(pence) in page.text


def test_a_running_year_has_a_mark_of_today_where_what_is_spent_ends(journey):
    town(journey)
    found = dashboard.money(BudgetYear.objects.get(year=2026), TODAY)

    assert found.today == charts.Mark("Today", Fraction(9, 2), "Spent so far")
    assert len(found.spent) == 6
    assert [name for name, _ in found.lines] == ["Committed", "Likely", "Prudent"]


@pytest.mark.parametrize(
    ("today", "begun"),
    [
        (date(2026, 3, 31), 0),
        (date(2026, 4, 1), 1),
        (date(2027, 3, 31), 12),
        (date(2027, 4, 1), 12),
    ],
)
def test_what_is_spent_has_a_figure_for_each_month_that_has_begun(journey, today, begun):
    town(journey)
    found = dashboard.money(BudgetYear.objects.get(year=2026), today)

    names = [name for name, _ in found.series]
    assert len(found.spent) == begun
    assert names == ["Spent so far"] * bool(begun) + ["Committed", "Likely", "Prudent", "Ceiling"]
    assert (found.today is not None) == (date(2026, 4, 1) <= today < date(2027, 4, 1))
    assert sum(found.spent[-1:]) == found.accrued


def test_a_closed_year_draws_no_forecast(client, journey):
    town(journey)
    at = noon(date(2027, 4, 20))
    BudgetYear.objects.filter(year=2026).update(
        state=YearState.CLOSED,
        closing_proposed_by=journey.people["commissioner"],
        closing_proposed_at=at,
        closed_by=journey.people["finance"],
        closed_at=at,
    )
    with time_machine.travel(noon(date(2027, 5, 1)), tick=False):
        sign_in(client, Role.FINANCE)
        page = client.get(DASHBOARD, days(date(2026, 4, 1), date(2027, 3, 31)))

    money = page.context["money"]["money"]
    assert [name for name, _ in money.series] == ["Spent so far", "Ceiling"]
    assert money.today is None
    assert money.spent[-1] == money.accrued == money.committed
    assert "Likely" not in page.context["money"]["tables"][1].head


def test_the_table_beside_the_burn_up_holds_its_figures(client, journey):
    town(journey)
    sign_in(client, Role.FINANCE)

    told = client.get(DASHBOARD).context["money"]

    series = told["money"].series
    assert told["tables"][1].lines == [
        [month, *(pounds(values[at]) if at < len(values) else "–" for _, values in series)]
        for at, month in enumerate(told["money"].months)
    ]


def test_each_table_has_a_file_of_the_same_filters(client, journey):
    lot, _ = town(journey)
    sign_in(client, Role.ASSESSMENT_MANAGER)
    page = client.get(DASHBOARD, {"lot": lot.pk})
    names = re.findall(r"\?lot=\d+&amp;table=(\w+)", page.text)

    files = {
        name: list(
            csv.reader(io.StringIO(client.get(DASHBOARD, {"lot": lot.pk, "table": name}).text))
        )
        for name in names
    }

    assert len(names) == page.text.count("<table ")
    assert files["outcomes_by_lot"][1:] == page.context["outcomes"]["outcomes_by_lot"].lines
    assert files["months"][0] == [
        *("Month", "Spent so far", "Committed", "Likely", "Prudent", "Ceiling")
    ]
    assert client.get(DASHBOARD, {"table": "nothing"}).status_code == 404


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

    def found(name):
        _, read = measures.TIMED[name]
        return measures.timeliness(name, read(scope(journey), TODAY))

    late, replies = found("arrivals_on_time"), found("replies")
    assert (late.count, late.late, late.days_late, late.percent) == (2, 1, 3, 50)
    assert (replies.count, replies.late) == (2, 0)


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
        *(client.get(url).text for _, url in set(links_of(page)) if "/dashboard/" in url),
    ]

    assert not any("Alex Example" in text for text in texts)


# ── The page ────────────────────────────────────────────────────────────────────────────────────


def test_the_dashboard_costs_the_same_however_many(client, journey):
    sign_in(client, Role.ASSESSMENT_MANAGER)
    costs = []
    for more in (1, 2):
        for _ in range(more):
            stay(journey)
            another(journey, planned=date(2026, 6, 20)).admitted()
            another(journey).approved()
            another(journey).submitted()
            another(journey).requested()
        client.get(DASHBOARD)
        with CaptureQueriesContext(connection) as asked:
            client.get(DASHBOARD)
        costs.append(len(asked))

    assert costs[0] == costs[1]


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
