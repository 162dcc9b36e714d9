"""What everyone may read without an account (R2.9), and whether the portal is well."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dps_portal.jobs.services import ask
from dps_portal.notifications.services import store
from tests.factories.accounts import UserFactory
from tests.factories.agreements import AgreementFactory, LotFactory
from tests.factories.tenders import Competition, provider_on

pytestmark = pytest.mark.django_db

HOME = reverse("publication:opportunity")
READY = reverse("publication:ready")


@pytest.fixture
def lot():
    return LotFactory(specification="Structured programmes for adults.")


def lot_page(client, lot):
    return client.get(reverse("publication:lot", args=[lot.agreement.reference, lot.number]))


def windows(agreement, *days):
    now = timezone.now()
    for opens, closes in days:
        agreement.rounds.create(
            opens_at=now + timedelta(days=opens), closes_at=now + timedelta(days=closes)
        )


def with_rounds(*days):
    agreement = AgreementFactory(regime_key="PCR_2015_LIGHT_TOUCH")
    windows(agreement, *days)
    return agreement


# ── The opportunity ──────────────────────────────────────────────────────────────────────────
def test_opportunity_tells_lots_ceilings_term_and_value(client, lot):
    page = client.get(HOME).text

    assert str(lot) in page
    assert "£1,100.00" in page
    assert "1 April 2022 to 31 March 2030" in page
    assert "£1,350,000.00" in page


def test_agreement_that_is_not_published_is_not_found(client):
    AgreementFactory(published=False)

    assert client.get(HOME).status_code == 404


def test_system_without_rounds_is_open_for_its_whole_term(client, lot):
    assert "Applications are open for the whole term." in client.get(HOME).text


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ([(-1, 1)], "Applications are open."),
        ([(-9, -1), (5, 9)], "The next round opens at"),
        ([(-9, -1)], "No round is open at present."),
        ([], "No round is open at present."),
    ],
)
def test_rounds_say_whether_applications_are_taken(client, days, words):
    with_rounds(*days)

    assert words in client.get(HOME).text


def test_option_is_shown_as_exercised_or_not(client, lot):
    agreement = lot.agreement
    agreement.options.create(
        number=1, start=agreement.end, end="2031-04-01", exercise_by="2030-03-31"
    )

    assert "not exercised" in client.get(HOME).text


def test_awards_and_tenders_are_listed(client):
    competition = Competition()
    competition.awarded()
    page = client.get(HOME).text

    assert reverse("publication:tender", args=[competition.tender.reference]) in page
    assert "Rehabilitation places: Provider 1" in page


def test_opportunity_asks_as_few_questions_for_three_lots_as_for_one(client, lot):
    def questions():
        with CaptureQueriesContext(connection) as asked:
            client.get(HOME)
        return len(asked)

    one = questions()
    LotFactory(agreement=lot.agreement)
    LotFactory(agreement=lot.agreement)

    assert questions() == one


# ── Lots ─────────────────────────────────────────────────────────────────────────────────────
def test_lot_shows_its_specification_and_the_providers_admitted_today(client, lot):
    provider_on(lot, name="Harbour House")
    gone = provider_on(lot, name="Former House").admissions.get()
    gone.ended_on, gone.end_reason = timezone.localdate(), "Closed"
    gone.save()
    page = lot_page(client, lot).text

    assert "Structured programmes for adults." in page
    assert "Harbour House" in page
    assert "Former House" not in page


def test_lot_of_another_agreement_is_not_found(client, lot):
    lot.agreement.published = False
    lot.agreement.save()

    assert lot_page(client, lot).status_code == 404


# ── Tenders ──────────────────────────────────────────────────────────────────────────────────
def notice(client, tender):
    return client.get(reverse("publication:tender", args=[tender.reference]))


def test_draft_tender_has_no_notice(client):
    assert notice(client, Competition().drafted()).status_code == 404


def test_notice_shows_the_frozen_model_and_no_bidder(client):
    competition = Competition(closes_in=timedelta(days=2))
    tender = competition.published()
    competition.bid_all(90_000, 95_000)
    page = notice(client, tender).text

    assert tender.model_hash in page
    assert "Safety" in page
    assert "Open until" in page
    assert "Provider 1" not in page


def test_notice_shows_the_award(client):
    competition = Competition()
    competition.awarded()

    assert "Awarded to Provider 1" in notice(client, competition.tender).text


# ── Health ───────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("name", ["accessibility", "privacy", "alive"])
def test_page_is_open_to_everyone(client, name):
    assert client.get(reverse(f"publication:{name}")).status_code == 200


def test_portal_with_nothing_late_is_ready(client):
    response = client.get(READY)

    assert (response.status_code, response.json()) == (
        200,
        {"status": "ok", "late": {"notifications": False, "jobs": False}},
    )


def test_message_that_waits_three_minutes_is_late(client):
    store("a@example.org", "A", "B", at=timezone.now() - timedelta(minutes=4))
    response = client.get(READY)

    assert (response.status_code, response.json()["late"]) == (
        503,
        {"notifications": True, "jobs": False},
    )


def test_job_that_waits_three_minutes_is_late(client):
    by = UserFactory()
    ask(task="a.b", by=by, at=timezone.now() - timedelta(minutes=4))
    ask(task="a.b", by=by, at=timezone.now())
    response = client.get(READY)

    assert (response.status_code, response.json()["late"]) == (
        503,
        {"notifications": False, "jobs": True},
    )


def test_portal_without_its_database_is_not_ready(client):
    def refuse(*args):
        raise DatabaseError

    with connection.execute_wrapper(refuse):
        response = client.get(READY)

    assert (response.status_code, response.json()) == (503, {"status": "no database"})
