"""Web server, worker or beat killed at any moment: no alert is lost, none comes twice (T21, T22).

The processes are real, and each dies with all its children and is started anew. Meanwhile people
decide on money through the web, so that years cross 75, 90, 95 and 100 %, and reminders fall due;
every fifth time all that the broker holds is gone as well. Every check has 30 deaths, the bench 200.
"""

import contextlib
import http.client
import os
import re
import threading
import time
from collections import Counter
from datetime import timedelta
from random import Random
from urllib.parse import urlsplit

import pytest
import redis
from django.conf import settings
from django.core import mail
from django.db import connection
from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Permission
from dps_portal.audit.models import AuditEvent
from dps_portal.clock import financial_year, year_start
from dps_portal.notifications.models import Notification
from dps_portal.notifications.services import CLAIM, send
from placements import services
from placements.models import BudgetYear, CeilingAlert, FundingRequest, Placement
from placements.services import ceilings
from placements.states import RequestState
from tests.factories.agreements import LotFactory
from tests.factories.placements import council, provider_on
from tests.portal import portal
from tests.sizes import sized

from .crowd import Story, make_rounds
from .test_http_race import send as decide
from .test_http_race import sessions

pytestmark = pytest.mark.django_db(transaction=True)

DAY = timedelta(days=1)
SWEEPS = (
    "placements.tasks.watch_ceilings",
    "placements.tasks.remind_of_ending_funding",
    "placements.tasks.remind_of_due_reviews",
    "dps_portal.notifications.tasks.send_waiting",
)
INTERVAL = 1.5  # seconds between two sweeps, of a minute and more in production
WORKERS = ("worker-1", "worker-2")
STEPS = (75, 15, 5, 5)  # per cent of a year, one after the other
THRESHOLDS = (75, 90, 95, 100)
PATIENCE = 180  # seconds for what must come at last, on a machine that has much else to do


def mail_to_files():
    """In the nursery."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = os.environ["MAIL_DIR"]


class Town:
    """Years that four requests fill, each of a share, and stays that come near their end."""

    def __init__(self, years: int):
        people, provider, today = council(), provider_on(LotFactory()), timezone.localdate()
        april = year_start(financial_year(today) + 1)
        shares = [Story("initial", april, april + step * DAY, 70_000) for step in STEPS]
        stay = Story("extension", today - 10 * DAY, today + 60 * DAY, 70_000, today + 70 * DAY)
        facts = {"people": people, "provider": provider}
        self.years = make_rounds([shares] * years, [1] * years, **facts)
        make_rounds([[stay] * years], [1], **facts)
        self.stays = list(Placement.objects.filter(state="admitted").order_by("pk"))
        self.today, [self.cookie] = today, sessions(1)
        self.address = ""
        self.people = []

    def come_near(self, number: int):
        """The funding of one stay ends in a week, and its first review is due."""
        Placement.objects.filter(pk=self.stays[number].pk).update(
            admission=self.today - 28 * DAY, funded_until=self.today + 7 * DAY
        )

    def fill(self, number: int):
        """Somebody decides, and tries again where there was no answer."""
        person = threading.Thread(target=self.decide_all, args=[self.years[number].acts])
        person.start()
        self.people.append(person)

    def decide_all(self, acts):
        for act in acts:
            approved = FundingRequest.objects.filter(
                reference=act.reference, state=RequestState.APPROVED
            )
            while not approved.exists():
                with contextlib.suppress(OSError, http.client.HTTPException):
                    decide(self.address, self.cookie, act)
        connection.close()

    # ── What has to come ─────────────────────────────────────────────────────────────────────
    def thresholds_told(self):
        events = AuditEvent.objects.filter(action="ceiling.reached").in_order()
        return [(event.subject_ref, event.facts["threshold"]) for event in events]

    def owed(self) -> set[str]:
        """The keys of all alerts and reminders: of a year each threshold that was told."""
        years = {str(year): year for year in BudgetYear.objects.all()}
        watchers = User.objects.filter(grants__role__in=ceilings.WATCHERS).distinct()
        team = User.objects.with_permission(Permission.RECORD_STAY)
        until = self.today + 7 * DAY
        return {
            f"ceiling:{years[year].agreement}:{years[year].year}:{threshold}:1:{person.ref}"
            for year, threshold in self.thresholds_told()
            for person in watchers
        } | {
            f"{reminder}:{person.ref}"
            for stay in self.stays
            for reminder in (f"funding-ending:{stay}:{until}:7", f"review-due:{stay}:{self.today}")
            for person in team
        }

    def is_told(self) -> bool:
        """Of every full year its last threshold, and every reminder."""
        full = {year for year, threshold in self.thresholds_told() if threshold == max(THRESHOLDS)}
        return len(full) == len(self.years) and self.owed() <= keys()


def keys() -> set[str]:
    kinds = ("ceiling:", "funding-ending:", "review-due:")
    return {
        key for key in Notification.objects.values_list("key", flat=True) if key.startswith(kinds)
    }


def until(condition) -> None:
    """Wait for it; what never comes is found by the test itself."""
    deadline = time.monotonic() + PATIENCE
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.5)


class Broker:
    """One to these processes alone."""

    def __init__(self, folder):
        self.env = {"DPS_DATA_DIR": str(folder), "DPS_KEYS_DIR": str(settings.KEYS_DIR)}
        self.queue = folder / "queue"
        if settings.REDIS_URL:
            self.env["REDIS_URL"] = urlsplit(settings.REDIS_URL)._replace(path="/1").geturl()

    def forget(self):
        if settings.REDIS_URL:
            redis.from_url(self.env["REDIS_URL"]).flushall()
        else:
            for message in self.queue.glob("*.msg"):
                message.unlink(missing_ok=True)


def mails(folder) -> Counter:
    """How often each message went out, by the number that it keeps."""
    sent = [path.read_text() for path in folder.glob("*.log")]
    sent += [str(message.message()) for message in mail.outbox]
    return Counter(int(pk) for text in sent for pk in re.findall(r"<notification-(\d+)@", text))


@sized("deaths", check=30, bench=200)
def test_killed_at_any_moment_each_alert_and_reminder_comes_once(deaths, tmp_path):
    random = Random(21)  # noqa: S311
    town, broker, letters = Town(deaths), Broker(tmp_path), tmp_path / "mail"
    letters.mkdir()
    connection.close()
    killed = Counter()
    env = broker.env | {"MAIL_DIR": str(letters)}
    with portal(prepared_by=f"{__name__}:mail_to_files", **env) as running:
        town.address = running.start_web()
        commands = {"web": (town.address.rpartition(":")[2],), "beat": (INTERVAL, *SWEEPS)}
        for part in (*WORKERS, "beat"):
            running.start(part, *commands.get(part, ()))
        for number in range(deaths):
            town.come_near(number)
            town.fill(number)
            time.sleep(random.uniform(0, INTERVAL))
            part = random.choice([*WORKERS, "beat", "web"])
            running.kill(part)
            killed[part] += 1
            if number % 5 == 4:
                broker.forget()
            running.start(part, *commands.get(part, ()))
        for person in town.people:
            person.join()
        until(town.is_told)
        until(lambda: not Notification.objects.waiting(timezone.now()).exists())
    later = timezone.now() + CLAIM
    for message in Notification.objects.waiting(later):  # a worker had it when it died
        send(message, at=later)

    assert min(killed[part] for part in (*WORKERS, "beat", "web")) > 0
    assert town.is_told()
    assert keys() == town.owed()
    told = town.thresholds_told()
    assert len(told) == len(set(told))
    full = BudgetYear.objects.filter(agreement__in=[one.agreement for one in town.years])
    assert {year.committed_pence for year in full} == {sum(STEPS) * 10_000}
    alerts = CeilingAlert.objects.filter(budget_year__in=full)
    alerts = alerts.values_list("budget_year", "threshold", "epoch")
    assert sorted(alerts) == sorted(
        (year.pk, threshold, 1) for year in full for threshold in THRESHOLDS
    )
    sent = mails(letters)
    assert set(sent) == set(Notification.objects.values_list("pk", flat=True))
    again = sum(times - 1 for times in sent.values())
    assert again <= sum(killed[worker] for worker in WORKERS)


def commit_and_stop_before_telling():
    """In the nursery: the alert is kept before its messages are."""

    def commit_and_stop(*args, **kwargs):
        connection.connection.commit()
        time.sleep(600)

    ceilings.notify = commit_and_stop


def test_committed_before_it_is_told_the_same_death_loses_the_alert(tmp_path):
    """The twin: it must, or the test above proves nothing."""
    Town(1)
    BudgetYear.objects.update(committed_pence=1, ceiling_pence=1)
    broker = Broker(tmp_path)
    connection.close()
    with portal(prepared_by=f"{__name__}:commit_and_stop_before_telling", **broker.env) as running:
        running.start("worker-1")
        running.start("beat", INTERVAL, "placements.tasks.watch_ceilings")
        until(CeilingAlert.objects.exists)
        running.kill("worker-1")

    services.watch_ceilings(at=timezone.now())

    year = CeilingAlert.objects.earliest("pk").budget_year
    assert {key.split(":")[1] for key in keys()} == {
        str(other.agreement) for other in BudgetYear.objects.exclude(pk=year.pk)
    }
