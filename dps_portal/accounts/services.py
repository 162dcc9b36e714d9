"""Granting and ending roles, and ending sessions."""

from datetime import datetime

from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from dps_portal.audit import trail
from dps_portal.refusals import refuse_if

from .models import RoleGrant, User
from .roles import Role, objections_to_role


@transaction.atomic
def grant_role(
    *, user: User, role: Role, proposed_by: User | None, by: User | None, at: datetime
) -> RoleGrant:
    """Give ``role`` to ``user``. ``by`` approves what ``proposed_by`` proposed: two people.

    Provider roles come with membership of an organisation and have no proposer.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    held = set(user.grants.filter(ended_at=None).values_list("role", flat=True))
    objections = objections_to_role(held, role)
    if role in held:
        objections.append("This person already holds the role.")
    if proposed_by and proposed_by == by:
        objections.append("A role is approved by a person other than the one who proposed it.")
    if by and user in (proposed_by, by) and proposed_by:
        objections.append("Nobody decides on their own role.")
    refuse_if(objections)
    grant = RoleGrant.objects.create(
        user=user, role=role, granted_at=at, proposed_by=proposed_by, approved_by=by
    )
    trail.record("role.granted", user, by=by, at=at, role=role)
    return grant


@transaction.atomic
def end_role(*, user: User, role: Role, by: User | None, at: datetime) -> None:
    """Take the role away; it bites on the next request, since roles are read on each."""
    refuse_if(
        []
        if RoleGrant.objects.filter(user=user, role=role, ended_at=None).update(ended_at=at)
        else ["This person does not hold the role."]
    )
    trail.record("role.ended", user, by=by, at=at, role=role)


@transaction.atomic
def disable_account(*, user: User, by: User, at: datetime) -> None:
    """Stop the person signing in and end every session at once."""
    User.objects.filter(pk=user.pk).update(is_active=False)
    for session in Session.objects.filter(expire_date__gt=timezone.now()):
        if session.get_decoded().get("_auth_user_id") == str(user.pk):
            session.delete()
    trail.record("account.disabled", user, by=by, at=at)
