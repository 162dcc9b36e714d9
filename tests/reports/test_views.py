"""The pages that read across the portal: spending, the trail, health and the work list."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from kombu.exceptions import OperationalError

from dps_portal.accounts.roles import Role
from dps_portal.agreements.models import Agreement
from dps_portal.audit.models import AuditEvent
from dps_portal.documents.services import store as store_file
from dps_portal.jobs.models import Job, JobState
from dps_portal.reports import services, tasks
from dps_portal.reports.models import ReportRun
from dps_portal.reports.scopes import Scope
from dps_portal.reports.views import files
from placements.models import BudgetYear
from providers.models import Provider
from tests.factories.accounts import UserFactory
from tests.factories.placements import AT, Journey, provider_on

pytestmark = pytest.mark.django_db

SPEND = reverse("reports:spend")
TRAIL = reverse("reports:audit_trail")


@pytest.fixture(autouse=True)
def _in_may_2026():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def journey():
    return Journey().budget(y2026=27_000_000)


def sign_in(client, *roles):
    user = UserFactory(roles=roles)
    client.force_login(user)
    return user


@pytest.fixture
def finance(client):
    return sign_in(client, Role.FINANCE)


@pytest.fixture
def auditor(client):
    return sign_in(client, Role.AUDITOR)


def asked(**facts):
    return {"year": 2026, "as_of_day": 1, "as_of_month": 7, "as_of_year": 2026} | facts


def questions(client, url):
    client.get(url)
    with CaptureQueriesContext(connection) as asked:
        client.get(url)
    return len(asked)


# ── Spending ─────────────────────────────────────────────────────────────────────────────────
def test_spending_shows_this_year_until_asked_for_another(client, finance, journey):
    journey.approved()
    BudgetYear.objects.create(agreement=journey.agreement, year=2025, ceiling_pence=1)

    assert client.get(SPEND).context["value"].scope.year == 2026
    assert client.get(SPEND, asked(year=2025)).context["value"].scope.year == 2025


def test_spending_shows_its_figures(client, finance, journey):
    journey.approved()
    page = client.get(SPEND, asked()).text

    assert "£11,105.71" in page
    assert "£258,894.29" in page  # 270,000 less what is committed


def test_wrong_date_is_shown_on_its_field(client, finance, journey):
    response = client.get(SPEND, asked(as_of_month=13))

    assert response.status_code == 200
    assert response.context["form"].errors["as_of"]


def test_portal_without_an_agreement_has_no_spending(client, finance):
    assert client.get(SPEND).status_code == 404


def test_spending_asks_as_few_questions_for_three_placements_as_for_one(client, finance, journey):
    journey.approved()
    one = questions(client, SPEND)
    for name in ("Abbey House", "Coast House"):
        Journey(
            lot=journey.lot,
            people=journey.people,
            provider=provider_on(journey.lot, name=name),
        ).approved()

    assert questions(client, SPEND) == one


def test_csv_holds_placements_and_their_total(client, finance, journey):
    placement = journey.admitted()
    Provider.objects.update(name="=HYPERLINK(1)")
    lines = client.get(reverse("reports:spend_csv"), asked()).text.splitlines()

    assert lines[1] == (
        f'"{placement.reference}","\'=HYPERLINK(1)","{journey.lot}","2026-06-10","2026-09-10",'
        '"11105.71","2535.00","0.00"'
    )
    assert lines[2] == '"Total","","","","","11105.71","2535.00","0.00"'


def test_pdf_is_asked_for_and_downloaded(client, finance, journey):
    journey.approved()
    response = client.post(reverse("reports:request_spend_pdf"), asked())
    run = ReportRun.objects.get()

    assert response.url == reverse("reports:report_run", args=[run.pk])
    assert "Check again" in client.get(response.url).text
    tasks.render_report(str(run.job_id))
    page = client.get(response.url).text
    assert reverse("reports:report_pdf", args=[run.pk]) in page
    file = client.get(reverse("reports:report_pdf", args=[run.pk]))
    assert file.getvalue().startswith(b"%PDF-")
    file.close()
    assert file["Content-Disposition"].startswith("attachment")


def test_dead_broker_leaves_the_report_to_the_sweep(client, finance, journey, monkeypatch):
    def refuse(*args):
        raise OperationalError

    monkeypatch.setattr(files.current_app, "send_task", refuse)
    response = client.post(reverse("reports:request_spend_pdf"), asked(), follow=True)

    assert "The report is queued" in response.text
    assert list(Job.objects.to_start(AT)) == [ReportRun.objects.get().job]


def test_wrong_request_makes_no_report(client, finance, journey):
    response = client.post(reverse("reports:request_spend_pdf"), {"year": "x"}, follow=True)

    assert "Choose a year and a day" in response.text
    assert not ReportRun.objects.exists()


def ask(journey, by):
    return services.request_spend_pdf(
        agreement=journey.agreement, scope=Scope.of_year(2026, date(2026, 7, 1)), by=by, at=AT
    )


def test_report_that_could_not_be_made_says_so(client, finance, journey):
    run = ask(journey, finance)
    Job.objects.update(state=JobState.FAILED, finished_at=AT)

    page = client.get(reverse("reports:report_run", args=[run.pk])).text
    assert "The PDF could not be made." in page
    assert client.get(reverse("reports:report_pdf", args=[run.pk])).status_code == 404


def test_list_of_reports_asks_as_few_questions_for_three_as_for_one(client, finance, journey):
    url = reverse("reports:report_list")
    assert "No report has been made yet." in client.get(url).text
    ask(journey, finance)
    one = questions(client, url)
    ask(journey, UserFactory())
    ask(journey, UserFactory())

    assert questions(client, url) == one


# ── The trail ────────────────────────────────────────────────────────────────────────────────
def actions(response):
    return {event.action for event in response.context["page"]}


def test_trail_is_searched_by_action_subject_and_person(client, auditor, journey):
    placement = journey.approved()
    manager = journey.people["manager"].ref

    assert actions(client.get(TRAIL, {"action": "referral.sub"})) == {"referral.submitted"}
    assert {
        event.subject_ref
        for event in client.get(TRAIL, {"subject": placement.reference}).context["page"]
    } == {placement.reference}
    assert {event.actor_ref for event in client.get(TRAIL, {"actor": manager}).context["page"]} == {
        manager
    }
    assert "No event matches." in client.get(TRAIL, {"action": "nothing"}).text


def test_trail_is_searched_by_day(client, auditor, journey):
    journey.draft()
    later = AT + timedelta(days=2)
    Journey(lot=journey.lot, people=journey.people, provider=journey.provider, at=later).draft()

    def found(**days):
        query = {
            f"{name}_{part}": getattr(day, part)
            for name, day in days.items()
            for part in ("day", "month", "year")
        }
        return {event.at for event in client.get(TRAIL, query).context["page"]}

    assert found(first_day=later.date()) == {later}
    assert found(last_day=AT.date()) == {AT}
    assert found(first_day=AT.date(), last_day=later.date()) == {AT, later}


def test_trail_as_csv_holds_what_was_searched(client, auditor, journey):
    journey.approved()
    lines = client.get(TRAIL, {"action": "referral.submitted", "download": "csv"}).text

    event = AuditEvent.objects.get(action="referral.submitted")
    assert lines.splitlines()[1].startswith(f'"{event.seq}","{event.at.isoformat()}"')
    assert len(lines.splitlines()) == 2


def test_trail_asks_as_few_questions_for_many_events_as_for_few(client, auditor, journey):
    journey.draft()
    few = questions(client, TRAIL)
    journey.draft()
    journey.draft()

    assert questions(client, TRAIL) == few


def test_whole_trail_verifies(client, auditor, journey):
    journey.approved()
    last = AuditEvent.objects.order_by("-seq").first()
    page = client.post(reverse("reports:verify_trail"), follow=True).text

    assert f"The trail of {last.seq} events" in page
    assert last.hash in page


def test_broken_ledger_is_shown(client, auditor, journey):
    journey.approved()
    BudgetYear.objects.update(committed_pence=1)
    page = client.post(reverse("reports:verify_trail"), follow=True).text

    assert f"The year {BudgetYear.objects.get()} holds 1 pence" in page


def test_health_counts_files_that_wait_too_long_for_the_scan(client, auditor, settings):
    settings.CLAMAV = "127.0.0.1:1"
    for minutes in (59, 61):
        store_file(name="a.pdf", content=b"%PDF-1.7\n", by=None, at=AT - timedelta(minutes=minutes))

    assert "1 waiting for more than an hour" in client.get(reverse("reports:health")).text


def test_health_lists_what_failed(client, auditor, journey):
    ask(journey, auditor)
    Job.objects.update(state=JobState.FAILED, finished_at=AT, error="RenderingError")

    assert "RenderingError" in client.get(reverse("reports:health")).text


# ── The work list ────────────────────────────────────────────────────────────────────────────
def test_person_without_a_role_is_shown_the_way_to_register(client):
    sign_in(client)

    assert reverse("providers:register_provider") in client.get(reverse("home")).text


def test_person_with_nothing_to_do_is_told_so(client, auditor):
    assert "Nothing waits for you." in client.get(reverse("home")).text


def test_budget_holders_see_the_money_of_the_year(client, finance, journey):
    journey.approved()

    assert "£258,894.29" in client.get(reverse("home")).text


def test_others_do_not_see_the_money(client, journey):
    sign_in(client, Role.ASSESSOR)

    assert "Money this year" not in client.get(reverse("home")).text


def test_days_left_never_fall_below_none(client, finance, journey):
    Agreement.objects.update(end=date(2026, 4, 1))

    assert client.get(reverse("home")).context["days_left"] == 0
