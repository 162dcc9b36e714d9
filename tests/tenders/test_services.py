"""From the draft to the publication: effect, refusal, trail and letters."""

from datetime import date, timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from dps_portal import sealing
from dps_portal.accounts.roles import Role
from dps_portal.audit.models import AuditEvent
from dps_portal.notifications.models import Notification
from dps_portal.refusals import Refused
from providers.models import Admission
from tenders import services
from tenders.models import Clarification, Invitation, Tender
from tenders.states import TenderState
from tests.factories.accounts import UserFactory
from tests.factories.tenders import CRITERIA, Competition, provider_on

pytestmark = pytest.mark.django_db

OPEN = timedelta(days=10)


@pytest.fixture
def competition():
    return Competition(closes_in=OPEN)


def actions(about=None):
    events = AuditEvent.objects.in_order()
    return list((events.about(about) if about else events).values_list("action", flat=True))


def told(event):
    """Who was sent the message whose first line is that of the template."""
    return set(Notification.objects.filter(subject__contains=event).values_list("email", flat=True))


# ── Draft ────────────────────────────────────────────────────────────────────────────────────


def test_create_tender_keeps_terms_and_panel(competition):
    tender = competition.drafted()

    assert tender.state == TenderState.DRAFT
    assert tender.drafted_by == competition.drafter
    assert [criterion.name for criterion in tender.criteria.order_by("position")] == [
        "Safety",
        "Outcomes",
    ]
    assert set(tender.panel.values_list("user", "is_moderator")) == {
        (competition.evaluators[0].pk, False),
        (competition.evaluators[1].pk, False),
        (competition.moderator.pk, True),
    }
    assert actions(tender) == ["tender.drafted", "tender.criteria_set"]


def test_create_tender_refused_leaves_no_trace(competition):
    with pytest.raises(Refused) as refusal:
        competition.drafted(
            price_weight=90, evaluators=[competition.moderator], contract_end=date(2031, 1, 1)
        )

    assert refusal.value.reasons == (
        "The contract must lie within the term of the agreement.",
        "The price weight is outside the range that the agreement published.",
        "The panel needs at least 2 evaluators.",
        "The moderator may not be one of the evaluators.",
    )
    assert not Tender.objects.exists()
    assert actions() == []


def test_edit_tender_makes_the_editor_the_drafter(competition):
    tender = competition.drafted()

    services.edit_tender(
        tender=tender,
        **competition.terms(title="Other places", evaluators=competition.evaluators[::-1]),
        by=competition.officer,
        at=competition.now,
    )

    tender.refresh_from_db()
    assert (tender.title, tender.drafted_by) == ("Other places", competition.officer)
    assert tender.panel.count() == 3
    assert actions(tender)[-1] == "tender.edited"


def test_a_published_tender_never_changes(competition):
    tender = competition.published()
    reason = "Only a draft can be changed"

    with pytest.raises(Refused, match=reason):
        services.edit_tender(
            tender=tender,
            **competition.terms(title="Other"),
            by=competition.drafter,
            at=competition.now,
        )
    with pytest.raises(Refused, match=reason):
        services.set_criteria(
            tender=tender, criteria=CRITERIA, by=competition.drafter, at=competition.now
        )

    tender.refresh_from_db()
    assert tender.title == "Rehabilitation places"


def test_set_criteria_refuses_weights_that_do_not_add_up(competition):
    tender = competition.drafted()

    with pytest.raises(Refused) as refusal:
        services.set_criteria(
            tender=tender, criteria=CRITERIA[:1], by=competition.drafter, at=competition.now
        )

    assert refusal.value.reasons == (
        "The weights of the criteria and of the price must add up to 100.",
    )
    assert tender.criteria.count() == 2


# ── Publication ──────────────────────────────────────────────────────────────────────────────


def test_publish_tender_invites_everyone_admitted_to_the_lot_at_that_instant(competition):
    other_lot = Competition().providers[0]
    ended = provider_on(competition.lot, name="Ended")
    Admission.objects.filter(provider=ended).update(ended_on=date(2024, 1, 1))
    suspended = provider_on(competition.lot, name="Suspended")
    Admission.objects.filter(provider=suspended).update(suspended_from=date(2024, 1, 1))

    tender = competition.published()
    late = provider_on(competition.lot, name="Admitted later")

    invited = {invitation.provider for invitation in tender.invitations.all()}
    assert invited == set(competition.providers)
    assert not {other_lot, ended, suspended, late} & invited


def test_publish_tender_tells_every_member_of_every_invitee(competition):
    everyone = provider_on(
        competition.lot, name="Big House", roles=(Role.PROVIDER_OWNER, Role.PROVIDER_MEMBER)
    )
    former = everyone.memberships.get(is_owner=False)

    tender = competition.published()

    members = {
        member.user.email
        for provider in [*competition.providers, everyone]
        for member in provider.memberships.all()
    }
    assert former.user.email in members
    assert told(f"You are invited to tender {tender}") == members


def test_publish_tender_freezes_and_hashes_the_model(competition):
    tender = competition.published()

    assert tender.model_hash == sealing.digest(services.evaluation_model(tender))
    assert services.evaluation_model(tender)["criteria"] == [
        one | {"guidance": "", "minimum_score": None} for one in CRITERIA
    ]
    assert actions(tender)[-1] == "tender.published"
    event = AuditEvent.objects.get(action="tender.published")
    assert event.facts["model_hash"] == tender.model_hash
    assert set(event.facts["invited"]) == {provider.reference for provider in competition.providers}


def test_publish_tender_wraps_the_private_key_under_a_key_outside_the_database(competition):
    tender = competition.published()

    private_key = sealing.unwrap(tender.wrapped_private_key, key=settings.KEYS["bid"])
    envelope = sealing.seal("x", public_key=bytes(tender.public_key), size=64)
    assert sealing.unseal(envelope, private_key=private_key) == "x"
    assert private_key not in bytes(tender.wrapped_private_key)


def test_publish_tender_is_refused_to_the_drafter(competition):
    tender = competition.drafted()

    with pytest.raises(Refused) as refusal:
        services.publish_tender(tender=tender, by=competition.drafter, at=competition.published_at)

    assert refusal.value.reasons == (
        "A tender is published by a person other than the one who drafted it.",
    )
    assert not Invitation.objects.exists()
    assert not Notification.objects.exists()


def test_publish_tender_is_refused_with_every_reason_at_once(competition):
    tender = competition.drafted()
    tender.criteria.all().delete()
    competition.evaluators[0].grants.update(ended_at=timezone.now())
    Admission.objects.update(ended_on=date(2024, 1, 1))

    with pytest.raises(Refused) as refusal:
        services.publish_tender(
            tender=tender, by=competition.officer, at=tender.closes_at - timedelta(days=9)
        )

    assert refusal.value.reasons == (
        "No provider is admitted to this lot.",
        "There must be at least one criterion.",
        "The panel needs at least 2 evaluators.",
        "The closing date leaves bidders too little time.",
    )


def test_publish_tender_twice_has_one_effect(competition):
    tender = competition.published()

    with pytest.raises(Refused):
        services.publish_tender(tender=tender, by=competition.officer, at=competition.now)

    assert tender.invitations.count() == 2
    assert actions(tender).count("tender.published") == 1


# ── Questions ────────────────────────────────────────────────────────────────────────────────


def test_a_question_is_answered_to_all_and_names_no_asker(competition):
    tender = competition.published()
    asker = competition.providers[0].memberships.get().user

    asked = services.ask_clarification(
        tender=tender, question="How many beds?", by=asker, at=competition.now
    )
    assert told(f"A question about tender {tender}") == {
        competition.drafter.email,
        competition.officer.email,
    }
    services.answer_clarification(
        clarification=asked, answer="Ten.", by=competition.officer, at=competition.now
    )

    assert told(f"A question about tender {tender} has been answered") == {
        provider.memberships.get().user.email for provider in competition.providers
    }
    for message in Notification.objects.filter(subject__contains="question"):
        assert asker.name not in message.body
        assert competition.providers[0].name not in message.body
    assert actions(asked) == ["clarification.asked", "clarification.answered"]


def test_an_open_question_is_seen_by_its_asker_and_an_answer_by_all(competition):
    tender = competition.published()
    first, second = (provider.memberships.get().user for provider in competition.providers)
    asked = services.ask_clarification(
        tender=tender, question="How many beds?", by=first, at=competition.now
    )

    assert list(Clarification.objects.visible_to(first)) == [asked]
    assert list(Clarification.objects.visible_to(second)) == []
    services.answer_clarification(
        clarification=asked, answer="Ten.", by=competition.officer, at=competition.now
    )
    assert list(Clarification.objects.visible_to(second)) == [asked]


@pytest.mark.parametrize("mover", ["asker", "colleague"])
def test_an_open_question_stays_with_the_organisation_that_asked(competition, mover):
    tender = competition.published()
    ours, theirs = competition.providers
    asker, rival = ours.memberships.get().user, theirs.memberships.get().user
    colleague, joined = UserFactory(), {"is_owner": False, "joined_at": competition.now}
    ours.memberships.create(user=colleague, **joined)
    asked = services.ask_clarification(
        tender=tender, question="How many beds?", by=asker, at=competition.now
    )
    moved, stays = (asker, colleague) if mover == "asker" else (colleague, asker)

    later = competition.now + timedelta(hours=1)
    moved.memberships.update(ended_at=later)
    theirs.memberships.create(user=moved, **joined | {"joined_at": later})

    seen = {user: list(Clarification.objects.visible_to(user)) for user in (moved, rival, stays)}
    assert seen == {moved: [], rival: [], stays: [asked]}


def test_a_question_is_answered_once(competition):
    tender = competition.published()
    asked = services.ask_clarification(
        tender=tender,
        question="How many beds?",
        by=competition.providers[0].memberships.get().user,
        at=competition.now,
    )
    answer = {"by": competition.officer, "at": competition.now}
    services.answer_clarification(clarification=asked, answer="Ten.", **answer)

    with pytest.raises(Refused, match="This question has been answered"):
        services.answer_clarification(clarification=asked, answer="Eleven.", **answer)

    asked.refresh_from_db()
    assert asked.answer == "Ten."


def test_ask_clarification_is_refused_after_the_close():
    competition = Competition(closes_in=timedelta(days=-1))
    tender = competition.published()

    with pytest.raises(Refused):
        services.ask_clarification(
            tender=tender,
            question="Too late?",
            by=competition.providers[0].memberships.get().user,
            at=competition.now,
        )

    assert not Clarification.objects.exists()


# ── The end without an award ─────────────────────────────────────────────────────────────────


def test_a_draft_is_abandoned_by_one_person(competition):
    tender = services.abandon_tender(
        tender=competition.drafted(),
        reason="Not needed.",
        by=competition.drafter,
        at=competition.now,
    )

    assert (tender.state, tender.abandon_reason) == (TenderState.ABANDONED, "Not needed.")
    assert actions(tender)[-1] == "tender.abandoned"


def test_a_published_tender_is_abandoned_by_two(competition):
    tender = competition.published()
    ask = {"tender": tender, "at": competition.now}

    services.abandon_tender(**ask, reason="Budget withdrawn.", by=competition.officer)
    tender.refresh_from_db()
    assert tender.state == TenderState.PUBLISHED
    with pytest.raises(Refused, match="Another person must agree"):
        services.abandon_tender(**ask, reason="", by=competition.officer)
    assert told("abandoned") == set()
    services.abandon_tender(**ask, reason="", by=competition.commissioner)

    tender.refresh_from_db()
    assert (tender.state, tender.abandon_reason) == (TenderState.ABANDONED, "Budget withdrawn.")
    assert told("abandoned") == {
        provider.memberships.get().user.email for provider in competition.providers
    }
    assert actions(tender)[-2:] == ["abandonment.asked", "tender.abandoned"]


def test_nothing_happens_to_an_abandoned_tender(competition):
    tender = competition.drafted()
    services.abandon_tender(
        tender=tender, reason="Not needed.", by=competition.drafter, at=competition.now
    )

    for act in (
        lambda: services.publish_tender(
            tender=tender, by=competition.officer, at=competition.published_at
        ),
        lambda: services.abandon_tender(
            tender=tender, reason="Again.", by=competition.officer, at=competition.now
        ),
    ):
        with pytest.raises(Refused):
            act()


def test_a_person_without_roles_sees_no_tender(competition):
    competition.published()

    assert not Tender.objects.visible_to(UserFactory()).exists()
    assert Tender.objects.visible_to(competition.evaluators[0]).count() == 1
