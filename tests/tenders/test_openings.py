"""Openings tried in every wrong way: never early, never by one, never in part (T4).

An oracle of its own, written from the rule and not from the code, says after each step whether the
bids may be open. Every check makes 300 attempts and kills 10 openings; the bench 1,000 and 50.
"""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from random import Random

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dps_portal.accounts.roles import Permission, Role
from dps_portal.audit.models import AuditEvent
from dps_portal.refusals import Refused
from tenders import services
from tenders.models import Bid, InterestDeclaration, OpeningApproval, Response, Tender
from tenders.states import TenderState
from tests.factories.accounts import UserFactory
from tests.factories.tenders import Competition
from tests.providers.test_kill import ROOT, address
from tests.sizes import sized

DAY = timedelta(days=1)


class Office:
    """A published tender with two bids, five officers at their browsers, and the oracle."""

    def __init__(self, random):
        self.random = random
        self.one = Competition()
        self.one.published()
        self.one.bid_all(90_000, 95_000)
        self.procurement = {
            self.one.drafter: True,
            self.one.officer: True,
            self.one.commissioner: False,
            UserFactory(roles=[Role.COMMISSIONER]): False,
            UserFactory(roles=[Role.AUDITOR]): False,
        }
        self.people = list(self.procurement)
        self.clients = {person: Client() for person in self.people}
        for person, client in self.clients.items():
            client.force_login(person)
        self.path = reverse("tenders:open_bids", args=[self.one.tender.reference])
        self.seen = Counter()

    def begin(self):
        """What the oracle knows: who may open, who declared what, who approved, whether it is time."""
        self.may = {person: person.may(Permission.OPEN_BIDS) for person in self.people}
        self.interest = dict.fromkeys(self.people)
        self.approved = []
        self.is_closed, self.is_open = True, False
        for person in self.people:  # most have declared, so that most attempts come far
            if self.random.random() < 0.8:
                self.declare(person, has_interest=False)

    def declare(self, person, *, has_interest):
        if self.interest[person]:
            return
        self.interest[person] = has_interest
        InterestDeclaration.objects.update_or_create(
            tender=self.one.tender,
            user=person,
            defaults={"has_interest": has_interest, "at": timezone.now()},
        )

    def approve(self, person):
        standing = [each for each in self.approved if self.counts(each)]
        pair = [person, *standing]
        allowed = (
            self.counts(person)
            and self.is_closed
            and not self.is_open
            and person not in self.approved
            and not (standing and not any(self.procurement[each] for each in pair))
        )
        assert self.ask(person) == allowed
        if allowed:
            self.approved.append(person)
            self.is_open = bool(standing)
        self.seen[self.reason(person, allowed)] += 1

    def ask(self, person) -> bool:
        """Every fourth time through the page, where drawing it takes most of the time."""
        if self.random.random() < 0.25:
            answer = self.clients[person].post(self.path)
            assert answer.status_code in ({200, 302} if self.may[person] else {403})
            return answer.status_code == 302
        try:
            services.open_bids(tender=self.one.tender, by=person, at=timezone.now())
        except Refused:
            return False
        return True

    def counts(self, person) -> bool:
        return self.may[person] and self.interest[person] is False

    def reason(self, person, allowed) -> str:
        if allowed:
            return "opened" if self.is_open else "first approval"
        if not self.may[person]:
            return "no such role"
        if self.interest[person] is not False:
            return "interest"
        if not self.is_closed:
            return "early"
        if person in self.approved:
            return "twice"
        return "open already" if self.is_open else "commissioners alone"

    def revoke(self, person):
        person.grants.update(ended_at=timezone.now())
        self.may[person] = False
        self.seen["revoked after approval"] += person in self.approved and not self.is_open

    def give_back(self, person):
        person.grants.update(ended_at=None)
        self.may[person] = person.may(Permission.OPEN_BIDS)

    def move_deadline(self):
        """Past the service, which never would, so that a first approval stands before a close."""
        self.is_closed = not self.is_closed
        closes_at = timezone.now() + (-DAY if self.is_closed else DAY)
        Tender.objects.filter(pk=self.one.tender.pk).update(closes_at=closes_at)
        self.seen["moved after approval"] += bool(self.approved) and not self.is_closed

    def step(self):
        person = self.random.choice(self.people)
        draw = self.random.random()
        if draw < 0.6:
            self.approve(person)
        elif draw < 0.7:
            self.approve(person)
            self.approve(person)  # the form sent again
        elif draw < 0.8:
            self.declare(person, has_interest=self.random.random() < 0.6)
        elif draw < 0.86:
            self.revoke(self.random.choice(self.approved or self.people))
        elif draw < 0.92:
            self.give_back(person)
        else:
            self.move_deadline()

    def differs(self) -> bool:
        """Whether what is stored is not what the oracle says."""
        tender = Tender.objects.get(pk=self.one.tender.pk)
        opened = AuditEvent.objects.filter(action="bids.opened").count()
        found = (tender.state, Bid.objects.count(), Response.objects.count(), opened)
        told = (TenderState.OPENED, 2, 4, 1) if self.is_open else (TenderState.PUBLISHED, 0, 0, 0)
        approvals = list(OpeningApproval.objects.order_by("pk").values_list("officer", flat=True))
        return found != told or approvals != [each.pk for each in self.approved]


@pytest.mark.django_db
@sized("attempts", check=300, bench=1_000)
def test_no_attempt_opens_early_or_single_handed(attempts):
    office = Office(Random(4))  # noqa: S311

    for _ in range(attempts):
        with transaction.atomic():
            office.begin()
            for _ in range(office.random.randint(2, 7)):
                office.step()
                assert not office.differs()
            transaction.set_rollback(True)

    hindered = ("early", "twice", "interest", "no such role", "commissioners alone", "open already")
    between = ("revoked after approval", "moved after approval")
    seen = {name: office.seen[name] for name in ("opened", *hindered, *between)}
    assert min(seen.values()) >= attempts // 30, seen


# Forks a process for each opening that it is told of, so that each one dies on its own.
PROGRAM = """
import os, sys, time

import django

django.setup()

from django.db import connection
from django.utils import timezone

from dps_portal.accounts.models import User
from tenders.models import Tender
from tenders.services import openings

def commit_and_stop(*args, **kwargs):
    connection.connection.commit()
    time.sleep(600)

if sys.argv[1] == "commits":
    openings._tell_opened = commit_and_stop
print("ready", flush=True)
for line in sys.stdin:
    reference, officer = line.split()
    child = os.fork()
    if child:
        print(child, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
    else:
        tender = Tender.objects.get(reference=reference)
        openings.open_bids(tender=tender, by=User.objects.get(ref=officer), at=timezone.now())
        os._exit(0)
"""


@pytest.fixture
def opener(request, transactional_db):
    """Opens as the officer of a tender, and is killed after so many seconds."""
    env = os.environ | {
        "DATABASE_URL": address(),
        "DJANGO_SETTINGS_MODULE": "dps_portal.settings",
    }
    program = subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", PROGRAM, getattr(request, "param", "as it is")],
        cwd=ROOT,
        env=env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def open_and_kill(one, after):
        print(one.tender.reference, one.officer.ref, file=program.stdin, flush=True)
        child = int(program.stdout.readline())
        time.sleep(after)
        os.kill(child, signal.SIGKILL)  # not yet waited for, so that it is no other process
        program.stdout.readline()

    with program:
        assert program.stdout.readline() == "ready\n"
        yield open_and_kill
        program.stdin.close()


def approved_once():
    one = Competition(providers=3)
    one.published()
    one.bid_all(90_000, 95_000, 99_000)
    one.declare(one.officer, one.commissioner)
    services.open_bids(tender=one.tender, by=one.commissioner, at=one.now)
    return one


def what_is_there(one):
    """The state, the approvals, the bids, their answers, and the events of the opening."""
    tender = Tender.objects.get(pk=one.tender.pk)
    events = AuditEvent.objects.filter(action="bids.opened", subject_ref=tender.reference)
    return (
        tender.state,
        tender.opening_approvals.count(),
        tender.bids.count(),
        Response.objects.filter(bid__tender=tender).count(),
        events.count(),
    )


SEALED = (TenderState.PUBLISHED, 1, 0, 0, 0)
OPENED = (TenderState.OPENED, 2, 3, 6, 1)


@sized("kills", check=10, bench=50)
def test_killed_while_opening_leaves_every_bid_sealed_or_every_bid_open(opener, kills):
    random = Random(9)  # noqa: S311
    one = approved_once()
    start = time.monotonic()
    services.open_bids(tender=one.tender, by=one.officer, at=timezone.now())
    whole = time.monotonic() - start
    outcomes = Counter()
    for number in range(kills):
        one = approved_once()
        connection.close()

        opener(one, after=1.5 * whole * (number + random.random()) / kills)

        found = what_is_there(one)
        outcomes[found] += 1
        if found == SEALED:
            services.open_bids(tender=one.tender, by=one.officer, at=timezone.now())
        assert what_is_there(one) == OPENED

    assert set(outcomes) <= {SEALED, OPENED}
    assert outcomes[SEALED] > 0


@pytest.mark.parametrize("opener", ["commits"], indirect=True)
def test_committed_in_between_the_same_death_leaves_a_part(opener):
    """The twin: it must, or the test above proves nothing."""
    one = approved_once()
    connection.close()

    opener(one, after=3)

    assert what_is_there(one) == (TenderState.OPENED, 2, 3, 6, 0)
