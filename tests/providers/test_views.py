"""The pages of a provider: registration and its application."""

from datetime import date

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from dps_portal.accounts.roles import Role
from providers import services
from providers.models import Application, CqcLocation, Declaration, EvidenceDocument, Provider
from providers.states import (
    OPTIONAL_EVIDENCE,
    ApplicationState,
    EvidenceKind,
    ExclusionGround,
    Outcome,
)
from tests.factories.accounts import UserFactory
from tests.factories.agreements import AgreementFactory, LotFactory
from tests.factories.providers import (
    AT,
    PDF,
    decided,
    draft,
    owner_of,
    provider_with_owner,
    reviewer,
    submitted,
    whole_draft,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on_the_first_of_december():
    with time_machine.travel(AT, tick=False):
        yield


def on(name, *args, **query):
    return reverse(f"providers:{name}", args=args, query=query or None)


def boxes(name, day):
    return {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}


def errors(response):
    return [text for texts in response.context["form"].errors.values() for text in texts]


def member_of(provider):
    person = UserFactory()
    services.add_member(
        provider=provider, user=person, is_owner=False, by=owner_of(provider), at=AT
    )
    return person


# ── Organisation ─────────────────────────────────────────────────────────────────────────────
def test_register_provider_leads_to_its_own_page(client):
    client.force_login(UserFactory())

    response = client.post(
        on("register_provider"),
        {"name": "Haven House", "address": "1 Sea Road", "company_number": "123 4567"},
    )

    provider = Provider.objects.get()
    assert response["Location"] == provider.get_absolute_url()
    assert provider.company_number == "01234567"
    assert client.get(on("own_provider"))["Location"] == provider.get_absolute_url()


def test_register_provider_keeps_what_was_typed_beside_the_message(client):
    client.force_login(UserFactory())

    response = client.post(
        on("register_provider"),
        {"name": "Haven House", "address": "1 Sea Road", "company_number": "XX1"},
    )

    assert errors(response) == [
        "The company number must be 8 characters, like 01234567 or OC312345."
    ]
    assert "Haven House" in response.content.decode()
    assert not Provider.objects.exists()


def test_register_provider_shows_that_a_number_is_needed(client):
    client.force_login(UserFactory())

    response = client.post(
        on("register_provider"), {"name": "Haven House", "address": "1 Sea Road"}
    )

    assert errors(response) == ["Enter a company number, a charity number or a CQC provider ID."]


def test_register_provider_tells_council_staff_why_not(client):
    client.force_login(UserFactory(roles=[Role.FINANCE]))

    page = client.get(on("register_provider")).content.decode()

    assert "You cannot register an organisation" in page
    assert "One person may not be Finance officer and Provider owner." in page


def test_provider_page_is_for_its_people_and_the_council(client):
    held = decided()
    provider = held.application.provider
    for person, status in [
        (owner_of(provider), 200),
        (UserFactory(roles=[Role.COMMISSIONER]), 200),
        (owner_of(provider_with_owner()), 404),
        (UserFactory(roles=[Role.ASSESSOR]), 404),
        (UserFactory(), 404),
    ]:
        client.force_login(person)
        assert client.get(provider.get_absolute_url()).status_code == status


def test_provider_page_shows_admissions_and_prices(client):
    held = decided()
    client.force_login(owner_of(held.application.provider))

    page = client.get(held.application.provider.get_absolute_url()).content.decode()

    assert str(held.lot) in page
    assert "Since 1 December 2026" in page
    assert "£845.00" in page


def test_own_provider_is_not_for_people_without_one(client):
    client.force_login(UserFactory())

    assert client.get(on("own_provider")).status_code == 403


# ── Start ────────────────────────────────────────────────────────────────────────────────────
def test_start_application_makes_a_draft_for_the_lots_chosen(client):
    first, provider = LotFactory(), provider_with_owner()
    LotFactory(agreement=first.agreement)
    client.force_login(owner_of(provider))

    response = client.post(on("start_application", first.agreement), {"lots": [first.pk]})

    application = Application.objects.get()
    assert response["Location"] == application.get_absolute_url()
    assert [each.lot for each in application.lots.all()] == [first]


def test_start_application_needs_a_lot(client):
    lot, provider = LotFactory(), provider_with_owner()
    client.force_login(owner_of(provider))

    response = client.post(on("start_application", lot.agreement), {"lots": ["x"]})

    assert errors(response) == ["“x” is not a valid value."]
    assert not Application.objects.exists()


def test_start_application_says_why_it_cannot_be_started(client):
    lot = LotFactory(agreement=AgreementFactory(end=date(2026, 12, 1)))
    client.force_login(owner_of(provider_with_owner()))

    page = client.get(on("start_application", lot.agreement)).content.decode()

    assert "The agreement is not running, so it takes no applications." in page
    assert "Start application" not in page


def test_start_application_offers_no_lot_that_is_held(client):
    held = decided()
    client.force_login(owner_of(held.application.provider))

    page = client.get(on("start_application", held.application.agreement)).content.decode()

    assert "Your organisation is admitted to every lot." in page


# ── Sections ─────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def application(client):
    """A draft, with its owner signed in."""
    one = draft()
    client.force_login(owner_of(one.provider))
    return one


def statuses(client, application):
    response = client.get(application.get_absolute_url())
    return [task["status"] for task in response.context["tasks"]]


def test_application_is_filled_in_section_by_section(client, application):
    CqcLocation.objects.create(
        location_id="1-101234567",
        name="Haven House",
        postcode="PR8 1AA",
        service_types="Rehabilitation (substance abuse)",
    )
    lot = application.lots.get().lot
    assert statuses(client, application) == ["Incomplete"] * 5

    client.post(
        on("save_details", application), {"address": "1 Sea Road\nSouthport", "confirm": "on"}
    )
    client.post(on("save_location", application), {"cqc_location_id": "1-101234567"})
    client.post(
        on("save_declaration", application),
        {"has_grounds": "no", "declared_by_name": "Alex Owner"},
    )
    for kind in set(EvidenceKind) - OPTIONAL_EVIDENCE:
        client.post(
            on("save_evidence", application, kind),
            {
                "file": SimpleUploadedFile("certificate.pdf", PDF),
                **boxes("expires_on", date(2027, 6, 30)),
            },
        )
    client.post(
        on("save_lot", application, lot.number),
        {
            "service_description": "A programme.",
            "weekly_pence": "£845",
            "locations": [application.held_locations().get().pk],
        },
    )

    assert statuses(client, application) == ["Completed"] * 5
    assert client.get(on("submit_application", application)).context["objections"] == []


def test_location_list_finds_places_that_are_not_yet_given(client, application):
    for number in (1, 2):
        CqcLocation.objects.create(
            location_id=f"1-10000{number}",
            name=f"Haven {number}",
            postcode="PR8 1AA",
            service_types="Any",
        )
    client.post(on("save_location", application), {"cqc_location_id": "1-100001"})

    response = client.get(on("location_list", application, q="haven"))

    assert [found.name for found in response.context["page"]] == ["Haven 2"]
    assert [held.name for held in response.context["locations"]] == ["Haven 1"]


def test_save_location_by_hand_marks_it_as_not_in_the_directory(client, application):
    client.post(
        on("save_location", application),
        {
            "register": "cqc",
            "cqc_location_id": "1-999",
            "name": "New House",
            "postcode": "PR8 1AA",
        },
    )
    response = client.post(
        on("save_location", application),
        {
            "register": "cqc",
            "cqc_location_id": "1-9999",
            "name": "New House",
            "postcode": "pr81aa",
        },
        follow=True,
    )

    assert "Not in directory" in response.content.decode()
    assert [(held.cqc_location_id, held.postcode) for held in application.held_locations()] == [
        ("1-9999", "PR8 1AA")
    ]


def test_remove_location_takes_it_off_the_list(client, application):
    client.post(
        on("save_location", application),
        {
            "register": "cqc",
            "cqc_location_id": "1-9999",
            "name": "New House",
            "postcode": "PR8 1AA",
        },
    )

    client.post(on("remove_location", application, "1-9999"))

    assert not application.held_locations().exists()


def test_save_declaration_asks_which_ground_applies(client, application):
    response = client.post(
        on("save_declaration", application),
        {"has_grounds": "yes", "declared_by_name": "Alex Owner"},
    )

    assert errors(response) == ["Select the grounds that apply, or that none applies"]
    assert not Declaration.objects.exists()


def test_each_declared_ground_has_its_page(client, application):
    client.post(
        on("save_declaration", application),
        {
            "has_grounds": "yes",
            "mandatory": ["fraud"],
            "discretionary": ["insolvency"],
            "declared_by_name": "Alex Owner",
        },
    )
    declaration = Declaration.objects.get()
    assert [each["is_told"] for each in ground_rows(client, declaration)] == [False, False]

    told = {
        **boxes("happened_on", date(2020, 11, 30)),
        "what_happened": "A conviction.",
        "measures": "New people.",
        "file": SimpleUploadedFile("court.pdf", PDF),
    }
    client.post(on("save_ground", declaration.pk, "fraud"), told)

    assert [(each["is_told"], each["is_live"]) for each in ground_rows(client, declaration)] == [
        (True, False),  # more than five years ago
        (False, True),
    ]
    file = client.get(on("ground_document", declaration.pk, "fraud"))
    assert file["Content-Disposition"].startswith("attachment")
    assert client.get(on("ground_document", declaration.pk, "insolvency")).status_code == 404
    assert client.get(on("save_ground", declaration.pk, "tax")).status_code == 404


def ground_rows(client, declaration):
    return client.get(on("ground_list", declaration.pk)).context["grounds"]


def test_grounds_are_hidden_from_other_organisations_and_from_the_council_until_declared(client):
    one = draft()
    declaration = services.save_declaration(
        application=one,
        grounds=[ExclusionGround.FRAUD],
        declared_by_name="Alex Owner",
        by=owner_of(one.provider),
        at=AT,
    )
    client.force_login(owner_of(provider_with_owner()))
    for url in [
        on("ground_list", declaration.pk),
        on("save_ground", declaration.pk, "fraud"),
        on("ground_document", declaration.pk, "fraud"),
    ]:
        assert client.get(url).status_code == 404
    client.force_login(UserFactory(roles=[Role.PROCUREMENT]))
    assert client.get(on("assess_ground", declaration.pk, "fraud")).status_code == 404


def test_choose_lots_adds_one_to_a_draft(client, application):
    lot = application.lots.get().lot
    other = LotFactory(agreement=lot.agreement)

    client.post(on("choose_lots", application), {"lots": [lot.pk, other.pk]})

    assert [each.lot for each in application.lots_in_order()] == [lot, other]


def test_start_application_takes_over_answers_if_asked(client):
    one = whole_draft()
    provider, lot = one.provider, one.lots.get().lot
    services.withdraw_application(application=one, by=owner_of(provider), at=AT)
    client.force_login(owner_of(provider))

    client.post(on("start_application", lot.agreement), {"lots": [lot.pk], "reuse": "yes"})

    again = Application.objects.get(state=ApplicationState.DRAFT)
    assert again.copied_from == one
    assert "Answers were taken over" in client.get(again.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("file", "expires_on", "message"),
    [
        (("a.exe", b"MZ"), date(2027, 6, 30), "The file must be a PDF"),
        (("a.pdf", PDF), date(2026, 11, 30), "Expiry date must be on or after 1 December 2026"),
        (("a.pdf", b""), date(2027, 6, 30), "The file is empty"),
    ],
)
def test_save_evidence_says_what_is_wrong(client, application, file, expires_on, message):
    response = client.post(
        on("save_evidence", application, "insurance"),
        {"file": SimpleUploadedFile(*file), **boxes("expires_on", expires_on)},
    )

    assert errors(response)[0].startswith(message)
    assert not EvidenceDocument.objects.exists()


def test_save_evidence_needs_a_date_only_where_documents_expire(client, application):
    file = {"file": SimpleUploadedFile("a.pdf", PDF)}

    refused = client.post(on("save_evidence", application, "insurance"), file)
    file["file"].seek(0)
    taken = client.post(on("save_evidence", application, "safeguarding"), file)

    assert list(refused.context["form"].errors) == ["expires_on"]
    assert taken.status_code == 302


def test_evidence_list_shows_each_kind_and_what_is_held(client):
    one = whole_draft()
    client.force_login(owner_of(one.provider))

    response = client.get(on("evidence_list", one))

    assert [(each["kind"], bool(each["held"])) for each in response.context["kinds"]] == [
        ("insurance", True),
        ("employers", True),
        ("professional", True),
        ("data_protection", True),
        ("safeguarding", True),
        ("cqc_report", False),
    ]


def test_save_evidence_of_an_unknown_kind_is_no_page(client, application):
    assert client.get(on("save_evidence", application, "selfie")).status_code == 404


def test_save_lot_refuses_a_price_above_the_ceiling_and_keeps_the_words(client, application):
    number = application.lots.get().lot.number
    client.post(
        on("save_location", application),
        {
            "register": "cqc",
            "cqc_location_id": "1-9999",
            "name": "New House",
            "postcode": "PR8 1AA",
        },
    )

    response = client.post(
        on("save_lot", application, number),
        {
            "service_description": "A programme by the sea.",
            "weekly_pence": "1100.01",
            "locations": [application.held_locations().get().pk],
        },
    )

    assert errors(response) == ["Weekly price must be £1,100.00 or less"]
    assert "A programme by the sea." in response.content.decode()


def test_sections_are_closed_once_the_application_is_handed_in(client):
    one = submitted()
    client.force_login(owner_of(one.provider))
    number = one.lots.get().lot.number
    sent = "The application is marked “Submitted”, which does not allow this."

    for url in [
        on("save_location", one),
        on("save_declaration", one),
        on("save_evidence", one, "insurance"),
        on("save_lot", one, number),
    ]:
        page = client.get(url)
        assert page.context["objections"] == [sent]
        assert "<textarea" not in page.content.decode()
    for url in [on("location_list", one), on("evidence_list", one)]:
        assert client.get(url)["Location"] == one.get_absolute_url()


def test_what_was_typed_survives_when_another_member_hands_in_the_application(client):
    one = submitted()
    client.force_login(member_of(one.provider))
    number = one.lots.get().lot.number

    response = client.post(
        on("save_lot", one, number),
        {
            "service_description": "A programme by the sea.",
            "weekly_pence": "700",
            "locations": [one.held_locations().get().pk],
        },
    )

    assert errors(response) == ["The application is marked “Submitted”, which does not allow this."]
    assert "A programme by the sea." in response.content.decode()
    client.post(on("remove_location", one, "1-100200300"))
    assert one.held_locations().count() == 1


def test_every_section_is_hidden_from_other_organisations(client):
    one = whole_draft()
    client.force_login(owner_of(provider_with_owner()))
    number = one.lots.get().lot.number

    for url in [
        one.get_absolute_url(),
        on("location_list", one),
        on("save_location", one),
        on("save_declaration", one),
        on("evidence_list", one),
        on("save_evidence", one, "insurance"),
        on("save_lot", one, number),
        on("submit_application", one),
        on("withdraw_application", one),
        on("evidence_document", one.held_evidence().first().document_id),
    ]:
        assert client.get(url).status_code == 404


# ── Submission ───────────────────────────────────────────────────────────────────────────────
def test_submit_application_shows_its_date_of_decision(client):
    one = whole_draft()
    client.force_login(owner_of(one.provider))

    response = client.post(on("submit_application", one), {"confirm": "on"}, follow=True)

    assert "The council decides by Tuesday 15 December 2026." in response.content.decode()


def test_submit_application_lists_what_is_missing(client, application):
    response = client.post(on("submit_application", application), {"confirm": "on"})

    assert errors(response)[:2] == [
        "Confirm the details of your organisation.",
        "Add at least one location.",
    ]
    assert len(errors(response)) == 12
    application.refresh_from_db()
    assert application.is_draft


def test_submit_application_needs_the_confirmation(client):
    one = whole_draft()
    client.force_login(owner_of(one.provider))

    response = client.post(on("submit_application", one), {"other": "x"})

    assert list(response.context["form"].errors) == ["confirm"]
    one.refresh_from_db()
    assert one.is_draft


def test_member_edits_but_neither_submits_nor_withdraws(client):
    one = whole_draft()
    client.force_login(member_of(one.provider))

    assert client.get(one.get_absolute_url()).status_code == 200
    assert client.get(on("save_declaration", one)).status_code == 200
    assert client.post(on("submit_application", one), {"confirm": "on"}).status_code == 403
    assert client.post(on("withdraw_application", one)).status_code == 403


def test_withdraw_application_asks_first(client, application):
    page = client.get(on("withdraw_application", application)).content.decode()
    assert "This cannot be undone." in page

    client.post(on("withdraw_application", application))

    application.refresh_from_db()
    assert application.state == ApplicationState.WITHDRAWN
    assert (
        "Withdrawn on 1 December 2026"
        in client.get(application.get_absolute_url()).content.decode()
    )


def test_withdraw_application_is_not_offered_once_decided(client):
    one = decided().application
    client.force_login(owner_of(one.provider))

    response = client.post(on("withdraw_application", one))

    assert errors(response) == ["The application is marked “Decided”, which does not allow this."]


def test_application_shows_the_decision_and_its_reason(client):
    one = decided(outcome=Outcome.REFUSED).application
    client.force_login(owner_of(one.provider))

    page = client.get(one.get_absolute_url()).content.decode()

    assert "Refused" in page
    assert "As recommended." in page


# ── Documents ────────────────────────────────────────────────────────────────────────────────
def test_evidence_document_is_a_download_for_its_people_and_the_council(client):
    application = submitted()
    held = application.held_evidence().first()
    for person in (owner_of(held.provider), reviewer(application, Role.PROCUREMENT)):
        client.force_login(person)
        response = client.get(on("evidence_document", held.document_id))
        assert response["Content-Disposition"].startswith("attachment")
        assert b"".join(response.streaming_content) == PDF


def test_evidence_document_of_a_draft_is_hidden_from_the_council(client):
    held = whole_draft().held_evidence().first()
    client.force_login(UserFactory(roles=[Role.PROCUREMENT]))

    assert client.get(on("evidence_document", held.document_id)).status_code == 404
