"""Without broker, worker and beat every page works; once they are back, each message goes once."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOBODY_LISTENS = "redis://127.0.0.1:1/0"
STORY = """
from django.test import Client
from django.utils import timezone
from dps_portal.accounts.roles import Role
from dps_portal.jobs.models import Job
from dps_portal.notifications.services import store
from tests.factories.accounts import UserFactory
from tests.factories.agreements import AgreementFactory
from placements.models import BudgetYear

agreement = AgreementFactory()
BudgetYear.objects.create(agreement=agreement, year=2026, ceiling_pence=1)
finance = UserFactory(roles=[Role.FINANCE])
client = Client()
wrong = client.post("/account/login/", {"login": finance.email, "password": "wrong"})
client.force_login(finance)
pages = [client.get(path).status_code for path in ("/", "/home/", "/reports/spend/", "/budgets/")]
asked = client.post(
    "/reports/spend/pdf/",
    {"year": 2026, "as_of_day": 1, "as_of_month": 6, "as_of_year": 2026},
)
for number in range(3):
    store(finance, f"Owed {number}", "Words", at=timezone.now(), key=f"owed-{number}")
print("ANSWERS", wrong.status_code, pages, asked.status_code, Job.objects.get().state)
"""
LATER = """
from dps_portal.jobs.models import Job
from dps_portal.notifications.models import Notification
rows = Notification.objects.order_by("pk").values_list("attempts", "sent_at")
print("ANSWERS", [attempts for attempts, sent in rows if sent], Job.objects.get().state)
"""
SWEEP = """
from dps_portal.jobs.tasks import start_waiting
from dps_portal.notifications.tasks import send_waiting
for _ in range(2):
    send_waiting.delay()
    start_waiting.delay()
"""


@pytest.fixture
def portal(tmp_path):
    """A portal of its own; ``run(code)`` runs it there and gives what it answered."""
    env = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "REDIS_URL"}}
    env |= {"DPS_DATA_DIR": str(tmp_path), "DPS_KEYS_DIR": str(tmp_path / "keys")}
    env |= {"PYTHONPATH": str(ROOT)}

    def run(*command, **more):
        return subprocess.run(  # noqa: S603
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=env | more,
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    def answers(code, **more):
        out = run("shell", "--verbosity", "0", "--command", code, **more)
        return [line for line in out.splitlines() if line.startswith("ANSWERS")]

    run("migrate", "--verbosity", "0")
    run("createcachetable")
    run("collectstatic", "--noinput", "--verbosity", "0")
    answers.env = env
    return answers


def test_pages_work_without_a_broker_and_each_message_goes_once_when_it_is_back(portal):
    assert portal(STORY, REDIS_URL=NOBODY_LISTENS) == [
        "ANSWERS 200 [200, 200, 200, 200] 302 waiting"
    ]

    portal(SWEEP)
    worker = subprocess.Popen(
        [sys.executable, "-m", "celery", "--app", "dps_portal", "worker", "--pool", "solo"],
        cwd=ROOT,
        env=portal.env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    done = ["ANSWERS [1, 1, 1] done"]
    try:
        for _ in range(20):
            found = portal(LATER)
            if found == done:
                break
            time.sleep(1)
    finally:
        worker.terminate()
        worker.wait(timeout=30)
    assert found == done
