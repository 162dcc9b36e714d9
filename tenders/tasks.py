"""What beat does each minute for tenders: ask the clock, call a service; safe to run twice."""

from celery import shared_task
from django.utils import timezone

from tenders import services


@shared_task(name="tenders.tasks.remind_of_debriefs")
def remind_of_debriefs() -> int:
    return services.remind_of_debriefs(at=timezone.now())
