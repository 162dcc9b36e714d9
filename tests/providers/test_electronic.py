"""Everything passes through the portal: each change is told, and a message only leads to it."""

from datetime import timedelta

import pytest

from dps_portal.accounts.roles import Role
from dps_portal.notifications.models import Notification
from providers import services
from providers.states import ExtensionGround, Outcome
from tests.factories.providers import AT, assess, owner_of, reviewer, submitted

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(hours=1)


def ask(application, officer, *, asks_correction):
    return services.ask_clarification(
        application=application,
        lot_application=None,
        question="Which staff?",
        due_on=services.earliest_answer(application, LATER),
        asks_correction=asks_correction,
        by=officer,
        at=LATER,
    )


def answer(clarification, owner):
    services.answer_clarification(
        clarification=clarification, answer="Two nurses.", by=owner, at=LATER
    )


def correct(application, officer, owner):
    answer(ask(application, officer, asks_correction=True), owner)
    services.submit_application(application=application, by=owner, at=LATER)


def withdraw(application, officer, owner):
    services.withdraw_application(application=application, by=owner, at=LATER)


def extend(application, officer, owner):
    services.extend_decision(
        application=application,
        ground=ExtensionGround.DOCUMENTS,
        reason="A certificate must be verified.",
        by=officer,
        at=LATER,
    )


def decide(application, officer, owner):
    lot_application = assess(application.lots.get(), by=officer, at=LATER)
    words = {"outcome": Outcome.ADMITTED, "reason": "As assessed.", "at": LATER}
    services.recommend_lot(lot_application=lot_application, by=officer, **words)
    commissioner = reviewer(application, Role.COMMISSIONER)
    services.decide_lot(lot_application=lot_application, by=commissioner, **words)


@pytest.mark.parametrize(
    ("act", "told"),
    [
        (lambda application, officer, owner: ask(application, officer, asks_correction=False), "p"),
        (lambda application, officer, owner: ask(application, officer, asks_correction=True), "p"),
        (correct, "c"),
        (extend, "p"),
        (decide, "p"),
        (withdraw, "c"),
    ],
    ids=["asked", "returned", "corrected", "extended", "decided", "withdrawn"],
)
def test_r2_1_each_change_is_told_to_the_other_side_and_the_message_only_leads_to_it(act, told):
    application = submitted()
    officer = reviewer(application, Role.PROCUREMENT)
    owner = owner_of(application.provider)

    act(application, officer, owner)

    newest = Notification.objects.filter(to=owner if told == "p" else officer).latest("pk")
    assert newest.created_at == LATER
    assert application.reference in newest.subject + newest.body
    assert f"/applications/{application.reference}/" in newest.body
    for words in (application.provider.name, "Which staff?", "Two nurses.", "verified", "845"):
        assert words not in newest.subject + newest.body
