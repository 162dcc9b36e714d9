"""A process that dies while it decides leaves the whole decision with its letter, or nothing."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection

from dps_portal.accounts.roles import Role
from dps_portal.audit.models import AuditEvent
from dps_portal.notifications.models import Notification
from providers import services
from providers.models import Admission, Rate
from providers.states import Outcome
from tests.factories.providers import AT, owner_of, recommended, reviewer

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).parents[2]

# Stops for good once it has come to the step that is named, and says so first.
PROGRAM = """
import sys, time
from datetime import datetime

import django

django.setup()

from django.db import connection

from dps_portal.accounts.models import User
from providers.models import LotApplication
from providers.services import decisions

step, commits, lot_application, person, at = sys.argv[1:]

def stop(*args, **kwargs):
    if commits == "True":
        connection.connection.commit()
    print("written", flush=True)
    time.sleep(600)

setattr(decisions, step, stop)
decisions.decide_lot(
    lot_application=LotApplication.objects.get(pk=lot_application),
    outcome="admitted",
    reason="As recommended.",
    by=User.objects.get(pk=person),
    at=datetime.fromisoformat(at),
)
"""
STEPS = {
    "_admit": "the decision and the letter are written",
    "tell": "the admission and its price are written as well",
    "_record": "the message is written as well",
}


def address() -> str:
    """The tests' own database, as another process reaches it."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


def decide_and_be_killed(lot_application, by, *, step, commits=False):
    facts = [step, commits, lot_application.pk, by.pk, AT.isoformat()]
    decider = subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", PROGRAM, *map(str, facts)],
        cwd=ROOT,
        env=os.environ
        | {"DATABASE_URL": address(), "DJANGO_SETTINGS_MODULE": "dps_portal.settings"},
        stdout=subprocess.PIPE,
        text=True,
    )
    with decider:
        assert decider.stdout.readline() == "written\n"
        decider.kill()


def what_is_there(lot_application):
    """The decision, its letter, the admission, its price, the message to the provider, the trail."""
    lot_application.refresh_from_db()
    owner = owner_of(lot_application.application.provider)
    return [
        bool(lot_application.outcome),
        bool(lot_application.letter),
        Admission.objects.exists(),
        Rate.objects.exists(),
        Notification.objects.filter(to=owner, subject__startswith="There is a decision").exists(),
        AuditEvent.objects.filter(action="application.lot_decided").exists(),
    ]


@pytest.mark.parametrize("step", STEPS)
def test_killed_while_deciding_leaves_nothing_and_the_next_decision_everything(step):
    lot_application = recommended()
    by = reviewer(lot_application.application, Role.COMMISSIONER)

    decide_and_be_killed(lot_application, by, step=step)

    assert what_is_there(lot_application) == [False] * 6
    services.decide_lot(
        lot_application=lot_application,
        outcome=Outcome.ADMITTED,
        reason="As recommended.",
        by=by,
        at=AT,
    )
    assert what_is_there(lot_application) == [True] * 6


def test_committed_in_between_the_same_death_leaves_half():
    """The twin: it must, or the test above proves nothing."""
    lot_application = recommended()
    by = reviewer(lot_application.application, Role.COMMISSIONER)

    decide_and_be_killed(lot_application, by, step="tell", commits=True)

    assert what_is_there(lot_application) == [True, True, True, True, False, False]
