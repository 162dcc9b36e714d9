"""Two awards at the same moment owe one notice of their quarter (R2.16)."""

import threading
from contextlib import suppress
from datetime import date

import pytest
from django.db import connection, transaction

from dps_portal.agreements import services
from dps_portal.agreements.models import Agreement
from dps_portal.agreements.services import notices
from tests.factories.agreements import AgreementFactory

pytestmark = pytest.mark.django_db(transaction=True)
DAY = date(2026, 6, 30)


def owed_at_once(agreement):
    """Both have looked for the notice before either commits, if nothing makes one wait."""
    both = threading.Barrier(2)
    errors = []

    def award():
        try:
            with transaction.atomic():
                services.owe_quarterly_notice(agreement=agreement, award_day=DAY)
                wait(both)
        except Exception as error:  # noqa: BLE001 - any error at all fails the test
            errors.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=award) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


def wait(barrier):
    with suppress(threading.BrokenBarrierError):
        barrier.wait(timeout=1)


def test_r2_16_two_awards_at_once_owe_one_notice():
    agreement = AgreementFactory()

    assert owed_at_once(agreement) == []
    assert agreement.notice_tasks.count() == 1


def test_without_the_lock_they_owe_two(monkeypatch):
    """On SQLite, whose transactions begin with its single write lock, the engine itself keeps it."""
    agreement = AgreementFactory()
    monkeypatch.setattr(notices, "lock_agreement", lambda row: Agreement.objects.get(pk=row.pk))

    assert owed_at_once(agreement) == []
    assert agreement.notice_tasks.count() == (1 if connection.vendor == "sqlite" else 2)
