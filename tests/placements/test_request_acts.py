"""Every state of a funding request × every act × every role, over HTTP (money.md §3)."""

from datetime import date

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.db import transaction
from django.test import Client

from dps_portal.accounts.roles import Role
from dps_portal.audit.models import AuditEvent
from dps_portal.money import gbp
from dps_portal.refusals import Refused
from dps_portal.reports.worklist import tasks_for
from placements import services
from placements.models import FundingRequest
from placements.states import REQUEST_MOVES, RequestKind, RequestState
from tests.architecture.role_matrix import ROLES
from tests.factories.accounts import UserFactory
from tests.factories.placements import PLANNED, Journey, noon, owner_of

from .request_act_matrix import ACTS, ADDED, TABLE
from .test_views import boxes, on

pytestmark = pytest.mark.django_db

TODAY, END = date(2026, 7, 20), date(2026, 10, 8)


def test_the_moves_are_those_of_the_table_and_what_is_added_to_it():
    assert {
        state: {*TABLE.get(state, ()), *ADDED.get(state, ())} for state in RequestState
    } == REQUEST_MOVES


# ── A request in each state ──────────────────────────────────────────────────────────────────
def drafted(journey):
    return services.save_request(
        placement=journey.admitted(),
        kind=RequestKind.EXTENSION,
        end=END,
        reason="Six more weeks.",
        by=journey.people["assessor"],
        at=noon(PLANNED),
    )


def submitted(journey):
    return journey.extension(journey.admitted(), END)


def decided(decision):
    return lambda journey: journey.decide(submitted(journey), decision, reason="Because.")


def withdrawn(journey):
    return services.withdraw_request(
        request=submitted(journey), by=journey.people["assessor"], at=noon(PLANNED)
    )


def lapsed(journey):
    request = submitted(journey)
    journey.leave(request.placement, TODAY)
    return request


MAKE = {
    RequestState.DRAFT: drafted,
    RequestState.SUBMITTED: submitted,
    RequestState.RETURNED: decided(RequestState.RETURNED),
    RequestState.APPROVED: decided(RequestState.APPROVED),
    RequestState.DECLINED: decided(RequestState.DECLINED),
    RequestState.DEFERRED: decided(RequestState.DEFERRED),
    RequestState.WITHDRAWN: withdrawn,
    RequestState.LAPSED: lapsed,
}


# ── The acts ─────────────────────────────────────────────────────────────────────────────────
ASKED = {**boxes("end", END), "reason": "Six more weeks."}
PAGES = {
    "save": ("change_request", ASKED | {"draft": "Save as draft"}),
    "discard": ("discard_request", {}),
    "send": ("change_request", ASKED),
    "withdraw": ("withdraw_request", {}),
    **{
        act: ("decide_funding", {"decision": ACTS[act][1], "reason": "Because."})
        for act in ("approve", "decline", "return", "defer")
    },
}


def said(response) -> list[str]:
    """The reasons that the page gives against the act."""
    form = (response.context or {}).get("form")
    told = [str(message) for message in get_messages(response.wsgi_request)]
    return told + (form.non_field_errors() if form else [])


def clients_of(journey):
    own = {
        "AS": journey.people["assessor"],
        "AM": journey.people["manager"],
        "CO": journey.people["commissioner"],
        "FI": journey.people["finance"],
        "PO": owner_of(journey.provider),
    }
    clients = {"AN": Client()}
    for code, role in ROLES.items():
        clients[code] = Client()
        clients[code].force_login(own.get(code) or UserFactory(roles=[role]))
    return clients


@pytest.mark.parametrize("state", RequestState)
def test_each_act_goes_where_the_table_says_and_is_refused_elsewhere_with_the_reason(state, caplog):
    caplog.set_level("CRITICAL", logger="django.request")
    journey = Journey().budget(y2026=27_000_000)
    request = MAKE[state](journey)
    request.refresh_from_db()
    assert request.state == state
    allowed = {*TABLE.get(state, ()), *ADDED.get(state, ())}
    not_now = f"The request is marked “{state.label}”, which does not allow this."
    faults, triples = [], 0
    with time_machine.travel(noon(TODAY), tick=False):
        for code, client in clients_of(journey).items():
            for act, (page, typed) in PAGES.items():
                event, to, roles = ACTS[act]
                triples += 1
                with transaction.atomic():
                    count = AuditEvent.objects.count()
                    response = client.post(on(page, request), typed)
                    events = AuditEvent.objects.order_by("seq")[count:]
                    told = list(events.values_list("action", flat=True))
                    after = FundingRequest.objects.filter(pk=request.pk).first()
                    reached = after and after.state
                    transaction.set_rollback(True)
                if to in allowed and code in roles.split():
                    right = told == [event] and reached == (None if act == "discard" else to)
                else:
                    right = not told and reached == state
                    if code in roles.split() and not (state == "draft" and code == "CO"):
                        right = right and not_now in said(response)
                faults += [] if right else [(act, code, told, reached, said(response))]

    assert faults == []
    assert triples == len(ACTS) * 12


@pytest.mark.parametrize("state", [each for each in RequestState if each != "lapsed"])
def test_what_is_open_lapses_with_the_stay_and_nothing_else_does(state):
    journey = Journey().budget(y2026=27_000_000)
    request = MAKE[state](journey)

    journey.leave(request.placement, TODAY)

    request.refresh_from_db()
    allowed = {*TABLE.get(state, ()), *ADDED.get(state, ())}
    assert request.state == ("lapsed" if "lapsed" in allowed else state)


# ── Drafts ───────────────────────────────────────────────────────────────────────────────────
def test_a_draft_is_saved_taken_up_again_and_sent_by_the_pages(client):
    journey = Journey().budget(y2026=27_000_000)
    placement = journey.admitted()
    page = on("request_funding", placement, "extension")
    with time_machine.travel(noon(TODAY), tick=False):
        client.force_login(journey.people["assessor"])
        client.post(page, ASKED | {"draft": "Save as draft"})
        draft = FundingRequest.objects.get(kind="extension")
        assert (draft.state, draft.end, draft.weekly_pence) == ("draft", END, 84_500)
        assert draft.reference in client.get(placement.get_absolute_url()).content.decode()
        tasks = tasks_for(draft.requested_by, noon(TODAY))
        assert [task.why for task in tasks if draft.reference in task.what] == ["Send the draft"]

        change = on("change_request", draft)
        shown = client.get(change)
        assert shown.context["quote"].nights == 28
        client.post(change, {**boxes("end", date(2026, 10, 15)), "reason": "A week more."})

    draft.refresh_from_db()
    assert (draft.state, draft.end, draft.reason) == (
        "submitted",
        date(2026, 10, 15),
        "A week more.",
    )
    journey.decide(draft)
    placement.refresh_from_db()
    assert placement.funded_until == date(2026, 10, 15)


def test_a_draft_blocks_nothing_and_nothing_blocks_it(client):
    journey = Journey().budget(y2026=27_000_000)
    draft = drafted(journey)
    placement = draft.placement

    open_one = journey.extension(placement, END)  # another is asked for all the same
    page = on("change_request", draft)
    with time_machine.travel(noon(TODAY), tick=False):
        client.force_login(journey.people["assessor"])
        words = client.get(page).content.decode()
        assert "Save as draft" in words
        assert "Ask for the extension" not in words
        refused = client.post(page, ASKED)
        assert said(refused) == ["A request for this placement is already waiting for a decision."]
        assert client.post(page, ASKED | {"draft": "Save as draft"}).status_code == 302
        client.force_login(journey.people["manager"])
        assert list(client.get(on("request_list")).context["page"]) == [open_one]
    assert list(FundingRequest.objects.open().exclude(kind="initial")) == [open_one]


def test_the_queue_says_what_each_request_would_take(client):
    journey = Journey().budget(y2026=27_000_000)
    request = submitted(journey)
    client.force_login(journey.people["manager"])
    with time_machine.travel(noon(TODAY), tick=False):
        page = client.get(on("request_list"))
    [shown] = page.context["page"]

    journey.decide(request)

    assert shown.pence == sum(entry.pence for entry in request.entries.all()) > 0
    assert gbp(shown.pence) in page.text


def test_a_draft_is_kept_without_a_price_and_not_sent(client):
    journey = Journey().budget(y2026=27_000_000)
    placement = journey.admitted()
    journey.provider.rates.all().delete()
    with time_machine.travel(noon(TODAY), tick=False):
        client.force_login(journey.people["assessor"])
        client.post(
            on("request_funding", placement, "extension"), ASKED | {"draft": "Save as draft"}
        )
        draft = FundingRequest.objects.get(kind="extension")
        assert draft.weekly_pence is None
        assert client.get(draft.get_absolute_url()).status_code == 200
        refused = client.post(on("change_request", draft), ASKED)

    assert said(refused) == ["The provider has no price on the lot for the first night of this."]


def test_a_draft_is_seen_by_the_team_alone():
    draft = drafted(Journey().budget(y2026=27_000_000))

    for role in (Role.COMMISSIONER, Role.FINANCE, Role.AUDITOR):
        seen = FundingRequest.objects.visible_to(UserFactory(roles=[role]))
        assert draft not in seen
        assert seen.exists()  # the first funding
    for user in (draft.requested_by, UserFactory(roles=[Role.ASSESSMENT_MANAGER])):
        assert draft in FundingRequest.objects.visible_to(user)
    assert not FundingRequest.objects.waiting().filter(pk=draft.pk).exists()


def test_a_draft_needs_a_placement_that_takes_such_requests():
    journey = Journey()
    placement = journey.accepted()

    with pytest.raises(Refused) as refusal:
        services.save_request(
            placement=placement,
            kind=RequestKind.PRICE_CHANGE,
            start=TODAY,
            weekly_pence=80_000,
            reason="Cheaper.",
            by=journey.people["assessor"],
            at=noon(PLANNED),
        )

    assert list(refusal.value.reasons) == [
        "The placement is marked “Waiting for funding”, which does not allow this."
    ]
