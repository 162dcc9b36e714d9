"""The pages of the council: lists, review, findings, recommendation, decision."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from dps_portal.accounts.roles import Role
from providers import services
from providers.models import Admission
from providers.states import ApplicationState, Criterion, Outcome
from tests.factories.accounts import UserFactory
from tests.factories.agreements import LotFactory
from tests.factories.providers import (
    AT,
    assess,
    decided,
    declared,
    draft,
    owner_of,
    provider_with_owner,
    recommended,
    reviewer,
    submitted,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on_the_first_of_december():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def officer(client):
    person = UserFactory(roles=[Role.PROCUREMENT])
    client.force_login(person)
    client.get(on("provider_list"))  # the session is written on a person's first page
    return person


def on(name, *args, **query):
    return reverse(f"providers:{name}", args=args, query=query or None)


def of_lot(name, lot_application):
    return on(name, lot_application.application, lot_application.lot.number)


def errors(response):
    return [text for texts in response.context["form"].errors.values() for text in texts]


def submitted_to(person, **facts):
    """An application whose reader has declared no conflict of interest."""
    application = submitted(**facts)
    declared(application, person)
    return application


def every_finding(finding="met", reason="Seen."):
    return {f"{criterion}_finding": finding for criterion in Criterion} | {
        f"{criterion}_reason": reason for criterion in Criterion
    }


# ── Lists ────────────────────────────────────────────────────────────────────────────────────
def test_application_list_shows_what_was_submitted_soonest_due_first(client, officer):
    draft()
    done = decided().application
    later = submitted(at=AT + timedelta(days=1))
    sooner = submitted()

    response = client.get(on("application_list"))

    assert list(response.context["page"]) == [sooner, later, done]


def test_application_list_filters_by_state_and_searches(client, officer):
    done, other = decided().application, submitted()

    assert list(client.get(on("application_list", state="decided")).context["page"]) == [done]
    found = client.get(on("application_list", q=other.provider.name.upper()))
    assert list(found.context["page"]) == [other]
    assert client.get(on("application_list", q="\0", state="rubbish", page="x")).status_code == 200


def test_application_list_flags_what_is_overdue(client, officer):
    submitted()

    with time_machine.travel(AT + timedelta(days=14), tick=False):
        client.force_login(officer)
        on_the_day = client.get(on("application_list")).content.decode()
    with time_machine.travel(AT + timedelta(days=15), tick=False):
        client.force_login(officer)
        after = client.get(on("application_list")).content.decode()

    assert "Overdue" not in on_the_day
    assert "1 application overdue for a decision." in after


@pytest.mark.parametrize("rows", [1, 3])
def test_application_list_costs_the_same_however_long(
    client, officer, django_assert_num_queries, rows
):
    for _ in range(rows):
        submitted()

    with django_assert_num_queries(9):
        page = client.get(on("application_list"))

    assert len(page.context["page"]) == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_provider_list_costs_the_same_however_long(
    client, officer, django_assert_num_queries, rows
):
    for _ in range(rows):
        decided()

    with django_assert_num_queries(7):
        page = client.get(on("provider_list"))

    assert len(page.context["page"]) == rows


def test_provider_list_shows_admissions_and_finds_by_number(client, officer):
    held, other = decided(), provider_with_owner()

    page = client.get(on("provider_list"))
    found = client.get(on("provider_list", q=other.company_number))

    assert str(held.lot) in page.content.decode()
    assert [row["provider"] for row in found.context["page"]] == [other]


@pytest.mark.parametrize("rows", [1, 3])
def test_application_review_costs_the_same_for_one_lot_and_more(
    client, officer, django_assert_num_queries, rows
):
    first = LotFactory()
    lots = [first, *LotFactory.create_batch(rows - 1, agreement=first.agreement)]
    application = submitted_to(officer, lots=lots)
    for lot_application in application.lots.all():
        assess(lot_application)

    with django_assert_num_queries(15):
        page = client.get(application.get_review_url())

    assert page.status_code == 200


def test_draft_has_no_review(client, officer):
    assert client.get(draft().get_review_url()).status_code == 404


# ── Findings ─────────────────────────────────────────────────────────────────────────────────
def test_assess_lot_records_findings(client, officer):
    lot_application = submitted_to(officer).lots.get()

    response = client.post(of_lot("assess_lot", lot_application), every_finding())

    assert response["Location"] == lot_application.application.get_review_url()
    assert lot_application.assessments.filter(assessor=officer).count() == len(Criterion)


def test_assess_lot_shows_suggestions_and_fills_nothing_in(client, officer):
    lot_application = submitted_to(officer).lots.get()

    response = client.get(of_lot("assess_lot", lot_application))

    page = response.content.decode()
    assert "The portal suggests “Met”. The weekly price is not above the ceiling." in page
    assert "checked" not in page


def test_assess_lot_shows_ones_own_findings_only(client, officer):
    lot_application = submitted_to(officer).lots.get()
    assess(lot_application, reason="Another person's reason.")
    assess(lot_application, by=officer, reason="My reason.")

    page = client.get(of_lot("assess_lot", lot_application)).content.decode()

    assert page.count("My reason.") == len(Criterion)
    assert "Another person's reason." not in page


def test_assess_lot_needs_a_reason_for_each_finding_and_the_reverse(client, officer):
    lot_application = submitted_to(officer).lots.get()

    response = client.post(
        of_lot("assess_lot", lot_application),
        {"price_finding": "met", "service_reason": "Seen.", "standing_finding": "maybe"},
    )

    assert set(response.context["form"].errors) == {
        "price_reason",
        "service_finding",
        "standing_finding",
    }
    assert not lot_application.assessments.exists()


def test_assess_lot_of_nothing_is_refused(client, officer):
    lot_application = submitted_to(officer).lots.get()

    response = client.post(of_lot("assess_lot", lot_application), {"price_reason": ""})

    assert errors(response) == ["Record at least one finding."]


# ── Recommendation and decision ──────────────────────────────────────────────────────────────
def test_recommend_lot_puts_it_to_the_commissioner(client, officer):
    lot_application = submitted_to(officer).lots.get()
    assess(lot_application)

    client.post(
        of_lot("recommend_lot", lot_application), {"outcome": "admitted", "reason": "All met."}
    )

    lot_application.refresh_from_db()
    assert lot_application.recommendation == Outcome.ADMITTED


def test_recommend_lot_shows_the_refusal_and_keeps_the_reason(client, officer):
    lot_application = submitted_to(officer).lots.get()

    response = client.post(
        of_lot("recommend_lot", lot_application), {"outcome": "admitted", "reason": "All met."}
    )

    assert errors(response)[0] == "“Exclusion grounds and self-cleaning” is not assessed yet."
    assert "All met." in response.content.decode()


def test_decide_lot_admits_and_tells_the_provider(client):
    lot_application = recommended()
    client.force_login(reviewer(lot_application.application, Role.COMMISSIONER))

    response = client.post(
        of_lot("decide_lot", lot_application),
        {"outcome": "admitted", "reason": "All met."},
        follow=True,
    )

    assert "is recorded and sent." in response.content.decode()
    assert Admission.objects.get().lot == lot_application.lot
    owner = owner_of(lot_application.application.provider)
    assert owner.notifications.latest("pk").subject.startswith("There is a decision")


def test_decide_lot_shows_the_refusal(client):
    lot_application = recommended()
    client.force_login(reviewer(lot_application.application, Role.COMMISSIONER))

    response = client.post(
        of_lot("decide_lot", lot_application), {"outcome": "refused", "reason": "No room."}
    )

    assert errors(response) == ["Every criterion is met, so the provider cannot be refused."]


def test_decide_lot_once_decided_says_so(client):
    lot_application = decided()
    client.force_login(reviewer(lot_application.application, Role.COMMISSIONER))

    page = client.get(of_lot("decide_lot", lot_application)).content.decode()

    assert "This lot is already decided." in page
    assert "Record decision" not in page


@pytest.mark.parametrize(
    ("role", "name", "status"),
    [
        (Role.PROCUREMENT, "assess_lot", 200),
        (Role.PROCUREMENT, "recommend_lot", 200),
        (Role.PROCUREMENT, "decide_lot", 403),
        (Role.COMMISSIONER, "assess_lot", 403),
        (Role.COMMISSIONER, "recommend_lot", 403),
        (Role.COMMISSIONER, "decide_lot", 200),
        (Role.AUDITOR, "assess_lot", 403),
        (Role.AUDITOR, "decide_lot", 403),
        (Role.PROVIDER_OWNER, "decide_lot", 403),
    ],
)
def test_each_act_on_a_lot_is_for_its_role(client, role, name, status):
    lot_application = recommended()
    client.force_login(reviewer(lot_application.application, role))

    assert client.get(of_lot(name, lot_application)).status_code == status


def test_lot_that_was_not_applied_for_is_no_page(client, officer):
    assert client.get(on("assess_lot", submitted_to(officer), 9_999)).status_code == 404


def test_extend_decision_shows_the_new_day(client, officer):
    application = submitted_to(officer)
    page = client.get(on("extend_decision", application)).content.decode()
    assert "Tuesday 22 December 2026" in page

    client.post(
        on("extend_decision", application),
        {"ground": "documents", "reason": "A document is missing."},
    )

    application.refresh_from_db()
    assert application.decide_by.isoformat() == "2026-12-22"
    assert application.extension_reason == "A document is missing."


def test_extend_decision_shows_the_refusal(client, officer):
    application = decided().application
    declared(application, officer)

    response = client.post(
        on("extend_decision", application), {"ground": "documents", "reason": "More time."}
    )

    assert errors(response) == ["The application is not waiting for a decision."]
    assert application.state == ApplicationState.DECIDED


# ── Interests, clarifications, letters ───────────────────────────────────────────────────────
def test_r4_2_nothing_is_read_before_interests_are_declared(client, officer):
    application = submitted()
    number = application.lots.get().lot.number
    declare = on("declare_interest", application)

    for url in [
        application.get_review_url(),
        on("assess_lot", application, number),
        on("recommend_lot", application, number),
        on("extend_decision", application),
        on("ask_clarification", application),
    ]:
        assert client.get(url)["Location"] == declare
    assert client.post(declare, {"has_conflict": "no"})["Location"] == application.get_review_url()
    page = client.get(application.get_review_url())
    assert (page.context["declared"], page.context["conflicts"]) == (1, 0)


def test_r4_2_a_conflict_closes_the_application_from_the_next_request_on(client, officer):
    application = decided().application
    evidence = application.held_evidence().first()
    number = application.lots.get().lot.number

    missing = client.post(on("declare_interest", application), {"has_conflict": "yes"})
    assert list(missing.context["form"].errors) == ["details"]
    client.post(
        on("declare_interest", application), {"has_conflict": "yes", "details": "My sister."}
    )

    for url in [
        application.get_review_url(),
        on("assess_lot", application, number),
        on("decision_letter", application, number),
        on("evidence_document", evidence.document_id),
    ]:
        assert client.get(url).status_code == 404
    assert list(client.get(on("application_list")).context["page"]) == []


def test_an_auditor_reads_without_declaring(client):
    application = submitted()
    client.force_login(UserFactory(roles=[Role.AUDITOR]))

    assert client.get(application.get_review_url()).status_code == 200


def test_a_returned_application_is_corrected_and_shows_what_changed(client, officer):
    """R3.6."""
    application = submitted_to(officer)
    owner = owner_of(application.provider)
    lot = application.lots.get().lot

    client.post(
        on("ask_clarification", application),
        {
            "about": lot.number,
            "question": "Is the price right?",
            "due_on_day": 8,
            "due_on_month": 12,
            "due_on_year": 2026,
            "asks_correction": "on",
        },
    )
    client.force_login(owner)
    page = client.get(application.get_absolute_url())
    question = page.context["clarifications"].get()
    client.post(on("answer_clarification", question.pk), {"answer": "It is 800."})
    client.post(
        on("save_lot", application, lot.number),
        {
            "service_description": "Twelve weeks of structured rehabilitation.",
            "weekly_pence": "800",
            "locations": [application.held_locations().get().pk],
        },
    )
    client.post(on("submit_application", application), {"confirm": "on"})
    client.force_login(officer)
    review = client.get(application.get_review_url())

    assert review.context["changes"] == [(f"{lot}: weekly price", "£845.00", "£800.00")]
    assert "It is 800." in review.content.decode()
    assert review.context["application"].decide_by.isoformat() == "2026-12-15"


def test_a_question_needs_words_and_time(client, officer):
    application = submitted_to(officer)

    response = client.post(
        on("ask_clarification", application),
        {"about": 0, "question": "", "due_on_day": 2, "due_on_month": 12, "due_on_year": 2026},
    )

    assert list(response.context["form"].errors) == ["question", "due_on"]
    assert errors(response)[1] == "Answer due by must be on or after 3 December 2026"


def test_decision_letter_is_for_its_provider_and_the_council(client):
    lot_application = decided(outcome=Outcome.REFUSED)
    for person, status in [
        (owner_of(lot_application.application.provider), 200),
        (UserFactory(roles=[Role.AUDITOR]), 200),
        (owner_of(provider_with_owner()), 404),
        (UserFactory(roles=[Role.ASSESSOR]), 404),
    ]:
        client.force_login(person)
        page = client.get(of_lot("decision_letter", lot_application))
        assert page.status_code == status
        assert ("not to admit your organisation" in page.content.decode()) == (status == 200)


def test_letter_of_an_undecided_lot_is_no_page(client, officer):
    lot_application = submitted_to(officer).lots.get()
    assert client.get(of_lot("decision_letter", lot_application)).status_code == 404


def test_r4_4_reasons_are_asked_for_and_given(client, officer):
    lot_application = decided(outcome=Outcome.REFUSED)
    application = lot_application.application
    declared(application, officer)
    owner = owner_of(application.provider)
    client.force_login(owner)
    client.post(of_lot("request_reasons", lot_application))
    assert "The council answers by Wednesday 16 December 2026." in (
        client.get(of_lot("decision_letter", lot_application)).content.decode()
    )

    client.force_login(officer)
    assert [each.due_on.isoformat() for each in client.get(on("reasons_list")).context["page"]] == [
        "2026-12-16"
    ]
    client.post(of_lot("answer_reasons", lot_application), {"answer": "No nurse at night."})

    client.force_login(owner)
    letter = client.get(of_lot("decision_letter", lot_application)).content.decode()
    assert "No nurse at night." in letter
    again = client.post(of_lot("request_reasons", lot_application))
    assert errors(again) == ["The reasons were asked for already."]


@pytest.mark.parametrize("rows", [1, 3])
def test_reasons_list_costs_the_same_however_long(client, officer, django_assert_num_queries, rows):
    for _ in range(rows):
        lot_application = decided(outcome=Outcome.REFUSED)
        services.request_reasons(
            lot_application=lot_application,
            by=owner_of(lot_application.application.provider),
            at=AT,
        )

    with django_assert_num_queries(5):
        page = client.get(on("reasons_list"))

    assert len(page.context["page"]) == rows


def test_lists_download_what_they_show(client, officer):
    application = submitted()
    refused = decided(outcome=Outcome.REFUSED)
    services.request_reasons(
        lot_application=refused, by=owner_of(refused.application.provider), at=AT
    )

    applications = client.get(
        on("application_list", q=application.reference, download="csv")
    ).content.decode()
    reasons = client.get(on("reasons_list", download="csv")).content.decode()

    assert applications.splitlines() == [
        '"Reference","Provider","Lots","Submitted","Counts from","Decide by","State"',
        f'"{application}","{application.provider.name}","Standard","2026-12-01","2026-12-01",'
        '"2026-12-15","Submitted"',
    ]
    assert reasons.splitlines() == [
        '"Application","Provider","Lot","Requested","Due by","Answered"',
        f'"{refused.application}","{refused.application.provider.name}","{refused.lot}",'
        '"2026-12-01","2026-12-16",""',
    ]


def test_application_list_narrows_by_lot_and_by_what_it_waits_for(client, officer):
    new, put = submitted(), recommended().application
    other_lot = new.lots.get().lot

    def listed(**query):
        return list(client.get(on("application_list", **query)).context["page"])

    assert listed(lot=other_lot.pk) == [new]
    assert listed(waiting="recommendation") == [new]
    assert listed(waiting="decision") == [put]
    assert listed(waiting="overdue") == []
