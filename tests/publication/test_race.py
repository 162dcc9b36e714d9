"""Acts at the same moment: exactly one has its effect."""

import threading

import pytest
from django.db import connection, transaction
from django.db.models import Max

from dps_portal.agreements.models import DocumentVersion
from dps_portal.documents.services import store
from dps_portal.publication.models import Question
from dps_portal.publication.services import answer_question
from tests.factories.accounts import UserFactory
from tests.factories.agreements import AgreementFactory
from tests.factories.publication import AT, asked, officer, pdf, published, renewed
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_officers_who_answer_one_publishes_and_the_other_is_told():
    question = asked(AgreementFactory())
    officers = [officer(), officer()]

    def answer(by):
        return lambda: answer_question(
            question=question, wording="W?", answer=f"By {by}", by=by, at=AT
        )

    done, refused, errors = at_once(*map(answer, officers))

    assert (len(done), refused, errors) == (1, [("This question is already answered.",)], [])
    question.refresh_from_db()
    assert question.answer == f"By {question.answered_by}"


def test_without_the_lock_both_officers_publish_an_answer():
    """The twin: looking first and writing after must fail, or the test above proves nothing."""
    question = asked(AgreementFactory())
    looked = threading.Barrier(2)

    def answer(by):
        def look_then_write():
            is_open = Question.objects.waiting().filter(pk=question.pk).exists()
            connection.close()
            looked.wait()
            written = {"answer": f"By {by}", "answered_by": by, "answered_at": AT, "wording": "W?"}
            return is_open and Question.objects.filter(pk=question.pk).update(**written)

        return look_then_write

    done, refused, errors = at_once(answer(officer()), answer(officer()))

    assert (done, refused, errors) == ([1, 1], [], [])


def test_a_person_cannot_get_past_five_open_questions_by_hurrying():
    agreement, person = AgreementFactory(), UserFactory()
    for number in range(3):
        asked(agreement, text=f"Question {number}?", by=person)

    def ask(number):
        return lambda: asked(agreement, text=f"Hurried {number}?", by=person)

    done, refused, errors = at_once(*map(ask, range(4)))

    assert (len(done), len(refused), errors) == (2, 2, [])
    assert Question.objects.waiting().count() == 5


def test_without_the_lock_hurrying_gets_past_five_open_questions():
    """The twin: each counts before any of them asks."""
    agreement, person = AgreementFactory(), UserFactory()
    for number in range(3):
        asked(agreement, text=f"Question {number}?", by=person)
    counted = threading.Barrier(4)

    def ask(number):
        def count_then_ask():
            is_allowed = Question.objects.waiting().filter(asked_by=person).count() < 5
            connection.close()
            counted.wait()
            return is_allowed and Question.objects.create(
                agreement=agreement, text=f"Hurried {number}?", asked_by=person, asked_at=AT
            )

        return count_then_ask

    done, refused, errors = at_once(*map(ask, range(4)))

    assert (len(done), refused, errors) == (4, [], [])
    assert Question.objects.waiting().count() == 7


def test_versions_published_at_once_are_numbered_one_after_the_other():
    document = published(AgreementFactory()).of
    by = officer()

    def publish(number):
        return lambda: renewed(document, words=f"Words {number}", by=by)

    done, refused, errors = at_once(*map(publish, range(4)))

    assert (len(done), refused, errors) == (4, [], [])
    assert sorted(document.versions.values_list("number", flat=True)) == [1, 2, 3, 4, 5]


def test_without_the_lock_the_same_race_loses_versions():
    """The twin: looking first and writing after must fail, or the test above proves nothing."""
    document = published(AgreementFactory()).of
    looked = threading.Barrier(4)

    def publish(number):
        def act():
            newest = document.versions.aggregate(Max("number"))["number__max"]
            looked.wait()
            with transaction.atomic():
                file = store(name="a.pdf", content=pdf(f"Words {number}"), by=None, at=AT)
                return document.versions.create(number=newest + 1, file=file, published_at=AT)

        return act

    done, refused, errors = at_once(*map(publish, range(4)))

    assert (len(done), refused) == (1, [])
    assert [error.split("(")[0] for error in errors] == ["IntegrityError"] * 3
    assert DocumentVersion.objects.count() == 2
