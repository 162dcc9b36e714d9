"""A person's way from referral to exit, and what each act refuses, records and tells."""

from datetime import date, timedelta

import pytest

from dps_portal.accounts.roles import Role
from dps_portal.audit.models import AuditEvent
from dps_portal.notifications.models import Notification
from dps_portal.refusals import Refused
from placements import services
from placements.models import Person, PersonAccess, Placement, Referral
from placements.states import PlacementState, ReferralState
from tests.factories.accounts import UserFactory
from tests.factories.agreements import LotFactory
from tests.factories.placements import AT, PLANNED, Journey, council, owner_of, provider_on

pytestmark = pytest.mark.django_db


def last_event():
    return AuditEvent.objects.order_by("seq").last()


def told(event_subject):
    return sorted(
        Notification.objects.filter(subject=event_subject).values_list("email", flat=True)
    )


def reasons(refusal):
    return list(refusal.value.reasons)


# ── Who a person is ──────────────────────────────────────────────────────────────────────────
def test_identity_is_encrypted_and_the_number_is_not_stored():
    referral = Journey().draft(number="ab 123", name="Alex Example")

    stored = bytes(referral.person.identity) + referral.person.number_hash.encode()
    assert b"Alex" not in stored
    assert b"AB123" not in stored
    assert b"1980" not in stored


def test_person_is_found_by_exact_number_however_it_is_spaced():
    journey = Journey()
    first = journey.draft(number="ab 123")
    journey.assess_not_eligible(journey.submit_and_allocate(first))

    again = journey.draft(number=" AB123 ")

    assert again.person == first.person
    assert Person.objects.count() == 1


def test_number_with_another_date_of_birth_is_refused():
    journey = Journey()
    journey.draft(number="AB123")

    with pytest.raises(Refused) as refusal:
        journey.draft(number="AB123", date_of_birth=date(1990, 1, 1))

    assert reasons(refusal) == [
        "This number belongs to a person with another date of birth. Check both."
    ]
    assert Referral.objects.count() == 1


def test_second_open_referral_is_refused_by_its_reference_to_those_who_may_see_it():
    journey = Journey()
    first = journey.draft(number="AB123")

    with pytest.raises(Refused) as refusal:
        journey.draft(number="AB123")

    assert reasons(refusal) == [f"This person already has an open referral, {first.reference}."]


def test_second_open_referral_does_not_reveal_another_workers_case():
    journey = Journey()
    journey.draft(number="AB123")

    with pytest.raises(Refused) as refusal:
        journey.draft(number="AB123", by=UserFactory(roles=[Role.ASSESSOR]))

    assert reasons(refusal) == [
        "This person already has an open referral with the team. Ask your manager."
    ]


def test_each_look_at_an_identity_is_recorded():
    journey = Journey()
    person = journey.draft(number="AB123", name="Alex Example").person
    by = journey.people["assessor"]

    identity = services.person_identity(person=person, purpose="contact", by=by, at=AT)

    assert (identity.name, identity.born_on, identity.number) == (
        "Alex Example",
        date(1980, 2, 29),
        "AB123",
    )
    assert list(PersonAccess.objects.values_list("person", "user", "purpose")) == [
        (person.pk, by.pk, "contact")
    ]
    assert (last_event().action, last_event().subject_ref, last_event().facts) == (
        "person.identity_seen",
        person.reference,
        {"purpose": "contact"},
    )


# ── Referral ─────────────────────────────────────────────────────────────────────────────────
def test_submitting_tells_those_who_allocate():
    journey = Journey()

    referral = journey.submitted()

    assert referral.state == ReferralState.SUBMITTED
    assert told(f"Referral {referral} is waiting to be allocated") == [
        journey.people["manager"].email
    ]
    assert last_event().action == "referral.submitted"


def test_submitting_twice_has_one_effect():
    journey = Journey()
    referral = journey.submitted()

    with pytest.raises(Refused) as refusal:
        services.submit_referral(referral=referral, by=journey.people["assessor"], at=AT)

    assert reasons(refusal) == ["The referral is marked “Submitted”, which does not allow this."]
    assert Notification.objects.count() == 1


def test_allocating_tells_the_worker():
    journey = Journey()

    referral = journey.assessing()

    assert (referral.state, referral.worker) == (
        ReferralState.ASSESSING,
        journey.people["assessor"],
    )
    assert told(f"Referral {referral} has been allocated to you") == [
        journey.people["assessor"].email
    ]


# ── Matching ─────────────────────────────────────────────────────────────────────────────────
def test_options_are_the_admitted_providers_with_a_price_cheapest_first():
    lot = LotFactory()
    dear = provider_on(lot, weekly_pence=90_000, name="Dear")
    cheap = provider_on(lot, weekly_pence=80_000, name="Cheap")
    late = provider_on(lot, weekly_pence=70_000, name="Admitted later", since=date(2026, 6, 11))
    elsewhere = provider_on(LotFactory(agreement=lot.agreement), name="Another lot")
    referral = Journey(lot=lot, provider=cheap).matching()

    options = services.match_options(referral, PLANNED)

    assert late not in [option.provider for option in options]
    assert elsewhere not in [option.provider for option in options]
    assert [(option.provider, option.weekly_pence, option.cost_by_year) for option in options] == [
        (cheap, 80_000, {2026: 1_051_429}),
        (dear, 90_000, {2026: 1_182_857}),
    ]


def test_choosing_the_cheapest_needs_no_reason_and_tells_the_provider():
    journey = Journey()
    referral = journey.matching()

    placement = journey.choose(referral, why_not_cheapest="")

    referral.refresh_from_db()
    assert placement.state == PlacementState.AWAITING_PROVIDER
    assert placement.weekly_pence == 84_500
    assert referral.state == ReferralState.PLACEMENT_PROPOSED
    assert told(f"A placement has been offered to you: {placement}") == [
        owner_of(journey.provider).email
    ]
    assert last_event().facts["options"] == {journey.provider.reference: 84_500}


def test_choosing_a_dearer_provider_needs_a_reason():
    lot = LotFactory()
    provider_on(lot, weekly_pence=80_000)
    journey = Journey(lot=lot, provider=provider_on(lot, weekly_pence=80_001))
    referral = journey.matching()

    with pytest.raises(Refused) as refusal:
        journey.choose(referral, why_not_cheapest="")

    assert reasons(refusal) == ["Say why this is chosen although a cheaper provider is suitable."]


def test_choosing_one_of_two_equally_cheap_needs_no_reason():
    lot = LotFactory()
    provider_on(lot, weekly_pence=80_000, name="A")
    journey = Journey(lot=lot, provider=provider_on(lot, weekly_pence=80_000, name="B"))

    assert journey.choose(journey.matching(), why_not_cheapest="").provider == journey.provider


def test_choosing_is_refused_with_every_reason_at_once():
    journey = Journey()
    referral = journey.matching()
    agreement = referral.agreement
    agreement.end = date(2026, 5, 1)
    agreement.save()

    with pytest.raises(Refused) as refusal:
        journey.choose(
            referral, provider=provider_on(LotFactory()), planned_admission=date(2026, 4, 30)
        )

    assert reasons(refusal) == [
        "The agreement is not running, so no new placement can be made under it.",
        "The planned admission is in the past.",
        "The provider has no place on the lot, or no price, on the planned day.",
    ]
    assert not Placement.objects.exists()


def test_declined_offer_sends_the_referral_back_to_matching():
    journey = Journey()
    placement = journey.decline(journey.offered())

    assert (placement.state, placement.decline_reason) == (
        PlacementState.PROVIDER_DECLINED,
        "No bed.",
    )
    placement.referral.refresh_from_db()
    assert placement.referral.state == ReferralState.MATCHING
    assert told(f"Placement {placement} was declined by the provider") == [
        journey.people["assessor"].email
    ]
    assert [
        option.has_declined for option in services.match_options(placement.referral, PLANNED)
    ] == [True]


def test_declining_without_reason_is_refused():
    journey = Journey()

    with pytest.raises(Refused) as refusal:
        journey.decline(journey.offered(), decline_kind="", reason="")

    assert reasons(refusal) == [
        "Choose why the placement is declined.",
        "Say why the placement is declined.",
    ]


def test_answering_twice_has_one_effect():
    journey = Journey()
    placement = journey.accepted()

    with pytest.raises(Refused) as refusal:
        journey.accept(placement)

    assert reasons(refusal) == [
        "The placement is marked “Waiting for funding”, which does not allow this."
    ]


def test_words_sent_hold_references_only():
    journey = Journey().budget(y2026=27_000_000)
    journey.leave(journey.admitted(), PLANNED + timedelta(days=20))

    words = " ".join(f"{message.subject} {message.body}" for message in Notification.objects.all())
    for secret in ("Alex", "Example", "1980", "845", "Harbour", "sea", "residential"):
        assert secret not in words


# ── Who sees what ────────────────────────────────────────────────────────────────────────────
def test_caseload_is_seen_by_its_worker_and_the_manager_only():
    journey = Journey()
    referral = journey.assessing()
    people = (
        journey.people
        | council()
        | {
            "other": UserFactory(roles=[Role.ASSESSOR]),
            "owner": owner_of(journey.provider),
            "auditor": UserFactory(roles=[Role.AUDITOR]),
        }
    )
    people["assessor"], people["manager"] = journey.people["assessor"], journey.people["manager"]

    seen = {
        role: Referral.objects.visible_to(person).filter(pk=referral.pk).exists()
        for role, person in people.items()
    }

    assert seen == {
        "assessor": True,
        "manager": True,
        "commissioner": False,
        "finance": False,
        "other": False,
        "owner": False,
        "auditor": False,
    }
    assert list(Person.objects.visible_to(people["other"])) == []
    assert list(Person.objects.visible_to(people["assessor"])) == [referral.person]


def test_provider_sees_its_own_placements_only():
    journey = Journey()
    placement = journey.offered()
    stranger = owner_of(provider_on(journey.lot))

    assert list(Placement.objects.visible_to(owner_of(journey.provider))) == [placement]
    assert list(Placement.objects.visible_to(stranger)) == []
