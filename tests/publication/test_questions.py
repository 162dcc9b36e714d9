"""Questions asked by one and answered to all; who asked is never shown."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dps_portal.audit.models import AuditEvent
from dps_portal.notifications.models import Notification
from dps_portal.publication.models import Question
from dps_portal.publication.services import answer_question
from dps_portal.refusals import Refused
from tests.factories.accounts import UserFactory
from tests.factories.agreements import AgreementFactory, LotFactory
from tests.factories.publication import AT, answered, asked, officer
from tests.factories.tenders import owner_of, provider_on

pytestmark = pytest.mark.django_db

NAME, EMAIL = "Robin Curious", "robin.curious@example.org"
COUNCIL_LIST = reverse("publication:question_list")


@pytest.fixture
def agreement():
    return AgreementFactory()


@pytest.fixture
def asker():
    return UserFactory(name=NAME, email=EMAIL)


def public_list(agreement):
    return reverse("publication:answer_list", args=[agreement.reference])


def form_of(agreement):
    return reverse("publication:ask_question", args=[agreement.reference])


def answer_page(question):
    return reverse("publication:answer_question", args=[question.reference])


# ── Asking ───────────────────────────────────────────────────────────────────────────────────
def test_anyone_signed_in_asks_and_the_officers_are_told(client, agreement, asker):
    someone = officer()
    client.force_login(asker)
    response = client.post(form_of(agreement), {"text": "May a charity apply?"})
    question = Question.objects.get()

    assert response.url == public_list(agreement)
    assert (question.text, question.asked_by) == ("May a charity apply?", asker)
    assert [message.to for message in Notification.objects.all()] == [someone]
    assert AuditEvent.objects.latest("seq").action == "question.asked"


def test_anonymous_person_is_asked_to_sign_in(client, agreement):
    assert client.get(form_of(agreement)).url.startswith("/account/login/")


def test_question_sent_twice_is_one(agreement, asker):
    assert asked(agreement, by=asker) == asked(agreement, by=asker)
    assert Question.objects.count() == 1


def test_sixth_open_question_is_refused_and_the_text_is_kept(client, agreement, asker):
    for number in range(5):
        asked(agreement, text=f"Question {number}?", by=asker)
    client.force_login(asker)
    page = client.post(form_of(agreement), {"text": "And another?"})

    assert "You have 5 questions that wait for an answer." in page.text
    assert "And another?" in page.text
    assert Question.objects.count() == 5
    assert "Send the question" not in client.get(form_of(agreement)).text


def test_answered_question_makes_room(agreement, asker):
    answered(agreement, text="First?", by=asker)
    for number in range(5):
        asked(agreement, text=f"Question {number}?", by=asker)

    assert Question.objects.waiting().count() == 5


def test_no_question_once_the_agreement_has_ended(asker):
    with pytest.raises(Refused, match="The agreement has ended"):
        asked(AgreementFactory(start=date(2020, 4, 1), end=date(2026, 12, 1)), by=asker)


@pytest.mark.parametrize("text", ["", " ", "q" * 4001, "a\0b"])
def test_question_that_is_no_question_is_said(client, agreement, asker, text):
    client.force_login(asker)
    page = client.post(form_of(agreement), {"text": text})

    assert (page.status_code, "There is a problem" in page.text) == (200, True)
    assert Question.objects.count() == 0


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", "{{ 7|add:7 }}", "Ṱ̺̺o͞ ̷i̲̬n", "𝕿𝖍𝖊 🏥", "' OR 1=1 --", "\u202etest"],
)
def test_question_in_any_letters_is_kept_as_typed(client, agreement, asker, text):
    client.force_login(asker)
    client.post(form_of(agreement), {"text": text})
    page = client.get(form_of(agreement))

    assert Question.objects.get().text == text
    assert "<script>alert" not in page.text


# ── Answering ────────────────────────────────────────────────────────────────────────────────
def test_answer_is_checked_before_it_is_published(client, agreement):
    question = asked(agreement)
    client.force_login(officer())
    typed = {"wording": "May charities apply?", "answer": "Yes,\nthey may."}
    check = client.post(answer_page(question), typed)

    assert "published to everyone and cannot be changed" in check.text
    assert Question.objects.public().count() == 0
    changed = client.post(answer_page(question), typed | {"change": "yes"})
    assert "May charities apply?" in changed.text
    assert Question.objects.public().count() == 0

    assert client.post(answer_page(question), typed | {"publish": "yes"}).url == COUNCIL_LIST
    question.refresh_from_db()
    assert (question.text, question.wording, question.answer) == (
        "May a charity apply?",
        "May charities apply?",
        "Yes,\nthey may.",
    )


def test_publish_without_an_answer_is_said(client, agreement):
    question = asked(agreement)
    client.force_login(officer())
    page = client.post(answer_page(question), {"wording": "W", "answer": "", "publish": "yes"})

    assert "Enter answer" in page.text
    assert Question.objects.public().count() == 0


def test_second_answer_is_refused(client, agreement):
    question = answered(agreement)
    client.force_login(officer())
    typed = {"wording": "W", "answer": "No.", "publish": "yes"}

    assert "This question is already answered." in client.post(answer_page(question), typed).text
    assert "This question is already answered." in client.get(answer_page(question)).text
    question.refresh_from_db()
    assert question.answer == "Yes."


def test_asker_and_everyone_taking_part_are_told_once(agreement, asker):
    lot = LotFactory(agreement=agreement)
    admitted, elsewhere = provider_on(lot), provider_on(LotFactory(), name="Elsewhere")
    applying = provider_on(LotFactory(), name="Applying")
    applying.applications.create(agreement=agreement, started_by=owner_of(applying), started_at=AT)
    suspended = provider_on(lot, name="Gone")
    suspended.admissions.update(ended_on="2026-01-01", end_reason="Left")
    suspended.applications.update(state="withdrawn")
    question = asked(agreement, by=asker)
    Notification.objects.all().delete()
    answer_question(question=question, wording="W?", answer="Yes.", by=officer(), at=AT)

    told = {message.to: message for message in Notification.objects.all()}
    # ``provider_on`` leaves each with a draft application for its own agreement.
    assert set(told) == {asker, owner_of(admitted), owner_of(applying)}
    assert owner_of(elsewhere) not in told
    assert told[asker].subject == f"Your question {question} is answered"
    assert told[owner_of(admitted)].subject == f"A new answer is published: {question}"


def test_asker_who_takes_part_is_told_as_the_asker_alone(agreement):
    provider = provider_on(LotFactory(agreement=agreement))
    question = answered(agreement, by=owner_of(provider))

    message = Notification.objects.get(to=owner_of(provider))
    assert message.subject == f"Your question {question} is answered"


# ── Nobody learns who asked ──────────────────────────────────────────────────────────────────
def test_asker_stands_on_no_page_and_in_no_file(client, agreement, asker):
    question = answered(agreement, by=asker, text="We of Robin's House ask?")
    answer_page_path, home = answer_page(question), reverse("publication:opportunity")
    public = [public_list(agreement), f"{public_list(agreement)}?download=csv", home]
    council = [COUNCIL_LIST, f"{COUNCIL_LIST}?download=csv", answer_page_path]

    seen = [client.get(path).text for path in public]
    client.force_login(officer())
    seen += [client.get(path).text for path in council]

    assert [word in text for text in seen for word in (NAME, EMAIL, asker.ref)] == [False] * 18


def test_search_does_not_reach_words_that_were_not_published(client, agreement, asker):
    question = asked(agreement, text="We of Secret House ask: may we?", by=asker)
    answer_question(question=question, wording="May we?", answer="Yes.", by=officer(), at=AT)

    def found(q):
        return list(client.get(public_list(agreement), {"q": q}).context["page"])

    assert found("Secret") == []
    assert found("may WE") == [question]
    assert found("yes") == [question]
    assert "Secret" not in client.get(public_list(agreement)).text


def test_waiting_question_is_not_public(client, agreement):
    asked(agreement, text="Still waiting?")

    assert "Still waiting?" not in client.get(public_list(agreement)).text


# ── Lists ────────────────────────────────────────────────────────────────────────────────────
def test_lists_ask_as_little_for_three_questions_as_for_one(client, agreement):
    client.force_login(officer())

    def counts():
        found = []
        for path in (public_list(agreement), COUNCIL_LIST):
            with CaptureQueriesContext(connection) as queries:
                client.get(path)
            found.append(len(queries))
        return found

    answered(agreement)
    counts()  # the first page asks for the person's roles as well
    one = counts()
    answered(agreement, text="Second?")
    answered(AgreementFactory(), text="Third?")

    assert counts() == one


def test_council_list_shows_the_longest_waiting_first_and_is_filtered(client, agreement):
    done = answered(agreement, text="Done?")
    later = asked(agreement, text="Later?", at=AT.replace(hour=11))
    sooner = asked(agreement, text="Sooner?", at=AT.replace(hour=10))
    client.force_login(officer())

    def found(**asked_for):
        return list(client.get(COUNCIL_LIST, asked_for).context["page"])

    assert found() == [sooner, later, done]
    assert found(state="waiting") == [sooner, later]
    assert found(state="answered") == [done]
    assert found(q="later") == [later]


def test_csv_of_the_council_has_all_questions(client, agreement):
    question = asked(agreement)
    client.force_login(officer())

    assert client.get(COUNCIL_LIST, {"download": "csv"}).text.splitlines() == [
        '"Reference","Agreement","Question","Asked","Answer","Answered"',
        f'"{question}","Residential rehabilitation","May a charity apply?","2026-12-01","",""',
    ]


def test_csv_of_the_public_has_what_was_published(client, agreement):
    answered(agreement)

    assert client.get(public_list(agreement), {"download": "csv"}).text.splitlines() == [
        '"Question","Answer","Answered"',
        '"May a charity apply?","Yes.","2026-12-01"',
    ]


def test_waiting_questions_are_on_the_work_list_of_procurement(client, agreement):
    asked(agreement)
    client.force_login(officer())

    assert f"Questions on {agreement}: 1" in client.get(reverse("home")).text
