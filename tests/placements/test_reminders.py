"""What is overdue is told once, however often and however late the sweeps run (T23)."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.utils import timezone

from dps_portal.accounts.roles import Role
from dps_portal.clock import ONE_DAY
from dps_portal.notifications.models import Notification
from dps_portal.notifications.services import notify
from placements import services, tasks
from placements.models import Placement, Referral
from placements.states import RequestState
from tests.factories.accounts import UserFactory
from tests.factories.agreements import LotFactory
from tests.factories.placements import AT, Journey, council, owner_of, provider_on
from tests.races import at_once

pytestmark = pytest.mark.django_db

CLOCKS_BACK = date(2026, 10, 25)  # British Summer Time ends at 2 in the morning
SWEEPS = (
    tasks.remind_of_ending_funding,
    tasks.remind_of_unfunded_stays,
    tasks.remind_of_overdue_admissions,
    tasks.remind_of_overdue_decisions,
    tasks.remind_of_stale_drafts,
    tasks.remind_of_due_reviews,
    tasks.remind_of_late_reports,
    tasks.remind_of_waiting_facts,
)
KINDS = (
    "funding-ending",
    "unfunded-stays",
    "admission-",
    "decision-",
    "draft-",
    "review-",
    "report-",
    "fact-",
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
    messages = [
        (
            timezone.localdate(one.created_at),
            timezone.localdate(one.due_at),
            one.key.rsplit(":", 1)[0],
            names[one.to_id],
            "This message is late" in one.body,
        )
        for one in Notification.objects.all()
        if one.key.startswith(KINDS)
    ]
    return [(who, key, due, owed, late) for owed, due, key, who, late in sorted(messages)]


def told_of_funding(journey):
    return [one for one in told(journey) if "fund" in one[1]]


@pytest.fixture
def journey():
    return Journey(planned=date(2026, 7, 24)).budget(y2026=27_000_000)


def test_funding_that_ends_while_the_clocks_change_is_told_once_after_26_hours(journey):
    placement = journey.admitted()  # funded until 24 October
    until = placement.funded_until
    sweep(london(until - timedelta(days=7)))
    seven = [(who, f"funding-ending:{placement}:{until}:7") for who in ("assessor", "manager")]
    assert [one[:2] for one in told_of_funding(journey)] == seven

    # Down from 23 October, 23:00, for 26 hours and then over the hour that comes twice.
    for hour in range(5):
        sweep(london(CLOCKS_BACK, hour))

    assert until == date(2026, 10, 24)
    assert told_of_funding(journey)[2:] == [
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


def test_draft_is_told_of_14_days_before_it_is_deleted(journey):
    referral = journey.draft()
    sweep(london(date(2026, 7, 15)))
    assert told(journey) == []

    sweep(london(date(2026, 7, 23)))
    sweep(london(date(2026, 7, 29)))

    due, owed = date(2026, 7, 16), date(2026, 7, 23)
    assert told(journey) == [("assessor", f"draft-stale:{referral}", due, owed, True)]
    words = "It will be deleted on 30 July 2026."
    assert words in Notification.objects.get(key__startswith="draft-stale:").body
    with time_machine.travel(london(date(2026, 7, 30), 11), tick=False):
        assert tasks.delete_stale_drafts() == 1


def test_nobody_is_told_of_a_draft_that_stays(journey):
    journey.reopen(journey.withdraw(journey.draft()))
    submitted = journey.submitted()

    sweep(london(date(2026, 9, 6)))

    assert Referral.objects.filter(pk=submitted.pk).exists()
    assert told(journey) == []


# ── Reviews and reports ──────────────────────────────────────────────────────────────────────
def test_each_review_is_told_of_on_the_day_on_which_it_falls_due(journey):
    placement = journey.admitted()  # on 24 July
    for day in (date(2026, 8, 20), date(2026, 8, 21), date(2026, 8, 22), date(2026, 9, 25)):
        sweep(london(day))
    hold_review(journey, placement, date(2026, 9, 25))
    sweep(london(date(2026, 9, 28)))
    hold_review(journey, placement, date(2026, 9, 28))
    sweep(london(date(2026, 9, 29)))

    first, second = date(2026, 8, 21), date(2026, 9, 25)
    reviews = [one for one in told(journey) if one[1].startswith("review-")]
    assert reviews == [
        *(
            (who, f"review-due:{placement}:{first}", first, first, False)
            for who in ("assessor", "manager")
        ),
        *(
            (who, f"review-due:{placement}:{second}", second, date(2026, 9, 28), True)
            for who in ("assessor", "manager")
        ),
    ]


def hold_review(journey, placement, day):
    services.record_review(
        placement=placement,
        held_on=day,
        recommendation="continue",
        progress=f"Steady on {day}.",
        by=journey.people["assessor"],
        at=london(day, 12),
    )


def test_discharge_report_is_late_after_ten_working_days(journey):
    placement = journey.admitted()
    journey.leave(placement, date(2026, 8, 20))  # Monday 31 August is a bank holiday
    sweep(london(date(2026, 9, 4)))
    assert told(journey) == []

    sweep(london(date(2026, 9, 5)))
    sweep(london(date(2026, 9, 9)))

    day = date(2026, 9, 5)
    key = f"report-late:{placement}:2026-09-04"
    assert told(journey) == [(who, key, day, day, False) for who in ("assessor", "manager")]


def test_nobody_is_told_of_a_report_that_came(journey):
    placement = journey.admitted()
    journey.leave(placement, date(2026, 8, 20))
    services.record_report(
        placement=placement,
        received_on=date(2026, 9, 4),
        by=journey.people["assessor"],
        at=london(date(2026, 9, 4)),
    )

    sweep(london(date(2026, 9, 9)))

    assert told(journey) == []


def test_what_a_provider_says_waits_one_working_day_for_its_record(journey):
    placement = journey.admitted()
    friday = date(2026, 8, 14)
    said = services.propose_fact(
        placement=placement,
        kind="exit",
        on=friday,
        until=None,
        note="",
        by=owner_of(journey.provider),
        at=london(friday, 12),
    )
    sweep(london(date(2026, 8, 17), 23))
    assert told(journey) == []

    sweep(london(date(2026, 8, 18)))
    sweep(london(date(2026, 8, 19)))

    day = date(2026, 8, 18)
    key = f"fact-waits:{said.pk}"
    assert told(journey) == [(who, key, day, day, False) for who in ("assessor", "manager")]


# ── Downtime over a change of the clocks ─────────────────────────────────────────────────────
HOUR = timedelta(hours=1)
STILL = {  # from how long before midnight at the start of the Sunday, and for how long
    "26 hours to Sunday": (24.5 * HOUR, 26 * HOUR),
    "26 hours to Monday": (0.5 * HOUR, 26 * HOUR),
    "8 days": (4 * 24 * HOUR, 8 * 24 * HOUR),
}


def owed_things(sunday):
    """The team, with something for each reminder: ``{(who, key): the day on which it falls due}``."""
    people = council()
    lot = LotFactory()
    provider = provider_on(lot)
    begun = london(sunday - timedelta(days=60))

    def journey(*, at=begun, planned=sunday - timedelta(days=28)):
        return Journey(lot=lot, provider=provider, people=people, at=at, planned=planned)

    saturday, monday = sunday - ONE_DAY, sunday + ONE_DAY
    journey().budget(y2025=27_000_000, y2026=27_000_000, y2027=27_000_000)
    stay = journey().admitted()  # the first review is due after four weeks
    until = sunday + timedelta(days=7)
    Placement.objects.filter(pk=stay.pk).update(funded_until=until)
    left = journey(planned=sunday - timedelta(days=50))
    gone = left.admitted()
    left.leave(gone, sunday - timedelta(days=16))  # two weeks before the Friday
    awaited = journey(planned=sunday - timedelta(days=2)).approved()
    asked = journey(at=london(sunday - timedelta(days=9)), planned=until).requested()
    draft = journey(at=london(sunday - timedelta(days=76))).draft()
    friday = saturday - ONE_DAY
    due = {
        f"funding-ending:{stay}:{until}:14": (sunday - timedelta(days=7), ["assessor"]),
        f"funding-ending:{stay}:{until}:7": (sunday, ["assessor", "manager"]),
        f"review-due:{stay}:{sunday}": (sunday, ["assessor", "manager"]),
        f"draft-stale:{draft}": (sunday, ["assessor"]),
        f"report-late:{gone}:{friday}": (saturday, ["assessor", "manager"]),
        f"decision-overdue:{asked}:{friday}": (saturday, ["commissioner", "manager"]),
        f"admission-overdue:{awaited}:{friday}": (monday, ["assessor", "manager"]),
    }
    return left, {(who, key): day for key, (day, whose) in due.items() for who in whose}


@pytest.mark.parametrize("still", STILL)
@pytest.mark.parametrize("sunday", [date(2026, 3, 29), date(2026, 10, 25)], ids=["on", "back"])
def test_over_a_change_of_the_clocks_each_reminder_comes_once_and_says_when_it_is_late(
    sunday, still
):
    before, length = STILL[still]
    stop = (london(sunday, 0) - before).astimezone(UTC)  # in UTC an hour is an hour
    start = stop + length
    journey, due = owed_things(sunday)
    sweep(london(sunday - timedelta(days=7)))
    sweep(stop)
    for hours in (0, 1, 2, 12, 24, 48):
        sweep(start + hours * HOUR)

    woke = timezone.localdate(start)
    assert sorted(told(journey)) == sorted(
        (who, key, day, owed, owed > day)
        for (who, key), day in due.items()
        for owed in [day if day <= timezone.localdate(stop) else max(day, woke)]
    )


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
