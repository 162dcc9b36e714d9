"""Published documents, questions and subscriptions, made by the services."""

from datetime import UTC, datetime

from dps_portal.accounts.roles import Role
from dps_portal.publication import services

from .accounts import UserFactory

AT = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)  # a Tuesday


def pdf(words: str) -> bytes:
    return f"%PDF-1.7\n{words}".encode()


def officer():
    return UserFactory(roles=[Role.PROCUREMENT])


def published(agreement, *, title="Terms and conditions", words="First", at=AT, **facts):
    return services.publish_document(
        **{
            "agreement": agreement,
            "lot": None,
            "title": title,
            "note": "",
            "name": "terms.pdf",
            "content": pdf(words),
            "by": officer(),
            "at": at,
        }
        | facts
    )


def renewed(document, *, words="Second", at=AT, **facts):
    return services.publish_version(
        **{
            "document": document,
            "note": "Clause 4 is clearer.",
            "name": "terms-2.pdf",
            "content": pdf(words),
            "by": officer(),
            "at": at,
        }
        | facts
    )


def asked(agreement, *, text="May a charity apply?", by=None, at=AT):
    return services.ask_question(agreement=agreement, text=text, by=by or UserFactory(), at=at)


def answered(agreement, *, text="May a charity apply?", answer="Yes.", by=None, at=AT):
    return services.answer_question(
        question=asked(agreement, text=text, by=by, at=at),
        wording=text,
        answer=answer,
        by=officer(),
        at=at,
    )


def subscribed(agreement, *, email="a@example.org", at=AT):
    subscription = services.subscribe(agreement=agreement, email=email, at=at)
    return services.confirm_subscription(subscription=subscription, at=at)
