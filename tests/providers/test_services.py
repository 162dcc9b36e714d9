"""Registration, and an application from its start to its submission."""

from datetime import UTC, date, datetime, timedelta

import pytest

from dps_portal.accounts.roles import Role
from dps_portal.agreements.models import Round
from dps_portal.audit.models import AuditEvent
from dps_portal.notifications.models import Notification
from dps_portal.refusals import Refused
from providers import services
from providers.models import Application, CqcLocation, Location, Membership, Provider
from providers.states import (
    OPTIONAL_EVIDENCE,
    ApplicationState,
    EvidenceKind,
    ExclusionGround,
    ExtensionGround,
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
    submitted,
    whole_draft,
)

pytestmark = pytest.mark.django_db


def actions(subject):
    return list(AuditEvent.objects.about(subject).in_order().values_list("action", flat=True))


def mail_of(user):
    return list(Notification.objects.filter(to=user).values_list("subject", flat=True))


# ── Organisations ────────────────────────────────────────────────────────────────────────────
def register(**facts):
    return services.register_provider(
        **{
            "name": "Haven House",
            "company_number": "1234567",
            "charity_number": "",
            "cqc_provider_id": None,
            "by": UserFactory(),
            "at": AT,
        }
        | facts
    )


def test_register_provider_makes_the_person_its_owner():
    person = UserFactory()

    provider = register(by=person)

    assert (provider.company_number, provider.charity_number) == ("01234567", None)
    membership = provider.memberships.get()
    assert (membership.user, membership.is_owner) == (person, True)
    assert list(person.grants.values_list("role", flat=True)) == [Role.PROVIDER_OWNER]
    assert actions(provider) == ["provider.member_added", "provider.registered"]


def test_register_provider_refused_leaves_no_trace():
    with pytest.raises(Refused) as refusal:
        register(company_number="12", charity_number="", cqc_provider_id="?")

    assert refusal.value.reasons == ("The CQC provider ID must be like 1-101234567 or RRE13.",)
    assert not Provider.objects.exists()
    assert not Membership.objects.exists()
    assert not AuditEvent.objects.exists()


def test_register_provider_refuses_council_staff():
    with pytest.raises(Refused) as refusal:
        register(by=UserFactory(roles=[Role.FINANCE]))

    assert refusal.value.reasons == ("One person may not be Finance officer and Provider owner.",)


def test_register_provider_refuses_who_has_an_organisation():
    person = owner_of(provider_with_owner())

    with pytest.raises(Refused) as refusal:
        register(by=person)

    assert refusal.value.reasons == ("A person can belong to one organisation only.",)


def test_add_member_gives_the_role_of_a_member():
    provider, person = provider_with_owner(), UserFactory()

    services.add_member(
        provider=provider, user=person, is_owner=False, by=owner_of(provider), at=AT
    )

    assert person.roles == {Role.PROVIDER_MEMBER}
    assert set(provider.people()) == {owner_of(provider), person}


def test_people_of_a_provider_are_those_of_today_who_can_sign_in():
    provider = provider_with_owner()
    for facts in ({"ended_at": AT}, {}):
        person = UserFactory(is_active=bool(facts))
        Membership.objects.create(
            provider=provider, user=person, is_owner=False, joined_at=AT, **facts
        )

    assert list(provider.people()) == [owner_of(provider)]


# ── Start ────────────────────────────────────────────────────────────────────────────────────
def test_start_application_makes_a_draft_for_the_lots():
    first = LotFactory()
    second = LotFactory(agreement=first.agreement)

    application = draft(lots=[second, first])

    assert application.state == ApplicationState.DRAFT
    assert [each.lot for each in application.lots_in_order()] == [first, second]
    assert actions(application) == ["application.started"]


def test_start_application_is_possible_until_the_last_moment_of_the_term():
    """R2.2: in London time, which is an hour ahead here."""
    lot = LotFactory(agreement=AgreementFactory(end=date(2027, 4, 1)))
    last = datetime(2027, 3, 31, 22, 59, 59, tzinfo=UTC)

    assert draft(lots=[lot], at=last).started_at == last
    with pytest.raises(Refused) as refusal:
        draft(lots=[lot], at=last + timedelta(seconds=1))

    assert refusal.value.reasons == ("The agreement is not running, so it takes no applications.",)


def light_touch_lot(*rounds):
    """On an agreement with rounds of 15 days that open at the moments given."""
    lot = LotFactory(agreement=AgreementFactory(regime_key="PCR_2015_LIGHT_TOUCH"))
    for opens_at in rounds:
        Round.objects.create(
            agreement=lot.agreement, opens_at=opens_at, closes_at=opens_at + timedelta(days=15)
        )
    return lot


def test_r2_2_a_draft_can_be_prepared_between_rounds():
    assert draft(lots=[light_touch_lot()]).is_draft


@pytest.mark.parametrize(
    ("submitted_at", "received_at"),
    [
        (AT - timedelta(days=3), AT),  # early: counts from the opening
        (AT, AT),
        (AT + timedelta(days=14, hours=23), AT + timedelta(days=14, hours=23)),
        (AT + timedelta(days=15), AT + timedelta(days=100)),  # closed: the next round
    ],
)
def test_r2_2_a_request_counts_from_its_round(submitted_at, received_at):
    lot = light_touch_lot(AT, AT + timedelta(days=100))

    application = submitted(lots=[lot], at=submitted_at)

    assert (application.submitted_at, application.received_at) == (submitted_at, received_at)
    assert application.decide_by == lot.agreement.regime.decide_application.ends_on(
        received_at.date()
    )


def test_start_application_is_refused_while_one_is_under_way():
    provider, lot = provider_with_owner(), LotFactory()
    draft(provider=provider, lots=[lot])

    with pytest.raises(Refused) as refusal:
        draft(provider=provider, lots=[lot])

    assert refusal.value.reasons == ("Your organisation already has an application under way.",)
    assert Application.objects.count() == 1


def test_start_application_is_refused_for_a_lot_already_held():
    held = decided()

    with pytest.raises(Refused) as refusal:
        draft(provider=held.application.provider, lots=[held.lot])

    assert refusal.value.reasons == (f"Your organisation is already admitted to {held.lot}.",)


def test_start_application_for_another_lot_is_possible_once_admitted():
    held = decided()
    other = LotFactory(agreement=held.lot.agreement)

    again = draft(provider=held.application.provider, lots=[other])

    assert [found.cqc_location_id for found in again.held_locations()] == ["1-100200300"]
    assert again.held_evidence().count() == len(set(EvidenceKind) - OPTIONAL_EVIDENCE)


# ── Sections ─────────────────────────────────────────────────────────────────────────────────
def save_location(application, **facts):
    return services.save_location(
        **{
            "application": application,
            "cqc_location_id": "1-101234567",
            "name": "Typed name",
            "postcode": "PR8 1AA",
            "by": owner_of(application.provider),
            "at": AT,
        }
        | facts
    )


def test_save_location_takes_the_words_of_the_directory():
    CqcLocation.objects.create(
        location_id="1-101234567", name="Haven House", postcode="MK45 3AS", service_types="Any"
    )

    location = save_location(draft(), cqc_location_id=" 1-101234567 ", name="", postcode="")

    assert (location.name, location.postcode, location.in_directory) == (
        "Haven House",
        "MK45 3AS",
        True,
    )


def test_save_location_marks_one_that_the_directory_does_not_know():
    location = save_location(draft())

    assert (location.name, location.in_directory) == ("Typed name", False)


def test_save_location_twice_has_one_effect():
    application = draft()

    assert save_location(application) == save_location(application)
    assert actions(application) == ["application.started", "application.location_added"]


def test_save_location_refuses_what_is_no_cqc_id():
    with pytest.raises(Refused) as refusal:
        save_location(draft(), cqc_location_id="2-1", name="")

    assert refusal.value.reasons == (
        "The CQC location ID must be like 1-101234567 or RRE13.",
        "Enter the name of the location.",
    )
    assert not Location.objects.exists()


def test_remove_location_keeps_it_for_what_was_submitted_before():
    before = submitted()
    provider, location = before.provider, before.held_locations().get()
    services.withdraw_application(application=before, by=owner_of(provider), at=AT)
    later = AT + timedelta(days=1)
    again = draft(provider=provider, lots=[before.lots.get().lot], at=later)

    services.remove_location(application=again, location=location, by=owner_of(provider), at=later)

    assert list(again.held_locations()) == []
    assert list(before.held_locations()) == [location]


def test_remove_location_twice_has_one_effect():
    application = draft()
    location = save_location(application)

    for _ in range(2):
        services.remove_location(
            application=application, location=location, by=owner_of(application.provider), at=AT
        )

    assert actions(application)[-2:] == [
        "application.location_added",
        "application.location_removed",
    ]


def declare(application, *grounds):
    return services.save_declaration(
        application=application,
        grounds=grounds,
        declared_by_name="Alex Owner",
        by=owner_of(application.provider),
        at=AT,
    )


def tell(ground, **facts):
    return services.save_ground(
        **{
            "ground": ground,
            "happened_on": date(2025, 5, 1),
            "what_happened": "A fine.",
            "compensation": "",
            "cooperation": "",
            "measures": "New rules.",
            "file": None,
            "by": owner_of(ground.declaration.provider),
            "at": AT,
        }
        | facts
    )


def test_save_declaration_keeps_what_is_told_of_the_grounds_that_stay():
    application = draft()
    first = declare(application, ExclusionGround.MISCONDUCT, ExclusionGround.TAX)
    kept = tell(first.grounds.get(ground=ExclusionGround.MISCONDUCT))

    again = declare(application, ExclusionGround.MISCONDUCT, ExclusionGround.INSOLVENCY)

    assert again == first
    assert [(each.ground, each.measures) for each in again.grounds_in_order()] == [
        (ExclusionGround.INSOLVENCY, ""),
        (ExclusionGround.MISCONDUCT, kept.measures),
    ]
    assert declare(application).has_grounds is False
    assert not again.grounds.exists()


def test_save_ground_with_a_document_that_is_none_is_refused_and_keeps_the_words_there_were():
    ground = declare(draft(), ExclusionGround.MISCONDUCT).grounds.get()
    tell(ground, file=("court.pdf", PDF))

    with pytest.raises(Refused) as refusal:
        tell(ground, what_happened="Other words.", file=("court.exe", b"MZ"))

    assert refusal.value.reasons == (
        "The file must be a PDF, Word (docx), Excel (xlsx), OpenDocument (odt), PNG or JPEG file.",
    )
    ground.refresh_from_db()
    assert (ground.what_happened, ground.document.name) == ("A fine.", "court.pdf")


def test_declaration_is_made_by_who_submits():
    application = submitted()

    declaration = application.declaration
    assert (declaration.declared_by, declaration.declared_at) == (
        owner_of(application.provider),
        AT,
    )
    with pytest.raises(Refused) as refusal:
        declare(application)
    assert refusal.value.reasons == (
        "The application is marked “Submitted”, which does not allow this.",
    )


def save_evidence(application, *, at=AT, **facts):
    return services.save_evidence(
        **{
            "application": application,
            "kind": EvidenceKind.INSURANCE,
            "name": "certificate.pdf",
            "content": PDF,
            "expires_on": date(2027, 6, 30),
            "by": owner_of(application.provider),
            "at": at,
        }
        | facts
    )


def test_save_evidence_replaces_the_document_of_its_kind():
    application = draft()
    first = save_evidence(application)
    other = save_evidence(application, kind=EvidenceKind.CQC_REPORT, expires_on=None)

    second = save_evidence(application, at=AT + timedelta(hours=1))

    assert set(application.held_evidence()) == {second, other}
    first.refresh_from_db()
    assert first.ended_at == AT + timedelta(hours=1)


def test_save_evidence_refuses_a_file_that_is_not_what_it_says():
    application = draft()
    kept = save_evidence(application)

    with pytest.raises(Refused) as refusal:
        save_evidence(application, content=b"MZ program")

    assert refusal.value.reasons == (
        "The content of the file is not what its name says. "
        "Upload a PDF, Word (docx), Excel (xlsx), OpenDocument (odt), PNG or JPEG file.",
    )
    assert list(application.held_evidence()) == [kept]


def save_lot(application, **facts):
    return services.save_lot(
        **{
            "lot_application": application.lots.get(),
            "service_description": "A programme.",
            "weekly_pence": 84_500,
            "locations": application.held_locations(),
            "by": owner_of(application.provider),
            "at": AT,
        }
        | facts
    )


def test_save_lot_takes_a_price_up_to_the_ceiling():
    application = draft()
    save_location(application)

    assert save_lot(application, weekly_pence=110_000).weekly_pence == 110_000


def test_save_lot_refused_keeps_what_was_there():
    application = draft()
    save_location(application)
    save_lot(application)

    with pytest.raises(Refused) as refusal:
        save_lot(application, weekly_pence=110_001)

    lot = application.lots.get().lot
    assert refusal.value.reasons == (f"{lot}: the weekly price is above the ceiling of the lot.",)
    assert application.lots.get().weekly_pence == 84_500


def test_r3_4_a_place_without_the_activity_cannot_be_linked_to_a_lot():
    CqcLocation.objects.create(
        location_id="1-101234567", name="Day clinic", service_types="Community services"
    )
    application = draft()
    save_location(application)

    with pytest.raises(Refused) as refusal:
        save_lot(application)

    lot = application.lots.get().lot
    assert refusal.value.reasons == (
        f"{lot}: Day clinic is not registered for this kind of service.",
    )
    assert list(application.lots.get().locations.all()) == []


def test_choose_lots_keeps_what_was_typed_for_a_lot_that_stays():
    first = LotFactory()
    second, third = (LotFactory(agreement=first.agreement) for _ in range(2))
    application = whole_draft(lots=[first, second])

    services.choose_lots(
        application=application,
        lots=[third, second],
        by=owner_of(application.provider),
        at=AT,
    )

    assert [(each.lot, each.weekly_pence) for each in application.lots_in_order()] == [
        (second, 84_500),
        (third, None),
    ]


def test_choose_lots_is_for_drafts_and_needs_a_lot():
    def choose(application, lots):
        with pytest.raises(Refused) as refusal:
            services.choose_lots(
                application=application, lots=lots, by=owner_of(application.provider), at=AT
            )
        return refusal.value.reasons

    assert choose(draft(), []) == ("Choose at least one lot.",)
    application = submitted()
    assert choose(application, [application.lots.get().lot]) == (
        "The lots of an application stand once it is handed in.",
    )


def test_answers_taken_over_count_once_they_are_looked_at():
    """R10.6."""
    first = LotFactory()
    second = LotFactory(agreement=first.agreement)
    before = whole_draft(lots=[first])
    tell(declare(before, ExclusionGround.MISCONDUCT).grounds.get())
    provider, by = before.provider, owner_of(before.provider)
    services.withdraw_application(application=before, by=by, at=AT)

    again = services.start_application(
        provider=provider,
        agreement=first.agreement,
        lots=[first, second],
        copied_from=before,
        by=by,
        at=AT,
    )

    taken, new = again.lots_in_order()
    assert (taken.weekly_pence, taken.is_confirmed) == (84_500, False)
    assert [place.name for place in taken.locations.all()] == ["Haven House"]
    assert (new.weekly_pence, new.is_confirmed) == (None, True)
    assert [each.what_happened for each in again.declaration.grounds.all()] == ["A fine."]
    assert services.objections_to_submission(again, AT) == [
        "Confirm the details of your organisation.",
        "Give the name of the person who makes the declaration.",
        f"{first}: check the answers taken over and save them.",
        f"{second}: choose at least one location.",
        f"{second}: describe your service.",
        f"{second}: give a weekly price.",
    ]


@pytest.mark.parametrize("save", [save_location, save_evidence, save_lot])
def test_no_section_is_edited_after_submission(save):
    application = submitted()

    with pytest.raises(Refused) as refusal:
        save(application)

    assert refusal.value.reasons == (
        "The application is marked “Submitted”, which does not allow this.",
    )


# ── Submission, withdrawal, extension ────────────────────────────────────────────────────────
def test_submit_application_starts_the_time_to_decide_and_tells_both_sides():
    assessor = UserFactory(roles=[Role.PROCUREMENT])

    application = submitted(at=AT)

    assert application.state == ApplicationState.SUBMITTED
    assert application.decide_by == date(2026, 12, 15)
    assert mail_of(owner_of(application.provider)) == [
        f"Your application {application} is submitted"
    ]
    assert mail_of(assessor) == [f"Application {application} is waiting to be assessed"]
    acknowledged = Notification.objects.get(to=owner_of(application.provider))
    assert "Tuesday 15 December 2026" in acknowledged.body
    assert actions(application)[-1] == "application.submitted"


@pytest.mark.parametrize(
    ("received", "due", "extended"),
    [
        (date(2026, 12, 1), date(2026, 12, 15), date(2026, 12, 22)),
        (date(2026, 12, 22), date(2027, 1, 8), date(2027, 1, 15)),
        (date(2026, 11, 20), date(2026, 12, 4), date(2026, 12, 11)),
    ],
)
def test_r2_5_decision_is_due_after_ten_working_days_or_fifteen(received, due, extended):
    """The examples of R2.5."""
    at = datetime(received.year, received.month, received.day, 23, 30, tzinfo=UTC)

    application = submitted(at=at)

    assert application.decide_by == due
    application = services.extend_decision(
        application=application,
        ground=ExtensionGround.VERIFICATION,
        reason="A certificate must be verified.",
        by=UserFactory(roles=[Role.PROCUREMENT]),
        at=at + timedelta(days=1),
    )
    assert application.decide_by == extended


def test_submit_application_counts_from_the_london_day():
    application = submitted(at=datetime(2027, 6, 1, 23, 30, tzinfo=UTC))

    assert application.decide_by == date(2027, 6, 16)


def test_submit_application_refused_lists_everything_missing():
    application = draft()

    with pytest.raises(Refused) as refusal:
        services.submit_application(
            application=application, by=owner_of(application.provider), at=AT
        )

    assert len(refusal.value.reasons) == 12
    application.refresh_from_db()
    assert application.is_draft
    assert not Notification.objects.exists()


def test_submit_application_twice_has_one_effect():
    application = submitted()

    with pytest.raises(Refused):
        services.submit_application(
            application=application, by=owner_of(application.provider), at=AT
        )

    assert len(mail_of(owner_of(application.provider))) == 1


def test_submit_application_is_refused_once_the_last_known_round_is_closed():
    application = whole_draft(lots=[light_touch_lot(AT)])

    with pytest.raises(Refused) as refusal:
        services.submit_application(
            application=application,
            by=owner_of(application.provider),
            at=AT + timedelta(days=15),
        )

    assert refusal.value.reasons == (
        "No round for applications is open, and the next is not known yet.",
    )


def test_r2_2_the_last_moment_of_the_term_is_in_time_and_midnight_is_not():
    """In London time, which is an hour ahead here."""
    lot = LotFactory(agreement=AgreementFactory(end=date(2027, 4, 1)))
    last = datetime(2027, 3, 31, 22, 59, 59, tzinfo=UTC)

    assert submitted(lots=[lot], at=last).submitted_at == last
    late = whole_draft(lots=[lot], at=last)
    with pytest.raises(Refused) as refusal:
        services.submit_application(
            application=late, by=owner_of(late.provider), at=last + timedelta(seconds=1)
        )
    assert refusal.value.reasons == ("The agreement is not running, so it takes no applications.",)


def test_withdraw_application_frees_the_provider_to_apply_again():
    assessor = UserFactory(roles=[Role.PROCUREMENT])
    application = submitted()
    provider = application.provider

    services.withdraw_application(application=application, by=owner_of(provider), at=AT)

    assert mail_of(assessor)[-1] == f"Application {application} is withdrawn"
    assert draft(provider=provider, lots=[application.lots.get().lot]).is_draft


def test_withdraw_application_of_a_draft_tells_nobody():
    application = draft()

    services.withdraw_application(application=application, by=owner_of(application.provider), at=AT)

    assert not Notification.objects.exists()


def test_withdraw_application_is_refused_once_it_is_decided():
    application = decided().application

    with pytest.raises(Refused) as refusal:
        services.withdraw_application(
            application=application, by=owner_of(application.provider), at=AT
        )

    assert refusal.value.reasons == (
        "The application is marked “Decided”, which does not allow this.",
    )


def extend(application, at):
    return services.extend_decision(
        application=application,
        ground=ExtensionGround.DOCUMENTS,
        reason="More documents.",
        by=UserFactory(roles=[Role.PROCUREMENT]),
        at=at,
    )


def test_extend_decision_tells_the_provider_the_new_day():
    application = submitted()

    extend(application, AT)

    message = Notification.objects.filter(to=owner_of(application.provider)).latest("pk")
    assert message.subject == f"More time for the decision on your application {application}"
    assert "Tuesday 22 December 2026" in message.body


def test_extend_decision_is_possible_on_the_last_day_and_not_after_it():
    application = submitted()

    with pytest.raises(Refused) as refusal:
        extend(application, datetime(2026, 12, 16, 0, 0, tzinfo=UTC))
    assert refusal.value.reasons == (
        "The time to decide has run out, so it can no longer be extended.",
    )
    assert extend(application, datetime(2026, 12, 15, 23, 59, tzinfo=UTC)).extension_reason
