"""The forecast of a year: from the rows, on its pages, kept, and the alarm it raises."""

import csv
import io
from datetime import date, timedelta

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dps_portal.accounts.roles import Role
from dps_portal.audit.models import AuditEvent
from dps_portal.notifications.models import Notification
from dps_portal.refusals import Refused
from placements import rules, services, tasks
from placements.models import BudgetYear, CeilingAlert, ForecastAssumptions, ForecastRun
from placements.services.year_facts import read_year
from placements.states import RequestKind, RequestState
from tests.factories.accounts import UserFactory
from tests.factories.placements import AT, Journey, noon

pytestmark = pytest.mark.django_db

AS_OF = date(2026, 7, 1)
COST = 1_110_571  # 92 nights at £845 a week, 10 June to 10 September
ACCRUED = 253_500  # 21 nights


@pytest.fixture
def journey():
    return Journey().budget(y2026=27_000_000)


def year_of(journey, year=2026) -> BudgetYear:
    rows = BudgetYear.objects.select_related("agreement")
    return rows.get(agreement=journey.agreement, year=year)


def outlook(journey, as_of=AS_OF):
    return services.outlook(year_of(journey), as_of)


def another(journey, planned=date(2026, 6, 10)):
    """One more journey under the same agreement, provider and people."""
    return Journey(
        lot=journey.lot, provider=journey.provider, people=journey.people, planned=planned
    )


def set_figures(journey, reason="Agreed.", at=AT, **figures):
    now = {one.name: one.value for one in services.assumed_of(versions(journey))}
    return services.set_assumptions(
        agreement=journey.agreement,
        figures=now | figures,
        reason=reason,
        by=journey.people["commissioner"],
        at=at,
    )


def versions(journey):
    return services.assumptions_of(journey.agreement)


def likely(told):
    return {part.name: part.likely_pence for part in told.parts if part.full_pence}


# ── From the rows ────────────────────────────────────────────────────────────────────────────
def test_each_night_goes_into_its_part(journey):
    journey.admitted()
    coming = another(journey, date(2026, 7, 10))
    coming.approved()  # 92 nights again, £11,105.71
    another(journey, date(2026, 8, 10)).requested()

    told = outlook(journey)

    assert [(part.name, part.full_pence, part.likely_pence) for part in told.parts] == [
        ("Corrections of closed years", 0, 0),
        ("Nights stayed so far", ACCRUED, ACCRUED),
        ("Nights to come of people in place", COST - ACCRUED, 734_510),  # × 0.857
        ("Approved, not admitted yet", COST, 951_759),
        ("Requests not decided yet", COST, 951_759),
        ("Extensions not asked for yet", 676_000, 0),
        ("People not known yet", 0, 0),
    ]
    assert told.committed.pence == 2 * COST == year_of(journey).committed_pence
    assert told.likely.pence == ACCRUED + 734_510 + 2 * 951_759
    assert told.lines[2].pence == 3 * COST + 676_000


def test_assumptions_weigh_what_is_not_promised(journey):
    journey.approved()
    another(journey, date(2026, 8, 10)).requested()
    set_figures(journey, show=90, submitted=50, extension=25)

    assert likely(outlook(journey)) == {
        "Approved, not admitted yet": 856_583,  # × 0.857 × 0.9
        "Requests not decided yet": 428_292,  # × 0.5 as well
        "Extensions not asked for yet": 65_175,  # £3,380 × 0.25 × 0.857 × 0.9
    }


def test_admissions_of_a_whole_year_are_those_of_the_nights_left(journey):
    set_figures(journey, admissions=365, mean_stay=10, mean_weekly=70_000)

    # One person a night for 274 nights, £100 a night: 10 × 274 − 50 nights of beds.
    assert likely(outlook(journey)) == {"People not known yet": 26_900_000}


def test_observed_use_takes_over_once_enough_people_have_left(journey):
    journey.leave(journey.admitted(), date(2026, 6, 20))
    told = outlook(journey)
    assert (told.used_per_mille, told.discharges) == (857, 0)

    facts, _ = read_year(year_of(journey), AS_OF, rules.SEEDS)
    assert facts.experience == rules.Experience(discharges=1, actual_nights=10, funded_nights=92)


def test_extension_asked_for_is_not_expected_twice(journey):
    placement = journey.admitted()
    journey.extension(placement, date(2026, 10, 8))

    assert likely(outlook(journey)) == {
        "Nights stayed so far": ACCRUED,
        "Nights to come of people in place": 734_510,
        "Requests not decided yet": 289_666,  # £3,380 × 0.857
    }


def test_charge_without_a_stay_is_certain(journey):
    placement = journey.approved()
    placement.terms.all().delete()
    placement.one_offs.create(on=date(2026, 6, 1), pence=5_000, label="Fee of the provider")

    assert likely(outlook(journey)) == {"Nights stayed so far": 5_000}


def test_day_of_the_ceiling_is_the_first_night_that_reaches_it(journey):
    BudgetYear.objects.update(ceiling_pence=COST)
    journey.approved()

    told = outlook(journey)
    assert (told.committed.reached_on, told.committed.headroom_pence) == (date(2026, 9, 9), 0)
    assert (told.likely.reached_on, told.likely.headroom_pence) == (None, COST - 951_759)


@pytest.mark.parametrize("number", [1, 3])
def test_a_year_is_read_in_eight_queries_whatever_it_holds(journey, number):
    for _ in range(number):
        placement = another(journey).admitted()
        journey.extension(placement, date(2026, 10, 8))
    set_figures(journey, show=90)
    year = year_of(journey)

    with CaptureQueriesContext(connection) as asked:
        services.outlook(year, AS_OF)

    assert len(asked) == 8


# ── Assumptions by version ───────────────────────────────────────────────────────────────────
def test_figure_names_the_version_that_last_changed_it(journey):
    set_figures(journey, "Finance report 7.", show=90)
    set_figures(journey, "Review of May.", extension=20)

    name = journey.people["commissioner"].name
    assert {
        one.name: (one.value, one.source) for one in services.assumed_of(versions(journey))
    } == {
        **{one.name: (one.seed, one.source) for one in rules.FIGURES},
        "show": (90, f"Version 1, {name}, 1 May 2026: Finance report 7."),
        "extension": (20, f"Version 2, {name}, 1 May 2026: Review of May."),
    }
    assert AuditEvent.objects.order_by("seq").last().facts == {"version": 2, "extension": 20}


def test_version_that_changes_nothing_is_refused(journey):
    with pytest.raises(Refused) as refusal:
        set_figures(journey)

    assert refusal.value.reasons == ("None of the figures is changed.",)


@pytest.mark.parametrize("model", [ForecastAssumptions, ForecastRun])
def test_versions_and_runs_are_never_changed(journey, model):
    set_figures(journey, show=90)
    services.keep_forecast(year=year_of(journey), by=journey.people["commissioner"], at=AT)

    for act in (lambda rows: rows.update(id=99), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            act(model.objects.all())


def test_kept_forecast_stays_as_it_was(journey):
    journey.admitted()
    run = services.keep_forecast(
        year=year_of(journey), by=journey.people["commissioner"], at=noon(AS_OF)
    )
    then = outlook(journey)
    set_figures(journey, show=10)
    another(journey).approved()

    assert services.outlook_of(ForecastRun.objects.get(pk=run.pk)) == then
    assert outlook(journey) != then


# ── The alarm ────────────────────────────────────────────────────────────────────────────────
def sweep(day):
    with time_machine.travel(noon(day), tick=False):
        return tasks.watch_forecasts()


def alarms():
    keys = Notification.objects.filter(key__startswith="forecast:").values_list("key", flat=True)
    return sorted({tuple(int(part) for part in key.split(":")[3:5]) for key in keys})


def test_forecast_is_kept_once_a_day_for_years_that_are_not_over(journey):
    journey.budget(y2025=1, y2027=1)
    people = journey.people
    BudgetYear.objects.filter(year=2027).update(
        state="closed",
        closing_proposed_by=people["commissioner"],
        closed_by=people["finance"],
        closed_at=AT,
    )

    assert [sweep(AS_OF), sweep(AS_OF), sweep(AS_OF + timedelta(days=8))] == [1, 0, 1]
    assert list(ForecastRun.objects.values_list("budget_year__year", "as_of").order_by("pk")) == [
        (2026, AS_OF),
        (2026, AS_OF + timedelta(days=8)),
    ]


def test_alarm_is_raised_once_each_time_the_likely_line_comes_to_the_ceiling(journey):
    journey.approved()
    set_figures(journey, extension=100)

    def with_ceiling(pence, days):
        BudgetYear.objects.update(ceiling_pence=pence)
        sweep(AS_OF + timedelta(days=days))

    promised = outlook(journey).likely.pence
    with_ceiling(promised + 1, 0)
    assert alarms() == []
    with_ceiling(promised, 1)
    with_ceiling(promised, 2)
    assert alarms() == [(100, 1)]
    with_ceiling(promised * 100 // 96, 3)  # 96 %: not armed again
    with_ceiling(promised, 4)
    assert alarms() == [(100, 1)]
    with_ceiling(promised * 100 // 94, 5)
    with_ceiling(promised, 6)
    assert alarms() == [(100, 1), (100, 2)]

    watchers = {journey.people[role] for role in ("manager", "commissioner", "finance")}
    told = Notification.objects.filter(key__startswith="forecast:")
    assert sorted(one.to_id for one in told) == sorted(2 * [one.pk for one in watchers])
    assert {one.subject for one in told} == {"The likely forecast for 2026/27 reaches the ceiling"}
    assert set(CeilingAlert.objects.values_list("line", flat=True)) == {"likely"}


# ── Pages ────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def _in_july_2026():
    with time_machine.travel(noon(AS_OF), tick=False):
        yield


def on(name, journey, *more, **query):
    args = [journey.agreement.reference, 2026, *more]
    return reverse(f"placements:{name}", args=args, query=query or None)


@pytest.mark.usefixtures("_in_july_2026")
@pytest.mark.parametrize("number", [0, 1, 3])
def test_page_of_the_forecast_costs_the_same_with_one_and_three_placements(
    client, journey, number, django_assert_num_queries
):
    for _ in range(number):
        another(journey).admitted()
        services.keep_forecast(
            year=year_of(journey), by=journey.people["commissioner"], at=noon(AS_OF)
        )
    client.force_login(journey.people["finance"])
    client.get(on("forecast", journey))

    with django_assert_num_queries(14 if number else 8):
        page = client.get(on("forecast", journey)).content.decode()

    assert ("None yet. One is kept every day." in page) is (number == 0)
    assert "Change what is assumed" not in page


@pytest.mark.usefixtures("_in_july_2026")
def test_commissioner_changes_a_figure_and_keeps_a_forecast(client, journey):
    journey.admitted()
    client.force_login(journey.people["commissioner"])
    page = client.get(on("set_assumptions", journey))
    typed = {**page.context["form"].initial, "mean_weekly": "845.00", "show": "90"}

    answer = client.post(on("set_assumptions", journey), {**typed, "reason": "Report 7."})
    assert answer["Location"] == on("forecast", journey)
    kept = client.post(on("keep_forecast", journey))
    run = ForecastRun.objects.get()
    assert kept["Location"] == run.get_absolute_url()

    shown = client.get(run.get_absolute_url()).content.decode()
    assert "Report 7." in shown
    assert (run.made_by, versions(journey)[0].figures["mean_weekly"]) == (
        journey.people["commissioner"],
        84_500,
    )


@pytest.mark.usefixtures("_in_july_2026")
def test_file_holds_every_figure_of_the_page(client, journey):
    journey.admitted()
    client.force_login(UserFactory(roles=[Role.AUDITOR]))

    text = client.get(on("forecast", journey, download="csv")).content.decode()

    rows = list(csv.reader(io.StringIO(text)))
    assert rows[1] == ["Line", "Committed", "11105.71", "", ""]
    assert len(rows) == 1 + 3 + 1 + 7 + 36 + len(rules.FIGURES)


@pytest.mark.usefixtures("_in_july_2026")
def test_request_shows_what_it_would_do_to_the_year(client, journey):
    BudgetYear.objects.update(ceiling_pence=COST)
    request = journey.requested()
    client.force_login(journey.people["manager"])

    (effect,) = client.get(request.get_absolute_url()).context["effects"]

    assert (effect.before.committed.pence, effect.after.committed.pence) == (0, COST)
    assert effect.after.committed.reached_on == date(2026, 9, 9)
    client.force_login(journey.people["assessor"])
    assert client.get(request.get_absolute_url()).context["effects"] == []


def test_one_off_request_adds_its_charge(journey):
    placement = journey.admitted()
    request = journey.ask(
        placement,
        RequestKind.ONE_OFF,
        start=date(2026, 7, 1),
        one_off_pence=12_345,
        label="Travel",
    )
    (effect,) = services.effects_of(request, [year_of(journey)], AS_OF)

    added = effect.after.committed.pence - effect.before.committed.pence
    assert (request.state, added) == (RequestState.SUBMITTED, 12_345)
