"""The people of an organisation: inviting, joining, leaving, and handing it over."""

import secrets
from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import transaction
from django.urls import reverse

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Role, objections_to_role
from dps_portal.accounts.services import end_role, grant_role
from dps_portal.audit import trail
from dps_portal.notifications.services import notify, notify_each
from dps_portal.refusals import refuse_if
from providers import rules
from providers.models import MemberInvitation, Membership, Provider

TOKEN_BYTES = 32


def objections_to_membership(user: User, role: Role) -> list[str]:
    """Council staff and people of an organisation may not join one."""
    objections = objections_to_role(user.roles, role)
    if Provider.objects.of(user).exists():
        objections.append("A person can belong to one organisation only.")
    return objections


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


@transaction.atomic
def invite_member(*, provider: Provider, email: str, by: User, at: datetime) -> MemberInvitation:
    """One open invitation an address. The link is in the mail alone; its hash is kept here.

    Whether the address has an account, and of whom, is not told to who invites.
    """
    provider = _lock_for_owner(provider, by)
    email = email.lower()
    invitations = provider.member_invitations.open().filter(email=email)
    refuse_if(
        rules.objections_to_invitation(
            is_member=provider.people().filter(email__iexact=email).exists(),
            is_invited=invitations.filter(expires_at__gt=at).exists(),
        )
    )
    invitations.update(cancelled_at=at)  # what has expired makes room for a new one
    token = secrets.token_urlsafe(TOKEN_BYTES)
    invitation = provider.member_invitations.create(
        email=email,
        token_sha256=rules.token_sha256(token),
        invited_by=by,
        invited_at=at,
        expires_at=at + rules.INVITATION_HOLDS,
    )
    notify(
        User.objects.filter(email__iexact=email, is_active=True).first() or email,
        "providers/emails/member_invited.txt",
        at=at,
        invitation=invitation,
        path=reverse("providers:accept_invitation", args=[token]),
    )
    trail.record("provider.member_invited", provider, by=by, at=at, invitation=invitation.pk)
    return invitation


@transaction.atomic
def cancel_invitation(*, invitation: MemberInvitation, by: User, at: datetime) -> MemberInvitation:
    """From then on its link leads to a page that says so."""
    provider = _lock_for_owner(invitation.provider, by)
    invitation = provider.member_invitations.get(pk=invitation.pk)
    refuse_if(
        rules.objections_to_cancellation(
            is_accepted=invitation.accepted_at is not None,
            is_cancelled=invitation.cancelled_at is not None,
        )
    )
    invitation.cancelled_at = at
    invitation.save()
    trail.record("provider.invitation_cancelled", provider, by=by, at=at, invitation=invitation.pk)
    return invitation


@transaction.atomic
def resend_invitation(*, invitation: MemberInvitation, by: User, at: datetime) -> MemberInvitation:
    """A new link for another seven days; the old one stops working."""
    cancelled = cancel_invitation(invitation=invitation, by=by, at=at)
    return invite_member(provider=cancelled.provider, email=cancelled.email, by=by, at=at)


def objections_to_acceptance(invitation: MemberInvitation, user: User, at: datetime) -> list[str]:
    """The link still works, is theirs by an address they have confirmed, and they may join."""
    objections = rules.objections_to_acceptance(
        is_accepted=invitation.accepted_at is not None,
        is_cancelled=invitation.cancelled_at is not None,
        expires_at=invitation.expires_at,
        at=at,
    )
    is_theirs = EmailAddress.objects.filter(
        user=user, email__iexact=invitation.email, verified=True
    ).exists()
    if not is_theirs:
        objections.append("This invitation was sent to an e-mail address that is not yours.")
    return objections + objections_to_membership(user, Role.PROVIDER_MEMBER)


@transaction.atomic
def accept_invitation(*, invitation: MemberInvitation, by: User, at: datetime) -> Membership:
    provider = _lock(invitation.provider)
    invitation = provider.member_invitations.get(pk=invitation.pk)
    refuse_if(objections_to_acceptance(invitation, by, at))
    invitation.accepted_by, invitation.accepted_at = by, at
    invitation.save()
    membership = add_member(provider=provider, user=by, is_owner=False, by=by, at=at)
    _tell_owner(provider, "member_joined", at)
    trail.record("provider.invitation_accepted", provider, by=by, at=at, invitation=invitation.pk)
    return membership


@transaction.atomic
def remove_member(*, membership: Membership, by: User, at: datetime) -> Membership:
    """By the owner. It bites on the person's next request, since roles are read on each."""
    _lock_for_owner(membership.provider, by)
    membership = _end(membership, by, at)
    notify(membership.user, "providers/emails/member_removed.txt", at=at, membership=membership)
    trail.record(
        "provider.member_removed", membership.provider, by=by, at=at, user=membership.user.ref
    )
    return membership


@transaction.atomic
def leave_organisation(*, membership: Membership, by: User, at: datetime) -> Membership:
    """By the member; the owner hands over first, so that no organisation is without one."""
    provider = _lock(membership.provider)
    membership = _end(membership, by, at)
    _tell_owner(provider, "member_left", at)
    trail.record("provider.member_left", provider, by=by, at=at, user=by.ref)
    return membership


@transaction.atomic
def hand_over_ownership(*, membership: Membership, by: User, at: datetime) -> Membership:
    """The member becomes the owner and the owner a member, both or neither."""
    provider = _lock_for_owner(membership.provider, by)
    membership = _current(membership)
    refuse_if(
        rules.objections_to_handing_over(
            is_owner=membership.is_owner,
            has_ended=membership.ended_at is not None,
            is_active=membership.user.is_active,
        )
    )
    former = provider.memberships.current().select_related("user").get(is_owner=True)
    for each in (former, membership):  # the owner steps down first: there is never a second one
        before = _role(each)
        each.is_owner = not each.is_owner
        each.save()
        end_role(user=each.user, role=before, by=by, at=at)
        grant_role(user=each.user, role=_role(each), proposed_by=None, by=by, at=at)
        notify(
            each.user,
            "providers/emails/ownership_handed_over.txt",
            at=at,
            provider=provider,
            is_owner=each.is_owner,
        )
    trail.record(
        "provider.handed_over", provider, by=by, at=at, owner=membership.user.ref, was=by.ref
    )
    return membership


def _lock(provider: Provider) -> Provider:
    """Whatever is done to the people of an organisation queues here."""
    return Provider.objects.select_for_update(of=("self",)).get(pk=provider.pk)


def _lock_for_owner(provider: Provider, by: User) -> Provider:
    provider = _lock(provider)
    is_owner = provider.memberships.current().filter(user=by, is_owner=True).exists()
    refuse_if(rules.objections_to_managing(is_owner=is_owner))
    return provider


def _current(membership: Membership) -> Membership:
    return Membership.objects.select_related("user", "provider").get(pk=membership.pk)


def _role(membership: Membership) -> Role:
    return Role.PROVIDER_OWNER if membership.is_owner else Role.PROVIDER_MEMBER


def _end(membership: Membership, by: User, at: datetime) -> Membership:
    membership = _current(membership)
    refuse_if(
        rules.objections_to_ending_membership(
            is_owner=membership.is_owner, has_ended=membership.ended_at is not None
        )
    )
    membership.ended_at = at
    membership.save()
    end_role(user=membership.user, role=_role(membership), by=by, at=at)
    return membership


def _tell_owner(provider: Provider, event: str, at: datetime) -> None:
    path = reverse("providers:member_list", args=[provider.reference])
    template = f"providers/emails/{event}.txt"
    notify_each(provider.owners(), template, at=at, provider=provider, path=path)
