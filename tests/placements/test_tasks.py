"""The sweeps: each thing owed once, however often and however late they run."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from dps_portal.audit import verification
from dps_portal.audit.models import AuditEvent
from dps_portal.notifications.models import Notification
from placements import services, tasks
from placements.models import BudgetYear, CeilingAlert, Referral
from tests.factories.placements import Journey, noon

pytestmark = pytest.mark.django_db

END = date(2026, 9, 10)


def sweep(days_before_end, *, end=END):
    with time_machine.travel(noon(end - timedelta(days=days_before_end)), tick=False):
        return tasks.remind_of_ending_funding()


def reminders(journey):
    """``[("assessor", 28), …]`` in the order in which they became owed."""
    names = {person.pk: role for role, person in journey.people.items()}
    return [
        (names[message.to_id], int(message.key.split(":")[3]))
        for message in Notification.objects.filter(key__startswith="funding-ending:").order_by(
            "created_at", "to"
        )
    ]


@pytest.fixture
def journey():
    return Journey().budget(y2026=27_000_000)


def test_worker_is_reminded_at_28_14_7_and_0_days_and_managers_from_7(journey):
    journey.admitted()

    for days in range(35, -5, -1):
        sweep(days)
        sweep(days)

    assert reminders(journey) == [
        ("assessor", 28),
        ("assessor", 14),
        ("assessor", 7),
        ("manager", 7),
        ("assessor", 0),
        ("manager", 0),
    ]
    assert AuditEvent.objects.filter(action="placement.funding_reminded").count() == 4


def test_reminder_key_names_placement_end_and_days(journey):
    placement = journey.admitted()
    sweep(28)

    message = Notification.objects.get(key__startswith="funding-ending:")
    worker = journey.people["assessor"]
    assert message.key == f"funding-ending:{placement}:2026-09-10:28:{worker.ref}"
    assert message.subject == f"The funding of placement {placement} ends within 28 days"


@pytest.mark.parametrize(
    ("days", "owed"),
    [
        (10, [("assessor", 14)]),
        (3, [("assessor", 7), ("manager", 7)]),
        (-8, [("assessor", 0), ("manager", 0)]),
    ],
)
def test_missed_sweeps_are_caught_up_with_the_nearest_reminder_only(journey, days, owed):
    journey.admitted()

    sweep(days)

    assert reminders(journey) == owed


def test_extension_is_reminded_of_anew(journey):
    placement = journey.admitted()
    sweep(7)
    journey.decide(journey.extension(placement, date(2026, 10, 8)))
    sweep(0)

    assert reminders(journey) == [("assessor", 7), ("manager", 7), ("assessor", 28)]


@pytest.mark.parametrize("state", ["approved", "discharged"])
def test_only_people_in_place_are_reminded_of(journey, state):
    placement = journey.approved() if state == "approved" else journey.admitted()
    if state == "discharged":
        journey.leave(placement, date(2026, 8, 1))

    assert sweep(0) == 0


# ── Ceiling ──────────────────────────────────────────────────────────────────────────────────
def commit(journey, pence):
    BudgetYear.objects.filter(agreement=journey.agreement).update(committed_pence=pence)
    with time_machine.travel(datetime(2026, 6, 1, 9, tzinfo=UTC), tick=False):
        return tasks.watch_ceilings()


def alerts():
    """``[(threshold, epoch), …]`` as they were told, once for each crossing."""
    keys = Notification.objects.filter(key__startswith="ceiling:").values_list("key", flat=True)
    return sorted({tuple(int(part) for part in key.split(":")[3:5]) for key in keys})


def test_alert_goes_to_those_who_watch_the_money_once(journey):
    assert commit(journey, 20_249_999) == 0
    assert commit(journey, 20_250_000) == 1
    assert commit(journey, 20_250_000) == 0

    told = Notification.objects.filter(key__startswith="ceiling:")
    watchers = [journey.people[role] for role in ("manager", "commissioner", "finance")]
    assert sorted(message.key for message in told) == sorted(
        f"ceiling:{journey.agreement}:2026:75:1:{person.ref}" for person in watchers
    )
    assert {message.subject for message in told} == {
        "Commitments for 2026/27 have reached 75 % of the ceiling"
    }
    assert AuditEvent.objects.order_by("seq").last().facts == {"threshold": 75, "epoch": 1}


def test_only_the_highest_newly_reached_threshold_is_told(journey):
    commit(journey, 26_000_000)

    assert alerts() == [(95, 1)]


def test_threshold_is_told_again_only_after_a_fall_of_five_points(journey):
    commit(journey, 25_650_000)  # 95 %
    commit(journey, 24_300_001)  # just above 90 %: not armed again
    commit(journey, 25_650_000)
    assert alerts() == [(95, 1)]

    commit(journey, 24_300_000)  # 90 %: 95 armed again, 90 not
    commit(journey, 25_650_000)
    assert alerts() == [(95, 1), (95, 2)]
    assert CeilingAlert.objects.filter(threshold=95, rearmed_at=None).count() == 1


def test_sweeps_keep_the_audit_chain_whole(journey):
    journey.admitted()
    sweep(7)
    commit(journey, 27_000_000)

    assert verification.verify().broken_at is None
    assert services.watch_ceilings(at=noon(END)) == 0


# ── Drafts ───────────────────────────────────────────────────────────────────────────────────
def test_draft_is_discarded_after_ninety_days_and_nothing_else_is():
    journey = Journey()
    stale, again, sent = journey.draft(), journey.draft(), journey.submitted()
    journey.reopen(journey.withdraw(again))
    begun = stale.created_at

    def swept(**after):
        with time_machine.travel(begun + timedelta(**after), tick=False):
            return tasks.delete_stale_drafts()

    assert [swept(days=89, hours=23), swept(days=90), swept(days=90)] == [0, 1, 0]
    assert set(Referral.objects.all()) == {again, sent}
    assert AuditEvent.objects.order_by("seq").last().action == "referral.discarded"
