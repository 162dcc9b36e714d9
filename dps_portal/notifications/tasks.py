"""The sweep of the outbox."""

from celery import shared_task
from django.utils import timezone

from . import services
from .models import Notification

BATCH = 200


@shared_task(name="dps_portal.notifications.tasks.send_waiting")
def send_waiting() -> int:
    """Every minute: send what is owed, oldest first. Safe to run twice."""
    now = timezone.now()
    return sum(
        services.send(message, at=now) for message in Notification.objects.waiting(now)[:BATCH]
    )
