"""What falls due for a reader, day by day: the work list's dates and those that lie further ahead.

References and links only, so that the same entries may leave the portal as a feed (money.md §9).
"""

import hashlib
from calendar import Calendar as Weeks
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

import icalendar
from django.conf import settings
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Permission
from dps_portal.agreements.models import Agreement, ExtensionOption, NoticeTask
from dps_portal.clock import ONE_DAY
from placements.models import Placement
from placements.states import PlacementState
from tenders.models import Tender
from tenders.states import TenderState

from .worklist import Task, tasks_for

LOOK_BACK = timedelta(days=365)
LIST_DAYS = timedelta(days=90)
FEED_DAYS = timedelta(days=366)
FEED_EVERY = timedelta(hours=12)


@dataclass(frozen=True)
class Period:
    """Half-open. What can no longer be done is over from ``today``."""

    start: date
    end: date
    today: date


def funding_ends(user: User, period: Period) -> list[Task]:
    rows = Placement.objects.visible_to(user).filter(
        state=PlacementState.ADMITTED, funded_until__range=(period.start, period.end - ONE_DAY)
    )
    return [_stay(user, row, "Funding ends", row.funded_until) for row in rows]


def planned_admissions(user: User, period: Period) -> list[Task]:
    rows = Placement.objects.visible_to(user).filter(
        state=PlacementState.APPROVED,
        planned_admission__range=(period.start, period.end - ONE_DAY),
    )
    return [_stay(user, row, "Planned admission", row.planned_admission) for row in rows]


def _stay(user: User, row: Placement, why: str, due: date) -> Task:
    is_provider = user.may(Permission.ANSWER_OFFER)
    url = row.get_offer_url() if is_provider else row.get_absolute_url()
    return Task(f"Placement {row.reference}", url, why, due)


def agreement_dates(user: User, period: Period) -> list[Task]:
    """The last day of each term, and of the next option to lengthen it while there is one."""
    days = (max(period.start, period.today), period.end - ONE_DAY)
    options = ExtensionOption.objects.filter(
        exercised_on=None, start=F("agreement__end"), exercise_by__range=days
    )
    ends = Agreement.objects.filter(end__range=[day + ONE_DAY for day in days])
    return [
        Task(
            f"Agreement {row.agreement.reference}",
            row.agreement.get_absolute_url(),
            f"Last day to exercise extension option {row.number}",
            row.exercise_by,
        )
        for row in options.select_related("agreement")
    ] + [
        Task(f"Agreement {row.reference}", row.get_absolute_url(), "Last day", row.last_day)
        for row in ends
    ]


def notices(user: User, period: Period) -> list[Task]:
    rows = NoticeTask.objects.visible_to(user).outstanding()
    rows = rows.filter(due_on__range=(period.start, period.end - ONE_DAY))
    return [
        Task(row.what, reverse("agreements:notice_list"), "Publish it and record it", row.due_on)
        for row in rows
    ]


def tender_closes(user: User, period: Period) -> list[Task]:
    rows = Tender.objects.visible_to(user).filter(
        state=TenderState.PUBLISHED,
        closes_at__date__range=(period.start, period.end - ONE_DAY),
    )
    return [
        Task(
            f"Tender {row.reference}",
            row.get_absolute_url(),
            "Bidding closes",
            timezone.localdate(row.closes_at),
        )
        for row in rows
    ]


SOURCES: tuple[tuple[Permission, Callable[[User, Period], list[Task]]], ...] = (
    (Permission.VIEW_CASES, funding_ends),
    (Permission.ANSWER_OFFER, funding_ends),
    (Permission.VIEW_CASES, planned_admissions),
    (Permission.ANSWER_OFFER, planned_admissions),
    (Permission.VIEW_AGREEMENT, agreement_dates),
    (Permission.VIEW_AGREEMENT, notices),
    (Permission.VIEW_TENDERS, tender_closes),
)


def falls_due(user: User, start: date, end: date, *, at: datetime) -> list[Task]:
    """From ``start`` up to, not with, ``end``; what the work list says of a day it says alone."""
    period = Period(start, end, timezone.localdate(at))
    ahead = dict.fromkeys(source for permission, source in SOURCES if user.may(permission))
    tasks = tasks_for(user, at) + [task for source in ahead for task in source(user, period)]
    found: dict[tuple[str, str, date], Task] = {}
    for task in tasks:
        if task.due and start <= task.due < end:
            found.setdefault((task.what, task.url, task.due), task)
    return sorted(found.values(), key=lambda task: (task.due, task.what, task.why))


@dataclass(frozen=True)
class Day:
    on: date
    tasks: list[Task]


def by_day(tasks: list[Task]) -> list[Day]:
    return [Day(on, list(own)) for on, own in groupby(tasks, key=lambda task: task.due)]


def month_of(user: User, first: date, *, at: datetime) -> list[list[Day | None]]:
    """The weeks of the month that starts on ``first``, Monday to Sunday; ``None`` is outside."""
    weeks = Weeks().monthdatescalendar(first.year, first.month)
    after = weeks[-1][-1] + ONE_DAY
    tasks = {day.on: day.tasks for day in by_day(falls_due(user, first, after, at=at))}
    return [
        [Day(on, tasks.get(on, [])) if on.month == first.month else None for on in week]
        for week in weeks
    ]


def feed_of(user: User, *, at: datetime) -> bytes:
    """The same as an iCalendar file of whole days; an entry whose day moves keeps its name."""
    today = timezone.localdate(at)
    feed = icalendar.Calendar()
    feed.add("prodid", "-//DPS Portal//Calendar//EN")
    feed.add("version", "2.0")
    feed.add("x-wr-calname", settings.PORTAL_NAME)
    feed.add("refresh-interval", FEED_EVERY, parameters={"VALUE": "DURATION"})
    for task in falls_due(user, today - LOOK_BACK, today + FEED_DAYS, at=at):
        name = hashlib.sha256(f"{task.url} {task.what} {task.why}".encode()).hexdigest()
        event = icalendar.Event()
        event.add("uid", f"{name[:32]}@{settings.PORTAL_ORIGIN.split('://', 1)[1]}")
        event.add("dtstamp", at)
        event.add("dtstart", task.due)
        event.add("dtend", task.due + ONE_DAY)
        event.add("summary", f"{task.what}: {task.why}")
        event.add("url", f"{settings.PORTAL_ORIGIN}{task.url}")
        event.add("transp", "TRANSPARENT")
        feed.add_component(event)
    return feed.to_ical()
