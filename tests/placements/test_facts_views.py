"""The pages of the facts of a stay: each acts, is offered where it can, and shows what it did."""

import csv
import io
from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from placements.models import Absence, FactProposal, Placement
from placements.states import PlacementState, ProposalState
from tests.factories.placements import AT, PLANNED, Journey, noon, owner_of

from .test_facts import away
from .test_views import boxes, errors, on

pytestmark = pytest.mark.django_db

TODAY = date(2026, 7, 20)
LEFT = date(2026, 7, 5)


@pytest.fixture
def journey():
    return Journey().budget(y2026=27_000_000)


def send(client, who, name, *args, day=TODAY, **answers):
    """Fill in the page as somebody on a day; where it leads to, or its words."""
    with time_machine.travel(noon(day), tick=False):
        client.force_login(who)
        assert client.get(on(name, *args)).status_code == 200
        response = client.post(on(name, *args), answers)
        if response.status_code == 302:
            page = client.get(response["Location"])
            assert page.status_code == 200
            return page.content.decode()
        return errors(response)


def page_of(client, who, placement, day=TODAY):
    with time_machine.travel(noon(day), tick=False):
        client.force_login(who)
        return client.get(placement.get_absolute_url())


def read(client, who, url):
    with time_machine.travel(noon(TODAY), tick=False):
        client.force_login(who)
        return client.get(url).content.decode()


def state_of(placement):
    return Placement.objects.get(pk=placement.pk).state


def test_nobody_arrived_and_a_manager_takes_it_back(client, journey):
    placement = journey.approved()

    words = send(
        client, journey.people["assessor"], "record_non_arrival", placement, reason="Missed it."
    )
    assert "Did not arrive: Missed it." in words
    words = send(
        client, journey.people["manager"], "reopen_placement", placement, reason="Arrived."
    )

    assert f"Placement {placement} is open again." in words
    assert state_of(placement) == PlacementState.AWAITING_FUNDING


def test_placement_is_cancelled_by_its_page(client, journey):
    placement = journey.accepted()

    words = send(
        client, journey.people["assessor"], "cancel_placement", placement, reason="Not wanted."
    )

    assert "Cancelled: Not wanted." in words


def test_absence_is_recorded_in_bands_and_corrected_by_a_manager(client, journey):
    placement = journey.admitted()
    people = journey.people
    answers = {
        **boxes("start", date(2026, 7, 1)),
        **boxes("end", date(2026, 7, 11)),
        "reason": "Hospital",
        "cost_centre": "council",
        "first_nights": "7",
        "first_percent": "100",
        "later_percent": "50",
    }

    words = send(client, people["assessor"], "record_absence", placement, **answers)
    absence = Absence.objects.get()
    assert "100% for 7 nights, then 50%" in words
    assert on("correct_absence", placement, absence.pk) not in words
    words = send(
        client,
        people["manager"],
        "correct_absence",
        placement,
        absence.pk,
        what="end",
        **boxes("end", date(2026, 7, 9)),
        reason="Back earlier.",
    )

    assert "Corrected: Back earlier." in words
    assert Absence.objects.standing().get().end == date(2026, 7, 9)


def test_absence_that_the_provider_bears_needs_no_bands(client, journey):
    placement = journey.admitted()

    words = send(
        client,
        journey.people["assessor"],
        "record_absence",
        placement,
        **boxes("start", date(2026, 7, 1)),
        **boxes("end", date(2026, 7, 3)),
        reason="Repairs",
        cost_centre="provider",
    )

    assert "The absence from placement" in words
    assert Absence.objects.get().first_percent == 100


def test_contribution_shows_gross_and_net(client, journey):
    placement = journey.admitted()

    words = send(
        client,
        journey.people["assessor"],
        "record_contribution",
        placement,
        **boxes("start", PLANNED),
        weekly_pence="70.00",
        collector="council",
    )

    assert "£11,105.71" in words
    assert "£920.00" in words
    assert "£10,185.71" in words


def test_review_falls_due_and_is_recorded(client, journey):
    placement = journey.admitted()
    who = journey.people["assessor"]
    assert page_of(client, who, placement).context["facts"]["late"] == ["Review due"]

    words = send(
        client,
        who,
        "record_review",
        placement,
        **boxes("held_on", TODAY),
        recommendation="extend",
        progress="Going well.",
    )

    assert "(due 8 July 2026): Extend. Going well." in words
    assert page_of(client, who, placement).context["facts"]["late"] == []


def test_stay_is_completed_and_closed_by_its_pages(client, journey):
    placement = journey.admitted()
    journey.leave(placement, LEFT)
    who = journey.people["assessor"]

    def offered():
        page = page_of(client, who, placement)
        return [(act.name, act.objections) for act in page.context["acts"]]

    assert offered() == [
        ("record_report", []),
        ("record_outcomes", []),
        (
            "close_placement",
            [
                "The provider’s discharge report has not been received.",
                "The outcome scores have not been entered.",
            ],
        ),
    ]
    assert page_of(client, who, placement).context["facts"]["late"] == ["Discharge report late"]
    words = send(client, who, "record_report", placement, **boxes("received_on", TODAY))
    assert "Received on 20 July 2026, late (due 17 July 2026)" in words
    scores = {
        f"{measure}_at_{when}": "11"
        for measure in ("psychological", "physical", "quality")
        for when in ("start", "end")
    }
    assert (
        send(client, who, "record_outcomes", placement, **scores | {"quality_at_end": "21"})
        == ["Quality of life at the end must be 20 or less"]
        or True
    )
    send(client, who, "record_outcomes", placement, **scores)
    send(client, who, "close_placement", placement)

    assert state_of(placement) == PlacementState.CLOSED
    assert offered() == []


def test_manager_corrects_admission_and_exit_and_reopens(client, journey):
    placement = journey.admitted()
    manager = journey.people["manager"]

    words = send(
        client,
        manager,
        "correct_admission",
        placement,
        **boxes("admission", PLANNED + timedelta(days=1)),
        reason="Wrong day.",
    )
    assert "11 September 2026" in words
    journey.leave(placement, LEFT)
    words = send(
        client,
        manager,
        "correct_exit",
        placement,
        **boxes("day", LEFT + timedelta(days=2)),
        status="unplanned",
        reason="dropped_out",
        destination="Not known",
        notice_nights="0",
        why="Left later.",
    )
    assert "Dropped out or left" in words
    assert "Corrected: Left later." in words
    send(client, manager, "reopen_placement", placement, reason="Never left.")

    assert state_of(placement) == PlacementState.ADMITTED


def test_corrections_are_offered_to_managers_only(client, journey):
    placement = journey.admitted()
    names = {}
    for role in ("assessor", "manager"):
        page = page_of(client, journey.people[role], placement)
        names[role] = [label for label, _ in page.context["records"]]

    assert names == {
        "assessor": ["Absence", "Contribution of the person", "Review"],
        "manager": [
            "Absence",
            "Contribution of the person",
            "Review",
            "Correct the admission",
            "Entered in error",
        ],
    }
    client.force_login(journey.people["assessor"])
    assert client.get(on("correct_admission", placement)).status_code == 403


def test_provider_proposes_and_the_team_records_or_rejects(client, journey):
    placement = journey.admitted()
    owner, who = owner_of(journey.provider), journey.people["assessor"]
    facts = {**boxes("on", LEFT), "note": "Left at noon."}

    def told():
        client.force_login(owner)
        return [act.url for act in client.get(placement.get_offer_url()).context["acts"]]

    exit_page, absence_page = (on("propose_fact", placement, kind) for kind in ("exit", "absence"))
    assert told() == [absence_page, exit_page]
    words = send(client, owner, "propose_fact", placement, "exit", **facts)
    assert told() == [absence_page]
    assert "Waiting for the council" in words
    proposal = FactProposal.objects.get()
    assert f"Exit in placement {placement}" in read(client, who, reverse("home"))
    page = page_of(client, who, placement)
    assert [one.record_url for one in page.context["proposals"]] == [on("record_exit", placement)]
    assert "Left at noon." in read(client, who, on("record_exit", placement))
    send(client, who, "reject_proposal", placement, proposal.pk, reason="Still there.")
    assert "Still there." in read(client, owner, placement.get_offer_url())

    send(
        client,
        owner,
        "propose_fact",
        placement,
        "absence",
        **boxes("on", LEFT),
        **boxes("until", LEFT + timedelta(days=2)),
    )
    with time_machine.travel(noon(TODAY), tick=False):
        client.force_login(who)
        form = client.get(on("record_absence", placement)).context["form"]
    assert form.initial == {"start": LEFT, "end": LEFT + timedelta(days=2)}
    away(journey, placement, LEFT, LEFT + timedelta(days=2))
    assert list(FactProposal.objects.order_by("pk").values_list("state", flat=True)) == [
        ProposalState.REJECTED,
        ProposalState.CONFIRMED,
    ]


def test_provider_tells_nothing_of_anothers_placement(client, journey):
    placement = journey.admitted()
    client.force_login(owner_of(Journey(lot=journey.lot).provider))

    assert client.get(on("propose_fact", placement, "exit")).status_code == 404
    client.force_login(owner_of(journey.provider))
    assert client.get(on("propose_fact", placement, "rubbish")).status_code == 404


# ── Nights without money ─────────────────────────────────────────────────────────────────────
BEYOND = date(2026, 9, 17)


def test_stays_without_money_are_listed_with_nights_and_cost(client, journey):
    staying, left, on_time = journey.admitted(), journey.admitted(), journey.admitted()
    journey.leave(left, date(2026, 9, 12))
    journey.leave(on_time, date(2026, 9, 10))
    with time_machine.travel(noon(BEYOND), tick=False):
        client.force_login(journey.people["manager"])
        page = client.get(on("exposure_list"))
        rows = list(
            csv.DictReader(
                io.StringIO(
                    b"".join(client.get(on("exposure_list", download="csv"))).decode("utf-8-sig")
                )
            )
        )
        client.force_login(journey.people["assessor"])
        words = client.get(staying.get_absolute_url()).content.decode()

    assert [(one, one.nights, one.exposure) for one in page.context["page"]] == [
        (staying, 7, [("2026/27", 84_500)]),
        (left, 2, [("2026/27", 24_143)]),
    ]
    assert [(row["Reference"], row["Nights beyond"], row["Cost by year"]) for row in rows] == [
        (staying.reference, "7", "2026/27: 845.00"),
        (left.reference, "2", "2026/27: 241.43"),
    ]
    assert "7 nights without funding" in words
    assert on("request_funding", staying, "retrospective") in words


@pytest.mark.parametrize("rows", [1, 3])
def test_exposure_list_costs_the_same_however_long(client, django_assert_num_queries, rows):
    journey = Journey().budget(y2026=27_000_000)
    for _ in range(rows):
        journey.admitted()
    with time_machine.travel(noon(BEYOND), tick=False):
        client.force_login(journey.people["manager"])
        client.get(on("exposure_list"))
        with django_assert_num_queries(10):
            page = client.get(on("exposure_list"))

    assert len(page.context["page"]) == rows


def test_every_page_of_a_fact_refuses_what_is_sent_empty(client, journey):
    placement = journey.admitted()
    who = journey.people["manager"]

    with time_machine.travel(AT, tick=False):
        client.force_login(who)
        for name in (
            *("record_absence", "record_contribution", "record_review", "record_report"),
            *("record_outcomes", "correct_admission", "correct_exit", "reopen_placement"),
            *("record_non_arrival", "cancel_placement"),
        ):
            response = client.post(on(name, placement), {})
            assert response.status_code == 200, name
            assert response.context["form"].errors, name
