"""The pages of a person's record: what they show, to whom, and what they refuse."""

import json
from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from dps_portal.accounts.roles import Role
from dps_portal.audit.models import AuditEvent
from placements import services
from placements.models import BreakGlass, PersonAccess, Referral, SubjectRequest
from tests.factories.accounts import UserFactory
from tests.factories.people import OF_PERSON, pages_of
from tests.factories.placements import AT, PLANNED, Journey

pytestmark = pytest.mark.django_db

BORN = {"date_of_birth_day": 29, "date_of_birth_month": 2, "date_of_birth_year": 1980}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(AT, tick=False) as traveller:
        yield traveller


@pytest.fixture
def journey():
    return Journey().budget(y2026=27_000_000)


@pytest.fixture
def stranger():
    return UserFactory(roles=[Role.ASSESSOR])


@pytest.fixture
def second():
    return UserFactory(roles=[Role.ASSESSMENT_MANAGER])


def on(name, *args, **query):
    return reverse(f"placements:{name}", args=args, query=query or None)


def errors(response):
    return [text for each in response.context["form"].errors.values() for text in each]


def found(client, user, **typed):
    client.force_login(user)
    response = client.post(on("find_person"), {"purpose": "record", **typed})
    assert response.status_code == 200
    return response


def test_find_person_leads_to_a_case_in_sight_and_to_break_glass_otherwise(
    client, journey, stranger
):
    referral = journey.draft(number="AB123", name="Zoë Hara")
    person = referral.person

    own = found(client, journey.people["assessor"], search_by="number", number="ab 123")
    other = found(client, stranger, search_by="name", name="zoe hara", **BORN)

    assert own.context["found"] == [(person, referral)]
    assert referral.get_absolute_url() in own.content.decode()
    page = other.content.decode()
    assert other.context["found"] == [(person, None)]
    assert on("break_glass", person) in page
    assert referral.reference not in page
    assert "hara" not in page.lower()


def test_find_person_says_what_is_missing_and_that_nobody_is_known(client, journey):
    assessor = journey.people["assessor"]

    def missing(**typed):
        return set(found(client, assessor, **typed).context["form"].errors)

    assert missing(search_by="number") == {"number"}
    assert missing(search_by="name", name="Zoe Hara") == {"date_of_birth"}
    assert "Nobody with exactly these details is known" in (
        found(client, assessor, search_by="number", number="X").content.decode()
    )


def acts(client, person):
    return {act.name: act.objections for act in client.get(on("person", person)).context["acts"]}


def test_person_offers_managers_what_assessors_may_not(client, journey):
    person = journey.draft().person
    client.force_login(journey.people["assessor"])
    theirs = acts(client, person)
    client.force_login(journey.people["manager"])

    assert acts(client, person) == {
        "record_consent": [],
        "restrict_person": [],
        "correct_identity": [],
        "hold_record": [],
        "request_export": [],
        "request_erasure": [
            "The person has an open referral.",
            "The record must be kept for 8 years after the last contact.",
        ],
    }
    assert theirs == {name: ["An assessment manager does this."] for name in theirs} | {
        "record_consent": []
    }


@pytest.mark.parametrize("name", [name for name in OF_PERSON if name not in {"person"}])
def test_page_opens_and_says_what_is_missing_and_changes_nothing(client, journey, name, stranger):
    person = journey.draft().person
    client.force_login(stranger if name == "break_glass" else journey.people["manager"])
    events = AuditEvent.objects.count()

    assert client.get(on(name, person)).status_code == 200
    response = client.post(on(name, person), {"unknown": "x"})

    assert response.status_code == 200
    assert response.context["form"].errors
    assert AuditEvent.objects.count() == events


def test_break_glass_opens_the_pages_of_one_case_for_a_day(client, journey, stranger, clock):
    placement, other = journey.requested().placement, journey.offered()
    referral = placement.referral
    pages = [placement.get_absolute_url(), referral.get_absolute_url()]
    client.force_login(stranger)
    assert [client.get(page).status_code for page in pages] == [404, 404]

    response = client.post(on("break_glass", referral.person), {"reason": "The worker is ill."})

    assert response["Location"] == referral.person.get_absolute_url()
    pages.append(response["Location"])
    assert [client.get(page).status_code for page in pages] == [200, 200, 200]
    assert client.get(other.get_absolute_url()).status_code == 404
    assert list(client.get(on("referral_list")).context["page"]) == []
    assert list(client.get(on("find_person")).context["opened"]) == [BreakGlass.objects.get()]
    kinds = PersonAccess.objects.values_list("user", "kind")
    assert list(kinds) == [(stranger.pk, "record")] * 4
    clock.shift(timedelta(hours=24))
    client.force_login(stranger)  # a session ends before that
    assert [client.get(page).status_code for page in pages] == [404, 404, 404]


def test_restricted_record_is_a_404_as_if_it_were_not_there(client, journey, second):
    request = journey.requested()
    placement, person = request.placement, request.placement.referral.person
    client.force_login(journey.people["manager"])
    client.post(on("restrict_person", person), {"reason": "A relative.", "readers": [second.pk]})
    pages = [
        placement.get_absolute_url(),
        placement.referral.get_absolute_url(),
        person.get_absolute_url(),
        request.get_absolute_url(),
        on("person_identity", person),
        on("change_readers", person),
    ]
    lists = ["referral_list", "placement_list", "request_list"]

    def listed(**query):
        return [client.get(on(name, **query)).context["page"].paginator.count for name in lists]

    assert [client.get(page).status_code for page in pages] == [404] * 6
    assert listed() == listed(q=placement.reference) == [0, 0, 0]
    csv = client.get(on("referral_list", download="csv")).content.decode()
    assert placement.referral.reference not in csv
    client.force_login(second)
    assert [client.get(page).status_code for page in pages] == [200] * 6
    assert listed() == [1, 1, 1]
    assert list(PersonAccess.objects.values_list("user", "kind")) == [(second.pk, "record")] * 5


def test_manager_who_leaves_the_list_loses_sight_at_once(client, journey, second):
    person, manager = journey.draft().person, journey.people["manager"]
    client.force_login(manager)
    client.post(on("restrict_person", person), {"reason": "A relative.", "readers": [manager.pk]})

    response = client.post(on("change_readers", person), {"readers": [second.pk]})

    assert response["Location"] == on("find_person")
    client.force_login(second)
    client.post(on("lift_restriction", person), {"reason": "The relative left."})
    assert not person.restrictions.open().exists()
    refusal = client.post(on("lift_restriction", person), {"reason": "Again."})
    assert errors(refusal) == ["The record is not restricted."]


def test_consent_correction_and_hold_are_recorded_by_their_pages(client, journey):
    person = journey.draft(name="Zoe Hara").person
    client.force_login(journey.people["manager"])

    client.post(
        on("record_consent", person),
        {"kind": "ndtms", "is_given": "yes", "on_day": 30, "on_month": 4, "on_year": 2026},
    )
    client.post(on("correct_identity", person), {"name": "Zoe Harald", "reason": "Mistyped."})
    client.post(on("hold_record", person), {"reason": "An inquest."})

    consent = person.consents.get()
    assert (consent.kind, consent.is_given, consent.on) == ("ndtms", True, date(2026, 4, 30))
    assert person.corrections.get().parts == ["name"]
    assert person.holds.open().get().reason == "An inquest."
    page = client.get(on("person", person)).content.decode()
    assert "An inquest." in page
    assert "Harald" not in page
    client.post(on("release_hold", person), {"reason": "It is over."})
    assert not person.holds.open().exists()


def test_auditor_reads_break_glass_and_accesses_without_names(client, journey, stranger, second):
    person = journey.draft(name="Zoe Hara").person
    opened = services.break_glass(person=person, reason="The worker is ill.", by=stranger, at=AT)
    client.force_login(UserFactory(roles=[Role.AUDITOR]))

    pages = [
        client.get(on(name, **query)).content.decode()
        for name in ("break_glass_list", "access_list")
        for query in ({}, {"download": "csv"})
    ]

    for page in pages:
        assert person.reference in page
        assert stranger.ref in page
        assert stranger.name not in page
    assert "The worker is ill." in pages[0]
    assert opened.get_review_url() not in pages[0]
    client.force_login(second)
    assert opened.get_review_url() in client.get(on("break_glass_list")).content.decode()
    client.post(opened.get_review_url(), {"is_justified": "no", "note": "It could wait."})
    opened.refresh_from_db()
    assert (opened.is_justified, opened.reviewed_by) == (False, second)


def asked_for_export(client, journey):
    person = journey.draft(name="Zoe Hara").person
    client.force_login(journey.people["manager"])
    client.post(on("request_export", person), {"reason": "The person asked."})
    return SubjectRequest.objects.get()


def test_export_is_asked_for_approved_and_taken_as_text_and_json(client, journey, second):
    asked = asked_for_export(client, journey)
    refusal = client.post(on("decide_subject_request", asked), {"is_approved": "yes"})
    assert errors(refusal) == ["Another manager must decide, because you asked for this."]
    client.force_login(second)
    client.post(on("decide_subject_request", asked), {"is_approved": "yes"})
    assert client.get(on("download_export", asked)).status_code == 200

    def taken(layout):
        return client.post(
            on("download_export", asked), {"purpose": "subject_access", "layout": layout}
        )

    text, data = taken("txt"), taken("json")

    assert text["Content-Disposition"] == f'attachment; filename="{asked.person}.txt"'
    assert text["Content-Type"] == "text/plain; charset=utf-8"
    assert "name: Zoe Hara" in text.content.decode()
    assert json.loads(data.content)["Identity"]["name"] == "Zoe Hara"
    assert (
        list(PersonAccess.objects.values_list("user", "kind", "purpose"))
        == [(second.pk, "export", "subject_access")] * 2
    )


def test_refused_export_cannot_be_taken(client, journey, second):
    asked = asked_for_export(client, journey)
    client.force_login(second)
    empty = client.post(on("decide_subject_request", asked), {"is_approved": "no"})
    assert set(empty.context["form"].errors) == {"reason"}

    client.post(
        on("decide_subject_request", asked), {"is_approved": "no", "reason": "Not the person."}
    )

    page = client.get(asked.get_absolute_url())
    assert page.context["acts"] == []
    assert "Not the person." in page.content.decode()
    taking = client.post(on("download_export", asked), {"purpose": "record", "layout": "txt"})
    assert errors(taking) == ["There is no approved export to take."]


def test_due_record_is_erased_by_two_managers_from_the_list(client, journey, second, clock):
    referral = journey.assess_not_eligible(journey.assessing())
    person = referral.person
    clock.move_to(AT + timedelta(days=8 * 366))
    client.force_login(journey.people["manager"])
    listed = client.get(on("retention_list"))
    assert [(one, one.standing) for one in listed.context["page"]] == [(person, "Due")]
    assert acts(client, person)["request_erasure"] == []
    client.post(on("request_erasure", person), {"reason": "It is due."})
    (waiting,) = client.get(on("retention_list")).context["page"]
    assert waiting.standing == "Waiting for a second manager"
    asked = SubjectRequest.objects.get()
    client.force_login(second)
    assert "This cannot be undone" in (
        client.get(on("decide_subject_request", asked)).content.decode()
    )

    client.post(on("decide_subject_request", asked), {"is_approved": "yes"})

    assert list(client.get(on("retention_list")).context["page"]) == []
    for page in (asked.get_absolute_url(), person.get_absolute_url(), referral.get_absolute_url()):
        assert client.get(page).status_code == 200
    assert Referral.objects.get().needs_summary == "(erased)"
    refusal = client.post(on("person_identity", person), {"purpose": "contact"})
    assert errors(refusal) == ["This person's record has been erased."]


def test_accesses_are_filtered_by_person_reader_and_kind(client, journey):
    first, other = journey.draft().person, journey.draft().person
    assessor, manager = journey.people["assessor"], journey.people["manager"]
    for person, by in ((first, assessor), (first, manager), (other, manager)):
        services.person_identity(person=person, purpose="contact", by=by, at=AT)
    client.force_login(manager)

    def listed(**query):
        page = client.get(on("access_list", **query)).context["page"]
        return {(one.person, one.user) for one in page}

    assert listed(person=first.reference.lower()) == {(first, assessor), (first, manager)}
    assert listed(person=first.reference, user=manager.ref) == {(first, manager)}
    assert listed(kind="export") == set()
    assert len(listed()) == 3


def test_identity_page_still_opens_after_the_stay(client, journey):
    placement = journey.admitted()
    journey.leave(placement, PLANNED + timedelta(days=1))
    client.force_login(journey.people["manager"])
    rows = pages_of(placement.referral.person, by=journey.people["assessor"], at=AT)

    for name, arguments in rows.items():
        assert client.get(reverse(name, kwargs=arguments)).status_code == 200
