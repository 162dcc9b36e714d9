"""Owing a message, and sending what is owed."""

import uuid
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.clock import in_words

from .models import Notification

CLAIM = timedelta(minutes=5)


def notify(
    to: User | str,
    template: str,
    *,
    at: datetime,
    key: str | None = None,
    due_on: date | None = None,
    **context,
) -> Notification | None:
    """Store the words owed to a person or address, in the caller's transaction.

    The template's first line is the subject. A message with a ``key`` is owed once however often
    this is called; the second call returns ``None``. Words carry references and links only, never
    a name, a price or anything clinical. One that was due on an earlier day says so (T23).
    """
    text = render_to_string(template, {"origin": settings.PORTAL_ORIGIN, **context})
    subject, _, body = text.strip().partition("\n")
    body = body.strip()
    if due_on and due_on < timezone.localdate(at):
        body += f"\n\nThis message is late: it fell due on {in_words(due_on)}."
    return store(to, subject, body, at=at, key=key, due_on=due_on)


def notify_each(
    people: Iterable[User], template: str, *, at: datetime, key: str | None = None, **context
) -> int:
    """``notify`` for each, a ``key`` made each person's own; how many messages are newly owed."""
    owed = [
        notify(person, template, at=at, key=key and f"{key}:{person}", **context)
        for person in people
    ]
    return len([message for message in owed if message])


def store(
    to: User | str,
    subject: str,
    body: str,
    *,
    at: datetime,
    key: str | None = None,
    due_on: date | None = None,
) -> Notification | None:
    """As ``notify``, with the words already made. What is due on a day is due as it begins."""
    day = due_on and timezone.make_aware(datetime.combine(due_on, time.min))
    person = to if isinstance(to, User) else None
    words = {
        "to": person,
        "email": person.email if person else to,
        "subject": " ".join(subject.split()),
        "body": body,
        "due_at": min(day or at, at),
        "created_at": at,
    }
    if key is None:
        return Notification.objects.create(key=str(uuid.uuid4()), **words)
    message, created = Notification.objects.get_or_create(key=key, defaults=words)
    return message if created else None


def send(message: Notification, *, at: datetime) -> bool:
    """Send one owed message; ``False`` if another worker has it or the server refused.

    The message is claimed by a conditional update and sent outside any transaction. A worker that
    dies after sending leaves a claim that lapses, and the mail goes again under one Message-ID.
    """
    claimed = (
        Notification.objects.waiting(at)
        .filter(pk=message.pk)
        .update(claimed_until=at + CLAIM, attempts=F("attempts") + 1)
    )
    if not claimed:
        return False
    host = settings.PORTAL_ORIGIN.split("://", 1)[1].split(":", 1)[0]
    mail = EmailMessage(
        message.subject,
        message.body,
        to=[message.email],
        headers={"Message-ID": f"<notification-{message.pk}@{host}>"},
    )
    try:
        mail.send()
    except (OSError, SMTPException, ValueError) as error:
        wait = timedelta(minutes=2 ** (message.attempts + 1))
        Notification.objects.filter(pk=message.pk).update(
            claimed_until=at + wait, last_error=type(error).__name__
        )
        return False
    Notification.objects.filter(pk=message.pk).update(sent_at=at, last_error="")
    return True
