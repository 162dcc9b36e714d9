"""The report of regulation 84: from the record alone, the same whenever it is made (R4.3)."""

import io
from dataclasses import asdict
from datetime import timedelta

import page as validator
import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from dps_portal.accounts.roles import Role
from dps_portal.audit.models import AuditHead
from dps_portal.refusals import Refused
from tenders import services
from tenders.models import Contract, SubmissionAttempt, Tender
from tests.factories.accounts import UserFactory
from tests.factories.tenders import Competition, owner_of

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


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
    assert [(bid.provider, bid.points, bid.quote.weekly_pence, bid.rank) for bid in value.bids] == [
        ("Provider 1", (5, 5), 90_000, 1),
        ("Provider 2", (3, 3), 95_000, 2),
    ]
    assert [(one.provider, one.quote.weekly_pence) for one in value.contracts] == [
        ("Provider 1", 90_000)
    ]
    assert value.value_pence == contract.value_pence
    today = timezone.localdate(competition.now)
    assert asdict(value.decision) == {
        "reason": "Ranked first.",
        "departure": "",
        "departure_agreed": "",
        "draw": "",
        "consulted_with": "Councillor Dale, Cabinet Member",
        "consulted_on": today,
        "consultation": "The Cabinet Member agreed.",
        "alternatives": "To abandon the tender; the need goes on.",
        "interests": (5, 0),
        "overdue_reason": "",
        "standstill_last_day": None,
    }
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
    assert {(bid.quote, bid.total, bid.points) for bid in value.bids} == {(None, "", (None, None))}
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
        consulted_with="Councillor Dale",
        consultation="Agreed.",
        alternatives="None.",
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


def test_r4_7_the_report_tells_of_a_standstill_a_challenge_and_the_job_of_the_decider(
    client, competition
):
    competition.recommended()
    competition.approve(with_standstill=True, decided_as="Director of Public Health")
    challenge = services.record_challenge(
        tender=competition.tender,
        challenger="Provider 2",
        received_on=timezone.localdate(competition.now),
        grounds="The scores.",
        by=competition.officer,
        at=competition.now,
    )
    services.settle_challenge(
        challenge=challenge,
        settlement="Withdrawn.",
        by=competition.commissioner,
        at=competition.now,
    )
    end = competition.tender.award.standstill_ends_at
    services.confirm_award(tender=competition.tender, by=competition.commissioner, at=end)
    value = report(competition)

    assert [(one.act, one.job) for one in value.actors[-2:]] == [
        ("Decided on the award", "Director of Public Health"),
        ("Confirmed after the standstill", "Director of Public Health"),
    ]
    assert [(one.challenger, one.settlement) for one in value.challenges] == [
        ("Provider 2", "Withdrawn.")
    ]
    answer = ask(client, competition.commissioner, competition)
    _, text = text_of(answer)
    assert validator.is_pdf_compliant_bytes(answer.content, profile="ua1")
    assert "Standstillofthecouncil’sownchoice,untilmidnight" in text
    assert "Settled:Withdrawn." in text


def test_r4_7_the_decision_record_is_a_page_once_it_is_decided(client, competition):
    competition.recommended()
    url = reverse("tenders:decision_record", args=[competition.tender.reference])
    client.force_login(competition.evaluators[0])
    assert client.get(url).status_code == 404

    competition.approve(decided_as="Director of Public Health")
    shown = client.get(url).content.decode()
    for words in (
        "by Commissioner, Director of Public Health",
        "Councillor Dale, Cabinet Member: The Cabinet Member agreed.",
        "To abandon the tender; the need goes on.",
        "None found in 5 declarations",
    ):
        assert words in shown


def test_r4_7_no_number_of_a_person_gets_into_the_decision_record(competition):
    competition.recommended()

    with pytest.raises(Refused) as refusal:
        competition.approve(alternatives="A place for 943 476 5919 alone.")
    assert refusal.value.reasons == (
        "“943 476 5919” looks like an NHS number. Take it out: every provider and the public "
        "read this.",
    )


def test_submissions_refused_before_the_opening_are_in_the_report_and_later_ones_are_not(
    client, competition
):
    competition.awarded()
    opened_at = Tender.objects.get().opened_at
    for at, words in ((opened_at - HOUR, "The time for bids is over."), (opened_at, "Later.")):
        SubmissionAttempt.objects.create(
            tender=competition.tender,
            provider=competition.providers[1],
            at=at,
            by_ref="U-22222222",
            reasons=[words],
        )

    assert [(one.provider, one.at, one.reasons) for one in report(competition).refused] == [
        ("Provider 2", opened_at - HOUR, ("The time for bids is over.",))
    ]
    assert "Thetimeforbidsisover." in text_of(ask(client, competition.officer, competition))[1]


def test_r2_11_a_shorter_time_is_in_the_report_with_everyone_who_agreed(client):
    competition = Competition()
    competition.published_at = competition.now
    competition.tender = competition.drafted(closes_at=competition.now + 5 * DAY)
    period = services.ask_shorter_period(
        tender=competition.tender,
        reason="A place is needed soon.",
        by=competition.drafter,
        at=competition.now,
    )
    for answer in list(period.answers.all()):
        services.answer_shorter_period(
            answer=answer, has_agreed=True, by=owner_of(answer.provider), at=competition.now
        )
    services.publish_tender(tender=competition.tender, by=competition.officer, at=competition.now)

    value = report(competition).shorter_time
    assert (value.reason, value.usual_until, value.agreed) == (
        "A place is needed soon.",
        period.usual_until,
        ("Provider 1", "Provider 2"),
    )
