"""What everyone may read without an account (R2.9), and whether the portal is well."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dps_portal.accounts.roles import Role
from dps_portal.jobs.services import ask
from dps_portal.notifications.services import store
from dps_portal.ui.templatetags.portal import day
from tests.factories.accounts import UserFactory
from tests.factories.agreements import AgreementFactory, LotFactory
from tests.factories.publication import answered, published
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


def test_r2_2_strict_page_has_no_window_and_no_closing_date(client, lot):
    windows(lot.agreement, (-1, 1))
    page = client.get(HOME)

    assert page.context["rounds"] == []
    assert "closes at" not in page.text


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


def test_r2_9_page_says_that_it_is_a_dps_its_nature_quantity_working_and_technical_needs(client):
    agreement = AgreementFactory(expected_volume="About 64 admissions a year")
    lot = LotFactory(agreement=agreement, specification="Twelve weeks.", number=2)
    page = client.get(HOME).text

    wanted = [
        "This is a Dynamic Purchasing System (DPS)",
        agreement.description,
        "About 64 admissions a year",
        "£1,350,000.00 over the whole life",
        "Every provider that is admitted to a lot is invited to every tender for it",
        "A web browser and an e-mail address.",
        str(lot),
        "Twelve weeks.",
        "CQC registration for the activity",
    ]
    assert [words for words in wanted if words not in page] == []


def test_r2_2_page_lists_the_windows(client):
    agreement = AgreementFactory(regime_key="PCR_2015_LIGHT_TOUCH")
    for opens, closes, notice in [
        (datetime(2023, 8, 31, 15, 55, tzinfo=UTC), datetime(2023, 9, 15, 11, tzinfo=UTC), "N1"),
        (datetime(2025, 3, 4, 18, 13, tzinfo=UTC), datetime(2025, 3, 19, 12, tzinfo=UTC), "N2"),
    ]:
        agreement.rounds.create(opens_at=opens, closes_at=closes, notice_reference=notice)

    assert client.get(HOME).context["rounds"] == [
        [
            "4:55pm on Thursday 31 August 2023 BST",
            "12:00pm on Friday 15 September 2023 BST",
            "N1",
        ],
        [
            "6:13pm on Tuesday 4 March 2025 GMT",
            "12:00pm on Wednesday 19 March 2025 GMT",
            "N2",
        ],
    ]


def test_r1_3_figures_on_the_page_are_those_of_the_rule_profile(client):
    AgreementFactory(
        regime_key="PCR_2015_LIGHT_TOUCH",
        decide_days=12,
        extended_days=18,
        refresh_days=7,
        minimum_tender_days=5,
        lapsed_evidence="not_invited",
    )
    page = client.get(HOME)
    profile = {row["key"]: row["value"] for row in page.context["profile"]}

    assert profile["When requests to join are taken"] == "In published rounds"
    assert profile["Decision on a request"] == (
        "Within 12 working days, or 18 working days with a recorded reason"
    )
    assert profile["Renewed declaration"] == "Within 7 working days of being asked"
    assert profile["Time to bid for a tender"] == "At least 5 days"
    assert profile["Evidence that has lapsed"] == ("Not invited and not matched until it is mended")
    assert "The council decides within 12 working days, or 18 working days" in page.text


def test_agreement_that_has_ended_takes_no_requests(client):
    AgreementFactory(start=date(2020, 4, 1), end=date(2024, 4, 1))
    page = client.get(HOME).text

    assert "No more requests to join are taken." in page
    assert "Register to apply" not in page


def test_several_agreements_are_listed_and_each_has_its_lasting_link(client):
    agreements = [AgreementFactory(title=f"Agreement {number}") for number in (1, 2)]
    AgreementFactory(title="Hidden", published=False)
    page = client.get(HOME).text
    paths = [reverse("publication:agreement", args=[one.reference]) for one in agreements]

    assert [path in page for path in paths] == [True, True]
    assert "Hidden" not in page
    assert [client.get(path).context["agreement"] for path in paths] == agreements


def test_page_lists_published_notices_documents_and_answers(client, lot):
    agreement = lot.agreement
    agreement.notice_tasks.create(
        what="Contract notice", due_on="2021-12-03", reference="2021/S 1", published_on="2021-12-03"
    )
    agreement.notice_tasks.create(what="Award notice", due_on="2027-01-30")
    published(agreement, title="Price schedule")
    answered(agreement, text="May a charity apply?", answer="It may.")
    provider_on(lot, name="Harbour House")
    page = client.get(HOME)

    assert page.context["notices"] == [["Contract notice", "3 December 2021", "2021/S 1"]]
    for words in ("Price schedule", "May a charity apply?", "It may.", "Harbour House, since"):
        assert words in page.text


def test_many_providers_are_cut_short_with_the_way_to_all(client, lot):
    for number in range(12):
        provider_on(lot, name=f"House {number:02}")
    page = client.get(HOME).text

    assert "12 providers admitted to" in page
    assert "All 12 providers of" in page
    assert ("House 09" in page, "House 10" in page) == (True, False)


def test_only_procurement_is_offered_to_publish_and_answer(client, lot):
    offers = ["Publish a document", "Questions from the public"]
    assert [words in client.get(HOME).text for words in offers] == [False, False]

    client.force_login(UserFactory(roles=[Role.PROCUREMENT]))
    assert [words in client.get(HOME).text for words in offers] == [True, True]


# ── Search engines ───────────────────────────────────────────────────────────────────────────
def test_public_page_names_its_lasting_address_and_describes_itself(client, lot):
    page = client.get(HOME).text
    path = reverse("publication:agreement", args=[lot.agreement.reference])

    assert f'<link rel="canonical" href="http://localhost:8000{path}">' in page
    assert '<meta name="description" content="Northhaven Council: Residential' in page
    assert page.count("<h1") == 1
    assert "noindex" not in page


def test_private_page_asks_not_to_be_found(client):
    client.force_login(UserFactory())
    page = client.get(reverse("home")).text

    assert '<meta name="robots" content="noindex">' in page
    assert "canonical" not in page


def test_robots_are_shown_the_sitemap(client):
    response = client.get(reverse("publication:robots"))

    assert response["Content-Type"] == "text/plain"
    assert "Sitemap: http://localhost:8000/sitemap.xml" in response.text


def test_every_address_of_the_sitemap_is_answered(client, lot):
    published(lot.agreement)
    Competition(lot=lot).published()
    Competition(lot=LotFactory(agreement=AgreementFactory(published=False))).published()
    response = client.get(reverse("publication:sitemap"))
    addresses = re.findall(r"<loc>http://localhost:8000(.*?)</loc>", response.text)

    assert response["Content-Type"] == "application/xml"
    assert len(addresses) == 6 + 1 + 1 + 1 + 4
    assert {client.get(path).status_code for path in addresses} == {200}


def test_opportunity_asks_as_few_questions_for_three_lots_as_for_one(client, lot):
    def questions():
        with CaptureQueriesContext(connection) as asked:
            client.get(HOME)
        return len(asked)

    def fill(lot, number):
        provider_on(lot, name=f"House {number}")
        Competition(lot=lot).awarded()
        published(lot.agreement, title=f"Document {number}", words=str(number))
        answered(lot.agreement, text=f"Question {number}?")

    fill(lot, 1)
    one = questions()
    fill(LotFactory(agreement=lot.agreement), 2)
    fill(LotFactory(agreement=lot.agreement), 3)

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

    page = notice(client, competition.tender).text
    assert "Awarded to Provider 1" in page
    first, last = competition.contract[0], competition.contract[1] - timedelta(days=1)
    assert f"{day(first)} to {day(last)}" in page
    assert "Price 40%<br>Safety 40%<br>Outcomes 20%" in page


# ── Health ───────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("name", ["accessibility", "privacy", "receipt_key", "alive"])
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
