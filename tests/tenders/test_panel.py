"""An evaluator who withdraws late, and the one who takes the place (R4.2, R7.6, SoD 6)."""

from datetime import timedelta

import pytest
from django.urls import reverse

from dps_portal.accounts.roles import Role
from dps_portal.audit.models import AuditEvent
from dps_portal.notifications.models import Notification
from dps_portal.refusals import Refused
from tenders import rules, services
from tenders.models import ConsensusScore, Response, Score, Tender
from tenders.states import TenderState
from tests.factories.accounts import UserFactory
from tests.factories.tenders import Competition

pytestmark = pytest.mark.django_db

NOT_SCORED = "Not every evaluator has scored every answer."


@pytest.fixture
def competition():
    return Competition()


@pytest.fixture
def joining(db):
    return UserFactory(roles=[Role.EVALUATOR], name="New Evaluator")


def replace(competition, joining, *, leaving=None, by=None):
    return services.replace_member(
        tender=competition.tender,
        leaving=leaving or competition.evaluators[0],
        joining=joining,
        reason="An interest found late.",
        by=by or competition.officer,
        at=competition.now,
    )


def withdraw(competition, evaluator, *, at=None):
    services.declare_interest(
        tender=competition.tender,
        has_interest=True,
        details="A friend works there.",
        by=evaluator,
        at=at or competition.now,
    )
    competition.tender.refresh_from_db()


def refused(act) -> tuple:
    with pytest.raises(Refused) as refusal:
        act()
    return refusal.value.reasons


def score_all(competition, evaluator, points=4):
    for response in competition.responses():
        competition.score(response, evaluator, points=points)
    competition.tender.refresh_from_db()


def see(client, person, name, *args):
    client.force_login(person)
    return client.get(reverse(f"tenders:{name}", args=args))


# ── The rule ─────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("state", TenderState)
def test_an_evaluator_is_replaced_between_publication_and_lock(state):
    def objections(**facts):
        return rules.objections_to_replacement(
            **{
                "state": state,
                "is_on_panel": False,
                "has_interest": None,
                "is_complete": False,
                "is_anyone_replaceable": True,
            }
            | facts
        )

    if state in {TenderState.PUBLISHED, TenderState.OPENED}:
        assert objections() == []
        assert objections(is_anyone_replaceable=False) == [
            "Everyone on the panel has declared to have no interest."
        ]
        assert objections(is_complete=True) == []  # the moderator still may be
        assert objections(
            is_complete=True, is_anyone_replaceable=False, is_on_panel=True, has_interest=True
        ) == [
            "Every evaluator has scored; the panel no longer changes.",
            "The panel is changed by a person who is not on it.",
            "You have declared an interest in this tender.",
        ]
    else:
        assert objections() == ["The panel changes between the publication and the quality lock."]


# ── The act ──────────────────────────────────────────────────────────────────────────────────
def test_a_replacement_scores_everything_and_sees_nobody_else_before(competition, joining):
    competition.scored()
    withdraw(competition, competition.evaluators[0])
    assert competition.tender.scored_at is None

    replace(competition, joining)
    assert AuditEvent.objects.get(action="panel_member.replaced").facts == {
        "leaving": competition.evaluators[0].ref,
        "joining": joining.ref,
        "reason": "An interest found late.",
    }
    assert Notification.objects.filter(to=joining).count() == 1
    assert refused(lambda: competition.score(competition.responses()[0], joining)) == (
        "Declare first whether you have an interest in this tender.",
    )
    competition.declare(joining)
    assert list(Score.objects.visible_to(joining)) == []
    score_all(competition, joining)
    assert competition.tender.scored_at == competition.now
    assert Score.objects.visible_to(joining).count() == 4 + 4 + 4


def test_a_replacement_sees_no_agreed_score_before_all_are_in(competition, joining):
    competition.moderated()
    withdraw(competition, competition.evaluators[0])
    replace(competition, joining)
    competition.declare(joining)

    assert list(ConsensusScore.objects.visible_to(joining)) == []
    assert list(ConsensusScore.objects.visible_to(competition.evaluators[1])) == []


def test_whoever_left_reads_and_scores_nothing_more(competition, joining):
    competition.opened()
    replace(competition, joining)  # the evaluator had declared nothing
    competition.declare(competition.evaluators[0])

    assert refused(
        lambda: competition.score(competition.responses()[0], competition.evaluators[0])
    ) == ("Only the evaluators on the panel score this tender.",)
    assert list(Tender.objects.bids_shown_to(competition.evaluators[0])) == []


def test_an_evaluator_without_an_interest_is_not_replaced(competition, joining):
    competition.opened()
    competition.declare(competition.evaluators[0])

    assert refused(lambda: replace(competition, joining)) == (
        "Only who has an interest, or has declared nothing, is replaced; and no evaluator once "
        "all have scored.",
    )
    services.declare_interest(
        tender=competition.tender,
        has_interest=True,
        details="A friend.",
        by=joining,
        at=competition.now,
    )
    withdraw(competition, competition.evaluators[0])
    assert refused(lambda: replace(competition, joining)) == (
        "The new member has an interest in this tender.",
    )
    assert refused(lambda: replace(competition, competition.moderator)) == (
        "The new member may not score quality.",
        "The new member is, or was, on this panel already.",
    )


@pytest.mark.parametrize("is_complete", [False, True])
def test_a_moderator_with_an_interest_is_replaced_and_the_new_one_goes_on(competition, is_complete):
    leaving, joining = competition.moderator, UserFactory(roles=[Role.MODERATOR], name="New")

    def score():
        competition.declare(*competition.evaluators)
        for evaluator in competition.evaluators:
            score_all(competition, evaluator)

    competition.opened()
    if is_complete:
        score()
    withdraw(competition, leaving)

    assert refused(lambda: replace(competition, competition.evaluators[0], leaving=leaving)) == (
        "The new member may not moderate scores.",
        "The new member is, or was, on this panel already.",
    )
    replace(competition, joining, leaving=leaving)
    if not is_complete:
        score()
    competition.declare(joining)
    response = competition.responses()[0]
    facts = {"response": response, "points": 4, "reason": "As discussed.", "at": competition.now}
    assert refused(lambda: services.moderate_response(**facts, by=leaving)) == (
        "Only the moderator of the panel does this.",
    )
    assert services.moderate_response(**facts, by=joining).moderator == joining
    assert [one.user for one in competition.tender.panel.moderating()] == [joining]


def test_once_all_have_scored_no_evaluator_is_replaced(competition, joining):
    competition.scored()
    withdraw(competition, competition.moderator)

    assert refused(lambda: replace(competition, joining)) == (
        "Only who has an interest, or has declared nothing, is replaced; and no evaluator once "
        "all have scored.",
    )


def test_the_rest_go_on_if_two_are_left_and_agree_afresh(competition, joining):
    competition.evaluators.append(joining)
    competition.moderated()
    later = competition.now + timedelta(hours=1)
    withdraw(competition, joining, at=later)

    assert competition.tender.scored_at == later
    assert services.unagreed(competition.tender).count() == 4
    assert refused(
        lambda: services.lock_quality(tender=competition.tender, by=competition.officer, at=later)
    ) == ("Not every answer has a consensus score.",)
    competition.now = later
    for response in competition.responses():
        competition.moderate(response)
    services.lock_quality(tender=competition.tender, by=competition.officer, at=later)


def test_one_evaluator_alone_does_not_go_on(competition):
    competition.scored()
    withdraw(competition, competition.evaluators[0])

    assert refused(
        lambda: services.lock_quality(
            tender=competition.tender, by=competition.officer, at=competition.now
        )
    ) == (NOT_SCORED, "Not every answer has a consensus score.")


# ── The pages ────────────────────────────────────────────────────────────────────────────────
def test_an_evaluator_is_led_from_answer_to_answer_beside_the_guidance(client, competition):
    scale = ["None", "Poor", "Partial", "Fair", "Good", "Excellent"]
    competition.opened(scale=scale)
    me = competition.evaluators[0]
    competition.declare(me)
    first, second, *_ = competition.responses()
    first.criterion.guidance = "Names a lead."
    first.criterion.save()
    ref = competition.tender.reference
    place = (ref, first.bid.provider.reference, first.criterion.position)

    assert "0 of 4 scored" in see(client, me, "score_bids", ref).content.decode()
    page = see(client, me, "score_response", *place).content.decode()
    for words in ("Answer 1 of 4", "Names a lead.", "Excellent", "Next: Provider 1: Outcomes"):
        assert words in page
    url = reverse("tenders:score_response", args=place)
    typed = client.post(url, {"reason": "What I typed <already>."}).content.decode()
    assert "What I typed &lt;already&gt;." in typed
    answer = client.post(url, {"points": 4, "reason": "Clear."})
    assert answer.url == reverse(
        "tenders:score_response",
        args=[ref, second.bid.provider.reference, second.criterion.position],
    )
    assert "1 of 4 scored" in see(client, me, "score_bids", ref).content.decode()
    score_all(competition, me)
    answer = client.post(url, {"points": 3, "reason": "Clear."})
    assert answer.url == reverse("tenders:score_bids", args=[ref])


def test_the_moderator_reads_scores_side_by_side_with_the_spread_and_what_is_void(
    client, competition, joining
):
    competition.evaluators.append(joining)
    competition.scored()
    Score.objects.filter(evaluator=competition.evaluators[0]).update(points=2)
    response = competition.responses()[0]
    place = (
        competition.tender.reference,
        response.bid.provider.reference,
        response.criterion.position,
    )
    page = see(client, competition.moderator, "moderate_response", *place).content.decode()
    assert "The evaluators are 2 points apart: note what was discussed" in page
    assert "Void" not in page

    withdraw(competition, competition.evaluators[0])
    page = see(client, competition.moderator, "moderate_response", *place).content.decode()
    assert "Void: interest declared" in page
    assert "The evaluators gave the same score." in page


def test_procurement_replaces_an_evaluator_on_a_page(client, competition, joining):
    competition.opened()
    ref, officer = competition.tender.reference, competition.officer

    assert "Replace a member of the panel" in see(client, officer, "tender", ref).content.decode()
    client.post(
        reverse("tenders:replace_member", args=[ref]),
        {"leaving": competition.evaluators[0].pk, "joining": joining.pk, "reason": "On leave."},
    )
    panel = competition.tender.panel.scoring().values_list("user", flat=True)
    assert set(panel) == {competition.evaluators[1].pk, joining.pk}
    assert Response.objects.filter(scores__isnull=False).count() == 0


def test_the_page_says_who_of_the_panel_scores_and_who_moderates(client, competition):
    competition.opened()
    competition.declare(competition.evaluators[0])
    page = see(client, competition.officer, "replace_member", competition.tender.reference)

    assert [label for _, label in page.context["form"]["leaving"].field.choices] == [
        f"{competition.evaluators[1].name}, evaluator",
        f"{competition.moderator.name}, moderator",
    ]
