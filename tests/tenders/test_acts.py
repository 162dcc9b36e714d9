"""Every point of a tender's life × every act × every role, over HTTP (T15)."""

from collections import Counter
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dps_portal.accounts.roles import Role
from dps_portal.audit.models import AuditEvent
from providers.models import Membership
from tenders import services
from tenders.models import Award, Clarification, Tender
from tenders.states import TenderState
from tests.architecture.role_matrix import MATRIX, ROLES
from tests.crawl import every_page
from tests.factories.accounts import UserFactory
from tests.factories.tenders import CRITERIA, Competition, owner_of
from tests.tenders.act_matrix import ACTS, BIDDING, POINTS
from tests.tenders.test_attachments import PDF, WithFiles
from tests.tenders.test_views import boxes, typed, typed_criteria

pytestmark = pytest.mark.django_db

NOT_OF_A_TENDER = {
    *("create_tender", "draft_from_template", "set_initial_evaluation"),
    "exercise_contract_option",
}
OF_COUNCIL = {"AS", "AM", "FI", "AU", "SY"}
DAY = timedelta(days=1)
TAKES = {
    name.removeprefix("tenders:"): list(takes)
    for name, _, takes in every_page()
    if name.startswith("tenders:")
}
WORDS = "We talked about it for an hour, and this is what we agreed upon."


def test_every_page_that_acts_on_a_tender_is_in_the_table():
    acting = {
        name.removeprefix("tenders:")
        for name, (_, methods) in MATRIX.items()
        if name.startswith("tenders:") and "POST" in methods
    }

    assert acting - NOT_OF_A_TENDER == set(ACTS)


def test_every_state_has_a_point_in_the_table():
    assert set(POINTS.values()) == set(TenderState.values)
    assert set(POINTS) == set(MAKE)
    assert {point for _, legal in ACTS.values() for point in legal} <= set(POINTS)


# ── A tender at each point ───────────────────────────────────────────────────────────────────


def asked(one):
    """Past the service, which judges by the database's own clock."""
    return Clarification.objects.create(
        tender=one.tender,
        question="Where?",
        asked_by=owner_of(one.providers[0]),
        asked_at=one.published_at + DAY,
    )


def drafted(closes_in=20 * DAY):
    one = Competition(closes_in=closes_in)
    one.tender = one.drafted()
    return one


def too_short():
    return drafted(closes_in=5 * DAY)


def asked_to_be_short():
    one = too_short()
    period = services.ask_shorter_period(
        tender=one.tender, reason=WORDS, by=one.officer, at=one.now
    )
    one.answer = period.answers.get(provider=one.providers[0])
    return one


def open_for_bids():
    one = WithFiles(closes_in=10 * DAY)
    one.published()
    one.bid(one.providers[0])
    one.attach(one.providers[0])
    one.question = asked(one)
    return one


def closed():
    one = Competition()
    one.published()
    one.bid_all(90_000, 95_000)
    one.question = asked(one)
    return one


def opened():
    one = Competition()
    one.opened()
    one.declare(one.evaluators[0], one.moderator)
    return one


def reached(step):
    def make():
        one = Competition()
        getattr(one, step)()
        return one

    return make


def price_asked():
    one = reached("locked")()
    bid = one.tender.bids.get(provider=one.providers[0])
    check = services.ask_explanation(
        bid=bid, question="Why?", due_at=timezone.now() + DAY, by=one.officer, at=one.now
    )
    owner = owner_of(one.providers[0])
    services.explain_price(check=check, answer="So.", by=owner, at=one.now)
    return one


def challenged():
    one = reached("in_standstill")()
    one.challenge = services.record_challenge(
        tender=one.tender,
        challenger="Provider 2",
        received_on=timezone.localdate(one.now),
        grounds="Misread.",
        by=one.officer,
        at=one.now,
    )
    return one


def waited():
    one = reached("in_standstill")()
    yesterday = timezone.localdate(one.now) - DAY
    Award.objects.filter(tender=one.tender).update(standstill_last_day=yesterday)
    return one


def awarded():
    one = reached("awarded")()
    one.debrief = services.request_debrief(
        letter=one.tender.letters.get(provider=one.providers[1]),
        question="Why?",
        by=owner_of(one.providers[1]),
        at=one.now,
    )
    return one


def abandoned():
    one = Competition()
    one.published()
    for person in (one.officer, one.commissioner):
        services.abandon_tender(tender=one.tender, reason="No money.", by=person, at=one.now)
    return one


MAKE = {
    "draft": drafted,
    "too short": too_short,
    "asked to be short": asked_to_be_short,
    "open": open_for_bids,
    "closed": closed,
    "opened": opened,
    "agreed": reached("moderated"),
    "locked": reached("locked"),
    "price asked": price_asked,
    "recommended": reached("recommended"),
    "standstill": reached("in_standstill"),
    "challenged": challenged,
    "waited": waited,
    "awarded": awarded,
    "abandoned": abandoned,
}


class Point:
    """A tender at one point of its life, and a browser for each role."""

    def __init__(self, name):
        self.one = one = MAKE[name]()
        one.tender.refresh_from_db()
        assert one.tender.state == POINTS[name]
        self.bidder = one.providers[0]
        self.joining = UserFactory(roles=[Role.EVALUATOR])
        self.people = {code: UserFactory(roles=[ROLES[code]]) for code in OF_COUNCIL}
        officer = UserFactory(roles=[Role.PROCUREMENT])
        if POINTS[name] != "draft":
            one.declare(officer, one.commissioner)
        member = UserFactory(roles=[Role.PROVIDER_MEMBER])
        Membership.objects.create(
            provider=self.bidder, user=member, is_owner=False, joined_at=timezone.now()
        )
        self.people |= {
            "PR": officer,
            "CO": one.commissioner,
            "QE": one.evaluators[0],
            "MO": one.moderator,
            "PO": owner_of(self.bidder),
            "PM": member,
        }
        assert set(self.people) == set(ROLES)
        self.clients = {"AN": Client()}
        for code, person in self.people.items():
            self.clients[code] = Client()
            self.clients[code].force_login(person)

    def address(self, act) -> str:
        rows = {
            "answer_clarification": "question",
            "answer_shorter_period": "answer",
            "settle_challenge": "challenge",
        }
        row = getattr(self.one, rows.get(act, "debrief"), None)
        provider = self.one.providers[1] if act == "ask_explanation" else self.bidder
        files = self.own().draft["attachments"].get("1", []) if self.invitation() else []
        values = {
            "reference": self.one.tender.reference,
            "provider": provider.reference,
            "position": 1,
            "pk": row.pk if row else 0,
            "number": files[0]["cell"] if files else 0,
        }
        return reverse(f"tenders:{act}", kwargs={name: values[name] for name in TAKES[act]})

    def invitation(self):
        return self.one.tender.invitations.filter(provider=self.bidder).first()

    def own(self):
        return services.own_bid(self.one.invitation(self.bidder))

    def typed(self, act) -> dict:
        """What a person would type, with more than any one page asks for."""
        one, tender = self.one, self.one.tender
        if act in {"edit_tender", "copy_tender"}:
            return typed(one)
        if act == "set_criteria":
            return typed_criteria(CRITERIA)
        if act == "attach_file":
            return {"file": SimpleUploadedFile("plan.pdf", PDF, "application/pdf")}
        today, first = timezone.localdate(), tender.bids.order_by("pk").first()
        return {
            **dict.fromkeys(("reason", "details", "question", "answer", "grounds"), WORDS),
            **dict.fromkeys(("settlement", "consultation", "alternatives"), WORDS),
            "has_interest": "no",
            "has_agreed": "yes",
            "points": "4",
            "leaving": one.evaluators[1].pk,
            "joining": self.joining.pk,
            "bids": [first.pk] if first else [],
            "is_accepted": "yes",
            "consulted_with": "Councillor Dale, Cabinet Member",
            "decided_as": "Head of commissioning",
            "with_standstill": "no",
            "challenger": "Provider 2",
            "closes_time": "12:00",
            "text": "We do it better.",
            "weekly_pence": "899.00",
            "seen": self.version(act),
            **boxes("closes_on", timezone.localdate(tender.closes_at) + 3 * DAY),
            **boxes("due_on", today + DAY),
            **boxes("consulted_on", today),
            **boxes("received_on", today),
        }

    def version(self, act) -> str:
        if act not in {"edit_answer", "edit_price"} or not self.invitation():
            return ""
        own = self.own()
        held = own.price if act == "edit_price" else own.draft["answers"].get("1", "")
        return services.version_of(held)

    def changes(self, act) -> dict[str, tuple]:
        """By role: the events that the act leaves, whether it changes the bid, and the state."""
        path, bid = self.address(act), self.bid(act)
        found = {}
        for code, client in self.clients.items():
            data = self.typed(act)
            with transaction.atomic():
                before, count = self.state(), AuditEvent.objects.count()
                client.post(path, data)
                events = AuditEvent.objects.order_by("seq")[count:]
                told = list(events.values_list("action", flat=True))
                found[code] = told, self.bid(act) != bid, self.state() != before
                transaction.set_rollback(True)
        return found

    def bid(self, act):
        """What the bidder keeps, as far as an act of bidding changes it."""
        if ACTS[act][0] is not BIDDING or not self.invitation():
            return None
        own = self.own()
        return own.draft, own.submitted

    def state(self):
        return Tender.objects.values_list("state", flat=True).get(pk=self.one.tender.pk)


def fault(point, act, code, *, passes, changes) -> str:
    """What is wrong with what an act did, if anything."""
    event, _ = ACTS[act]
    if act == "abandon_tender" and POINTS[point] == "draft":
        event = "tender.abandoned"  # by one person alone
    events, bid_changed, state_changed = changes
    told = [one for one in events if one != "submission.refused"]
    if not passes:
        wrong = bool(told or bid_changed or state_changed)
    elif event is BIDDING:
        wrong = bool(events) or not bid_changed or state_changed
    else:
        wrong = Counter(events)[event] != 1
    return f"{point}, {act}, {code}: {changes}" if wrong else ""


@pytest.mark.parametrize("name", POINTS)
def test_each_act_passes_where_the_table_says_and_nowhere_else(name):
    point = Point(name)

    faults = [
        fault(name, act, code, passes=code in legal.get(name, "").split(), changes=changes)
        for act, (_, legal) in ACTS.items()
        for code, changes in point.changes(act).items()
    ]

    assert [one for one in faults if one] == []
    assert len(faults) == len(ACTS) * 12
