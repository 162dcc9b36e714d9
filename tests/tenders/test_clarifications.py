"""Questions end three working days before the deadline, and nobody can tell who asked."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from dps_portal.audit.models import AuditEvent
from dps_portal.bank_holidays import ENGLAND_AND_WALES
from dps_portal.refusals import Refused
from tenders import rules, services
from tenders.models import Clarification, Tender
from tenders.states import TenderState
from tests.factories.tenders import Competition, owner_of
from tests.tenders.test_views import page, send, shown

LONDON = ZoneInfo("Europe/London")
MOMENT = timedelta(microseconds=1)
OVER = (
    "The time for questions is over, so that every answer comes before the deadline. You can "
    "still bid."
)
CLOSED = "Questions can be asked only while the tender is open for bids."


@pytest.fixture
def competition(db):
    one = Competition(closes_in=timedelta(days=20))
    one.published()
    return one


def refused(act) -> tuple:
    with pytest.raises(Refused) as refusal:
        act()
    return refusal.value.reasons


def ask(one, question="How many beds?", *, at=None):
    return services.ask_clarification(
        tender=one.tender, question=question, by=owner_of(one.providers[0]), at=at or one.now
    )


def answer(one, asked, text="Ten.", **facts):
    return services.answer_clarification(
        clarification=asked, answer=text, by=one.officer, at=one.now, **facts
    )


# ── Until when ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("closes_on", "last"),
    [
        (date(2026, 11, 20), date(2026, 11, 17)),  # Friday: Tuesday
        (date(2026, 11, 18), date(2026, 11, 13)),  # Wednesday: Friday
        (date(2026, 11, 22), date(2026, 11, 18)),  # Sunday: Wednesday
        (date(2026, 12, 30), date(2026, 12, 23)),  # Christmas, and its substitute on the 28th
        (date(2027, 3, 31), date(2027, 3, 24)),  # Good Friday and Easter Monday
    ],
)
def test_questions_end_three_working_days_before_the_deadline(closes_on, last):
    assert rules.last_question_day(closes_on, ENGLAND_AND_WALES) == last


def published(one, *, at, closes_at):
    Tender.objects.update(published_at=at, closes_at=closes_at)
    return Tender.objects.select_related("lot__agreement").get(pk=one.tender.pk)


def test_questions_end_at_the_deadlines_own_time_of_day_in_london(competition):
    """The clocks change between the two: noon BST is noon GMT three working days before."""
    tender = published(
        competition,
        at=datetime(2027, 3, 1, 9, tzinfo=UTC),
        closes_at=datetime(2027, 3, 31, 12, tzinfo=LONDON),
    )

    assert services.questions_until(tender) == datetime(2027, 3, 24, 12, tzinfo=UTC)


def test_questions_last_at_least_half_of_the_time_for_bidding(competition):
    """Of twelve days over Christmas, six; across the clock change counted in hours."""
    tender = published(
        competition,
        at=datetime(2026, 12, 19, 12, tzinfo=UTC),
        closes_at=datetime(2026, 12, 31, 12, tzinfo=UTC),
    )
    assert services.questions_until(tender) == datetime(2026, 12, 25, 12, tzinfo=UTC)
    tender = published(
        competition,
        at=datetime(2027, 3, 26, 12, tzinfo=UTC),
        closes_at=datetime(2027, 3, 31, 12, tzinfo=LONDON),
    )
    assert services.questions_until(tender) == datetime(2027, 3, 28, 23, 30, tzinfo=UTC)


def test_the_end_of_questions_moves_with_an_extended_deadline(competition):
    before = services.questions_until(competition.tender)
    asked = services.ask_extension(
        tender=competition.tender,
        closes_at=competition.closes_at + timedelta(days=14),
        reason="A document came late.",
        by=competition.officer,
        at=competition.now,
    )
    services.agree_extension(extension=asked, by=competition.commissioner, at=competition.now)

    competition.tender.refresh_from_db()
    after = services.questions_until(competition.tender)
    assert after > before
    assert after < competition.tender.closes_at


def test_the_end_of_questions_is_itself_too_late():
    closes = datetime(2026, 12, 30, 12, tzinfo=UTC)
    until = closes - timedelta(days=7)
    facts = {"state": TenderState.PUBLISHED, "closes_at": closes, "questions_until": until}

    found = [
        rules.objections_to_clarification(**facts, at=at)
        for at in (until - MOMENT, until, closes - MOMENT, closes)
    ]
    assert found == [[], [OVER], [OVER], [CLOSED]]


@pytest.mark.django_db
def test_after_the_end_of_questions_none_is_asked_but_open_ones_are_answered(client):
    one = Competition(closes_in=timedelta(hours=1))
    one.published()
    asked = Clarification.objects.create(
        tender=one.tender,
        asked_by=owner_of(one.providers[0]),
        asked_at=one.published_at,
        question="How many beds?",
    )

    assert refused(lambda: ask(one)) == (OVER,)
    assert OVER in shown(page(client, owner_of(one.providers[0]), "invitation", one.tender))
    answer(one, asked)
    asked.refresh_from_db()
    assert asked.answer == "Ten."


def test_the_end_of_questions_is_shown_with_its_zone_wherever_it_matters(client, competition):
    published(
        competition,
        at=competition.published_at,
        closes_at=datetime(2028, 12, 13, 12, tzinfo=UTC),
    )
    until = "12:00pm on Friday 8 December 2028 GMT"
    owner = owner_of(competition.providers[0])
    assert until in shown(page(client, competition.officer, "tender", competition.tender))
    assert until in shown(page(client, owner, "invitation", competition.tender))
    assert until in shown(page(client, owner, "ask_clarification", competition.tender))


@pytest.mark.django_db
def test_a_draft_has_no_end_of_questions_and_is_told_what_it_would_be(client):
    one = Competition(closes_in=timedelta(days=20))
    tender = one.drafted()

    assert services.questions_until(tender) is None
    told = page(client, one.officer, "publish_tender", tender).context["questions_until"]
    assert one.now < told < tender.closes_at


@pytest.mark.django_db
def test_nothing_closes_on_a_day_whose_bank_holidays_are_not_known():
    one = Competition()
    one.lot.agreement.end = date(2029, 2, 20)
    one.lot.agreement.save()
    tender = one.drafted(
        closes_at=datetime(2029, 1, 30, 12, tzinfo=UTC),
        contract_start=date(2029, 2, 1),
        contract_end=date(2029, 2, 20),
    )

    assert refused(
        lambda: services.publish_tender(tender=tender, by=one.officer, at=one.published_at)
    ) == ("The bank holidays at the closing date are not known yet, so nothing can close then.",)


# ── Nobody can tell who asked ────────────────────────────────────────────────────────────────

NAMED = (
    "“Provider 1” is invited to this tender. Leave it out: nobody must be able to tell who asked."
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("We at harbour house ask.", ["Harbour House Ltd"]),
        ("HARBOUR HOUSE LTD.", ["Harbour House Ltd"]),
        ("The harbour houses boats.", []),
        ("Nothing.", []),
    ],
)
def test_a_name_is_found_in_any_case_and_without_its_legal_form(text, found):
    told = rules.objections_to_wording([text], invited=["Harbour House Ltd", "Other CIC"])

    assert [each.split("”")[0].strip("“") for each in told] == found


def test_a_question_that_names_its_asker_is_sent_only_in_other_words(client, competition):
    asked = ask(competition, "Provider 1 has ten beds. Is that enough?")

    told = page(client, competition.officer, "answer_clarification", competition.tender, asked.pk)
    assert told.context["warnings"] == [NAMED]
    assert told.context["form"].initial["wording"] == asked.question
    assert refused(lambda: answer(competition, asked)) == (NAMED,)
    assert refused(
        lambda: answer(competition, asked, "Ask Provider 1.", wording="Are ten beds enough?")
    ) == (NAMED,)

    send(
        client,
        competition.officer,
        "answer_clarification",
        competition.tender,
        asked.pk,
        wording="Are ten beds enough?",
        answer="Yes.",
    )
    first, second = (owner_of(provider) for provider in competition.providers)
    seen = {
        who: (original in text, "Are ten beds enough?" in text)
        for who, person in {"asker": first, "other": second, "council": competition.officer}.items()
        for name in ["tender" if who == "council" else "invitation"]
        for original in [asked.question]
        for text in [shown(page(client, person, name, competition.tender))]
    }
    assert seen == {"asker": (True, True), "other": (False, True), "council": (True, True)}
    event = AuditEvent.objects.get(action="clarification.answered")
    assert event.facts["is_reworded"] is True


def test_another_invitee_named_is_refused_alike_so_the_refusal_tells_nothing(competition):
    asked = ask(competition)

    assert refused(lambda: answer(competition, asked, "As Provider 2 does.")) == (
        NAMED.replace("1", "2"),
    )


def test_an_answer_that_carries_a_persons_number_is_refused(competition):
    asked = ask(competition, "Near L23 0AB?")
    told = "“L23 0AB” looks like a postcode. Take it out: everyone who was invited reads this."

    assert refused(lambda: answer(competition, asked)) == (told,)
    assert refused(lambda: answer(competition, asked, "NHS 943 476 5919", wording="Where?")) == (
        "“943 476 5919” looks like an NHS number. Take it out: everyone who was invited reads "
        "this.",
    )


def test_a_question_left_as_it_was_asked_has_no_second_wording(client, competition):
    asked = ask(competition)

    send(
        client,
        competition.officer,
        "answer_clarification",
        competition.tender,
        asked.pk,
        wording="How many beds?",
        answer="Ten.",
    )

    asked.refresh_from_db()
    assert (asked.wording, asked.published) == ("", "How many beds?")
    assert "As it was asked" not in shown(
        page(client, owner_of(competition.providers[0]), "invitation", competition.tender)
    )


def test_hints_of_a_person_are_for_the_officer_to_look_at(client, competition):
    asked = ask(competition, "Is there a room for Mr Okafor?")

    path = reverse("tenders:answer_clarification", args=[competition.tender, asked.pk])
    client.force_login(competition.officer)
    assert client.get(path).context["warnings"] == ["“Mr Okafor” looks like the name of a person."]
    answer(competition, asked)
