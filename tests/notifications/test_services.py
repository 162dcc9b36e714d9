"""The outbox: owed once, sent once, tried again, given up after five attempts (T11)."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from dps_portal.notifications import services, tasks
from dps_portal.notifications.models import Notification
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

AT = datetime(2026, 5, 1, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def owe(subject="A decision", *, to="someone@example.org", key=None, at=AT):
    return services.store(to, subject, "Read it at /decisions/1/.", at=at, key=key)


@pytest.fixture
def broken_mail(settings):
    """A mail server that is not there."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1


def test_first_line_of_the_words_is_the_subject():
    message = services.notify(
        UserFactory(email="lead@example.org"),
        "placements/emails/offer_declined.txt",
        at=AT,
        path="/placements/P-1/",
        reference="P-1",
    )

    assert message.email == "lead@example.org"
    assert message.subject
    assert message.subject not in message.body


def test_key_is_owed_once():
    first = owe(key="ceiling:2026:90")

    assert owe("Again", key="ceiling:2026:90") is None
    assert Notification.objects.get() == first


def test_database_refuses_a_second_message_of_one_key():
    message = owe(key="ceiling:2026:90")
    message.pk = None

    with pytest.raises(IntegrityError), transaction.atomic():
        message.save(force_insert=True)


def test_messages_without_a_key_are_all_owed():
    owe()
    owe()

    assert Notification.objects.count() == 2


def test_rolled_back_act_owes_nothing():
    with transaction.atomic():
        owe()
        transaction.set_rollback(True)

    assert not Notification.objects.exists()


def test_message_is_sent_once():
    message = owe()

    assert services.send(message, at=AT) is True
    assert services.send(message, at=AT + MINUTE) is False
    assert [(sent.subject, sent.to) for sent in mail.outbox] == [
        ("A decision", ["someone@example.org"])
    ]


def test_message_in_another_workers_hands_is_left_alone():
    message = owe()
    Notification.objects.update(claimed_until=AT + MINUTE)

    assert services.send(message, at=AT) is False
    assert mail.outbox == []


def test_claim_of_a_dead_worker_lapses():
    message = owe()
    Notification.objects.update(claimed_until=AT + services.CLAIM, attempts=1)

    assert services.send(message, at=AT + services.CLAIM) is True


def test_message_sent_again_has_the_same_message_id():
    message = owe()
    services.send(message, at=AT)
    Notification.objects.update(sent_at=None, claimed_until=None)
    services.send(message, at=AT)

    assert len({sent.extra_headers["Message-ID"] for sent in mail.outbox}) == 1


def test_message_is_not_sent_before_it_is_due():
    owe(at=AT + MINUTE)

    assert list(Notification.objects.waiting(AT)) == []
    assert Notification.objects.waiting(AT + MINUTE).count() == 1


def test_refused_mail_is_tried_later_each_time_and_given_up_after_five(broken_mail):
    message, now, waits = owe(), AT, []

    for _ in range(5):
        message.refresh_from_db()
        assert services.send(message, at=now) is False
        message.refresh_from_db()
        waits.append((message.claimed_until - now) // MINUTE)
        now = message.claimed_until

    assert waits == [2, 4, 8, 16, 32]
    assert message.last_error == "ConnectionRefusedError"
    assert list(Notification.objects.waiting(now)) == []
    assert list(Notification.objects.failed()) == [message]


def test_mail_server_that_comes_back_gets_the_message(broken_mail, settings):
    message = owe()
    services.send(message, at=AT)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    assert services.send(message, at=AT + 2 * MINUTE) is True
    message.refresh_from_db()
    assert (message.sent_at, message.last_error) == (AT + 2 * MINUTE, "")


def test_sweep_sends_everything_owed_once():
    owe("First")
    owe("Second", at=AT + MINUTE)

    assert tasks.send_waiting() == 2
    assert tasks.send_waiting() == 0
    assert [sent.subject for sent in mail.outbox] == ["First", "Second"]
