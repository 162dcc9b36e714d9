"""The people of an organisation, and the link in an invitation."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.ui.acts import ACT, READ, attempt, attempt_at_once, list_page
from providers import rules, services
from providers.forms import InvitationForm, JoiningForm, MembershipForm, SearchForm
from providers.models import MemberInvitation, Membership, Provider

COLUMNS = {
    "Name": lambda row: row.user.name,
    "E-mail": lambda row: row.user.email,
    "Role": lambda row: "Owner" if row.is_owner else "Member",
    "Since": lambda row: timezone.localdate(row.joined_at).isoformat(),
}


def find_provider(request, reference) -> Provider:
    return get_object_or_404(Provider.objects.visible_to(request.user), reference=reference)


def find_membership(request, reference, member) -> Membership:
    """Also of a person who has left since: then the act is refused in words."""
    rows = find_provider(request, reference).memberships.select_related("user", "provider")
    found = rows.filter(user__ref=member).order_by("pk").last()
    return found or get_object_or_404(rows, user__ref=member)


def pressed(request, form_class=MembershipForm, **words):
    """The form of a page that is a button alone: bound as soon as it is pressed."""
    return form_class(request.POST if request.method == "POST" else None, **words)


@requires(Permission.VIEW_MEMBERS, methods=READ)
def member_list(request, reference):
    """To its own people, and to the officers who may read of them (targets §4, row 3)."""
    provider = find_provider(request, reference)
    rows = provider.memberships.current().select_related("user").owner_first()
    form = SearchForm(request.GET, label="Name or e-mail address")
    if wanted := form.asked()["q"]:
        rows = rows.matching_text(wanted)
    manages = request.user.may(Permission.MANAGE_MEMBERS)
    is_own = not request.user.may(Permission.VIEW_APPLICATIONS)
    return list_page(
        request,
        "providers/member_list.html",
        rows=rows,
        form=form,
        columns=COLUMNS,
        name=f"people-of-{provider}",
        provider=provider,
        manages=manages,
        is_own=is_own,
        invitations=provider.member_invitations.open().newest_first()
        if manages or not is_own
        else None,
        now=timezone.now(),
    )


@requires(Permission.MANAGE_MEMBERS)
def invite_member(request, reference):
    provider = find_provider(request, reference)
    form = InvitationForm(request.POST or None)
    invited = attempt(
        form,
        lambda: services.invite_member(
            provider=provider, **form.cleaned_data, by=request.user, at=timezone.now()
        ),
    )
    if invited:
        messages.success(request, f"The invitation to {invited.email} is on its way.")
        return redirect("providers:member_list", provider.reference)
    return render(
        request,
        "providers/invite_member.html",
        {"form": form, "provider": provider, "days": rules.INVITATION_HOLDS.days},
    )


@requires(Permission.MANAGE_MEMBERS, methods=ACT)
def cancel_invitation(request, reference, pk):
    return _act_on_invitation(request, reference, pk, services.cancel_invitation, "is cancelled")


@requires(Permission.MANAGE_MEMBERS, methods=ACT)
def resend_invitation(request, reference, pk):
    return _act_on_invitation(request, reference, pk, services.resend_invitation, "is sent again")


def _act_on_invitation(request, reference, pk, act, done):
    provider = find_provider(request, reference)
    invitation = get_object_or_404(provider.member_invitations, pk=pk)

    def act_and_tell():
        act(invitation=invitation, by=request.user, at=timezone.now())
        messages.success(request, f"The invitation to {invitation.email} {done}.")

    attempt_at_once(request, act_and_tell)
    return redirect("providers:member_list", provider.reference)


@requires(Permission.PUBLIC)
def accept_invitation(request, token):
    """Whoever holds the link reads what it is; joining takes the address it was sent to."""
    one = MemberInvitation.objects.by_link(token).select_related("provider").first()
    is_signed_in = request.user.is_authenticated
    if one is None:
        context = {"objections": ["The link is not complete, or it was never valid."]}
        return render(request, "providers/accept_invitation.html", context)
    if is_signed_in and one.accepted_by_id == request.user.pk:
        return redirect(one.provider)
    at = timezone.now()
    form = pressed(request, JoiningForm)
    joined = is_signed_in and attempt(
        form, lambda: services.accept_invitation(invitation=one, by=request.user, at=at)
    )
    if joined:
        messages.success(request, f"You belong to {one.provider.name} now.")
        return redirect(one.provider)
    objections = (
        services.objections_to_acceptance(one, request.user, at)
        if is_signed_in
        else rules.objections_to_acceptance(
            is_accepted=one.accepted_at is not None,
            is_cancelled=one.cancelled_at is not None,
            expires_at=one.expires_at,
            at=at,
        )
    )
    context = {"invitation": one, "objections": objections, "form": form if is_signed_in else None}
    return render(request, "providers/accept_invitation.html", context)


@requires(Permission.MANAGE_MEMBERS)
def remove_member(request, reference, member):
    membership = find_membership(request, reference, member)
    form = pressed(request, submit="Remove this person")
    if attempt(
        form,
        lambda: services.remove_member(membership=membership, by=request.user, at=timezone.now()),
    ):
        messages.success(request, f"{membership.user.name} is removed.")
        return redirect("providers:member_list", membership.provider.reference)
    return render(request, "providers/remove_member.html", _page(membership, form))


@requires(Permission.MANAGE_MEMBERS)
def hand_over_ownership(request, reference, member):
    """Afterwards the person at the screen is a member."""
    membership = find_membership(request, reference, member)
    form = pressed(request, submit="Hand over the organisation")
    if attempt(
        form,
        lambda: services.hand_over_ownership(
            membership=membership, by=request.user, at=timezone.now()
        ),
    ):
        messages.success(request, f"{membership.user.name} is the owner now. You are a member.")
        return redirect("providers:member_list", membership.provider.reference)
    return render(request, "providers/hand_over_ownership.html", _page(membership, form))


@requires(Permission.VIEW_OWN_PROVIDER)
def leave_organisation(request):
    membership = get_object_or_404(
        Membership.objects.current().select_related("provider"), user=request.user
    )
    form = pressed(request, submit="Leave this organisation")
    if attempt(
        form,
        lambda: services.leave_organisation(
            membership=membership, by=request.user, at=timezone.now()
        ),
    ):
        messages.success(request, f"You do not belong to {membership.provider.name} any more.")
        return redirect("home")
    objections = rules.objections_to_ending_membership(
        is_owner=membership.is_owner, has_ended=False
    )
    context = _page(membership, form) | {"objections": objections}
    return render(request, "providers/leave_organisation.html", context)


def _page(membership, form):
    return {"membership": membership, "provider": membership.provider, "form": form}
