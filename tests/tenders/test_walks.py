"""Walks at random through the life of a tender: by its rules alone, and by its services (T15)."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from django.utils import timezone

from dps_portal.accounts.roles import Permission
from dps_portal.audit.models import AuditEvent
from dps_portal.refusals import Refused
from tenders import rules, services
from tenders.models import Award, Challenge, Response, Tender
from tenders.states import TenderState
from tests.factories.tenders import Competition
from tests.sizes import sized

P, S = Permission, TenderState
NOON = datetime(2026, 6, 15, 11, tzinfo=UTC)
TODAY = date(2026, 6, 15)
DAY = timedelta(days=1)
ENOUGH = "one two three four five six seven eight nine ten"

# ── By the rules alone ───────────────────────────────────────────────────────────────────────

NO_INTEREST = ([False], [True, None])
NOT = ([False], [True])
YES = ([True], [False])
NONE_NAMED = ([()], [["Harbour House"]])

# Act: its rule, from where and to where it leads, and of each fact the good values and the bad.
STEPS = {
    "publish": (
        rules.objections_to_publication,
        {S.DRAFT},
        [S.PUBLISHED],
        {"is_drafter": NOT, "invitees": ([1, 9], [0]), "others": ([()], [["Another."]])},
    ),
    "open": (
        rules.objections_to_opening,
        {S.PUBLISHED},
        [S.OPENED],
        {
            "closes_at": ([NOON], [NOON + DAY]),
            "now": ([NOON, NOON + timedelta(hours=1)], [NOON - DAY]),
            "may_open": YES,
            "has_interest": NO_INTEREST,
            "has_approved": NOT,
            "are_all_commissioners": NOT,
        },
    ),
    "lock": (
        rules.objections_to_lock,
        {S.OPENED},
        [S.QUALITY_LOCKED],
        {
            "is_on_panel": NOT,
            "has_interest": NO_INTEREST,
            "is_scored": YES,
            "missing": ([0], [1]),
            "bids": ([1, 7], [0]),
            "is_model_intact": YES,
        },
    ),
    "recommend": (
        rules.objections_to_recommendation,
        {S.QUALITY_LOCKED},
        [S.RECOMMENDED],
        {"is_on_panel": NOT, "has_interest": NO_INTEREST, "is_model_intact": YES},
    ),
    "approve": (
        rules.objections_to_approval,
        {S.RECOMMENDED},
        [S.STANDSTILL, S.AWARDED],
        {
            "is_on_panel": NOT,
            "is_recommender": NOT,
            "has_interest": NO_INTEREST,
            "not_admitted": NONE_NAMED,
            "undeclared": NONE_NAMED,
            "overdue": ([["Harbour House"]], []),
            "overdue_reason": ([ENOUGH, None], ["Short."]),
            "departure": (["It is nearer."], []),
            "agreed": ([ENOUGH, None], ["Short."]),
            "consulted_on": ([TODAY, None], [TODAY + DAY]),
            "today": ([TODAY], []),
        },
    ),
    "confirm": (
        rules.objections_to_confirmation,
        {S.STANDSTILL},
        [S.AWARDED],
        {
            "is_on_panel": NOT,
            "is_recommender": NOT,
            "has_interest": NO_INTEREST,
            "not_admitted": NONE_NAMED,
            "undeclared": NONE_NAMED,
            "overdue": NONE_NAMED,
            "is_in_standstill": NOT,
            "is_challenged": NOT,
        },
    ),
    "abandon": (
        rules.objections_to_abandonment,
        set(S) - {S.AWARDED, S.ABANDONED},
        [S.ABANDONED],
        {"is_asker": NOT},
    ),
}
WALKED = 100_000


def test_t15_100_000_steps_by_the_rules_alone_go_where_they_may_and_nowhere_else():
    random = Random(15)  # noqa: S311
    state, seen = S.DRAFT, Counter()
    names = [name for name in STEPS for _ in range(1 if name == "abandon" else 10)]
    for _ in range(WALKED):
        name = random.choice(names)  # mostly on, or no walk would come far
        rule, from_states, to_states, facts = STEPS[name]
        bad = {each for each, (_, values) in facts.items() if values and random.random() < 0.05}
        given = {
            each: random.choice(wrong if each in bad else good)
            for each, (good, wrong) in facts.items()
        }
        allowed = state in from_states and not bad

        assert (rule(state=state, **given) == []) == allowed, (name, state, given)
        seen[name, allowed] += 1
        if allowed:
            state = random.choice(to_states)
        if state in {S.AWARDED, S.ABANDONED}:
            seen[state] += 1
            state = S.DRAFT
    assert min(seen[name, allowed] for name in STEPS for allowed in (True, False)) > 50
    assert min(seen[S.AWARDED], seen[S.ABANDONED]) > 50


# ── By the services ──────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Act:
    """Who may try it, what it does, the events of which it leaves one, and where it is likely."""

    permission: Permission
    do: Callable
    events: tuple[str, ...]
    where: tuple[TenderState, ...]


def publish(walk, by):
    services.publish_tender(tender=walk.tender, by=by, at=walk.one.published_at)
    walk.one.tender = walk.tender
    walk.one.bid_all(90_000, 95_000)


def score(walk, by):
    response = walk.random.choice(walk.responses())
    services.score_response(response=response, points=4, reason="Clear.", by=by, at=walk.one.now)


def moderate(walk, by):
    unmoderated = [one for one in walk.responses() if not hasattr(one, "consensus")]
    response = walk.random.choice(unmoderated or walk.responses())
    services.moderate_response(response=response, points=4, reason=ENOUGH, by=by, at=walk.one.now)


def recommend(walk, by):
    chosen = [services.ranking(walk.tender)[0].bid] if walk.state == S.QUALITY_LOCKED else []
    services.recommend_award(
        tender=walk.tender, bids=chosen, reason="First.", by=by, at=walk.one.now
    )


def approve(walk, by):
    walk.one.tender = walk.tender
    walk.one.approve(by=by, with_standstill=walk.random.random() < 0.5)


def confirm(walk, by):
    late = walk.random.random() < 0.5
    at = walk.one.now + timedelta(days=40 if late else 1)
    services.confirm_award(tender=walk.tender, by=by, at=at)


def record(walk, by):
    services.record_challenge(
        tender=walk.tender,
        challenger="Provider 2",
        received_on=timezone.localdate(walk.one.now),
        grounds="Misread.",
        by=by,
        at=walk.one.now,
    )


def settle(walk, by):
    challenge = Challenge.objects.filter(award__tender=walk.tender).order_by("?").first()
    if challenge is None:
        raise Refused(["There is no challenge."])
    services.settle_challenge(challenge=challenge, settlement="Withdrawn.", by=by, at=walk.one.now)


def declare(walk, by):
    has_interest = walk.random.random() < 0.02
    services.declare_interest(
        tender=walk.tender, has_interest=has_interest, details="", by=by, at=walk.one.now
    )


def abandon(walk, by):
    services.abandon_tender(tender=walk.tender, reason="No money.", by=by, at=walk.one.now)


def open_bids(walk, by):
    services.open_bids(tender=walk.tender, by=by, at=walk.one.now)


def lock(walk, by):
    services.lock_quality(tender=walk.tender, by=by, at=walk.one.now)


ACTS = [
    Act(P.PUBLISH_TENDER, publish, ("tender.published",), (S.DRAFT,)),
    Act(P.VIEW_TENDERS, declare, ("interest.declared",), (S.PUBLISHED, S.OPENED)),
    Act(P.OPEN_BIDS, open_bids, ("opening.approved", "bids.opened"), (S.PUBLISHED,)),
    Act(P.SCORE_BIDS, score, ("response.scored",), (S.OPENED,)),
    Act(P.MODERATE_SCORES, moderate, ("response.moderated",), (S.OPENED,)),
    Act(P.LOCK_QUALITY, lock, ("quality.locked",), (S.OPENED,)),
    Act(P.RECOMMEND_AWARD, recommend, ("award.recommended",), (S.QUALITY_LOCKED,)),
    Act(P.APPROVE_AWARD, approve, ("award.approved",), (S.RECOMMENDED,)),
    Act(P.APPROVE_AWARD, confirm, ("award.confirmed",), (S.STANDSTILL,)),
    Act(P.RECORD_CHALLENGE, record, ("challenge.recorded",), (S.STANDSTILL,)),
    Act(P.SETTLE_CHALLENGE, settle, ("challenge.settled",), (S.STANDSTILL,)),
    Act(P.PUBLISH_TENDER, abandon, ("abandonment.asked", "tender.abandoned"), ()),
]
ANY = [act for act in ACTS for _ in range(1 if act.do is abandon else 5)]
# The move that each event makes, wherever it makes one.
MOVE = {
    "tender.published": (S.DRAFT, {S.PUBLISHED}),
    "bids.opened": (S.PUBLISHED, {S.OPENED}),
    "quality.locked": (S.OPENED, {S.QUALITY_LOCKED}),
    "award.recommended": (S.QUALITY_LOCKED, {S.RECOMMENDED}),
    "award.approved": (S.RECOMMENDED, {S.STANDSTILL, S.AWARDED}),
    "award.confirmed": (S.STANDSTILL, {S.AWARDED}),
}


class Walk:
    """One tender and its people; a new one where the last has come to its end."""

    def __init__(self, random):
        self.random = random
        self.seen = Counter()
        self.begin()

    def begin(self):
        self.one = Competition()
        self.reference = self.one.drafted().reference
        one = self.one
        self.people = [one.drafter, one.officer, one.commissioner, *one.evaluators, one.moderator]

    @property
    def tender(self) -> Tender:
        return Tender.objects.select_related("lot__agreement").get(reference=self.reference)

    @property
    def state(self) -> TenderState:
        return S(Tender.objects.values_list("state", flat=True).get(reference=self.reference))

    def responses(self):
        rows = Response.objects.filter(bid__tender__reference=self.reference)
        found = list(rows.select_related("bid__tender", "consensus"))
        if not found:
            raise Refused(["There is no answer yet."])
        return found

    def step(self):
        before = self.state
        likely = [act for act in ACTS if before in act.where]
        act = self.random.choice(likely if likely and self.random.random() < 0.85 else ANY)
        able = [person for person in self.people if person.may(act.permission)]
        last = AuditEvent.objects.count()
        try:
            act.do(self, self.random.choice(able))
            passed = True
        except Refused:
            passed = False
        after = self.state
        rows = AuditEvent.objects.order_by("seq")[last:]
        events = list(rows.values_list("action", flat=True))
        told = [one for one in events if one in act.events]

        assert len(told) == passed, (act, before, after, events)
        assert passed or (events, after) == ([], before)
        if passed:
            self.assert_moves(told[0], before, after)
        self.seen[before, after] += before != after
        if after in {S.AWARDED, S.ABANDONED}:
            self.begin()

    def assert_moves(self, event, before, after):
        if event == "tender.abandoned":
            assert after == S.ABANDONED
        elif event in MOVE:
            start, ends = MOVE[event]
            assert before == start
            assert after in ends
        else:
            assert after == before


@pytest.mark.django_db
@sized("steps", check=2_000, bench=10_000)
def test_t15_each_step_by_the_services_is_a_legal_move_with_one_event_or_nothing(steps):
    walk = Walk(Random(47))  # noqa: S311

    for _ in range(steps):
        walk.step()

    moves = {pair for pair, count in walk.seen.items() if count}
    assert {after for _, after in moves} == set(S) - {S.DRAFT}
    assert (S.RECOMMENDED, S.STANDSTILL) in moves
    assert (S.RECOMMENDED, S.AWARDED) in moves
    assert not Award.objects.filter(tender__state=S.ABANDONED, contracts__isnull=False).exists()
