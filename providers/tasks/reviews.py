"""Clocks of applications: decisions, answers and reasons that are due."""

from celery import shared_task
from django.utils import timezone

from providers import services


@shared_task(name="providers.tasks.remind_of_reviews")
def remind_of_reviews() -> int:
    """Every minute; each message is owed once. Safe to run twice."""
    now = timezone.now()
    return (
        services.remind_of_decisions(at=now)
        + services.remind_of_clarifications(at=now)
        + services.remind_of_reasons(at=now)
    )
