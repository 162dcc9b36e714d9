"""The states of referrals and placements, replayed from the trail, and how long each lasted."""

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from dps_portal.accounts.roles import Role
from dps_portal.reports import histories, measures
from placements import services
from placements.models import Placement, Referral
from placements.states import (
    PlacementState,
    ReferralState,
    RequestState,
    WithdrawalReason,
)
from tests.factories.placements import Journey, noon, provider_on

from .town import DASHBOARD, TODAY, another, sign_in, town

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(noon(TODAY), tick=False):
        yield


@pytest.fixture
def journey():
    return Journey().budget(y2025=27_000_000, y2026=27_000_000, y2027=27_000_000)


def replayed():
    return {
        (one.kind, one.reference): one.state
        for one in histories.spells(Referral.objects.all())
        if one.until is None
    }


def recorded():
    rows = {("referral", one.reference): one.state for one in Referral.objects.all()}
    return rows | {("placement", one.reference): one.state for one in Placement.objects.all()}


def referrals_before_a_placement(journey):
    by, manager = journey.people["assessor"], journey.people["manager"]
    journey.draft()
    another(journey).submitted()
    unallocated = another(journey).assessing()
    services.unallocate_referral(referral=unallocated, by=manager, at=journey.at)
    another(journey).countersign(another(journey).not_eligible())
    another(journey).countersign(another(journey).not_eligible(), agrees=False, reason="Why?")
    held = {"reason": "In hospital", "review_on": TODAY + timedelta(9), "by": by, "at": noon(TODAY)}
    services.hold_referral(referral=another(journey).eligible(), **held)
    on_hold = services.hold_referral(referral=another(journey).matching(), **held)
    services.resume_referral(referral=on_hold, by=by, at=noon(TODAY))


def placements_that_come_to_nothing(journey):
    by, manager = journey.people["assessor"], journey.people["manager"]
    journey.answer(journey.offered(), accepts=False, decline_kind="no_place", reason="Full.")
    one = another(journey)
    one.decide(one.requested(), RequestState.DECLINED, reason="No.")
    one = another(journey)
    one.decide(one.requested(), RequestState.DEFERRED, reason="Later.")
    services.withdraw_referral(
        referral=another(journey).approved().referral,
        why=WithdrawalReason.CHANGED_MIND,
        details="",
        by=by,
        at=noon(TODAY),
    )
    error = another(journey).admitted()
    services.void_placement(placement=error, reason="Another person.", by=manager, at=noon(TODAY))


def moves_and_returns(journey):
    manager = journey.people["manager"]
    other = provider_on(journey.lot, name="Quayside")
    prepared = another(journey)
    prepared.prepare_transfer(prepared.admitted(), other, date(2026, 7, 1))
    one = another(journey)
    first = one.admitted()
    moved = one.prepare_transfer(first, other, date(2026, 7, 1))
    one.leave(first, date(2026, 7, 1), reason="transferred")
    one.arrive(moved, date(2026, 7, 1))
    back = another(journey)
    left = back.admitted()
    back.leave(left, date(2026, 8, 1))
    services.reopen_placement(placement=left, reason="Not gone.", by=manager, at=noon(TODAY))
    closed = another(journey).submitted()
    services.withdraw_referral(
        referral=closed, why=WithdrawalReason.DIED, details="", by=manager, at=noon(TODAY)
    )
    services.reopen_referral(referral=closed, reason="In error.", by=manager, at=noon(TODAY))


@pytest.mark.parametrize(
    "happens",
    [town, referrals_before_a_placement, placements_that_come_to_nothing, moves_and_returns],
)
def test_what_is_replayed_is_what_the_rows_say(journey, happens):
    happens(journey)

    assert replayed() == recorded()
    assert len(recorded()) > 4


def scope(journey, start=date(2026, 4, 1), end=date(2027, 4, 1)):
    return measures.Scope(Placement.objects.filter(lot__agreement=journey.agreement), start, end)


def left(journey, *days):
    found = histories.left_within(Referral.objects.all(), scope(journey, *days))
    return {(one.kind, one.state): one.days for one in found if one.days}


def test_time_in_a_state_runs_from_one_move_to_the_next(journey):
    placement = journey.admitted()
    journey.leave(placement, date(2026, 8, 1))

    assert left(journey) == {
        ("referral", ReferralState.PLACEMENT_PROPOSED): 40,
        ("referral", ReferralState.PLACED): 52,
        ("placement", PlacementState.APPROVED): 40,
        ("placement", PlacementState.ADMITTED): 52,
    }


def test_a_time_counts_in_the_period_in_which_it_ended(journey):
    placement = journey.admitted()
    journey.leave(placement, date(2026, 8, 1))
    day = date(2026, 8, 1)

    assert left(journey, date(2026, 6, 11), day) == {}
    assert ("placement", PlacementState.ADMITTED) in left(journey, day, day + timedelta(1))
    assert left(journey, day + timedelta(1), TODAY) == {}


def waiting(client):
    table = client.get(DASHBOARD).context["queue"]
    return {line[0]: line[1:] for line in table.lines if line[1] != "0"}


def test_days_of_waiting_count_from_the_state_and_not_from_the_making(client, journey):
    day = TODAY - timedelta(days=4)
    referral = journey.eligible()
    services.start_matching(referral=referral, by=journey.people["assessor"], at=noon(day))
    one = another(journey)
    request = one.requested()
    one.at = noon(day)
    one.decide(request, RequestState.DEFERRED, reason="Later.")
    sign_in(client, Role.ASSESSMENT_MANAGER)

    assert waiting(client) == {
        "Finding a placement": ["1", "4", "4"],
        "Placement proposed": ["1", "137", "137"],
        "Funding, waits for money": ["1", "4", "4"],
    }


def test_the_rows_of_those_who_wait_are_for_the_team_alone(client, journey):
    journey.matching()
    url = reverse("reports:figure_rows", args=["waiting_referral_matching"])

    for role, status in ((Role.ASSESSMENT_MANAGER, 200), (Role.COMMISSIONER, 404)):
        sign_in(client, role)
        assert client.get(url).status_code == status
