"""Bids that race 40 deadlines, half of them being moved meanwhile (T5).

Whether a bid was in time is told apart from the product's own clock: a witness on the connection
notes the database's time and the deadline in force as soon as the lock is taken. Every check
races 12 bids at each deadline, as many as take half a minute; the bench races 50, 2,000 in all.
"""

import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from django.db import connection, transaction
from django.utils import timezone

from dps_portal.refusals import Refused
from tenders import services
from tenders.models import Bid, Invitation, SubmissionAttempt, Tender
from tenders.services import envelopes, own_copies
from tests.factories.agreements import LotFactory
from tests.factories.tenders import Competition, owner_of
from tests.sizes import sized

pytestmark = pytest.mark.django_db(transaction=True)

ONE_DAY = timedelta(days=1)
CLIENTS = 16
AT_ONCE = 48  # submissions
AROUND = 0.5  # seconds before and after a deadline
LATER = timedelta(seconds=1)  # what an extension adds
HELD = 0.1  # seconds for which another act holds the tender across its deadline
LATE = ("The deadline for bids has passed.",)


@dataclass
class Attempt:
    """One submission: what held when it had the lock, and when its sender knew the outcome."""

    invitation: Invitation
    locked_at: datetime
    deadline: datetime
    done_at: datetime
    refused: tuple[str, ...]

    @property
    def wrong(self) -> str:
        if not self.refused and self.locked_at >= self.deadline:
            return "accepted late"
        if self.refused and self.done_at < self.deadline:
            return "refused in time"
        return ""


class Witness:
    """Notes the time and the deadline at the instant at which this connection gets the lock."""

    def __init__(self, tender_pk):
        self.tender_pk = tender_pk
        self.locked_at = self.deadline = None

    def __call__(self, execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if self.locked_at is None and self._locks(sql):
            self.locked_at = envelopes.db_now()
            rows = Tender.objects.filter(pk=self.tender_pk)
            self.deadline = rows.values_list("closes_at", flat=True).get()
        return result

    @staticmethod
    def _locks(sql) -> bool:
        if connection.vendor == "sqlite":
            return sql.startswith("BEGIN")
        return "FOR UPDATE" in sql and "tenders_tender" in sql


class Race:
    """Tenders on one lot, each with a draft of every bidder; an extension of every other one.

    The extension adds ``later`` and lands up to ``AROUND`` before the deadline, or a little after
    it; with ``in_good_time`` it lands before anybody submits, however slow the machine is.
    """

    def __init__(self, *, deadlines, bidders, later=LATER, in_good_time=False):
        self.random = Random(5)  # noqa: S311
        self.later, self.in_good_time = later, in_good_time
        lot = LotFactory()
        self.competitions = [Competition(lot=lot, providers=bidders, closes_in=ONE_DAY)]
        self.competitions += [
            Competition(lot=lot, providers=0, closes_in=ONE_DAY) for _ in range(deadlines - 1)
        ]
        self.providers = self.competitions[0].providers
        self.owners = {provider: owner_of(provider) for provider in self.providers}
        self.extensions = {}
        for number, one in enumerate(self.competitions):
            one.published()
            one.declare(one.officer, one.commissioner)
            for provider in self.providers:
                one.draft_bid(provider)
            if number % 2:
                self.extensions[one] = services.ask_extension(
                    tender=one.tender,
                    closes_at=one.closes_at + later,
                    reason="A late answer.",
                    by=one.officer,
                    at=timezone.now(),
                )
        self.attempts, self.errors = [], []

    def run(self):
        """A few deadlines at a time, so that a slow machine still meets each of them."""
        at_once = max(1, AT_ONCE // len(self.providers))
        for first in range(0, len(self.competitions), at_once):
            self.meet(self.competitions[first : first + at_once])
        assert self.errors == []
        assert len(self.attempts) == len(self.competitions) * len(self.providers)
        return self

    def meet(self, competitions):
        """Clients, the second officers of the extensions, and acts that hold up all the others."""
        around = self.random.uniform
        rows = Invitation.objects.without_envelopes().select_related("tender__lot", "provider")
        invitations = {one: list(rows.filter(tender=one.tender)) for one in competitions}
        start = timezone.now() + timedelta(seconds=0.5 + AROUND)
        submissions, extensions, holds = [], [], []
        for number, one in enumerate(competitions):
            closes_at = start + number * timedelta(seconds=0.1)
            Tender.objects.filter(pk=one.tender.pk).update(closes_at=closes_at)
            if asked := self.extensions.get(one):
                asked.closed_at, asked.closes_at = closes_at, closes_at + self.later
                asked.save()
                instant = closes_at - timedelta(seconds=around(-0.01, AROUND))
                extensions.append(
                    (timezone.now() if self.in_good_time else instant, self.extend, one)
                )
            holds.append((closes_at - timedelta(seconds=HELD / 2), self.hold, one))
            for invitation in invitations[one]:
                invitation.tender.closes_at = closes_at
                instant = closes_at + timedelta(seconds=around(-AROUND, AROUND))
                submissions.append((instant, self.submit, invitation))
        for jobs in (submissions, extensions, holds):
            jobs.sort(key=lambda job: job[0], reverse=True)
        threads = [
            threading.Thread(target=self.work, args=[jobs])
            for jobs in [submissions] * CLIENTS + [extensions, holds]
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def work(self, jobs):
        try:
            connection.ensure_connection()
            while jobs:
                with suppress(IndexError):  # another client took the last one
                    instant, act, what = jobs.pop()
                    time.sleep(max(0, (instant - timezone.now()).total_seconds()))
                    act(what)
        except Exception as error:  # noqa: BLE001 - any error at all fails the test
            self.errors.append(repr(error))
        finally:
            connection.close()

    def submit(self, invitation):
        witness, refused = Witness(invitation.tender_id), ()
        with connection.execute_wrapper(witness):
            try:
                services.submit_bid(
                    invitation=invitation,
                    by=self.owners[invitation.provider],
                    at=timezone.now(),
                )
            except Refused as refusal:
                refused = refusal.reasons
        done_at = envelopes.db_now()
        self.attempts.append(
            Attempt(invitation, witness.locked_at, witness.deadline, done_at, refused)
        )

    def extend(self, one):
        with suppress(Refused):  # it came after the deadline itself
            services.agree_extension(
                extension=self.extensions[one], by=one.commissioner, at=timezone.now()
            )

    def hold(self, one):
        with transaction.atomic():
            Tender.objects.select_for_update().get(pk=one.tender.pk)
            time.sleep(HELD)

    def wrong(self):
        return sorted({attempt.wrong for attempt in self.attempts if attempt.wrong})

    def accepted(self):
        return [attempt for attempt in self.attempts if not attempt.refused]

    def refused(self):
        return [attempt for attempt in self.attempts if attempt.refused]


@sized("bidders", check=12, bench=50)
def test_every_bid_is_judged_by_the_time_and_the_deadline_under_the_lock(bidders):
    race = Race(deadlines=40, bidders=bidders).run()

    assert race.wrong() == []
    assert {attempt.refused for attempt in race.refused()} == {LATE}
    for attempt in race.accepted():
        own = services.own_bid(Invitation.objects.get(pk=attempt.invitation.pk))
        assert attempt.locked_at <= own.submitted_at <= attempt.done_at
        assert own.submitted_at < attempt.deadline
    assert race.accepted()
    assert Tender.objects.filter(extensions__agreed_at__isnull=False).exists()
    assert_opening_finds_the_accepted_ones_alone(race)


def assert_opening_finds_the_accepted_ones_alone(race):
    """And of every refusal its evidence."""
    for one in race.competitions:
        for officer in (one.officer, one.commissioner):
            services.open_bids(tender=one.tender, by=officer, at=timezone.now())
    for rows, attempts in [
        (Bid.objects, race.accepted()),
        (SubmissionAttempt.objects, race.refused()),
    ]:
        assert sorted(rows.values_list("tender", "provider")) == sorted(
            (attempt.invitation.tender_id, attempt.invitation.provider_id) for attempt in attempts
        )


def test_judged_by_the_time_before_the_lock_late_bids_come_in(monkeypatch):
    """The twin: it must, or the test above proves nothing."""
    monkeypatch.setattr(own_copies, "db_now", lambda: datetime.min.replace(tzinfo=UTC))

    race = Race(deadlines=4, bidders=12).run()

    assert race.wrong() == ["accepted late"]


def test_judged_by_the_deadline_before_the_lock_bids_in_time_stay_out(monkeypatch):
    """The other twin: the deadline that was moved meanwhile must count."""
    lock_tender = own_copies.lock_tender
    monkeypatch.setattr(own_copies, "lock_tender", lambda tender: lock_tender(tender) and tender)

    race = Race(deadlines=8, bidders=12, later=timedelta(seconds=10), in_good_time=True).run()

    assert race.wrong() == ["refused in time"]
