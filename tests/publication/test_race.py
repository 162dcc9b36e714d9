"""Acts at the same moment: exactly one has its effect."""

import threading

import pytest
from django.db import connection, transaction
from django.db.models import Max

from dps_portal.agreements.models import DocumentVersion
from dps_portal.documents.services import store
from dps_portal.publication.models import Question
from dps_portal.publication.services import answer_question
from dps_portal.refusals import Refused
from tests.factories.accounts import UserFactory
from tests.factories.agreements import AgreementFactory
from tests.factories.publication import AT, asked, officer, pdf, published, renewed

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts):
    """Each in its own thread and connection: how many were done, reasons, other errors."""
    barrier = threading.Barrier(len(acts))
    done, refused, errors = [], [], []

    def run(act):
        try:
            barrier.wait()
            done.append(act())
        except Refused as refusal:
            refused.append(refusal.reasons)
        except Exception as error:  # noqa: BLE001 - any error at all fails the test
            errors.append(type(error).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(done), refused, errors


def test_of_two_officers_who_answer_one_publishes_and_the_other_is_told():
    question = asked(AgreementFactory())
    officers = [officer(), officer()]

    def answer(by):
        return lambda: answer_question(
            question=question, wording="W?", answer=f"By {by}", by=by, at=AT
        )

    done, refused, errors = at_once(*map(answer, officers))

    assert (done, refused, errors) == (1, [("This question is already answered.",)], [])
    question.refresh_from_db()
    assert question.answer == f"By {question.answered_by}"


def test_a_person_cannot_get_past_five_open_questions_by_hurrying():
    agreement, person = AgreementFactory(), UserFactory()
    for number in range(3):
        asked(agreement, text=f"Question {number}?", by=person)

    def ask(number):
        return lambda: asked(agreement, text=f"Hurried {number}?", by=person)

    done, refused, errors = at_once(*map(ask, range(4)))

    assert (done, len(refused), errors) == (2, 2, [])
    assert Question.objects.waiting().count() == 5


def test_versions_published_at_once_are_numbered_one_after_the_other():
    document = published(AgreementFactory()).of
    by = officer()

    def publish(number):
        return lambda: renewed(document, words=f"Words {number}", by=by)

    done, refused, errors = at_once(*map(publish, range(4)))

    assert (done, refused, errors) == (4, [], [])
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

    assert (done, refused, errors) == (1, [], ["IntegrityError"] * 3)
    assert DocumentVersion.objects.count() == 2
