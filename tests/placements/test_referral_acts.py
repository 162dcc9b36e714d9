"""Every point of a referral's life × every act × every role, over HTTP (T15)."""

from datetime import date

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import reverse

from dps_portal.accounts.roles import Role
from dps_portal.audit.models import AuditEvent
from placements.models import Referral
from placements.states import REFERRAL_ACTS, REFERRAL_MOVES, ReferralState
from tests.architecture.role_matrix import ROLES
from tests.factories.accounts import UserFactory
from tests.factories.placements import AT, PLANNED, Journey, owner_of, provider_on
from tests.placements.referral_act_matrix import ACTS, POINTS
from tests.placements.test_views import boxes

pytestmark = pytest.mark.django_db

MAKE = {
    "begun": Journey.empty_draft,
    "draft": Journey.draft,
    "submitted": Journey.submitted,
    "assessing": Journey.assessing,
    "assessed": Journey.assessed,
    "not eligible": Journey.not_eligible,
    "eligible": Journey.eligible,
    "on hold": Journey.on_hold,
    "matching": Journey.matching,
    "offered": lambda journey: journey.offered().referral,
    "funded": lambda journey: journey.approved().referral,
    "placed": lambda journey: journey.admitted().referral,
    "withdrawn": lambda journey: journey.withdraw(journey.assessing()),
}


def test_every_act_and_every_state_is_in_the_table():
    assert set(ACTS) == set(REFERRAL_ACTS) | {"cancel_placement"}
    assert set(POINTS) == set(MAKE)
    assert set(POINTS.values()) == set(ReferralState.values)
    assert {point for _, legal in ACTS.values() for point in legal} == set(POINTS)


def typed(colleague) -> dict:
    """What a person would type, with more than any one page asks for."""
    return {
        "needs_summary": "A quiet room.",
        "needs": "A quiet room.",
        "worker": colleague.pk,
        "reason": "Because.",
        "agrees": "yes",
        **boxes("review_on", date(2026, 5, 20)),
        "why": "moved_away",
        "person_choice": "Near the sea.",
        "why_not_cheapest": "Near the family.",
    }


def address(act, referral, journey, other) -> str:
    """``other`` is the provider that a person in place could move to."""
    placement = referral.placements.last()
    section = "complexity" if referral.state == "assessing" else "needs"
    if act == "cancel_placement":
        return reverse(f"placements:{act}", args=[placement.reference if placement else "none"])
    chosen = other if referral.state == "placed" else journey.provider
    more = {"save_answers": [section], "choose_option": [chosen.reference]}
    return reverse(
        f"placements:{act}",
        args=[referral.reference, *more.get(act, [])],
        query=boxes("planned_admission", PLANNED) if act == "choose_option" else None,
    )


@pytest.mark.parametrize("point", POINTS)
def test_act_passes_at_its_points_for_its_roles_only_and_leaves_one_event(point):
    with time_machine.travel(AT, tick=False):
        journey = Journey().budget(y2026=27_000_000)
        other = provider_on(journey.lot, weekly_pence=90_000, name="Valley House")
        referral = MAKE[point](journey)
        referral.refresh_from_db()
        assert referral.state == POINTS[point]
        colleague = UserFactory(roles=[Role.ASSESSOR])
        people = {code: UserFactory(roles=[role]) for code, role in ROLES.items()}
        people |= {"AS": journey.people["assessor"], "PO": owner_of(journey.provider)}
        clients = {"AN": Client()}
        for code, person in people.items():
            clients[code] = Client()
            clients[code].force_login(person)
        found, legal = {}, {}
        for act, (event, points) in ACTS.items():
            path = address(act, referral, journey, other)
            for code, client in clients.items():
                with transaction.atomic():
                    count = AuditEvent.objects.count()
                    client.post(path, typed(colleague))
                    events = AuditEvent.objects.order_by("seq")[count:]
                    told = list(events.values_list("action", flat=True))
                    after = Referral.objects.filter(pk=referral.pk).first()
                    transaction.set_rollback(True)
                if after is None or after.state != referral.state:
                    assert told, (act, code)
                moved = after and ReferralState(after.state)
                state = ReferralState(referral.state)
                assert moved in {None, state} | REFERRAL_MOVES[state], (act, code)
                if told:
                    found[act, code] = told.count(event)
            legal |= {(act, code): 1 for code in points.get(point, "").split()}

    assert found == legal
