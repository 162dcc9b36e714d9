"""The report of regulation 84: from the record alone, the same whenever it is made (R4.3)."""

import io

import page as validator
import pytest
from django.urls import reverse
from pypdf import PdfReader

from dps_portal.accounts.roles import Role
from dps_portal.audit.models import AuditHead
from tenders import services
from tenders.models import Contract, Tender
from tests.factories.accounts import UserFactory
from tests.factories.tenders import Competition, owner_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def competition():
    return Competition()


def report(competition):
    return services.procurement_report(
        Tender.objects.select_related("lot__agreement").get(pk=competition.tender.pk)
    )


def abandon(competition):
    for officer in (competition.officer, competition.drafter):
        services.abandon_tender(
            tender=competition.tender, reason="The need has gone.", by=officer, at=competition.now
        )


def ask(client, person, competition):
    client.force_login(person)
    return client.get(reverse("tenders:procurement_report", args=[competition.tender.reference]))


def text_of(response):
    file = PdfReader(io.BytesIO(response.content))
    return file, "".join("".join(page.extract_text() for page in file.pages).split())


def test_r4_3_the_report_says_who_bid_who_won_and_who_decided(competition):
    contract = competition.awarded(agreed={"Provider 1": 5, "Provider 2": 3})
    value = report(competition)

    assert value.invited == ("Provider 1", "Provider 2")
    assert [(bid.provider, bid.points, bid.weekly_pence, bid.rank) for bid in value.bids] == [
        ("Provider 1", (5, 5), 90_000, 1),
        ("Provider 2", (3, 3), 95_000, 2),
    ]
    assert [(one.provider, one.weekly_pence) for one in value.contracts] == [("Provider 1", 90_000)]
    assert value.value_pence == contract.value_pence
    assert (value.award_reason, value.consultation) == (
        "Ranked first.",
        "The Cabinet Member agreed.",
    )
    assert [(one.act, one.job, one.name) for one in value.actors] == [
        ("Drafted", "Procurement officer", "Drafter"),
        ("Published", "Procurement officer", "Officer"),
        ("Approved the opening", "Commissioner (Public Health)", "Commissioner"),
        ("Approved the opening", "Procurement officer", "Officer"),
        ("Locked quality", "Procurement officer", "Officer"),
        ("Recommended", "Procurement officer", "Officer"),
        ("Decided on the award", "Commissioner (Public Health)", "Commissioner"),
    ]
    assert value.declarations == (5, 0)
    assert value.criteria == (("Safety", 40), ("Outcomes", 20))


def test_r4_3_the_report_is_the_same_whenever_it_is_made(competition):
    competition.awarded(options=1, option_months=6)
    first = report(competition)
    services.exercise_contract_option(
        contract=Contract.objects.get(),
        reason="The need goes on.",
        by=competition.commissioner,
        at=competition.now,
    )

    assert report(competition) == first
    assert report(competition).digest() == first.digest()


def test_an_excluded_bid_is_named_with_the_reason(competition):
    competition.awarded(agreed={"Provider 2": 1}, minimum_question_score=3)
    excluded = report(competition).bids[1]

    assert excluded.provider == "Provider 2"
    assert excluded.excluded
    assert (excluded.rank, excluded.total) == (None, "")


def test_an_abandoned_tender_is_reported_without_prices(client, competition):
    competition.moderated()
    abandon(competition)
    value = report(competition)

    assert value.abandon_reason == "The need has gone."
    assert value.contracts == ()
    assert {(bid.weekly_pence, bid.total, bid.points) for bid in value.bids} == {
        (None, "", (None, None))
    }
    assert ask(client, competition.officer, competition).status_code == 200


def test_a_tender_abandoned_before_the_opening_keeps_its_bids_unknown(client, competition):
    competition.published()
    competition.bid_all(90_000, 95_000)
    abandon(competition)
    _, text = text_of(ask(client, competition.officer, competition))

    assert "sincetheywereneveropened" in text
    assert "Bidsreceived:0" in text


def test_the_file_is_tagged_and_has_the_head_of_the_trail(client, competition):
    competition.awarded()
    answer = ask(client, competition.officer, competition)
    file, text = text_of(answer)

    assert validator.is_pdf_compliant_bytes(answer.content, profile="ua1")
    assert file.metadata.title == f"Regulation 84 report – tender {competition.tender}"
    assert file.trailer["/Root"]["/MarkInfo"]["/Marked"]
    for wanted in ("£900.00", report(competition).digest(), AuditHead.objects.get().hash):
        assert wanted in text


def test_the_report_is_offered_to_those_who_see_the_ranking(client, competition):
    competition.locked()
    url = reverse("tenders:procurement_report", args=[competition.tender.reference])
    assert ask(client, competition.officer, competition).status_code == 404
    services.recommend_award(
        tender=competition.tender,
        bids=[competition.first()],
        reason="Ranked first.",
        by=competition.officer,
        at=competition.now,
    )
    services.approve_award(
        tender=competition.tender,
        consultation="Agreed.",
        consulted_on=competition.now.date(),
        by=competition.commissioner,
        at=competition.now,
    )

    client.force_login(competition.officer)
    page = client.get(competition.tender.get_absolute_url()).content.decode()
    assert url in page
    undeclared = UserFactory(roles=[Role.PROCUREMENT])
    assert ask(client, undeclared, competition).status_code == 404
    assert ask(client, owner_of(competition.providers[0]), competition).status_code == 403
