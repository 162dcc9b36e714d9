"""The pages before and after a review: interests, self-cleaning, letters, reasons, recall."""

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from dps_portal.accounts.roles import Role
from providers import services
from providers.states import ApplicationState, ExclusionGround, Outcome
from tests.factories.accounts import UserFactory
from tests.factories.providers import (
    AT,
    PDF,
    decided,
    declared,
    owner_of,
    submitted,
    whole_draft,
)

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _on_the_first_of_december():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def officer(client):
    person = UserFactory(roles=[Role.PROCUREMENT])
    client.force_login(person)
    return person


def on(name, *args):
    return reverse(f"providers:{name}", args=args)


def with_ground():
    application = whole_draft()
    by = {"by": owner_of(application.provider), "at": AT}
    declaration = services.save_declaration(
        application=application,
        grounds=[ExclusionGround.MISCONDUCT],
        declared_by_name="Alex Owner",
        **by,
    )
    services.save_ground(
        ground=declaration.grounds.get(),
        happened_on=date(2025, 6, 1),
        what_happened="A manager broke the rules.",
        compensation="Paid.",
        cooperation="Full.",
        measures="New management.",
        file=("court.pdf", PDF),
        **by,
    )
    return services.submit_application(application=application, **by)


def test_r4_2_documents_and_grounds_are_closed_until_interests_are_declared(client, officer):
    application = with_ground()
    ground = (application.declaration.pk, ExclusionGround.MISCONDUCT)
    urls = [
        on("evidence_document", application.held_evidence().first().document_id),
        on("ground_document", *ground),
        on("assess_ground", *ground),
    ]

    assert [client.get(url).status_code for url in urls] == [404, 404, 404]
    declared(application, officer)
    assert [client.get(url).status_code for url in urls] == [200, 200, 200]


def test_r4_2_the_letter_leads_to_the_declaration_first(client, officer):
    lot_application = decided()
    application = lot_application.application
    letter = on("decision_letter", application, lot_application.lot.number)

    assert client.get(letter)["Location"] == on("declare_interest", application)
    declared(application, officer)
    assert "has decided to admit" in client.get(letter).content.decode()


def test_a_declaration_made_leads_to_the_application(client, officer):
    application = submitted()
    declared(application, officer)

    response = client.get(on("declare_interest", application))

    assert response["Location"] == application.get_review_url()


def test_r3_2_self_cleaning_is_assessed_on_its_page(client, officer):
    application = with_ground()
    declared(application, officer)
    page = on("assess_ground", application.declaration.pk, ExclusionGround.MISCONDUCT)

    refused = client.post(page, {"finding": "sufficient", "reason": ""})
    assert list(refused.context["form"].errors) == ["reason"]
    assert "Not assessed yet" in client.get(application.get_review_url()).content.decode()
    done = client.post(page, {"finding": "sufficient", "reason": "New people."})

    assert done["Location"] == application.get_review_url()
    review = client.get(application.get_review_url()).content.decode()
    assert "New people." in review
    assert "Not assessed yet" not in review
    client.force_login(owner_of(application.provider))
    sent = client.get(application.get_absolute_url()).content.decode()
    assert ("New management." in sent, "New people." in sent) == (True, False)


def test_r3_6_a_question_that_is_refused_keeps_its_words(client):
    application = submitted()
    question = services.ask_clarification(
        application=application,
        lot_application=None,
        question="How many nurses?",
        due_on=date(2026, 12, 8),
        asks_correction=False,
        by=declared(application, UserFactory(roles=[Role.PROCUREMENT])),
        at=AT,
    )
    client.force_login(owner_of(application.provider))
    page = on("answer_clarification", question.pk)
    form = client.post(page, {"answer": "x" * 5001})
    assert "x" * 5001 in form.content.decode()

    client.post(page, {"answer": "One."})

    assert "This question is answered already." in client.get(page).content.decode()
    client.force_login(owner_of(submitted().provider))
    assert client.get(page).status_code == 404


def test_r3_6_an_application_is_taken_back_on_its_page(client, officer):
    application = submitted()
    declared(application, officer)
    services.ask_clarification(
        application=application,
        lot_application=None,
        question="Is the price right?",
        due_on=date(2026, 12, 8),
        asks_correction=True,
        by=officer,
        at=AT,
    )
    page, link = on("recall_application", application), "Take the application back"

    assert "The provider still has time to answer." in client.get(page).content.decode()
    assert link not in client.get(application.get_review_url()).content.decode()
    with time_machine.travel(AT + 8 * DAY, tick=False):
        client.force_login(officer)  # nobody stays signed in that long
        assert link in client.get(application.get_review_url()).content.decode()
        assert client.post(page)["Location"] == application.get_review_url()
    application.refresh_from_db()
    assert application.state == ApplicationState.SUBMITTED


def test_r4_4_reasons_are_answered_from_the_letter_and_overdue_ones_are_marked(client, officer):
    lot_application = decided(outcome=Outcome.REFUSED)
    application, number = lot_application.application, lot_application.lot.number
    declared(application, officer)
    services.request_reasons(
        lot_application=lot_application, by=owner_of(application.provider), at=AT
    )
    answer = on("answer_reasons", application, number)

    assert answer in client.get(on("decision_letter", application, number)).content.decode()
    with time_machine.travel(AT + 15 * DAY, tick=False):
        client.force_login(officer)
        assert "Overdue" not in client.get(on("reasons_list")).content.decode()
    with time_machine.travel(AT + 16 * DAY, tick=False):
        client.force_login(officer)
        assert "Overdue" in client.get(on("reasons_list")).content.decode()
    client.force_login(officer)
    client.post(answer, {"answer": "No nurse at night."})
    for state, rows in [("open", 0), ("answered", 1)]:
        page = client.get(on("reasons_list"), {"state": state, "q": str(application)})
        assert len(page.context["page"]) == rows
    assert "This request is answered already." in client.get(answer).content.decode()


def test_r4_4_reasons_nobody_asked_for_have_no_page(client, officer):
    lot_application = decided(outcome=Outcome.REFUSED)
    application = lot_application.application
    declared(application, officer)

    page = client.get(on("answer_reasons", application, lot_application.lot.number))

    assert page.status_code == 404
