"""The demonstration council, made once by each worker for all its tests of this folder.

It takes twenty times as long as a test that looks at it; so it stands in one transaction around
them all, which is undone after the last, and each test changes it in a savepoint of its own.
"""

from datetime import UTC, date, datetime, time

import pytest
import time_machine
from django.db import transaction

from dps_portal.demo.seed import seed

TODAY = date(2026, 11, 23)
NOW = datetime.combine(TODAY, time(12), tzinfo=UTC)


@pytest.fixture(scope="package")
def _seeded(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        council = transaction.atomic()
        council.__enter__()
        with time_machine.travel(NOW, tick=False):
            seed(TODAY)
    yield
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        council.__exit__(None, None, None)


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def council(_seeded, db):
    """The rows of the demonstration on its own day."""
