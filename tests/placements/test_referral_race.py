"""Acts on one referral at the same moment: each has its effect once, and the books agree."""

import copy

import pytest

from dps_portal.audit.models import AuditEvent
from placements import services
from placements.models import BudgetYear, FundingRequest, LedgerEntry, Referral
from placements.states import PlacementState, ReferralState, RequestState
from tests.factories.placements import AT, Journey
from tests.races import at_once

pytestmark = pytest.mark.usefixtures("transactional_db")

TIMES = 8


def submit_at_once():
    journey = Journey()
    referral, by = journey.draft(), journey.people["assessor"]

    def submit():
        return services.submit_referral(referral=referral, by=by, at=AT)

    return at_once(*[submit] * TIMES)


def submissions():
    return AuditEvent.objects.filter(action="referral.submitted").count()


def test_submitting_at_once_has_one_effect():
    done, refused, errors = submit_at_once()

    not_now = ("The referral is marked “Submitted”, which does not allow this.",)
    assert (len(done), refused, errors) == (1, [not_now] * (TIMES - 1), [])
    assert submissions() == 1


def test_without_the_lock_every_submission_goes_through(monkeypatch):
    """The twin: acting on the copy that was read before must fail."""
    monkeypatch.setattr(services.referrals, "lock_referral", copy.copy)

    done, refused, errors = submit_at_once()

    assert (len(done), refused, errors) == (TIMES, [], [])
    assert submissions() == TIMES


def test_withdrawal_and_approval_at_once_leave_no_money_committed():
    journey = Journey().budget(y2026=27_000_000)
    request = journey.requested()
    referral = request.placement.referral

    done, refused, errors = at_once(
        lambda: journey.withdraw(referral), lambda: journey.decide(request)
    )

    assert errors == []
    assert len(done) + len(refused) == 2
    referral, request = Referral.objects.get(), FundingRequest.objects.get()
    assert (referral.state, request.placement.state) == (
        ReferralState.CLOSED,
        PlacementState.CANCELLED,
    )
    assert request.state == (RequestState.LAPSED if refused else RequestState.APPROVED)
    assert BudgetYear.objects.get().committed_pence == 0
    assert sum(LedgerEntry.objects.values_list("pence", flat=True)) == 0
