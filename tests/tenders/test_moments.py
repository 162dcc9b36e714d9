"""What holds from one moment to the next: the close without a worker, the publication at once."""

import threading
import time
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dps_portal.notifications.models import Notification
from tenders import services
from tenders.models import Invitation, Tender
from tenders.states import TenderState
from tests.factories.tenders import Competition, owner_of, provider_on
from tests.sizes import sized

pytestmark = pytest.mark.django_db(transaction=True)

AHEAD = timedelta(days=20)


def test_t16_with_no_worker_at_all_the_next_request_finds_the_tender_closed():
    """Nothing but the requests themselves runs here, and nothing is written in between."""
    one = Competition(closes_in=AHEAD)
    one.published()
    owner = owner_of(one.providers[0])
    one.draft_bid(one.providers[0])
    reference = one.tender.reference
    pages = [
        (one.officer, reverse("tenders:tender", args=[reference])),
        (one.officer, reverse("tenders:tender_list")),
        (owner, reverse("tenders:bid_task_list", args=[reference])),
    ]
    clients = {person: Client() for person in (one.officer, owner)}
    for person, client in clients.items():
        client.force_login(person)

    def shown():
        return [clients[person].get(path).content.decode() for person, path in pages]

    assert ["Closed, waiting to be opened" in page for page in shown()] == [False] * 3
    closes_at = timezone.now() + timedelta(seconds=1)
    Tender.objects.update(closes_at=closes_at)
    time.sleep(max(0, (closes_at - timezone.now()).total_seconds()))

    council, lists, draft = shown()
    assert "Closed, waiting to be opened" in council
    assert "Closed, waiting to be opened" in lists
    late = "The deadline for bids has passed."
    assert "Submit" not in draft
    assert late in draft
    answer = clients[owner].post(reverse("tenders:submit_bid", args=[reference]))
    assert late in answer.content.decode()
    assert services.own_bid(one.invitation(one.providers[0])).submitted is None
    assert Tender.objects.get().state == TenderState.PUBLISHED


@contextmanager
def snapshot():
    """A transaction that only reads, and sees one moment however many its queries."""
    with connection.cursor() as cursor:
        is_postgresql = connection.vendor == "postgresql"
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ" if is_postgresql else "BEGIN")
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


def sight(before) -> tuple:
    """The state, the invitations, and the messages that were owed since."""
    owed = Notification.objects.count() - before
    return Tender.objects.get().state, Invitation.objects.count(), owed


@sized("invitees", check=30, bench=500)
def test_t47_every_invitation_and_message_comes_to_light_in_one_moment(invitees):
    """Another connection looks all the time, and sees either nothing or everything.

    500 providers are invited in about five seconds.
    """
    one = Competition(closes_in=AHEAD, providers=invitees)
    one.tender = one.drafted()
    before = Notification.objects.count()
    published, seen = threading.Event(), set()

    def look():
        try:
            while not published.is_set():
                with snapshot():
                    seen.add(sight(before))
        finally:
            connection.close()

    watcher = threading.Thread(target=look)
    watcher.start()
    start = time.monotonic()
    services.publish_tender(tender=one.tender, by=one.officer, at=one.now)
    took = time.monotonic() - start
    published.set()
    watcher.join()
    late = provider_on(one.lot, name="A moment later")

    everything = sight(before)
    assert everything == (TenderState.PUBLISHED, invitees, invitees)
    assert seen <= {(TenderState.DRAFT, 0, 0), everything}
    assert not Invitation.objects.filter(provider=late).exists()
    assert took < 60
