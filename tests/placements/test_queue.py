"""Requests that wait for money hear of a release once, in their order, and are never approved."""

from datetime import date, timedelta

import pytest

from dps_portal.audit.models import AuditEvent
from dps_portal.notifications.models import Notification
from placements import services
from placements.models import BudgetYear, FundingRequest
from placements.states import RequestKind, RequestState, Urgency
from tests.factories.agreements import LotFactory
from tests.factories.placements import AT, Journey, council, provider_on

from .test_services_money import COST

pytestmark = pytest.mark.django_db


@pytest.fixture
def lot():
    return LotFactory()


def waiting(lot, people, *, urgency=Urgency.ROUTINE, at=AT) -> FundingRequest:
    """A request of £11,105.71 that has been told to wait."""
    journey = Journey(lot=lot, people=people, provider=provider_on(lot), at=at)
    request = journey.requested()
    request.placement.referral.urgency = urgency
    request.placement.referral.save()
    return journey.decide(request, RequestState.DEFERRED, reason="No money.")


def ceiling(lot, pence):
    BudgetYear.objects.update_or_create(
        agreement=lot.agreement, year=2026, defaults={"ceiling_pence": pence}
    )


def affordable():
    return set(FundingRequest.objects.exclude(affordable_since=None))


def mails():
    return Notification.objects.filter(subject__startswith="A request that waits").count()


def test_request_that_comes_to_fit_is_told_of_once_and_stays_undecided(lot):
    people = council()
    ceiling(lot, COST - 1)
    request = waiting(lot, people)
    assert services.sweep_queues(at=AT) == 0

    ceiling(lot, COST)

    assert [services.sweep_queues(at=AT), services.sweep_queues(at=AT)] == [1, 0]
    assert mails() == 3  # who asked, the manager, the commissioner
    request.refresh_from_db()
    assert (request.state, request.affordable_since) == (RequestState.DEFERRED, AT)


def test_room_for_one_goes_to_the_urgent_one_and_then_to_the_oldest(lot):
    people = council()
    ceiling(lot, 1)
    old = waiting(lot, people)
    waiting(lot, people, at=AT + timedelta(hours=1))
    urgent = waiting(lot, people, urgency=Urgency.URGENT, at=AT + timedelta(hours=2))

    ceiling(lot, COST)
    services.sweep_queues(at=AT)
    assert affordable() == {urgent}

    ceiling(lot, 2 * COST)
    services.sweep_queues(at=AT)
    assert affordable() == {urgent, old}


def test_request_that_no_longer_fits_is_told_of_again_when_it_does(lot):
    ceiling(lot, COST)
    waiting(lot, council())
    services.sweep_queues(at=AT)
    ceiling(lot, COST - 1)
    services.sweep_queues(at=AT)
    assert affordable() == set()

    ceiling(lot, COST)

    assert services.sweep_queues(at=AT) == 1
    assert mails() == 6


@pytest.mark.django_db(transaction=True)
def test_sweep_outside_any_transaction_tells_and_records_together(lot):
    request = waiting(lot, council())
    ceiling(lot, COST)

    assert services.sweep_queues(at=AT) == 1
    assert AuditEvent.objects.filter(action="funding.affordable").get().subject_ref == str(request)
    assert affordable() == {request}


def test_early_exit_tells_the_queue_in_the_same_moment(lot):
    people = council()
    ceiling(lot, COST + 12_071)  # one night is charged whatever happens
    stay = Journey(lot=lot, people=people, provider=provider_on(lot))
    placement = stay.admitted()
    request = waiting(lot, people)

    stay.leave(placement, date(2026, 6, 10))

    assert affordable() == {request}


def test_shortening_tells_the_queue_in_the_same_moment(lot):
    people = council()
    ceiling(lot, 2 * COST - 374_214)
    stay = Journey(lot=lot, people=people, provider=provider_on(lot))
    placement = stay.admitted()
    request = waiting(lot, people)

    stay.decide(stay.ask(placement, RequestKind.SHORTENING, start=date(2026, 8, 10)))

    assert affordable() == {request}
