"""Opening by two, declarations, scoring alone, moderation, and the lock that reveals prices."""

from datetime import timedelta

import pytest

from dps_portal.accounts.roles import Role
from dps_portal.audit.models import AuditEvent
from dps_portal.notifications.models import Notification
from dps_portal.refusals import Refused
from tenders import services
from tenders.models import (
    Award,
    Bid,
    ConsensusScore,
    Criterion,
    Invitation,
    OpeningApproval,
    Price,
    Response,
    Score,
)
from tenders.states import TenderState
from tests.factories.accounts import UserFactory
from tests.factories.tenders import Competition, owner_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def competition():
    return Competition()


def open_by(competition, *officers):
    for officer in officers:
        services.open_bids(tender=competition.tender, by=officer, at=competition.now)


def refused(act) -> tuple:
    with pytest.raises(Refused) as refusal:
        act()
    return refusal.value.reasons


def ready_to_open(competition):
    competition.published()
    competition.bid_all(90_000, 95_000)
    competition.declare(competition.drafter, competition.officer, competition.commissioner)
    return competition.tender


# ── Opening ──────────────────────────────────────────────────────────────────────────────────


def test_two_officers_open_all_bids_with_prices_still_sealed(competition):
    tender = competition.opened()

    assert tender.state == TenderState.OPENED
    assert {(bid.provider, bid.is_intact) for bid in tender.bids.all()} == {
        (provider, True) for provider in competition.providers
    }
    assert competition.responses().count() == 4
    assert competition.responses()[0].text == "We do it well. 1"
    assert not Price.objects.exists()
    bid = tender.bids.get(provider=competition.providers[0])
    assert bid.submitted_by_ref == owner_of(competition.providers[0]).ref
    assert bid.submitted_at == competition.published_at + timedelta(days=1)


def test_a_blank_envelope_makes_no_bid(competition):
    competition.published()
    competition.bid(competition.providers[0])
    competition.declare(competition.officer, competition.commissioner)

    open_by(competition, competition.officer, competition.commissioner)

    assert [bid.provider for bid in Bid.objects.all()] == [competition.providers[0]]


def test_one_officer_alone_opens_nothing(competition):
    tender = ready_to_open(competition)
    open_by(competition, competition.officer)

    assert refused(lambda: open_by(competition, competition.officer)) == (
        "You have approved the opening. Another officer must approve it too.",
    )
    tender.refresh_from_db()
    assert tender.state == TenderState.PUBLISHED
    assert not Bid.objects.exists()


def test_nobody_opens_before_the_deadline_whatever_the_caller_says():
    competition = Competition(closes_in=timedelta(hours=1))
    ready_to_open(competition)
    late = competition.closes_at + timedelta(days=1)

    assert refused(
        lambda: services.open_bids(tender=competition.tender, by=competition.officer, at=late)
    ) == ("Bids may be opened only after the closing time.",)
    assert not OpeningApproval.objects.exists()


@pytest.mark.parametrize("has_interest", [None, True])
def test_an_officer_with_an_interest_or_without_an_answer_does_not_open(competition, has_interest):
    competition.published()
    if has_interest:
        competition.declare(competition.officer, has_interest=True)

    assert len(refused(lambda: open_by(competition, competition.officer))) == 1


def test_two_commissioners_do_not_open(competition):
    ready_to_open(competition)
    second = UserFactory(roles=[Role.COMMISSIONER])
    competition.declare(second)
    open_by(competition, competition.commissioner)

    assert refused(lambda: open_by(competition, second)) == (
        "One of the two officers must be from outside commissioning.",
    )


def test_an_approval_lapses_with_the_role_or_with_an_interest(competition):
    ready_to_open(competition)
    open_by(competition, competition.commissioner)
    competition.commissioner.grants.update(ended_at=competition.now)
    open_by(competition, competition.officer)
    assert not Bid.objects.exists()
    competition.declare(competition.officer, has_interest=True)
    open_by(competition, competition.drafter)
    assert not Bid.objects.exists()


def test_the_opening_is_on_the_trail_with_what_lay_in_the_envelopes(competition):
    tender = competition.opened()

    approved = AuditEvent.objects.get(action="opening.approved")
    opened = AuditEvent.objects.get(action="bids.opened")
    assert approved.facts["envelopes"] == opened.facts["envelopes"]
    assert opened.facts["bids"] == 2
    each = AuditEvent.objects.filter(action="bid.opened").in_order()
    assert [event.facts["provider"] for event in each] == [
        provider.reference for provider in competition.providers
    ]
    assert [event.facts["digest"] for event in each] == list(
        tender.bids.order_by("pk").values_list("digest", flat=True)
    )


def test_the_opening_tells_bidders_and_panel(competition):
    competition.opened()

    def told(event):
        rows = Notification.objects.filter(subject__contains=event)
        return set(rows.values_list("email", flat=True))

    assert told("Your bid") == {owner_of(one).email for one in competition.providers}
    assert told("are open") == {
        person.email for person in [*competition.evaluators, competition.moderator]
    }


def altered(data):
    data = bytearray(data)
    data[100] ^= 1
    return bytes(data)


def another_quality_envelope(competition, mine, theirs):
    """A bid that was signed for another provider, put in this one's place."""
    return {"quality_envelope": competition.invitation(theirs).quality_envelope}


def an_earlier_quality_envelope(competition, mine, theirs):
    earlier = competition.invitation(mine).quality_envelope
    competition.bid(mine, answer="A later answer.", at=competition.published_at)
    return {"quality_envelope": earlier}


def a_blank_envelope(competition, mine, theirs):
    blank = competition.invitation(mine)
    services.envelopes.fill_envelopes(blank, draft=None, bid=None)
    return {"quality_envelope": blank.quality_envelope}


def a_forged_envelope(competition, mine, theirs):
    """Sealed by someone who knows the public key, as everyone may, but not the signing key."""
    forged = competition.invitation(mine)
    _, bid, _ = services.envelopes.read_own_copy(forged)
    bid["quality"]["content"]["answers"]["1"] = "Forged."
    services.envelopes.fill_envelopes(forged, draft=None, bid=bid)
    return {"quality_envelope": forged.quality_envelope, "own_copy": forged.own_copy}


def a_flipped_bit(competition, mine, theirs):
    return {"quality_envelope": altered(competition.invitation(mine).quality_envelope)}


def a_damaged_own_copy(competition, mine, theirs):
    return {"own_copy": altered(competition.invitation(mine).own_copy)}


@pytest.mark.parametrize(
    "tamper",
    [
        a_blank_envelope,
        a_damaged_own_copy,
        a_flipped_bit,
        a_forged_envelope,
        an_earlier_quality_envelope,
        another_quality_envelope,
    ],
)
def test_an_altered_envelope_is_named_and_never_read(competition, tamper):
    mine, theirs = competition.providers
    ready_to_open(competition)
    change = tamper(competition, mine, theirs)
    Invitation.objects.filter(provider=mine).update(**change)

    open_by(competition, competition.officer, competition.commissioner)

    assert {bid.provider: bid.is_intact for bid in Bid.objects.all()} == {
        mine: False,
        theirs: True,
    }
    assert {response.bid.provider for response in competition.responses()} == {theirs}


def test_the_other_bids_are_ranked_without_an_altered_one(competition):
    ready_to_open(competition)
    mine = competition.providers[0]
    Invitation.objects.filter(provider=mine).update(
        **a_flipped_bit(competition, mine, competition.providers[1])
    )
    open_by(competition, competition.officer, competition.commissioner)
    competition.tender.refresh_from_db()
    competition.declare(*competition.evaluators, competition.moderator)
    for response in competition.responses():
        for evaluator in competition.evaluators:
            competition.score(response, evaluator)
    for response in competition.responses():
        competition.moderate(response)
    services.lock_quality(tender=competition.tender, by=competition.officer, at=competition.now)

    assert [
        (place.bid.provider.name, place.result.rank, place.result.excluded)
        for place in services.ranking(competition.tender)
    ] == [("Provider 2", 1, ""), ("Provider 1", None, "the envelope was altered")]


# ── Declarations ─────────────────────────────────────────────────────────────────────────────


def test_nobody_sees_a_bid_before_declaring_to_have_no_interest(competition):
    competition.opened()
    everyone = [competition.drafter, *competition.evaluators, competition.moderator]

    for person in everyone:
        assert not Bid.objects.visible_to(person).exists()
        assert not Response.objects.visible_to(person).exists()
    competition.declare(*everyone[:2])
    competition.declare(*everyone[2:], has_interest=True)

    assert [Bid.objects.visible_to(person).count() for person in everyone] == [2, 2, 0, 0]
    assert [Response.objects.visible_to(person).count() for person in everyone] == [4, 4, 0, 0]


def test_only_those_with_a_part_in_it_see_the_bids(competition):
    competition.opened()
    strangers = [
        UserFactory(roles=[role])
        for role in (Role.EVALUATOR, Role.MODERATOR, Role.FINANCE, Role.ASSESSOR)
    ]
    auditor = UserFactory(roles=[Role.AUDITOR])
    competition.declare(*strangers, auditor)

    for person in [*strangers, competition.commissioner, owner_of(competition.providers[0])]:
        assert not Bid.objects.visible_to(person).exists()
    assert Bid.objects.visible_to(auditor).count() == 2


def test_an_interest_is_never_taken_back(competition):
    competition.published()
    competition.declare(competition.officer, has_interest=True)

    assert refused(lambda: competition.declare(competition.officer)) == (
        "You have declared an interest in this tender.",
    )


def test_an_interest_found_later_voids_the_scores(competition):
    third = UserFactory(roles=[Role.EVALUATOR])
    competition.evaluators.append(third)
    competition.scored()
    competition.declare(competition.evaluators[0], has_interest=True)
    competition.tender.refresh_from_db()
    assert competition.tender.scored_at is not None

    competition.declare(competition.evaluators[1], has_interest=True)

    competition.tender.refresh_from_db()
    assert competition.tender.scored_at is None


# ── Scoring ──────────────────────────────────────────────────────────────────────────────────


def test_score_response_is_the_evaluators_own_until_all_are_in(competition):
    competition.opened()
    first, second = competition.evaluators
    competition.declare(first, second, competition.moderator)
    for response in competition.responses():
        competition.score(response, first)

    assert Score.objects.visible_to(first).count() == 4
    for person in (second, competition.moderator, competition.officer):
        assert not Score.objects.visible_to(person).exists()
    for response in competition.responses():
        competition.score(response, second, points=3)

    competition.tender.refresh_from_db()
    assert competition.tender.scored_at == competition.now
    for person in (first, second, competition.moderator):
        assert Score.objects.visible_to(person).count() == 8
    assert not Score.objects.visible_to(competition.officer).exists()
    message = Notification.objects.get(subject__startswith="All scores")
    assert message.email == competition.moderator.email


def test_a_score_can_be_corrected_until_all_are_in(competition):
    competition.opened()
    first, second = competition.evaluators
    competition.declare(first, second)
    responses = list(competition.responses())
    competition.score(responses[0], first, points=1)
    competition.score(responses[0], first, points=2)
    assert Score.objects.get().points == 2
    for response in responses:
        competition.score(response, first)
        competition.score(response, second)

    assert refused(lambda: competition.score(responses[0], first, points=5)) == (
        "Every evaluator has scored; the scores no longer change.",
    )
    assert set(Score.objects.values_list("points", flat=True)) == {4}


def test_nobody_off_the_panel_scores(competition):
    competition.opened()
    competition.declare(competition.moderator)

    for person in (competition.moderator, UserFactory(roles=[Role.EVALUATOR])):
        assert refused(lambda who=person: competition.score(competition.responses()[0], who)) == (
            "Only the evaluators on the panel score this tender.",
        )


def test_a_score_off_the_scale_is_refused(competition):
    competition.opened()
    competition.declare(*competition.evaluators)

    assert refused(
        lambda: competition.score(competition.responses()[0], competition.evaluators[0], points=6)
    ) == ("The score is not on the published scale.",)


def test_an_evaluator_who_has_declared_nothing_is_waited_for(competition):
    competition.evaluators.append(UserFactory(roles=[Role.EVALUATOR]))
    competition.opened()
    competition.declare(*competition.evaluators[:2])
    for evaluator in competition.evaluators[:2]:
        for response in competition.responses():
            competition.score(response, evaluator)
    competition.tender.refresh_from_db()
    assert competition.tender.scored_at is None

    competition.declare(competition.evaluators[2], has_interest=True)

    competition.tender.refresh_from_db()
    assert competition.tender.scored_at is not None


# ── Moderation ───────────────────────────────────────────────────────────────────────────────


def test_moderate_response_records_points_reason_and_trail(competition):
    competition.scored()
    response = competition.responses()[0]

    competition.moderate(response, points=3, reason="The audit evidence is thin.")

    consensus = ConsensusScore.objects.get()
    assert (consensus.points, consensus.reason, consensus.moderator) == (
        3,
        "The audit evidence is thin.",
        competition.moderator,
    )
    event = AuditEvent.objects.about(response).get(action="response.moderated")
    assert event.facts == {"points": 3}


def test_moderation_waits_for_every_score(competition):
    competition.opened()
    competition.declare(*competition.evaluators, competition.moderator)
    competition.score(competition.responses()[0], competition.evaluators[0])

    assert refused(lambda: competition.moderate(competition.responses()[0])) == (
        "Not every evaluator has scored every answer.",
    )


def test_an_evaluator_does_not_moderate(competition):
    competition.scored()

    assert refused(
        lambda: services.moderate_response(
            response=competition.responses()[0],
            points=4,
            reason="Agreed.",
            by=competition.evaluators[0],
            at=competition.now,
        )
    ) == ("Only the moderator of the panel does this.",)


def test_scores_far_apart_need_a_note(competition):
    competition.opened()
    competition.declare(*competition.evaluators, competition.moderator)
    for response in competition.responses():
        for evaluator, points in zip(competition.evaluators, (1, 3), strict=True):
            competition.score(response, evaluator, points=points)
    response = competition.responses()[0]

    assert len(refused(lambda: competition.moderate(response, reason="Agreed."))) == 1
    competition.moderate(
        response,
        reason="The second evaluator had missed the annex; after reading it both agreed.",
    )
    assert ConsensusScore.objects.count() == 1


# ── Lock ─────────────────────────────────────────────────────────────────────────────────────


def test_lock_quality_reveals_the_prices(competition):
    tender = competition.locked(90_000, 95_000)

    assert tender.state == TenderState.QUALITY_LOCKED
    assert {price.bid.provider: price.weekly_pence for price in Price.objects.all()} == dict(
        zip(competition.providers, (90_000, 95_000), strict=True)
    )
    event = AuditEvent.objects.get(action="quality.locked")
    assert event.facts == {"altered": []}


def test_lock_quality_waits_for_every_consensus(competition):
    competition.scored()
    competition.moderate(competition.responses()[0])

    assert refused(
        lambda: services.lock_quality(
            tender=competition.tender, by=competition.officer, at=competition.now
        )
    ) == ("Not every answer has a consensus score.",)
    assert not Price.objects.exists()


def test_nobody_on_the_panel_locks_recommends_or_approves():
    competition = Competition()
    both = UserFactory(roles=[Role.PROCUREMENT, Role.COMMISSIONER, Role.EVALUATOR])
    competition.evaluators[0] = both
    competition.moderated()

    assert refused(
        lambda: services.lock_quality(tender=competition.tender, by=both, at=competition.now)
    ) == ("Prices are revealed by a person who is not on the panel.",)
    services.lock_quality(tender=competition.tender, by=competition.officer, at=competition.now)
    recommend = {
        "tender": competition.tender,
        "bids": [competition.first()],
        "reason": "First.",
        "at": competition.now,
    }
    assert refused(lambda: services.recommend_award(**recommend, by=both)) == (
        "An award is recommended by a person who is not on the panel.",
    )
    services.recommend_award(**recommend, by=competition.officer)
    assert refused(
        lambda: services.approve_award(
            tender=competition.tender,
            consulted_with="Councillor Dale",
            consultation="Agreed.",
            alternatives="None.",
            consulted_on=competition.now.date(),
            by=both,
            at=competition.now,
        )
    ) == ("An award is approved by a person who is not on the panel.",)
    assert not Price.objects.visible_to(both).exists()


def test_after_the_lock_no_score_changes(competition):
    competition.locked()
    response = competition.responses()[0]

    assert refused(lambda: competition.moderate(response, points=1)) == (
        "Scores can be moderated only between the opening and the lock.",
    )
    assert refused(lambda: competition.score(response, competition.evaluators[0])) == (
        "The answers can be scored only between the opening and the lock.",
    )


def test_a_changed_model_is_noticed_before_prices_are_revealed(competition):
    competition.moderated()
    Criterion.objects.filter(tender=competition.tender, name="Safety").update(weight=30)

    assert refused(
        lambda: services.lock_quality(
            tender=competition.tender, by=competition.officer, at=competition.now
        )
    ) == ("The evaluation model is not the one that was published.",)


def test_a_price_that_was_exchanged_is_noticed(competition):
    competition.moderated()
    mine, theirs = competition.providers
    Invitation.objects.filter(provider=mine).update(
        price_envelope=competition.invitation(theirs).price_envelope
    )
    Invitation.objects.filter(provider=theirs).update(price_envelope=b"rubbish")

    services.lock_quality(tender=competition.tender, by=competition.officer, at=competition.now)

    assert not Price.objects.exists()
    assert {place.result.excluded for place in services.ranking(competition.tender)} == {
        "the envelope was altered"
    }


def test_prices_are_seen_only_by_those_who_may_and_never_by_evaluators(competition):
    auditor = UserFactory(roles=[Role.AUDITOR])
    other_moderator = UserFactory(roles=[Role.MODERATOR])
    competition.moderated()
    competition.declare(auditor, other_moderator, competition.drafter)
    everyone = {
        "officer": competition.officer,
        "drafter": competition.drafter,
        "commissioner": competition.commissioner,
        "moderator": competition.moderator,
        "other moderator": other_moderator,
        "evaluator": competition.evaluators[0],
        "auditor": auditor,
        "administrator": UserFactory(roles=[Role.SYSTEM_ADMIN]),
        "provider": owner_of(competition.providers[0]),
    }

    def seeing():
        return {
            name for name, person in everyone.items() if Price.objects.visible_to(person).exists()
        }

    assert seeing() == set()
    services.lock_quality(tender=competition.tender, by=competition.officer, at=competition.now)
    assert seeing() == {"officer", "drafter", "commissioner", "moderator"}
    services.recommend_award(
        tender=competition.tender,
        bids=[competition.first()],
        reason="First.",
        by=competition.officer,
        at=competition.now,
    )
    assert seeing() == {"officer", "drafter", "commissioner", "moderator"}
    assert not Award.objects.visible_to(competition.evaluators[0]).exists()
    services.approve_award(
        tender=competition.tender,
        consulted_with="Councillor Dale",
        consultation="Agreed.",
        alternatives="None.",
        consulted_on=competition.now.date(),
        by=competition.commissioner,
        at=competition.now,
    )
    assert seeing() == {"officer", "drafter", "commissioner", "moderator", "auditor"}
    assert Award.objects.visible_to(competition.evaluators[0]).exists()
