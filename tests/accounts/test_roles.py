"""Roles: who may do what, and which roles never meet in one person (targets §4)."""

import io

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import IntegrityError
from django.utils import timezone

from dps_portal.accounts import services
from dps_portal.accounts.models import RoleGrant, User
from dps_portal.accounts.production import refuse_demo_accounts
from dps_portal.accounts.roles import GRANTS, Permission, Role, objections_to_role, permissions_of
from dps_portal.audit.models import AuditEvent
from dps_portal.refusals import Refused
from tests.factories.accounts import UserFactory

NOW = timezone.now()


def test_every_permission_is_granted_to_somebody_or_to_everybody():
    everybody = {Permission.PUBLIC, Permission.SIGNED_IN}

    assert everybody.union(*GRANTS.values()) == set(Permission)


def test_every_role_has_its_grants():
    assert set(GRANTS) == set(Role)


@pytest.mark.parametrize("alone", [Role.AUDITOR, Role.SYSTEM_ADMIN])
def test_the_auditor_and_the_administrator_hold_no_other_role(alone):
    assert [role for role in Role if role != alone and not objections_to_role([role], alone)] == []


@pytest.mark.parametrize("provider", [Role.PROVIDER_OWNER, Role.PROVIDER_MEMBER])
def test_provider_accounts_never_hold_council_roles(provider):
    assert objections_to_role([provider], Role.COMMISSIONER) == [
        f"One person may not be {provider.label} and Commissioner (Public Health)."
    ]


def test_no_role_opens_everything():
    assert [role for role in Role if permissions_of([role]) == set(Permission)] == []


@pytest.mark.django_db
def test_a_role_is_granted_once_and_recorded():
    user = UserFactory()
    services.grant_role(user=user, role=Role.FINANCE, proposed_by=None, by=None, at=NOW)

    assert User.objects.get(pk=user.pk).roles == {Role.FINANCE}
    assert list(AuditEvent.objects.values_list("action", "subject_ref", "facts")) == [
        ("role.granted", user.ref, {"role": "finance"})
    ]
    with pytest.raises(Refused) as refusal:
        services.grant_role(user=user, role=Role.FINANCE, proposed_by=None, by=None, at=NOW)
    assert refusal.value.reasons == ("This person already holds the role.",)


@pytest.mark.django_db
def test_a_role_takes_two_people_and_neither_is_the_one_who_gets_it():
    one, two = UserFactory(), UserFactory()
    with pytest.raises(Refused) as refusal:
        services.grant_role(user=two, role=Role.FINANCE, proposed_by=one, by=one, at=NOW)
    assert refusal.value.reasons == (
        "A role is approved by a person other than the one who proposed it.",
    )
    with pytest.raises(Refused) as refusal:
        services.grant_role(user=two, role=Role.FINANCE, proposed_by=one, by=two, at=NOW)
    assert refusal.value.reasons == ("Nobody decides on their own role.",)
    with pytest.raises(IntegrityError):
        RoleGrant.objects.create(
            user=two, role=Role.FINANCE, granted_at=NOW, proposed_by=one, approved_by=one
        )


@pytest.mark.django_db
def test_an_ended_role_bites_on_the_next_request(client):
    user = UserFactory(roles=[Role.AUDITOR])
    client.force_login(user)
    assert client.get("/audit/").status_code == 200

    services.end_role(user=user, role=Role.AUDITOR, by=None, at=NOW)

    assert client.get("/audit/").status_code == 403


@pytest.mark.django_db
def test_a_disabled_account_is_signed_out_at_once(client):
    user = UserFactory(roles=[Role.AUDITOR])
    client.force_login(user)

    services.disable_account(user=user, by=UserFactory(), at=NOW)

    assert client.get("/audit/").status_code == 302


@pytest.mark.django_db
def test_a_session_ends_after_thirty_idle_minutes(client, time_machine):
    time_machine.move_to(NOW, tick=False)
    client.force_login(UserFactory(roles=[Role.AUDITOR]))
    client.get("/audit/")
    time_machine.shift(29 * 60)
    assert client.get("/audit/").status_code == 200

    time_machine.shift(31 * 60)

    assert client.get("/audit/").status_code == 302


@pytest.mark.django_db
def test_production_asks_council_staff_for_a_second_factor_first(client, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    client.force_login(UserFactory(roles=[Role.AUDITOR]))

    page = client.get("/audit/")

    assert (page.status_code, page.headers["Location"]) == (302, "/account/2fa/totp/activate/")


@pytest.mark.django_db
def test_production_refuses_demonstration_accounts(settings):
    UserFactory(email="somebody@council.example")
    refuse_demo_accounts()
    settings.PRODUCTION = True

    with pytest.raises(ImproperlyConfigured):
        refuse_demo_accounts()


@pytest.mark.django_db
def test_make_account_makes_the_first_accounts_and_keeps_roles_apart():
    out = io.StringIO()
    call_command("make_account", "a@council.gov.uk", "A Person", "auditor", stdout=out)

    assert User.objects.get(email="a@council.gov.uk").roles == {Role.AUDITOR}
    with pytest.raises(CommandError):
        call_command("make_account", "a@council.gov.uk", "A Person", "finance", stdout=out)
