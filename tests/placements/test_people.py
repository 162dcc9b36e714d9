"""Who finds and sees a person, what they agreed to, and how the record is given out and erased."""

import json
from datetime import date, timedelta

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, models, transaction

from dps_portal.accounts.roles import Role
from dps_portal.audit import verification
from dps_portal.audit.models import AuditEvent
from dps_portal.notifications.models import Notification
from dps_portal.refusals import Refused
from dps_portal.reports import spend
from dps_portal.reports.scopes import Scope
from dps_portal.reports.worklist import tasks_for
from placements import services, tasks
from placements.models import (
    BreakGlass,
    Consent,
    Exit,
    FundingRequest,
    InvoiceImportRow,
    Person,
    PersonAccess,
    Placement,
    Reader,
    Referral,
    SubjectRequest,
)
from placements.services.identities import identity_of
from placements.services.records import HELD
from placements.states import ConsentKind, SubjectRequestKind
from tests.factories.accounts import UserFactory
from tests.factories.placements import AT, PLANNED, Journey, owner_of

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
LATER = AT + timedelta(days=9 * 365)


@pytest.fixture
def journey():
    return Journey().budget(y2026=27_000_000)


@pytest.fixture
def stranger():
    return UserFactory(roles=[Role.ASSESSOR])


@pytest.fixture
def second():
    return UserFactory(roles=[Role.ASSESSMENT_MANAGER])


def refused(act, **facts):
    """The reasons; nothing may have been written."""
    events = AuditEvent.objects.count()
    with pytest.raises(Refused) as refusal:
        act(**facts)
    assert AuditEvent.objects.count() == events
    return list(refusal.value.reasons)


def last_event():
    event = AuditEvent.objects.order_by("seq").last()
    return event.action, event.subject_ref, event.facts


def search(by, *, number="", name="", born=None):
    return services.find_person(
        number=number, name=name, date_of_birth=born, purpose="record", by=by, at=AT
    )


# ── Finding ──────────────────────────────────────────────────────────────────────────────────
def test_person_is_found_by_exact_number_or_by_full_name_and_birthday(journey, stranger):
    person = journey.draft(number="AB 123", name="Zoë O’Hara").person
    born = date(1980, 2, 29)

    assert search(stranger, number="ab123") == [person]
    assert search(stranger, name="zoe o'hara", born=born) == [person]
    assert search(stranger, number="AB12") == []
    assert search(stranger, name="zoe", born=born) == []
    assert search(stranger, name="zoe o'hara", born=date(1980, 3, 1)) == []


def test_search_is_recorded_without_its_words_found_or_not(journey, stranger):
    person = journey.draft(number="AB123", name="Zoe Hara").person

    search(stranger, number="AB123")
    search(stranger, name="Not Known", born=date(1990, 1, 1))

    facts = list(
        AuditEvent.objects.filter(action="person.searched").values_list("facts", flat=True)
    )
    assert facts == [
        {"purpose": "record", "by_number": True, "found": [person.reference]},
        {"purpose": "record", "by_number": False, "found": []},
    ]
    assert list(person.accesses.values_list("user", "kind", "purpose")) == [
        (stranger.pk, "search", "record")
    ]


def test_correction_is_found_by_the_new_words_only_and_says_neither(journey):
    person = journey.draft(number="AB123", name="Zoe Hara").person
    manager = journey.people["manager"]
    journey.draft(number="CD456")

    services.correct_identity(
        person=person,
        name="Zoe Harald",
        date_of_birth=None,
        number=" ab 124",
        reason="Mistyped.",
        by=manager,
        at=AT,
    )

    assert last_event() == (
        "person.identity_corrected",
        person.reference,
        {"parts": ["name", "number"]},
    )
    assert search(manager, number="AB123") == []
    assert search(manager, name="Zoe Hara", born=date(1980, 2, 29)) == []
    assert search(manager, number="AB124") == [person]
    person.refresh_from_db()
    assert identity_of(person).date_of_birth == "1980-02-29"
    correct = {"person": person, "name": "", "date_of_birth": None, "by": manager, "at": AT}
    assert refused(services.correct_identity, **correct, number="CD456", reason="?") == [
        "Another person has this social care number."
    ]
    assert refused(services.correct_identity, **correct, number="", reason="?") == [
        "Enter what is to be changed."
    ]


# ── Restriction ──────────────────────────────────────────────────────────────────────────────
def restrict(person, journey, *readers):
    return services.restrict_person(
        person=person, reason="A relative works here.", readers=readers, by=readers[0], at=AT
    )


def sights(placement, user, at=None):
    """Which of a placement's rows the user finds."""
    asked = FundingRequest.objects.filter(placement=placement)
    rows = {
        "person": (Person, placement.referral.person_id),
        "referral": (Referral, placement.referral_id),
        "placement": (Placement, placement.pk),
        "request": (FundingRequest, asked.get().pk),
    }
    return {
        name
        for name, (model, pk) in rows.items()
        if model.objects.visible_to(user, at).filter(pk=pk).exists()
    }


def test_restricted_record_is_found_by_its_list_alone(journey, second):
    placement = journey.requested().placement
    other = journey.requested().placement
    people = journey.people
    case = {"person", "referral", "placement"}
    assert sights(placement, people["manager"]) == case | {"request"}
    assert sights(placement, people["commissioner"]) == {"request"}

    restrict(placement.referral.person, journey, second, people["commissioner"])

    assert sights(placement, second) == case | {"request"}
    assert sights(placement, people["commissioner"]) == {"request"}
    assert sights(placement, people["manager"]) == set()
    assert sights(placement, people["assessor"]) == set()
    assert sights(placement, people["finance"]) == set()
    assert Placement.objects.visible_to(owner_of(journey.provider)).count() == 2
    assert sights(other, people["manager"]) == case | {"request"}
    assert sights(other, people["assessor"]) == case | {"request"}


def test_list_of_readers_is_changed_and_the_restriction_lifted(journey, second):
    referral = journey.draft()
    person, manager = referral.person, journey.people["manager"]
    restrict(person, journey, manager)

    services.change_readers(person=person, readers=[second], by=manager, at=AT)

    assert not Referral.objects.visible_to(manager).exists()
    assert last_event() == ("person.readers_changed", person.reference, {"readers": [second.ref]})
    assert refused(services.change_readers, person=person, readers=[], by=second, at=AT) == [
        "Name at least one manager, who can lift the restriction."
    ]
    services.lift_restriction(person=person, reason="The relative left.", by=second, at=AT)
    assert list(Referral.objects.visible_to(manager)) == [referral]
    assert not Reader.objects.open().exists()
    assert refused(services.lift_restriction, person=person, reason="Again.", by=second, at=AT) == [
        "The record is not restricted."
    ]


def test_referral_of_a_restricted_person_is_made_by_the_list_alone(journey, second):
    referral = journey.draft(number="AB123")
    journey.assess_not_eligible(journey.submit_and_allocate(referral))
    restrict(referral.person, journey, second)

    assert refused(journey.draft, number="AB123") == [
        "Ask your manager, who knows who may refer this person."
    ]
    assert journey.draft(number="AB123", by=second).person == referral.person


def test_reason_that_names_the_person_is_refused(journey):
    person = journey.draft(name="Zoe Hara").person
    manager = journey.people["manager"]
    facts = {"person": person, "reason": "Zoe Hara is my cousin.", "by": manager, "at": AT}
    wrong = ["The text has the person's name."]

    assert refused(services.restrict_person, **facts, readers=[manager]) == wrong
    assert refused(services.hold_record, **facts) == wrong
    assert refused(services.request_export, **facts) == wrong
    facts["by"] = UserFactory(roles=[Role.ASSESSOR])
    assert refused(services.break_glass, **facts) == wrong


def test_look_at_a_restricted_record_is_recorded_and_at_another_is_not(journey):
    person, manager = journey.draft().person, journey.people["manager"]
    assert services.record_sight(person=person, by=manager, at=AT) is False
    restrict(person, journey, manager)

    assert services.record_sight(person=person, by=manager, at=AT) is True

    assert list(person.accesses.values_list("user", "kind")) == [(manager.pk, "record")]
    assert last_event() == ("person.record_seen", person.reference, {})


# ── Break-glass ──────────────────────────────────────────────────────────────────────────────
def break_glass(person, by, at=AT):
    return services.break_glass(person=person, reason="The worker is ill.", by=by, at=at)


def test_break_glass_opens_one_case_for_24_hours_outside_the_lists(journey, stranger):
    placement, other = journey.requested().placement, journey.requested().placement
    case = {"person", "referral", "placement", "request"}

    opened = break_glass(placement.referral.person, stranger)

    assert sights(placement, stranger, AT + 24 * HOUR - timedelta(seconds=1)) == case
    assert sights(placement, stranger, AT + 24 * HOUR) == set()
    assert sights(placement, stranger) == set()
    assert sights(other, stranger, AT + HOUR) == set()
    assert services.record_sight(person=placement.referral.person, by=stranger, at=AT + HOUR)
    assert last_event()[0] == "person.record_seen"
    assert opened.until == AT + 24 * HOUR


def test_managers_hear_of_break_glass_at_once_by_reference(journey, stranger, second):
    person = journey.draft(name="Zoe Hara", number="AB123").person

    opened = break_glass(person, stranger)

    told = Notification.objects.filter(subject__contains="break-glass")
    assert {message.to for message in told} == {journey.people["manager"], second}
    assert {message.due_at for message in told} == {AT}
    assert all(person.reference in message.body for message in told)
    assert not [m for m in told if "Zoe" in m.body or "AB123" in m.body or "ill" in m.body]
    assert last_event() == (
        "person.glass_broken",
        person.reference,
        {"break_glass": opened.reference, "until": opened.until.isoformat()},
    )


def test_break_glass_of_the_only_manager_is_told_to_the_auditor(journey, second):
    person = journey.draft().person
    only = journey.people["manager"]
    restrict(person, journey, second)
    second.grants.update(ended_at=AT)
    auditor = UserFactory(roles=[Role.AUDITOR])

    break_glass(person, only)

    told = Notification.objects.filter(subject__contains="break-glass")
    assert [message.to for message in told] == [auditor]


def test_break_glass_is_refused_where_it_is_not_needed_and_reviewed_by_another(
    journey, stranger, second
):
    person, manager = journey.draft().person, journey.people["manager"]
    restrict(person, journey, second)
    assert refused(services.break_glass, person=person, reason="?", by=second, at=AT) == [
        "You can see this person's case already."
    ]
    opened = break_glass(person, manager)
    assert [task.what for task in tasks_for(second, AT)] == [f"Break-glass {opened}"]
    assert tasks_for(manager, AT) == []
    review = {"opened": opened, "is_justified": True, "note": "It was urgent.", "at": AT}

    assert refused(services.review_break_glass, **review, by=manager) == [
        "Another manager must review this, because you opened the case."
    ]
    services.review_break_glass(**review, by=second)

    assert last_event() == ("break_glass.reviewed", opened.reference, {"is_justified": True})
    assert tasks_for(second, AT) == []
    assert refused(services.review_break_glass, **review, by=second) == [
        "This has been reviewed already."
    ]


# ── Consent ──────────────────────────────────────────────────────────────────────────────────
def decide(person, journey, is_given, kind=ConsentKind.PLACEMENT):
    return services.record_consent(
        person=person,
        kind=kind,
        is_given=is_given,
        on=AT.date(),
        by=journey.people["assessor"],
        at=AT,
    )


def test_consents_are_separate_rows_and_the_last_one_counts(journey):
    person = journey.draft().person

    decide(person, journey, True)
    decide(person, journey, True, ConsentKind.NDTMS)
    decide(person, journey, False)

    assert person.consents.standing(ConsentKind.PLACEMENT) is False
    assert person.consents.standing(ConsentKind.NDTMS) is True
    assert person.consents.count() == 3
    assert last_event() == (
        "person.consent_withdrawn",
        person.reference,
        {"kind": "placement", "on": "2026-05-01"},
    )


def test_withdrawn_consent_stops_a_new_offer_until_it_is_given_again(journey):
    referral = journey.matching()
    assert referral.person.consents.standing(ConsentKind.PLACEMENT) is True
    decide(referral.person, journey, False)

    assert refused(journey.choose, referral=referral) == [
        "The person has withdrawn consent to share their needs with providers."
    ]
    decide(referral.person, journey, True)
    assert journey.choose(referral).is_live


# ── Everything held ──────────────────────────────────────────────────────────────────────────
# Of the portal's own making, like every choice: references, states, hashes, sums.
NO_WORDS = {
    *("reference", "parts", "identity", "number_hash", "name_hash", "figures"),
    *("now", "was"),
}

# What a supplier and the ledger system call a payment, and the verdict on it.
OF_PAYMENTS = {InvoiceImportRow: {"supplier", "number", "transaction", "reasons", "notes"}}


def leads_to_person(model, seen=()):
    return model is Person or any(
        leads_to_person(field.remote_field.model, (*seen, model))
        for field in model._meta.concrete_fields
        if field.remote_field
        and field.remote_field.model not in seen
        and field.remote_field.model._meta.app_label == "placements"
    )


def test_no_model_and_no_word_about_a_person_is_forgotten():
    known = {held.model: set(held.words) for held in HELD} | {Person: set()}
    written = {
        model: {
            field.name
            for field in model._meta.concrete_fields
            if isinstance(field, models.CharField | models.TextField | models.JSONField)
            and not field.choices
            and field.name not in NO_WORDS | OF_PAYMENTS.get(model, set())
        }
        for model in apps.get_app_config("placements").get_models()
        if leads_to_person(model)
    }

    assert known == written


def request(act, person, by, at=AT):
    return act(person=person, reason="It is due.", by=by, at=at)


def approve(asked, by, at=AT):
    return services.decide_subject_request(asked=asked, is_approved=True, reason="", by=by, at=at)


def test_export_holds_everything_and_is_approved_by_another(journey, second):
    placement = journey.admitted()
    journey.leave(placement, PLANNED + timedelta(days=10))
    person, manager = placement.referral.person, journey.people["manager"]
    asked = request(services.request_export, person, manager)
    download = {"asked": asked, "purpose": "subject_access", "by": manager, "at": AT}
    assert refused(services.download_export, **download) == ["There is no approved export to take."]
    assert refused(
        services.decide_subject_request,
        asked=asked, is_approved=True, reason="", by=manager, at=AT,
    ) == ["Another manager must decide, because you asked for this."]  # fmt: skip
    assert [task.what for task in tasks_for(second, AT)] == [f"Export of everything held {asked}"]
    assert tasks_for(manager, AT) == []
    approve(asked, second)

    record = services.download_export(**download)

    assert last_event() == (
        "person.exported",
        person.reference,
        {"request": asked.reference, "purpose": "subject_access"},
    )
    assert record["Identity"]["name"] == "Alex Example"
    assert {heading: len(rows) for heading, rows in record.items() if isinstance(rows, list)} == {
        "Consents": 1,
        "Referrals": 1,
        "Assignments": 1,
        "Times on hold": 0,
        "Decisions of no eligibility": 0,
        "Fit of providers": 0,
        "Competitions for a place": 0,
        "Placements": 1,
        "Providers compared": 1,
        "Funded periods": 1,
        "Single charges": 0,
        "Exits": 1,
        "Absences": 0,
        "Corrections of the placement": 0,
        "Contributions": 0,
        "Reviews": 0,
        "Outcome scores": 0,
        "Facts a provider proposed": 0,
        "Funding requests": 1,
        "Ledger entries": 2,
        "Lines of invoices": 0,
        "Rows of imported files": 0,
        "Restrictions": 0,
        "People who may see a restricted record": 0,
        "Legal holds": 0,
        "Corrections": 0,
        "Exports and erasures asked for": 1,
        "Openings by break-glass": 0,
        "Looks at the record": 1,
        "Audit trail": AuditEvent.objects.exclude(subject_type="accounts.user").count(),
    }
    assert record["Placements"][0]["person choice"] == "Wants to be near the sea."
    assert record["Exits"][0]["destination"] == "Own home"
    assert json.loads(services.as_json(record)) == record
    text = services.as_text(record)
    assert "person choice: Wants to be near the sea." in text
    assert "Legal holds\n===========\nNothing is held." in text
    assert set(Notification.objects.filter(subject__contains=str(asked)).values_list("to", flat=True)) == {
        manager.pk, second.pk,
    }  # fmt: skip


def totals(journey):
    return spend.report(journey.agreement, Scope.of_year(2026, date(2027, 3, 31)))


def test_erasure_destroys_the_words_and_leaves_every_total(journey, second):
    placement = journey.admitted()
    journey.leave(placement, PLANNED + timedelta(days=10))
    referral = placement.referral
    person, manager = referral.person, journey.people["manager"]
    kept = journey.draft(number="KEPT", needs_summary="Stays.")
    before = totals(journey)
    due = AT + timedelta(days=8 * 365 + 60)
    assert refused(services.request_erasure, person=person, reason="?", by=manager, at=AT) == [
        "The record must be kept for 8 years after the last contact."
    ]
    assert list(Person.objects.due_for_erasure(PLANNED + timedelta(days=9))) == []
    asked = request(services.request_erasure, person, manager, due)

    approve(asked, second, due)

    person.refresh_from_db()
    assert (bytes(person.identity), person.number_hash, person.name_hash, person.erased_at) == (
        b"", None, "", due,
    )  # fmt: skip
    for held in HELD:
        for row in held.rows(person):
            for word in held.words:
                assert getattr(row, word) in ("", "(erased)", [], {}, None)
    assert Exit.objects.get().reason == "(erased)"
    assert Placement.objects.get(pk=placement.pk).decline_reason == ""
    assert Exit.objects.get().on == PLANNED + timedelta(days=10)
    assert totals(journey) == before
    assert Referral.objects.get(pk=kept.pk).needs_summary == "Stays."
    assert services.compare_ledger().differences == []
    assert verification.verify().broken_at is None
    action, subject, facts = last_event()
    assert (action, subject, facts["request"], facts["asked_by"]) == (
        "person.erased", person.reference, asked.reference, manager.ref,
    )  # fmt: skip
    assert facts["words_destroyed"]["Placement"] == 1
    assert refused(
        services.person_identity, person=person, purpose="contact", by=manager, at=due
    ) == ["This person's record has been erased."]


def test_legal_hold_stops_an_erasure_that_was_asked_for_before(journey, second):
    referral = journey.assess_not_eligible(journey.assessing())
    person, manager = referral.person, journey.people["manager"]
    asked = request(services.request_erasure, person, manager, LATER)
    hold = {"person": person, "reason": "An inquest.", "by": manager, "at": LATER}
    services.hold_record(**hold)

    with pytest.raises(Refused) as refusal:
        approve(asked, second, LATER)

    assert refusal.value.reasons == ("A legal hold is in place.",)
    assert SubjectRequest.objects.get().state == "waiting"
    assert refused(services.hold_record, **hold) == ["A legal hold is in place already."]
    services.release_hold(**hold)
    approve(asked, second, LATER)
    assert Person.objects.get().erased_at == LATER


def test_due_are_those_whose_last_contact_is_8_years_ago(journey):
    over = journey.assess_not_eligible(journey.assessing()).person
    journey.draft()
    day = AT.date()

    assert list(Person.objects.due_for_erasure(day)) == [over]
    assert list(Person.objects.due_for_erasure(day - timedelta(days=1))) == []


# ── Drafts ───────────────────────────────────────────────────────────────────────────────────
def test_draft_that_was_never_handed_in_is_deleted_after_90_days_with_who_it_was(journey):
    draft, handed_in = journey.draft(number="AB123"), journey.submitted()
    held = journey.draft()
    services.hold_record(person=held.person, reason="?", by=journey.people["manager"], at=AT)
    again = journey.assess_not_eligible(journey.submit_and_allocate(journey.draft(number="CD456")))
    second = journey.draft(number="CD456")

    assert services.delete_stale_drafts(at=AT + timedelta(days=90) - HOUR) == 0
    assert services.delete_stale_drafts(at=AT + timedelta(days=90)) == 2
    assert services.delete_stale_drafts(at=AT + timedelta(days=91)) == 0

    assert set(Referral.objects.all()) == {handed_in, held, again}
    draft.person.refresh_from_db()
    assert bytes(draft.person.identity) == b""
    second.person.refresh_from_db()
    assert identity_of(second.person).number == "CD456"
    assert list(
        AuditEvent.objects.filter(action="referral.discarded").values_list("facts", flat=True)
    ) == [
        {"person": draft.person.reference, "identity": "destroyed"},
        {"person": second.person.reference, "identity": "kept"},
    ]
    assert journey.draft(number="AB123").person != draft.person


def test_sweep_of_drafts_is_a_task(journey):
    journey.draft()

    assert tasks.delete_stale_drafts() == 1


# ── What the database refuses ────────────────────────────────────────────────────────────────
def test_accesses_and_consents_are_never_changed(journey):
    person = journey.draft().person
    services.person_identity(person=person, purpose="contact", by=journey.people["assessor"], at=AT)
    decide(person, journey, True)

    for rows in (PersonAccess.objects, Consent.objects):
        for change in (lambda rows=rows: rows.update(person=person), rows.all().delete):
            with pytest.raises(DatabaseError), transaction.atomic():
                change()


def test_two_people_and_single_open_rows_are_the_databases_own_rule(journey):
    person, manager = journey.draft().person, journey.people["manager"]
    asked = SubjectRequest.objects.create(
        person=person, kind=SubjectRequestKind.EXPORT, reason="?", asked_by=manager, asked_at=AT
    )
    opened = BreakGlass.objects.create(
        person=person, user=manager, reason="?", at=AT, until=AT + HOUR
    )
    restrict(person, journey, manager)

    for change in (
        lambda: SubjectRequest.objects.update(state="approved", decided_by=manager, decided_at=AT),
        lambda: SubjectRequest.objects.create(
            person=person, kind=asked.kind, reason="?", asked_by=manager, asked_at=AT
        ),
        lambda: BreakGlass.objects.update(reviewed_by=manager),
        lambda: BreakGlass.objects.update(until=opened.at),
        lambda: person.restrictions.create(reason="?", set_by=manager, set_at=AT),
        lambda: Person.objects.update(erased_at=AT),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
