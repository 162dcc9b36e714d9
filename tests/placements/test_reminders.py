"""What is overdue is told once, however often and however late the sweeps run (T23)."""

from datetime import date, datetime, time, timedelta

import pytest
import time_machine
from django.utils import timezone

from dps_portal.accounts.roles import Role
from dps_portal.notifications.models import Notification
from dps_portal.notifications.services import notify
from placements import services, tasks
from placements.models import Placement, Referral
from placements.states import RequestState
from tests.factories.accounts import UserFactory
from tests.factories.placements import AT, Journey
from tests.races import at_once

pytestmark = pytest.mark.django_db

CLOCKS_BACK = date(2026, 10, 25)  # British Summer Time ends at 2 in the morning
SWEEPS = (
    tasks.remind_of_ending_funding,
    tasks.remind_of_unfunded_stays,
    tasks.remind_of_overdue_admissions,
    tasks.remind_of_overdue_decisions,
    tasks.remind_of_stale_drafts,
)


def london(day, hour=9):
    return timezone.make_aware(datetime.combine(day, time(hour)))


def sweep(moment):
    """All of them, twice, as two beats would."""
    with time_machine.travel(moment, tick=False):
        for task in SWEEPS * 2:
            task()


def told(journey):
    """``[("worker or manager", key without the person, day due, day owed, whether late), …]``."""
    names = {person.pk: role for role, person in journey.people.items()}
    kinds = ("funding-ending", "unfunded-stays", "admission-", "decision-", "draft-")
    messages = [
        (
            timezone.localdate(one.created_at),
            timezone.localdate(one.due_at),
            one.key.rsplit(":", 1)[0],
            names[one.to_id],
            "This message is late" in one.body,
        )
        for one in Notification.objects.all()
        if one.key.startswith(kinds)
    ]
    return [(who, key, due, owed, late) for owed, due, key, who, late in sorted(messages)]


@pytest.fixture
def journey():
    return Journey(planned=date(2026, 7, 24)).budget(y2026=27_000_000)


def test_funding_that_ends_while_the_clocks_change_is_told_once_after_26_hours(journey):
    placement = journey.admitted()  # funded until 24 October
    until = placement.funded_until
    sweep(london(until - timedelta(days=7)))
    seven = [(who, f"funding-ending:{placement}:{until}:7") for who in ("assessor", "manager")]
    assert [one[:2] for one in told(journey)] == seven

    # Down from 23 October, 23:00, for 26 hours and then over the hour that comes twice.
    for hour in range(5):
        sweep(london(CLOCKS_BACK, hour))

    assert until == date(2026, 10, 24)
    assert told(journey)[2:] == [
        *(
            (who, f"funding-ending:{placement}:{until}:0", until, CLOCKS_BACK, True)
            for who in ("assessor", "manager")
        ),
        *(
            (who, f"unfunded-stays:{CLOCKS_BACK}", CLOCKS_BACK, CLOCKS_BACK, False)
            for who in ("assessor", "manager")
        ),
    ]


def test_eight_days_of_silence_are_made_up_for_by_what_still_holds(journey):
    placement = journey.admitted()
    sweep(london(date(2026, 10, 15)))
    before = len(told(journey))

    sweep(london(date(2026, 10, 28)))

    late = {one[1] for one in told(journey)[before:]}
    assert late == {
        f"funding-ending:{placement}:2026-10-24:0",  # neither that of 7 days
        "unfunded-stays:2026-10-28",  # nor those of the days between
    }


def test_nothing_is_told_of_what_was_mended_meanwhile(journey):
    placement = journey.admitted()
    sweep(london(date(2026, 10, 15)))
    before = told(journey)
    journey.decide(journey.extension(placement, date(2026, 11, 28)))

    sweep(london(date(2026, 10, 28)))

    assert told(journey) == before


def test_unfunded_stays_are_told_every_day_in_one_message(journey):
    placements = [
        journey.admitted(),
        Journey(
            lot=journey.lot,
            provider=journey.provider,
            people=journey.people,
            planned=journey.planned,
        ).admitted(),
    ]
    for days in range(1, 4):
        sweep(london(date(2026, 10, 24) + timedelta(days=days)))

    messages = Notification.objects.filter(key__startswith="unfunded-stays:")
    assert messages.count() == 3 * 2
    for message in messages:
        assert message.subject == "2 stays have nights that nobody has funded"
        assert all(placement.reference in message.body for placement in placements)
        assert "Harbour House" not in message.body


def test_only_who_may_see_a_stay_is_told_of_it(journey):
    journey.admitted()
    UserFactory(roles=[Role.ASSESSOR])

    sweep(london(date(2026, 10, 28)))

    people = {journey.people["assessor"].pk, journey.people["manager"].pk}
    kept = Notification.objects.filter(key__startswith="unfunded-stays:")
    assert set(kept.values_list("to", flat=True)) == people


def test_admission_is_overdue_one_working_day_after_the_planned_one(journey):
    placement = journey.approved()  # planned for a Friday
    key = f"admission-overdue:{placement}:2026-07-24"
    for day in (24, 25, 26):
        sweep(london(date(2026, 7, day)))
    assert told(journey) == []

    sweep(london(date(2026, 7, 27)))
    sweep(london(date(2026, 7, 28)))

    monday = date(2026, 7, 27)
    assert told(journey) == [(who, key, monday, monday, False) for who in ("assessor", "manager")]


def test_admission_planned_anew_is_told_anew(journey):
    placement = journey.approved()
    sweep(london(date(2026, 7, 27)))
    Placement.objects.update(planned_admission=date(2026, 8, 3))
    sweep(london(date(2026, 8, 3)))
    sweep(london(date(2026, 8, 12)))

    assert [one[1:] for one in told(journey) if one[0] == "assessor"] == [
        (f"admission-overdue:{placement}:2026-07-24", date(2026, 7, 27), date(2026, 7, 27), False),
        (f"admission-overdue:{placement}:2026-08-03", date(2026, 8, 4), date(2026, 8, 12), True),
    ]


def test_decision_is_overdue_after_five_working_days(journey):
    request = journey.requested()  # on Friday 1 May at 10; Monday 4 May is a bank holiday
    sweep(london(date(2026, 5, 11)))
    assert told(journey) == []

    sweep(london(date(2026, 5, 12)))
    sweep(london(date(2026, 5, 20)))

    day = date(2026, 5, 12)
    key = f"decision-overdue:{request}:2026-05-11"
    assert told(journey) == [(who, key, day, day, False) for who in ("commissioner", "manager")]


def test_request_that_came_after_one_counts_from_the_next_working_day(journey):
    journey.at = AT + timedelta(hours=4)  # Friday 1 May, 14:00 in London

    assert journey.requested().decision_due_on() == date(2026, 5, 12)


@pytest.mark.parametrize("decision", [RequestState.APPROVED, RequestState.DEFERRED])
def test_decided_and_waiting_requests_are_not_overdue(journey, decision):
    journey.decide(journey.requested(), decision, reason="No money yet.")
    sweep(london(date(2026, 5, 20)))

    assert told(journey) == []


def test_draft_is_told_of_after_90_days(journey):
    referral = journey.draft()
    sweep(london(date(2026, 7, 29)))
    assert told(journey) == []

    sweep(london(date(2026, 8, 6)))

    due, owed = date(2026, 7, 30), date(2026, 8, 6)
    assert told(journey) == [("assessor", f"draft-stale:{referral}", due, owed, True)]
    Referral.objects.update(state="closed", closed_at=AT, closed_reason="Not wanted")
    sweep(london(date(2026, 9, 6)))
    assert len(told(journey)) == 1


# ── Two beats at once ────────────────────────────────────────────────────────────────────────
@pytest.mark.usefixtures("transactional_db")
def test_two_sweeps_at_once_tell_once():
    journey = Journey(planned=date(2026, 7, 24)).budget(y2026=27_000_000)
    journey.admitted()
    moment = london(date(2026, 10, 28))

    def beat():
        services.remind_of_unfunded_stays(at=moment)
        services.remind_of_ending_funding(at=moment)
        services.watch_forecasts(at=moment)

    done, refused, errors = at_once(beat, beat)

    assert (len(done), refused, errors) == (2, [], [])
    assert len(told(journey)) == 4
    assert journey.agreement.budget_years.get().forecasts.count() == 1


@pytest.mark.usefixtures("transactional_db")
def test_without_their_key_both_would_tell():
    placement = Journey().budget(y2026=27_000_000).admitted()
    facts = {"at": AT, "placement": placement, "path": "/"}
    template = "placements/emails/funding_ending.txt"

    def owe():
        return notify("team@example.org", template, **facts)

    at_once(owe, owe)

    assert Notification.objects.filter(email="team@example.org").count() == 2
