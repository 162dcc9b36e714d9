"""Officers who open at the same instant open once (T4)."""

import pytest
from django.utils import timezone

from dps_portal.audit.models import AuditEvent
from tenders import services
from tenders.models import Bid, OpeningApproval, Price, Tender
from tests.factories.tenders import Competition
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def ready_to_open():
    one = Competition()
    one.published()
    one.bid_all(90_000, 95_000)
    one.declare(one.officer, one.commissioner)
    return one


def opening(one, by):
    tender = Tender.objects.get(pk=one.tender.pk)
    return lambda: services.open_bids(tender=tender, by=by, at=timezone.now())


def test_two_officers_at_once_open_once():
    one = ready_to_open()

    _, refused, errors = at_once(opening(one, one.officer), opening(one, one.commissioner))

    assert (refused, errors) == ([], [])
    assert Bid.objects.count() == 2
    assert AuditEvent.objects.filter(action="bids.opened").count() == 1


def test_one_officer_twice_at_once_opens_nothing():
    one = ready_to_open()

    _, refused, errors = at_once(*[opening(one, one.officer)] * 2)

    assert errors == []
    assert refused == [("You have approved the opening. Another officer must approve it too.",)]
    assert OpeningApproval.objects.count() == 1
    assert not Bid.objects.exists()


def test_two_locks_at_once_reveal_prices_once():
    one = Competition()
    one.moderated()
    one.declare(one.drafter)
    acts = [
        lambda by=by: services.lock_quality(tender=one.tender, by=by, at=timezone.now())
        for by in (one.drafter, one.officer)
    ]

    _, refused, errors = at_once(*acts)

    assert errors == []
    assert len(refused) == 1
    assert Price.objects.count() == 2
