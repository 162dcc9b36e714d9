"""The people of an organisation: invited, joining, removed, leaving, and handing it over."""

import csv
import hashlib
import io
import re
from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Role
from dps_portal.audit.models import AuditEvent
from dps_portal.notifications.models import Notification
from dps_portal.refusals import Refused
from providers import rules, services
from providers.models import MemberInvitation, Membership
from providers.services import members
from tests.factories.accounts import UserFactory
from tests.factories.providers import AT, owner_of, provider_with_owner

from .test_race import at_once

pytestmark = pytest.mark.django_db
NEW = "new@haven.example"
WEEK = timedelta(days=7)
USED = "This invitation has been used already."
CANCELLED = "This invitation was cancelled. Ask the organisation for a new one."
EXPIRED = "This invitation has expired. Ask the organisation for a new one."
NOT_YOURS = "This invitation was sent to an e-mail address that is not yours."
ONE_ONLY = "A person can belong to one organisation only."
HAS_LEFT = "This person does not belong to the organisation any more."
NOT_OWNER = "You are not the owner of this organisation any more."


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(AT, tick=False) as traveller:
        yield traveller


def on(name, *args, **query):
    return reverse(f"providers:{name}", args=args, query=query or None)


def person_at(email=NEW, *, verified=True, **facts):
    user = UserFactory(email=email, **facts)
    EmailAddress.objects.create(user=user, email=email, verified=verified, primary=True)
    return user


def invite(provider=None, email=NEW, at=AT):
    provider = provider or provider_with_owner()
    return services.invite_member(provider=provider, email=email, by=owner_of(provider), at=at)


def token_of(email=NEW):
    mail = Notification.objects.filter(email=email, subject__contains="invited").order_by("pk")
    return re.search(r"/join/([\w-]+)/", mail.last().body)[1]


def member_of(provider, **facts):
    person = UserFactory(**facts)
    return services.add_member(
        provider=provider, user=person, is_owner=False, by=owner_of(provider), at=AT
    )


def accept(invitation, by, at=AT):
    return services.accept_invitation(invitation=invitation, by=by, at=at)


def refused(act, **facts):
    with pytest.raises(Refused) as refusal:
        act(**facts)
    return list(refusal.value.reasons)


def mail_of(user):
    return list(Notification.objects.filter(to=user).values_list("subject", flat=True))


def now(user):
    """With the roles of this moment."""
    return User.objects.get(pk=user.pk)


# ── Inviting ─────────────────────────────────────────────────────────────────────────────────
def test_only_the_hash_of_the_link_is_kept():
    invitation = invite()

    token = token_of()
    assert len(token) == 43
    assert invitation.token_sha256 == hashlib.sha256(token.encode()).hexdigest()
    assert list(MemberInvitation.objects.by_link(token)) == [invitation]
    assert not MemberInvitation.objects.by_link(invitation.token_sha256).exists()
    assert token not in str(list(AuditEvent.objects.values()))
    assert invitation.expires_at == AT + WEEK


def test_the_mail_says_nothing_of_names_and_goes_to_the_address():
    provider = provider_with_owner(name="The Holder")
    invite(provider, "NEW@haven.example")

    mail = Notification.objects.get(email=NEW)
    assert mail.to is None
    assert "The Holder" not in mail.subject + mail.body
    assert provider.reference in mail.body
    assert AuditEvent.objects.filter(action="provider.member_invited").count() == 1


def test_an_address_is_invited_once_at_a_time_and_a_member_not_at_all():
    provider = provider_with_owner()
    member = member_of(provider)
    invite(provider)

    assert refused(invite, provider=provider) == [
        "This address has an open invitation. Send it again or cancel it."
    ]
    assert refused(invite, provider=provider, email=member.user.email.upper()) == [
        "This person belongs to your organisation already."
    ]
    assert MemberInvitation.objects.count() == 1


def test_what_has_expired_makes_room_for_another():
    provider = provider_with_owner()
    old = invite(provider)

    new = invite(provider, at=AT + WEEK)

    assert MemberInvitation.objects.get(pk=old.pk).cancelled_at == AT + WEEK
    assert list(provider.member_invitations.open()) == [new]


def test_two_organisations_may_invite_one_address():
    invite(provider_with_owner())
    invite(provider_with_owner())

    assert MemberInvitation.objects.open().count() == 2


def test_who_is_not_the_owner_any_more_manages_nobody():
    provider = provider_with_owner()
    former, member = owner_of(provider), member_of(provider)
    other = member_of(provider)
    invitation = invite(provider)
    services.hand_over_ownership(membership=member, by=former, at=AT)
    by = {"by": former, "at": AT}

    for act, facts in [
        (services.invite_member, {"provider": provider, "email": "x@haven.example"}),
        (services.cancel_invitation, {"invitation": invitation}),
        (services.resend_invitation, {"invitation": invitation}),
        (services.remove_member, {"membership": other}),
        (services.hand_over_ownership, {"membership": other}),
    ]:
        assert refused(act, **facts, **by) == [NOT_OWNER]


def test_a_cancelled_link_stops_and_is_cancelled_once():
    invitation = invite()
    by = {"by": owner_of(invitation.provider), "at": AT}

    services.cancel_invitation(invitation=invitation, **by)

    assert refused(accept, invitation=invitation, by=person_at()) == [CANCELLED]
    assert refused(services.cancel_invitation, invitation=invitation, **by) == [
        "This invitation is cancelled already."
    ]
    assert AuditEvent.objects.filter(action="provider.invitation_cancelled").count() == 1


def test_an_invitation_sent_again_has_a_new_link_and_another_week():
    invitation = invite()
    first = token_of()
    by = owner_of(invitation.provider)

    again = services.resend_invitation(invitation=invitation, by=by, at=AT + timedelta(days=3))

    assert token_of() != first
    assert again.expires_at == AT + timedelta(days=10)
    assert MemberInvitation.objects.by_link(first).get().cancelled_at is not None
    assert refused(services.resend_invitation, invitation=invitation, by=by, at=AT) == [
        "This invitation is cancelled already."
    ]


# ── Joining ──────────────────────────────────────────────────────────────────────────────────
def test_accept_invitation_makes_a_member_and_tells_the_owner():
    invitation, person = invite(), person_at()

    membership = accept(invitation, person)

    assert (membership.provider, membership.is_owner) == (invitation.provider, False)
    assert now(person).roles == {Role.PROVIDER_MEMBER}
    used = MemberInvitation.objects.get()
    assert (used.accepted_by, used.accepted_at) == (person, AT)
    assert mail_of(owner_of(invitation.provider)) == [
        f"A person you invited has joined provider {invitation.provider}"
    ]
    assert refused(accept, invitation=invitation, by=person) == [USED, ONE_ONLY]


@pytest.mark.parametrize(
    ("at", "reasons"), [(AT + WEEK - timedelta(seconds=1), None), (AT + WEEK, [EXPIRED])]
)
def test_an_invitation_holds_for_seven_days(at, reasons):
    invitation, person = invite(), person_at()

    if reasons:
        assert refused(accept, invitation=invitation, by=person, at=at) == reasons
    else:
        assert accept(invitation, person, at)


def test_only_the_holder_of_the_confirmed_address_can_join():
    invitation = invite()

    assert refused(accept, invitation=invitation, by=person_at("other@haven.example")) == [
        NOT_YOURS
    ]
    assert refused(accept, invitation=invitation, by=person_at(verified=False)) == [NOT_YOURS]
    assert not MemberInvitation.objects.exclude(accepted_at=None).exists()


def test_council_staff_and_people_of_another_organisation_cannot_join():
    first, second = invite(email="a@haven.example"), invite(email="b@haven.example")
    staff = person_at("a@haven.example", roles=[Role.FINANCE])
    elsewhere = person_at("b@haven.example")
    services.add_member(
        provider=provider_with_owner(), user=elsewhere, is_owner=False, by=elsewhere, at=AT
    )

    assert refused(accept, invitation=first, by=staff) == [
        "One person may not be Finance officer and Provider member."
    ]
    assert refused(accept, invitation=second, by=now(elsewhere)) == [ONE_ONLY]


@pytest.mark.django_db(transaction=True)
def test_of_two_acceptances_at_once_one_counts():
    invitation, person = invite(), person_at()

    done, no, failed = at_once(*[lambda: accept(invitation, now(person))] * 2)

    assert (len(done), no, failed) == (1, [(USED, ONE_ONLY)], [])
    assert Membership.objects.filter(user=person).count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_looking_again_the_second_acceptance_would_break_off(monkeypatch):
    """The twin: only the database stands in the way then, and it can't say why."""
    invitation, person = invite(), person_at()
    monkeypatch.setattr(members, "objections_to_acceptance", lambda *_: [])
    monkeypatch.setattr(members, "objections_to_membership", lambda *_: [])

    done, no, failed = at_once(*[lambda: accept(invitation, now(person))] * 2)

    assert (len(done), no, len(failed)) == (1, [], 1)
    assert "IntegrityError" in failed[0]


@pytest.mark.django_db(transaction=True)
def test_an_invitation_is_accepted_or_cancelled_never_both():
    invitation, person = invite(), person_at()
    by = owner_of(invitation.provider)

    done, no, failed = at_once(
        lambda: accept(invitation, now(person)),
        lambda: services.cancel_invitation(invitation=invitation, by=by, at=AT),
    )

    assert (len(done), failed) == (1, [])
    used = MemberInvitation.objects.get()
    assert no == [(USED,)] if used.accepted_at else [(CANCELLED,)]
    assert Membership.objects.filter(user=person).exists() == (used.accepted_at is not None)
    assert (used.accepted_at is None) != (used.cancelled_at is None)


@pytest.mark.django_db(transaction=True)
def test_without_looking_again_accepting_and_cancelling_would_break_off(monkeypatch):
    """The twin."""
    invitation, person = invite(), person_at()
    by = owner_of(invitation.provider)
    monkeypatch.setattr(members, "objections_to_acceptance", lambda *_: [])
    monkeypatch.setattr(members.rules, "objections_to_cancellation", lambda **_: [])

    done, no, failed = at_once(
        lambda: accept(invitation, now(person)),
        lambda: services.cancel_invitation(invitation=invitation, by=by, at=AT),
    )

    assert (len(done), no, len(failed)) == (1, [], 1)
    assert "IntegrityError" in failed[0]


# ── Removing and leaving ─────────────────────────────────────────────────────────────────────
def test_removal_bites_on_the_next_request_of_a_live_session(client):
    provider = provider_with_owner()
    membership = member_of(provider)
    theirs = Client()
    theirs.force_login(membership.user)
    assert theirs.get(provider.get_absolute_url()).status_code == 200

    client.force_login(owner_of(provider))
    client.post(on("remove_member", provider.reference, membership.user.ref))

    assert theirs.get(provider.get_absolute_url()).status_code == 404
    assert theirs.get(on("own_provider")).status_code == 403
    assert theirs.get(on("member_list", provider.reference)).status_code == 403
    assert theirs.get(reverse("home")).status_code == 200
    assert now(membership.user).roles == frozenset()
    assert mail_of(membership.user) == [f"You no longer belong to provider {provider}"]


def test_the_owner_is_never_removed_and_a_member_once():
    provider = provider_with_owner()
    by = {"by": owner_of(provider), "at": AT}
    membership = member_of(provider)
    services.remove_member(membership=membership, **by)

    assert refused(services.remove_member, membership=membership, **by) == [HAS_LEFT]
    owner = provider.memberships.get(is_owner=True)
    assert refused(services.remove_member, membership=owner, **by) == [
        "The owner cannot leave or be removed. Hand over the organisation first."
    ]
    assert AuditEvent.objects.filter(action="provider.member_removed").count() == 1


def test_who_was_removed_can_be_invited_again():
    provider, person = provider_with_owner(), person_at()
    first = accept(invite(provider), person)
    services.remove_member(membership=first, by=owner_of(provider), at=AT)

    accept(invite(provider), now(person))

    assert provider.memberships.filter(user=person).count() == 2
    assert now(person).roles == {Role.PROVIDER_MEMBER}


def test_a_member_leaves_and_the_owner_hears_of_it(client):
    provider = provider_with_owner()
    membership = member_of(provider)
    client.force_login(membership.user)

    shown = client.get(on("leave_organisation")).content.decode()
    response = client.post(on("leave_organisation"))

    assert "You cannot undo this." in shown
    assert response["Location"] == reverse("home")
    assert Membership.objects.get(pk=membership.pk).ended_at == AT
    assert mail_of(owner_of(provider)) == [f"A member has left provider {provider}"]
    assert client.post(on("leave_organisation")).status_code == 403


def test_the_owner_cannot_leave_without_handing_over(client):
    provider = provider_with_owner()
    client.force_login(owner_of(provider))
    reason = "The owner cannot leave or be removed. Hand over the organisation first."

    assert reason in client.get(on("leave_organisation")).content.decode()
    assert reason in client.post(on("leave_organisation")).content.decode()
    assert Membership.objects.current().count() == 1


# ── Handing over ─────────────────────────────────────────────────────────────────────────────
def test_hand_over_ownership_swaps_the_two():
    provider = provider_with_owner()
    former, member = owner_of(provider), member_of(provider)

    services.hand_over_ownership(membership=member, by=former, at=AT)

    assert owner_of(provider) == member.user
    assert now(member.user).roles == {Role.PROVIDER_OWNER}
    assert now(former).roles == {Role.PROVIDER_MEMBER}
    assert provider.memberships.current().count() == 2
    for person in (former, member.user):
        assert mail_of(person) == [f"Provider {provider} has a new owner"]
    event = AuditEvent.objects.get(action="provider.handed_over")
    assert event.facts == {"owner": member.user.ref, "was": former.ref}


def test_it_is_handed_over_to_a_member_whose_account_is_open():
    provider = provider_with_owner()
    by = {"by": owner_of(provider), "at": AT}
    closed = member_of(provider, is_active=False)
    gone = member_of(provider)
    services.remove_member(membership=gone, **by)
    owner = provider.memberships.get(is_owner=True)

    hand_over = services.hand_over_ownership
    assert refused(hand_over, membership=closed, **by) == ["This person’s account is closed."]
    assert refused(hand_over, membership=gone, **by) == [HAS_LEFT]
    assert refused(hand_over, membership=owner, **by) == ["This person is the owner already."]


def test_the_new_owner_needs_a_second_factor_and_the_former_does_not(client, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    provider = provider_with_owner()
    former, member = owner_of(provider), member_of(provider)
    theirs = Client()
    theirs.force_login(member.user)
    client.force_login(former)
    enrol = reverse("mfa_activate_totp")
    assert theirs.get(provider.get_absolute_url()).status_code == 200
    assert client.get(provider.get_absolute_url())["Location"] == enrol

    services.hand_over_ownership(membership=member, by=former, at=AT)

    assert theirs.get(provider.get_absolute_url())["Location"] == enrol
    assert client.get(provider.get_absolute_url()).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_of_two_hand_overs_at_once_one_counts():
    provider = provider_with_owner()
    former = owner_of(provider)
    pair = [member_of(provider), member_of(provider)]

    done, no, failed = at_once(
        *(
            (lambda one=one: services.hand_over_ownership(membership=one, by=former, at=AT))
            for one in pair
        )
    )

    assert (len(done), no, failed) == (1, [(NOT_OWNER,)], [])
    assert provider.memberships.current().filter(is_owner=True).count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_looking_again_the_organisation_would_be_handed_over_twice(monkeypatch):
    """The twin."""
    provider = provider_with_owner()
    former = owner_of(provider)
    pair = [member_of(provider), member_of(provider)]
    monkeypatch.setattr(members.rules, "objections_to_managing", lambda **_: [])

    done, no, failed = at_once(
        *(
            (lambda one=one: services.hand_over_ownership(membership=one, by=former, at=AT))
            for one in pair
        )
    )

    assert (len(done), no, failed) == (2, [], [])


# ── Pages ────────────────────────────────────────────────────────────────────────────────────
def test_member_list_is_for_its_people_procurement_and_the_auditor(client):
    provider = provider_with_owner()
    invite(provider)
    for person, status, sees_invitations in [
        (owner_of(provider), 200, True),
        (member_of(provider).user, 200, False),
        (UserFactory(roles=[Role.PROCUREMENT]), 200, True),
        (UserFactory(roles=[Role.AUDITOR]), 200, True),
        (UserFactory(roles=[Role.COMMISSIONER]), 403, False),
        (owner_of(provider_with_owner()), 404, False),
    ]:
        client.force_login(person)
        page = client.get(on("member_list", provider.reference))
        assert page.status_code == status
        assert (NEW in page.content.decode()) == sees_invitations


def test_member_list_offers_acts_to_the_owner_alone(client):
    provider = provider_with_owner()
    membership = member_of(provider)
    remove = on("remove_member", provider.reference, membership.user.ref)

    for person, acts, leaves in [
        (owner_of(provider), True, False),
        (membership.user, False, True),
        (UserFactory(roles=[Role.PROCUREMENT]), False, False),
    ]:
        client.force_login(person)
        page = client.get(on("member_list", provider.reference)).content.decode()
        assert (remove in page) == acts
        assert (on("leave_organisation") in page) == leaves


@pytest.mark.parametrize("count", [1, 3])
def test_member_list_costs_the_same_however_long(client, django_assert_num_queries, count):
    provider = provider_with_owner()
    for number in range(count):
        member_of(provider)
        invite(provider, f"new{number}@haven.example")
    client.force_login(owner_of(provider))
    client.get(reverse("home"))  # the session is written once

    with django_assert_num_queries(7):
        page = client.get(on("member_list", provider.reference))

    assert len(page.context["page"].object_list) == count + 1


def test_member_list_is_searched_and_downloaded(client):
    provider = provider_with_owner()
    member = member_of(provider, name="Ada Thorne", email="ada@haven.example")
    client.force_login(owner_of(provider))

    found = client.get(on("member_list", provider.reference, q="thorne")).context["page"]
    file = client.get(on("member_list", provider.reference, q="ada@", download="csv"))

    assert list(found) == [member]
    assert list(csv.reader(io.StringIO(file.content.decode()))) == [
        ["Name", "E-mail", "Role", "Since"],
        ["Ada Thorne", "ada@haven.example", "Member", "2026-12-01"],
    ]


def test_invite_cancel_and_send_again_on_the_page(client):
    provider = provider_with_owner()
    client.force_login(owner_of(provider))
    people = on("member_list", provider.reference)

    wrong = client.post(on("invite_member", provider.reference), {"email": "nobody"})
    sent = client.post(on("invite_member", provider.reference), {"email": NEW})
    twice = client.post(on("invite_member", provider.reference), {"email": NEW})

    assert 'value="nobody"' in wrong.content.decode()
    assert sent["Location"] == people
    assert "This address has an open invitation." in twice.content.decode()

    first = MemberInvitation.objects.get()
    client.post(on("resend_invitation", provider.reference, first.pk))
    second = MemberInvitation.objects.open().get()
    done = client.post(on("cancel_invitation", provider.reference, second.pk), follow=True)
    again = client.post(on("cancel_invitation", provider.reference, second.pk), follow=True)

    assert f"The invitation to {NEW} is cancelled." in done.content.decode()
    assert "This invitation is cancelled already." in again.content.decode()
    assert not MemberInvitation.objects.open().exists()


def test_hand_over_on_the_page_leaves_a_member_at_the_screen(client):
    provider = provider_with_owner()
    membership = member_of(provider)
    client.force_login(owner_of(provider))
    page = on("hand_over_ownership", provider.reference, membership.user.ref)

    shown = client.get(page).content.decode()
    done = client.post(page, follow=True)

    assert "Only the new owner can undo this." in shown
    assert "You are a member." in done.content.decode()
    assert client.post(page).status_code == 403


@pytest.mark.parametrize("name", ["remove_member", "hand_over_ownership"])
def test_a_second_press_is_told_why(client, name):
    provider = provider_with_owner()
    membership = member_of(provider)
    services.remove_member(membership=membership, by=owner_of(provider), at=AT)
    client.force_login(owner_of(provider))

    page = client.post(on(name, provider.reference, membership.user.ref))

    assert HAS_LEFT in page.content.decode()


@pytest.mark.parametrize("name", ["remove_member", "hand_over_ownership"])
def test_who_never_belonged_is_not_found(client, name):
    provider = provider_with_owner()
    client.force_login(owner_of(provider))

    assert client.get(on(name, provider.reference, UserFactory().ref)).status_code == 404


def test_the_link_says_what_it_is_and_joins_on_a_press(client):
    provider = provider_with_owner(name="Haven House")
    invite(provider)
    link = on("accept_invitation", token_of())
    person = person_at()

    public = client.get(link).content.decode()
    client.post(link)
    assert not MemberInvitation.objects.exclude(accepted_at=None).exists()
    client.force_login(person)
    looked = client.get(link).content.decode()
    assert not Membership.objects.filter(user=person).exists()
    joined = client.post(link)
    twice = client.post(link)

    assert "Join Haven House" in public
    for way in ("account_login", "account_signup"):
        assert f'"{reverse(way, query={"next": link})}"' in public
    assert "Join this organisation" in looked
    assert joined["Location"] == twice["Location"] == provider.get_absolute_url()
    assert Membership.objects.filter(user=person).count() == 1


@pytest.mark.parametrize("signed_in", [True, False])
def test_a_link_that_does_not_work_says_why_and_is_no_error(client, clock, signed_in):
    used = invite(email="a@haven.example")
    accept(used, person_at("a@haven.example"))
    cancelled = invite(email="b@haven.example")
    services.cancel_invitation(invitation=cancelled, by=owner_of(cancelled.provider), at=AT)
    invite(email="c@haven.example")
    clock.shift(WEEK)
    if signed_in:
        client.force_login(person_at())

    for email, reason in [
        ("a@haven.example", USED),
        ("b@haven.example", CANCELLED),
        ("c@haven.example", EXPIRED),
    ]:
        page = client.get(on("accept_invitation", token_of(email)))
        assert page.status_code == 200
        assert reason in page.content.decode()
    unknown = client.get(on("accept_invitation", "not-a-link"))
    assert unknown.status_code == 200
    assert "The link is not complete, or it was never valid." in unknown.content.decode()


def test_another_account_is_told_whose_it_is_not(client):
    invite()
    client.force_login(person_at("other@haven.example"))

    for response in (
        client.get(on("accept_invitation", token_of())),
        client.post(on("accept_invitation", token_of())),
    ):
        page = response.content.decode()
        assert NOT_YOURS in page
        assert "other@haven.example" in page
        assert NEW not in page
    assert rules.INVITATION_HOLDS == WEEK


def test_who_has_no_account_makes_one_and_comes_back_to_the_link(client):
    provider = provider_with_owner()
    invite(provider)
    link = on("accept_invitation", token_of())
    password = "a-long-lantern-42"

    client.post(
        f"{reverse('account_signup')}?next={link}",
        {
            "email": NEW,
            "name": "Nia New",
            "password1": password,
            "password2": password,
            "next": link,
        },
    )
    assert refused(
        accept, invitation=MemberInvitation.objects.get(), by=User.objects.get(email=NEW)
    ) == [NOT_YOURS]
    body = Notification.objects.filter(email=NEW).order_by("pk").last().body
    code = re.search(r"^([A-Z0-9]{4}-[A-Z0-9]{4})$", body, re.MULTILINE)[1]
    confirmed = client.post(reverse("account_email_verification_sent"), {"code": code})
    joined = client.post(confirmed["Location"])

    assert confirmed["Location"] == link
    assert joined["Location"] == provider.get_absolute_url()
