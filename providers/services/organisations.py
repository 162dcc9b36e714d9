"""Registering an organisation, and its people."""

from datetime import datetime

from django.db import transaction

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Role, objections_to_role
from dps_portal.accounts.services import grant_role
from dps_portal.audit import trail
from dps_portal.refusals import refuse_if
from providers import rules
from providers.models import Membership, Provider


def objections_to_membership(user: User, role: Role) -> list[str]:
    """Council staff and people of an organisation may not join one."""
    objections = objections_to_role(user.roles, role)
    if Provider.objects.of(user).exists():
        objections.append("A person can belong to one organisation only.")
    return objections


@transaction.atomic
def register_provider(
    *,
    name: str,
    company_number: str | None,
    charity_number: str | None,
    cqc_provider_id: str | None,
    by: User,
    at: datetime,
) -> Provider:
    """``by`` becomes the owner. A number that is taken is refused without saying whose it is."""
    by = User.objects.select_for_update().get(pk=by.pk)
    numbers = {
        "company_number": rules.company_number(company_number or "") or None,
        "charity_number": rules.tidy(charity_number or "") or None,
        "cqc_provider_id": rules.tidy(cqc_provider_id or "") or None,
    }
    refuse_if(
        objections_to_membership(by, Role.PROVIDER_OWNER) + rules.objections_to_numbers(numbers)
    )
    # The database says whether a number is taken, so that two registrations at once cannot differ.
    new = Provider(name=name, registered_at=at, **numbers)
    Provider.objects.bulk_create([new], ignore_conflicts=True)
    provider = Provider.objects.filter(reference=new.reference).first()
    refuse_if([] if provider else [rules.ALREADY_REGISTERED])
    add_member(provider=provider, user=by, is_owner=True, by=by, at=at)
    trail.record("provider.registered", provider, by=by, at=at, **numbers)
    return provider


@transaction.atomic
def add_member(
    *, provider: Provider, user: User, is_owner: bool, by: User, at: datetime
) -> Membership:
    """The membership and the role that comes with it."""
    user = User.objects.select_for_update().get(pk=user.pk)
    role = Role.PROVIDER_OWNER if is_owner else Role.PROVIDER_MEMBER
    refuse_if(objections_to_membership(user, role))
    membership = Membership.objects.create(
        provider=provider, user=user, is_owner=is_owner, joined_at=at
    )
    grant_role(user=user, role=role, proposed_by=None, by=by, at=at)
    trail.record("provider.member_added", provider, by=by, at=at, user=user.ref, is_owner=is_owner)
    return membership
