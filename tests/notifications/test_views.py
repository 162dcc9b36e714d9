"""A person's own messages, and the mailbox of a demonstration."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dps_portal.notifications import services
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

AT = datetime(2026, 5, 1, 9, 0, tzinfo=UTC)
LIST, MAILBOX = reverse("notifications:message_list"), reverse("notifications:demo_mailbox")


@pytest.fixture
def person(client):
    person = UserFactory()
    client.force_login(person)
    return person


def owe(to, subject="A decision"):
    return services.store(to, subject, "Read it at https://example.org/1/.", at=AT)


def test_list_shows_ones_own_messages_alone(client, person):
    owe(person, "Mine")
    owe(UserFactory(), "Theirs")

    assert [message.subject for message in client.get(LIST).context["page"]] == ["Mine"]


def test_list_without_messages_says_so(client, person):
    assert "You have no messages." in client.get(LIST).text


def test_another_persons_message_is_not_found(client, person):
    theirs = owe(UserFactory())

    response = client.get(reverse("notifications:message", args=[theirs.pk]))

    assert response.status_code == 404


def test_message_shows_its_words(client, person):
    page = client.get(reverse("notifications:message", args=[owe(person).pk])).text

    assert "A decision" in page
    assert 'href="https://example.org/1/"' in page


def test_demonstration_shows_its_mail(client):
    owe("someone@example.org")

    assert "A decision" in client.get(MAILBOX).text


def test_production_shows_nobodys_mail(client, settings):
    settings.DEMO = False

    assert client.get(MAILBOX).status_code == 404


def test_list_asks_as_few_questions_for_three_as_for_one(client, person, django_assert_num_queries):
    owe(person)
    client.get(LIST)
    with CaptureQueriesContext(connection) as one:
        client.get(LIST)
    owe(person)
    owe(person)

    with django_assert_num_queries(len(one)):
        client.get(LIST)
