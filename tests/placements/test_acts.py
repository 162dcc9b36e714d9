"""Every state of a placement × every act × every role, over HTTP."""

from collections import Counter
from datetime import date, timedelta

import pytest
import time_machine
from django.db import transaction
from django.test import Client

from dps_portal.accounts.roles import Role
from dps_portal.audit.models import AuditEvent
from placements import services
from placements.models import Placement
from placements.states import FactKind, PlacementState, RequestState
from providers.models import Membership
from tests.architecture.role_matrix import MATRIX, ROLES
from tests.factories.accounts import UserFactory
from tests.factories.placements import AT, PLANNED, Journey, noon, owner_of

from .act_matrix import ACTS
from .test_facts import SCORES, away
from .test_views import boxes, on

pytestmark = pytest.mark.django_db

TODAY, LEFT, AWAY = date(2026, 7, 20), date(2026, 7, 5), PLANNED + timedelta(days=5)
REASON = "That is how it was."


def test_every_page_that_acts_on_a_placement_is_in_the_table():
    acting = {
        name.removeprefix("placements:")
        for name, (_, methods) in MATRIX.items()
        if name.startswith("placements:") and "POST" in methods
    }
    named = {act.split()[0] for act in ACTS}

    assert named <= acting
    of_placements = {"answer_offer", "propose_fact", "reject_proposal"} | {
        name
        for name in acting
        if name.endswith(("_placement", "_admission", "_exit", "_absence", "_arrival"))
        or name in {"record_contribution", "record_review", "record_report", "record_outcomes"}
    }
    assert of_placements == named


# ── A placement in each state ────────────────────────────────────────────────────────────────
def not_funded(journey):
    asked = journey.decide(journey.requested(), RequestState.DECLINED, reason="No.")
    return asked.placement


def admitted(journey):
    placement = journey.admitted()
    away(journey, placement, AWAY, AWAY + timedelta(days=1))
    services.propose_fact(
        placement=placement,
        kind=FactKind.ABSENCE,
        on=LEFT,
        until=None,
        note="",
        by=owner_of(journey.provider),
        at=noon(LEFT),
    )
    return placement


def discharged(journey):
    placement = journey.admitted()
    away(journey, placement, AWAY, AWAY + timedelta(days=1))
    journey.leave(placement, LEFT)
    facts = {"placement": placement, "by": journey.people["assessor"], "at": noon(TODAY)}
    services.record_report(received_on=LEFT, **facts)
    services.record_outcomes(scores=SCORES, **facts)
    return placement


def called_off(act):
    def make(journey):
        who = {"by": journey.people["assessor"], "at": noon(TODAY)}
        return act(placement=journey.approved(), reason=REASON, **who)

    return make


MAKE = {
    PlacementState.AWAITING_PROVIDER: Journey.offered,
    PlacementState.PROVIDER_DECLINED: lambda journey: journey.decline(journey.offered()),
    PlacementState.AWAITING_FUNDING: Journey.accepted,
    PlacementState.FUNDING_DECLINED: not_funded,
    PlacementState.APPROVED: Journey.approved,
    PlacementState.ADMITTED: admitted,
    PlacementState.DISCHARGED: discharged,
    PlacementState.CLOSED: lambda journey: services.close_placement(
        placement=discharged(journey), by=journey.people["assessor"], at=noon(TODAY)
    ),
    PlacementState.NON_ARRIVAL: called_off(services.record_non_arrival),
    PlacementState.CANCELLED: called_off(services.cancel_placement),
    PlacementState.ENTERED_IN_ERROR: lambda journey: services.void_placement(
        placement=journey.admitted(),
        reason=REASON,
        by=journey.people["manager"],
        at=noon(TODAY),
    ),
}


def test_every_state_can_be_made():
    assert set(MAKE) == set(PlacementState)


# ── The acts ─────────────────────────────────────────────────────────────────────────────────
def clients_of(journey):
    owner, member = owner_of(journey.provider), UserFactory(roles=[Role.PROVIDER_MEMBER])
    Membership.objects.create(provider=journey.provider, user=member, is_owner=False, joined_at=AT)
    own = {
        "AS": journey.people["assessor"],
        "AM": journey.people["manager"],
        "CO": journey.people["commissioner"],
        "FI": journey.people["finance"],
        "PO": owner,
        "PM": member,
    }
    clients = {"AN": Client()}
    for code, role in ROLES.items():
        clients[code] = Client()
        clients[code].force_login(own.get(code) or UserFactory(roles=[role]))
    return clients


def address(act, placement):
    name, *more = act.split()
    if name == "correct_absence":
        absence = placement.absences.first()
        more = [absence.pk if absence else 1]
    if name == "reject_proposal":
        proposal = placement.proposals.first()
        more = [proposal.pk if proposal else 1]
    return on(name, placement, *more)


def typed(act):
    name = act.split()[0]
    scores = {f"{measure}_at_{when}": "5" for measure in SCORES for when in ("start", "end")}
    left = {"record_exit": LEFT, "correct_exit": LEFT + timedelta(days=1)}.get(name, LEFT)
    start = PLANNED + timedelta(days=10)
    return {
        **scores,
        **boxes("admission", PLANNED + timedelta(days=1)),
        **boxes("day", left),
        **boxes("start", start),
        **boxes("end", start + timedelta(days=2)),
        **boxes("held_on", TODAY),
        **boxes("received_on", TODAY),
        **boxes("on", LEFT),
        "accepts": "yes",
        **boxes("earliest_admission", TODAY),
        "status": "planned",
        "reason": "moved_on" if name.endswith("_exit") else REASON,
        "destination": "Own home",
        "notice_nights": "0",
        "why": REASON,
        "what": "void",
        "cost_centre": "provider",
        "weekly_pence": "70.00",
        "collector": "council",
        "recommendation": "continue",
        "progress": REASON,
        "note": "",
    }


@pytest.mark.parametrize("state", MAKE)
def test_each_act_passes_where_the_table_says_and_nowhere_else(state, caplog):
    caplog.set_level("CRITICAL", logger="django.request")
    journey = Journey().budget(y2026=27_000_000)
    placement = MAKE[state](journey)
    assert Placement.objects.get(pk=placement.pk).state == state
    faults, triples = [], 0
    with time_machine.travel(noon(TODAY), tick=False):
        clients = clients_of(journey)
        for act, (event, legal) in ACTS.items():
            for code, client in clients.items():
                triples += 1
                with transaction.atomic():
                    count = AuditEvent.objects.count()
                    client.post(address(act, placement), typed(act))
                    events = AuditEvent.objects.order_by("seq")[count:]
                    told = list(events.values_list("action", flat=True))
                    moved = Placement.objects.get(pk=placement.pk).state != state
                    transaction.set_rollback(True)
                passes = code in legal.get(state, "").split()
                right = Counter(told)[event] == 1 if passes else not told and not moved
                faults += [] if right else [(act, code, told, moved)]

    assert faults == []
    assert triples == len(ACTS) * 12
