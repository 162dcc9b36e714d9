"""The countdown of the agreement and its notices."""

from celery import shared_task
from django.utils import timezone

from . import services


@shared_task(name="dps_portal.agreements.tasks.watch_agreements")
def watch_agreements() -> int:
    """Every minute; each message is owed once. Safe to run twice."""
    now = timezone.now()
    return services.remind_of_countdown(at=now) + services.remind_of_notices(at=now)
