"""Submissions that race the deadline: in time is in, late is out, and every one is told (T5)."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from dps_portal.refusals import Refused
from tenders import services
from tenders.models import Bid, SubmissionAttempt, Tender
from tests.factories.tenders import Competition, owner_of

pytestmark = pytest.mark.django_db(transaction=True)

BIDDERS = 12
LATE = ("The deadline for bids has passed.",)


@pytest.fixture
def competition():
    found = Competition(providers=BIDDERS)
    found.published()
    for provider in found.providers:
        found.draft_bid(provider)
    found.declare(found.officer, found.commissioner)
    return found


def race(competition, *, first, apart):
    """Each provider submits in its own thread at its own instant; returns who was refused."""
    refused, errors = {}, []

    def submit(provider, instant):
        try:
            time.sleep(max(0, (instant - timezone.now()).total_seconds()))
            services.submit_bid(
                invitation=competition.invitation(provider),
                by=owner_of(provider),
                at=timezone.now(),
            )
        except Refused as refusal:
            refused[provider] = refusal.reasons
        except Exception as error:  # noqa: BLE001 - any error at all fails the test
            errors.append(repr(error))
        finally:
            connection.close()

    threads = [
        threading.Thread(target=submit, args=[provider, first + number * apart])
        for number, provider in enumerate(competition.providers)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    return refused


def test_every_submission_is_in_before_the_deadline_or_refused(competition):
    closes_at = timezone.now() + timedelta(seconds=1.5)
    Tender.objects.update(closes_at=closes_at)

    refused = race(
        competition,
        first=closes_at - timedelta(seconds=0.6),
        apart=timedelta(seconds=0.1),
    )

    received = {
        provider: services.own_bid(competition.invitation(provider)).submitted_at
        for provider in competition.providers
    }
    assert {provider for provider, at in received.items() if at is None} == set(refused)
    assert set(refused.values()) == {LATE}
    evidence = SubmissionAttempt.objects.order_by("at").select_related("provider")
    assert {row.provider: tuple(row.reasons) for row in evidence} == refused
    assert all(row.at >= closes_at for row in evidence)
    assert all(at < closes_at for at in received.values() if at)
    assert competition.providers[0] not in refused
    assert competition.providers[-1] in refused


def test_what_was_received_in_time_is_opened_and_nothing_else(competition):
    closes_at = timezone.now() + timedelta(seconds=1)
    Tender.objects.update(closes_at=closes_at)
    refused = race(
        competition,
        first=closes_at - timedelta(seconds=0.3),
        apart=timedelta(seconds=0.05),
    )

    for officer in (competition.commissioner, competition.officer):
        services.open_bids(tender=competition.tender, by=officer, at=timezone.now())

    assert {bid.provider for bid in Bid.objects.all()} == set(competition.providers) - set(refused)
