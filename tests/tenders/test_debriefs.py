"""Further reasons on request: asked by the owner, due in 15 days, answered once (R4.4)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from dps_portal.accounts.roles import Role
from dps_portal.audit.models import AuditEvent
from dps_portal.notifications.models import Notification
from dps_portal.refusals import Refused
from dps_portal.reports.worklist import tasks_for
from tenders import rules, services, tasks
from tenders.models import DebriefRequest, Letter
from tests.factories.accounts import UserFactory
from tests.factories.tenders import Competition, owner_of, provider_on

pytestmark = pytest.mark.django_db

AT = datetime(2026, 12, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
LETTER_QUERIES, TENDER_QUERIES = 9, 29


@pytest.fixture
def competition():
    one = Competition()
    one.awarded(agreed={"Provider 1": 5, "Provider 2": 3})
    return one


@pytest.fixture
def letter(competition):
    return Letter.objects.select_related("tender__lot__agreement", "provider").get(won=False)


def ask(letter, *, question="Why only 3 for safety?", at=AT):
    return services.request_debrief(
        letter=letter, question=question, by=owner_of(letter.provider), at=at
    )


def answer(asked, by, *, text="No nurse at night.", at=AT + DAY):
    return services.answer_debrief(request=asked, answer=text, by=by, at=at)


def refused(act) -> tuple:
    with pytest.raises(Refused) as refusal:
        act()
    return refusal.value.reasons


def told(person):
    return list(Notification.objects.filter(to=person).order_by("pk").values_list("subject"))


def get(client, person, name, *args):
    client.force_login(person)
    return client.get(reverse(f"tenders:{name}", args=args))


def test_r4_4_further_reasons_asked_for_on_1_december_are_due_on_16_december(competition, letter):
    asked = ask(letter)

    assert asked.due_on == date(2026, 12, 16)
    assert told(competition.officer)[-1] == (
        f"Tender {letter.tender}: a bidder asks for further reasons",
    )
    event = AuditEvent.objects.latest("seq")
    assert (event.action, event.facts) == (
        "debrief.requested",
        {"provider": letter.provider.reference, "due_on": "2026-12-16"},
    )


def test_one_request_is_open_for_a_letter_and_another_may_follow_its_answer(competition, letter):
    asked = ask(letter)
    waiting = ("Your last request has not been answered yet.",)
    assert refused(lambda: ask(letter)) == waiting

    answer(asked, competition.officer)

    assert told(owner_of(letter.provider))[-1] == (
        f"The further reasons you asked for: tender {letter.tender}",
    )
    assert AuditEvent.objects.latest("seq").action == "debrief.answered"
    assert refused(lambda: answer(asked, competition.officer)) == (
        "This request is answered already.",
    )
    ask(letter, question="And outcomes?")
    assert letter.debriefs.count() == 2


def test_whoever_has_an_interest_or_declared_nothing_does_not_answer(competition, letter):
    asked = ask(letter)
    undeclared = UserFactory(roles=[Role.PROCUREMENT])

    assert refused(lambda: answer(asked, undeclared)) == tuple(
        rules.objections_to_debrief_answer(is_answered=False, has_interest=None)
    )
    assert not DebriefRequest.objects.exclude(answered_at=None).exists()
    assert told(undeclared) == []


def test_the_bidder_asks_on_its_letter_and_reads_the_answer_there(client, competition, letter):
    owner, reference = owner_of(letter.provider), letter.tender.reference
    assert "due within 15 days" in get(client, owner, "letter", reference).content.decode()
    asking = reverse("tenders:request_debrief", args=[reference])
    assert asking in get(client, owner, "letter", reference).content.decode()

    assert client.get(asking).status_code == 200
    assert client.post(asking, {"question": "Why?"}).url == reverse(
        "tenders:letter", args=[reference]
    )

    page = get(client, owner, "letter", reference).content.decode()
    assert asking not in page
    assert "The council answers by" in page
    assert "Your last request" in client.get(asking).content.decode()

    asked = DebriefRequest.objects.get()
    answering = reverse("tenders:answer_debrief", args=[reference, asked.pk])
    assert answering in get(client, competition.officer, "tender", reference).content.decode()
    args = [reference, letter.provider.reference]
    assert answering in get(client, competition.officer, "sent_letter", *args).content.decode()
    assert "Why?" in client.get(answering).content.decode()
    assert client.post(answering, {"answer": "No nurse at night."}).status_code == 302
    assert "answered already" in client.get(answering).content.decode()
    assert "No nurse at night." in get(client, owner, "letter", reference).content.decode()


def test_only_the_owner_asks_and_only_procurement_answers(client, competition, letter):
    reference, asked = letter.tender.reference, ask(letter)
    other = provider_on(competition.lot, name="Other")
    provider = provider_on(competition.lot, name="New", roles=[Role.PROVIDER_MEMBER])
    member = provider.memberships.get().user

    assert {
        "stranger": get(client, owner_of(other), "request_debrief", reference).status_code,
        "member": get(client, member, "request_debrief", reference).status_code,
        "commissioner": get(
            client, competition.commissioner, "answer_debrief", reference, asked.pk
        ).status_code,
        "undeclared": get(
            client, UserFactory(roles=[Role.PROCUREMENT]), "answer_debrief", reference, asked.pk
        ).status_code,
        "nothing": get(
            client, competition.officer, "answer_debrief", reference, asked.pk + 1
        ).status_code,
    } == {"stranger": 404, "member": 403, "commissioner": 403, "undeclared": 404, "nothing": 404}


def test_procurement_is_reminded_three_days_before_and_once_it_is_overdue(competition, letter):
    asked = ask(letter)
    days = [AT + 11 * DAY, AT + 12 * DAY, AT + 13 * DAY, AT + 16 * DAY, AT + 17 * DAY]

    assert [services.remind_of_debriefs(at=day) for day in days] == [0, 1, 0, 1, 0]
    assert told(competition.officer)[-2:] == [
        (f"Further reasons are due on tender {letter.tender}",),
        (f"Further reasons are overdue on tender {letter.tender}",),
    ]
    answer(asked, competition.officer)
    assert tasks.remind_of_debriefs() == 0


def test_requests_are_on_the_work_list_of_those_who_answer(competition, letter):
    asked = ask(letter)

    def waiting(person):
        return [(task.what, task.why, task.due) for task in tasks_for(person, AT)]

    wanted = (f"Further reasons on tender {letter.tender}", "Give them", asked.due_on)
    assert wanted in waiting(competition.officer)
    assert wanted not in waiting(UserFactory(roles=[Role.PROCUREMENT]))
    answer(asked, competition.officer)
    assert wanted not in waiting(competition.officer)


@pytest.mark.parametrize("requests", [1, 3])
def test_the_letter_and_the_tender_cost_the_same_however_much_is_asked(
    client, competition, letter, django_assert_num_queries, requests
):
    for number in range(requests):
        asked = ask(letter, at=AT + number * DAY)
        if number < requests - 1:
            answer(asked, competition.officer, at=AT + number * DAY)

    client.force_login(owner_of(letter.provider))
    with django_assert_num_queries(LETTER_QUERIES):
        client.get(reverse("tenders:letter", args=[letter.tender.reference]))
    client.force_login(competition.officer)
    with django_assert_num_queries(TENDER_QUERIES):
        client.get(reverse("tenders:tender", args=[letter.tender.reference]))
