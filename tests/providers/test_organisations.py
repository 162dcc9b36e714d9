"""Registering an organisation, and changing what is recorded of it."""

import re

import pytest
import time_machine
from django.urls import reverse

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Role
from dps_portal.audit.models import AuditEvent
from dps_portal.notifications.models import Notification
from dps_portal.refusals import Refused
from providers import rules, services
from providers.models import Correction, Membership, Provider, RegistrationClaim
from providers.services import claims
from tests.factories.accounts import UserFactory
from tests.factories.providers import AT, ProviderFactory, owner_of, provider_with_owner

from .test_race import at_once

pytestmark = pytest.mark.django_db
NUMBERS = ("company_number", "charity_number", "cqc_provider_id")


@pytest.fixture(autouse=True)
def _on_the_first_of_december():
    with time_machine.travel(AT, tick=False):
        yield


def on(name, *args):
    return reverse(f"providers:{name}", args=args)


def register(**facts):
    return services.register_provider(
        **{
            "name": "Haven House",
            "address": "1 Quay Lane",
            "company_number": None,
            "charity_number": None,
            "cqc_provider_id": None,
            "by": UserFactory(),
            "at": AT,
        }
        | facts
    )


def correct(provider, **facts):
    return services.correct_provider(
        **{
            "provider": provider,
            "name": provider.name,
            **{name: getattr(provider, name) for name in NUMBERS},
            "reason": "The register says so.",
            "by": UserFactory(roles=[Role.PROCUREMENT]),
            "at": AT,
        }
        | facts
    )


# ── Numbers ──────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("name", "number"),
    [
        *(("company_number", one) for one in ("01234567", "OC312345", "SC012345", "NI012345")),
        ("company_number", "RS0077SA"),
        *(("charity_number", one) for one in ("123456", "1234567", "1234567-1", "SC012345")),
        ("charity_number", "NIC100123"),
        *(("cqc_provider_id", one) for one in ("1-101234567", "RRE13", "RWKGY")),
    ],
)
def test_a_number_of_a_register_is_taken(name, number):
    assert rules.objections_to_number(name, number) == []


@pytest.mark.parametrize(
    ("name", "number"),
    [
        *(("company_number", one) for one in ("1234567", "XX123456", "01234567\n", "01234567x")),
        *(("company_number", one) for one in ("x01234567", "٠١٢٣٤٥٦٧", "OC3123456", "SC01234")),
        *(("charity_number", one) for one in ("12345", "12345678", "SC12345", "SC0123456")),
        *(("charity_number", one) for one in ("NI100123", "NIC10012", "1234567-123")),
        *(("cqc_provider_id", one) for one in ("1-", "2-101234567", "1-10123456a", "R", "1-12\n")),
    ],
)
def test_a_number_that_only_begins_or_ends_well_is_not(name, number):
    assert len(rules.objections_to_number(name, number)) == 1


def test_numbers_are_stored_as_the_registers_write_them():
    assert rules.tidied(
        company_number=" 123 4567", charity_number="sc 012345", cqc_provider_id=""
    ) == {"company_number": "01234567", "charity_number": "SC012345", "cqc_provider_id": None}


# ── Registering ──────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("company_number", "01234567"),
        ("charity_number", "SC012345"),
        ("cqc_provider_id", "1-101234567"),
    ],
)
def test_one_number_of_any_register_is_enough(name, number):
    provider = register(**{name: number})

    assert {each: getattr(provider, each) for each in NUMBERS} == {
        **dict.fromkeys(NUMBERS),
        name: number,
    }
    assert provider.address == "1 Quay Lane"


@pytest.mark.parametrize("name", NUMBERS)
def test_a_taken_number_makes_a_claim_and_leaves_the_record_alone(name):
    numbers = {
        "company_number": "01234567",
        "charity_number": "1234567",
        "cqc_provider_id": "1-101234567",
    }
    holder = register(name="The Holder", **numbers)
    before = Provider.objects.values().get()
    officer, person = UserFactory(roles=[Role.PROCUREMENT]), UserFactory()

    claim = register(**{name: numbers[name]}, by=person)

    assert isinstance(claim, RegistrationClaim)
    assert (claim.claimed_by, getattr(claim, name), claim.outcome) == (person, numbers[name], "")
    assert (claim.name, claim.address) == ("Haven House", "1 Quay Lane")
    assert list(claim.matches()) == [holder]
    assert Provider.objects.values().get() == before
    assert Membership.objects.count() == 1
    assert person.roles == frozenset()
    assert list(Notification.objects.filter(to=officer).values_list("subject", flat=True)) == [
        f"Registration {claim} is waiting for review"
    ]
    assert AuditEvent.objects.filter(action="claim.raised").count() == 1


def test_a_number_that_is_not_given_matches_nobody():
    ProviderFactory(company_number="01234567")
    register(charity_number="1234567")

    claim = register(company_number="01234567")

    assert [match.company_number for match in claim.matches()] == ["01234567"]


def test_a_person_has_one_open_claim():
    ProviderFactory(company_number="01234567")
    person = UserFactory()
    register(company_number="01234567", by=person)

    with pytest.raises(Refused) as refusal:
        register(company_number="07654321", by=person)

    assert refusal.value.reasons == (
        "The council is looking at your registration. You can register again when it has decided.",
    )


def test_the_person_reads_that_somebody_looks_at_it_and_never_whose_it_is(client):
    holder = provider_with_owner(name="The Holder", company_number="01234567")
    person = UserFactory()
    client.force_login(person)
    typed = {"name": "Haven House", "address": "1 Quay Lane", "company_number": "1234567"}

    first = client.post(on("register_provider"), typed)
    second = client.post(on("register_provider"), typed)

    claim = RegistrationClaim.objects.get()
    assert first["Location"] == second["Location"] == claim.get_absolute_url()
    page = client.get(claim.get_absolute_url()).content.decode()
    assert "A person looks at your registration" in page
    for secret in ("The Holder", holder.reference, owner_of(holder).name, owner_of(holder).email):
        assert secret not in page
    assert client.get(on("register_provider"))["Location"] == claim.get_absolute_url()


def test_register_provider_asks_for_the_registered_address(client):
    client.force_login(UserFactory())

    response = client.post(
        on("register_provider"), {"name": "Haven House", "company_number": "01234567"}
    )

    assert "Enter registered address" in response.content.decode()
    assert not Provider.objects.exists()


def code_of(email):
    body = Notification.objects.filter(email=email).order_by("pk").last().body
    return re.search(r"^([A-Z0-9]{4}-[A-Z0-9]{4})$", body, re.MULTILINE)[1]


def test_an_address_that_is_not_verified_cannot_register(client):
    sign_up = {
        "email": "new@haven.example",
        "name": "Nia New",
        "password1": "a-long-lantern-42",
        "password2": "a-long-lantern-42",
    }
    typed = {"name": "Haven House", "address": "1 Quay Lane", "company_number": "01234567"}

    client.post(reverse("account_signup"), sign_up)
    before = client.post(on("register_provider"), typed)
    client.post(
        reverse("account_login"), {"login": sign_up["email"], "password": sign_up["password1"]}
    )
    signed_in_unverified = client.post(on("register_provider"), typed)

    for response in (before, signed_in_unverified):
        assert response["Location"].startswith(reverse("account_login"))
    assert not Provider.objects.exists()

    client.post(reverse("account_email_verification_sent"), {"code": code_of(sign_up["email"])})
    after = client.post(on("register_provider"), typed)

    assert after["Location"] == Provider.objects.get().get_absolute_url()
    assert owner_of(Provider.objects.get()) == User.objects.get(email=sign_up["email"])


@pytest.mark.django_db(transaction=True)
def test_of_two_registrations_of_a_number_at_once_one_wins():
    def registering(number):
        person = UserFactory()
        return lambda: register(charity_number="1234567", company_number=number, by=person)

    done, refused, failed = at_once(*map(registering, ("01234567", "07654321")))

    assert (refused, failed) == ([], [])
    assert sorted(type(one).__name__ for one in done) == ["Provider", "RegistrationClaim"]
    assert Provider.objects.count() == Membership.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_looking_first_and_registering_after_would_fail_one_of_them(monkeypatch):
    """The twin: without the database deciding, the race above ends in an error."""

    def look_and_write(*, name, address, numbers, owner, by, at):
        return Provider.objects.create(name=name, address=address, registered_at=at, **numbers)

    monkeypatch.setattr(claims, "create_provider", look_and_write)

    done, refused, failed = at_once(
        *(
            (lambda person=person: register(charity_number="1234567", by=person))
            for person in [UserFactory(), UserFactory()]
        )
    )

    assert (len(done), refused, len(failed)) == (1, [], 1)
    assert "IntegrityError" in failed[0]


# ── Correcting ───────────────────────────────────────────────────────────────────────────────
def test_the_council_corrects_name_and_numbers_and_keeps_what_was_before():
    provider = provider_with_owner(name="Havn House", company_number="01234567")
    officer = UserFactory(roles=[Role.PROCUREMENT])

    corrected = correct(
        provider,
        name="Haven House",
        company_number="07654321",
        charity_number="sc012345",
        by=officer,
    )

    assert (corrected.name, corrected.company_number, corrected.charity_number) == (
        "Haven House",
        "07654321",
        "SC012345",
    )
    before = Correction.objects.get()
    assert (before.name, before.company_number, before.charity_number) == (
        "Havn House",
        "01234567",
        "",
    )
    assert (before.reason, before.corrected_by) == ("The register says so.", officer)
    assert list(
        Notification.objects.filter(to=owner_of(provider)).values_list("subject", flat=True)
    ) == [f"The council has corrected the record of provider {provider}"]
    event = AuditEvent.objects.get(action="provider.corrected")
    assert event.facts == {
        "changed": ["name", "company_number", "charity_number"],
        "company_number": "07654321",
        "charity_number": "SC012345",
        "cqc_provider_id": None,
    }


def test_a_correction_is_refused_with_every_reason():
    provider = ProviderFactory(company_number="01234567")

    with pytest.raises(Refused) as nothing:
        correct(provider, reason=" ")
    with pytest.raises(Refused) as formats:
        correct(provider, company_number="12", charity_number="x", cqc_provider_id="?")

    assert nothing.value.reasons == (
        "Nothing is different from what is recorded.",
        "Enter the reason for the correction.",
    )
    assert len(formats.value.reasons) == 2  # 12 is padded to a number
    assert not Correction.objects.exists()


def test_a_correction_cannot_take_the_number_of_another():
    ProviderFactory(company_number="07654321")
    provider = ProviderFactory(company_number="01234567")

    with pytest.raises(Refused) as refusal:
        correct(provider, company_number="07654321")

    assert refusal.value.reasons == (rules.NUMBER_TAKEN,)
    assert Provider.objects.get(pk=provider.pk).company_number == "01234567"
    assert not Correction.objects.exists()


def test_correct_provider_page_keeps_what_was_typed_and_shows_earlier_corrections(client):
    provider = ProviderFactory(name="Havn House", company_number="01234567")
    client.force_login(UserFactory(roles=[Role.PROCUREMENT]))
    page = on("correct_provider", provider.reference)

    refused = client.post(page, {"name": "Haven House", "company_number": "01234567"})
    done = client.post(
        page, {"name": "Haven House", "company_number": "01234567", "reason": "A misprint."}
    )

    assert "Enter reason for the correction" in refused.content.decode()
    assert 'value="Haven House"' in refused.content.decode()
    assert done["Location"] == provider.get_absolute_url()
    shown = client.get(page).content.decode()
    assert "Until 1 December 2026" in shown
    assert "Havn House, company 01234567" in shown


# ── Address ──────────────────────────────────────────────────────────────────────────────────
def test_the_owner_changes_the_address_and_nothing_else(client):
    provider = provider_with_owner(name="Haven House", company_number="01234567")
    client.force_login(owner_of(provider))

    response = client.post(
        on("edit_provider", provider.reference),
        {"address": "2 Quay Lane\r\nNorthhaven", "name": "Other", "company_number": "07654321"},
    )

    assert response["Location"] == provider.get_absolute_url()
    changed = Provider.objects.get()
    assert changed.address == "2 Quay Lane\nNorthhaven"
    assert (changed.name, changed.company_number) == ("Haven House", "01234567")
    assert AuditEvent.objects.filter(action="provider.address_changed").count() == 1


def test_saving_the_same_address_records_nothing():
    provider = provider_with_owner(address="1 Quay Lane")

    services.edit_provider(provider=provider, address="1 Quay Lane", by=owner_of(provider), at=AT)

    assert not AuditEvent.objects.filter(action="provider.address_changed").exists()


def test_the_owner_reads_what_the_council_corrected_and_why(client):
    provider = provider_with_owner(name="Havn House")
    correct(provider, name="Haven House")
    client.force_login(owner_of(provider))

    page = client.get(on("edit_provider", provider.reference)).content.decode()

    assert "Havn House, company" in page
    assert "Reason: The register says so." in page
