"""Sweeps over those admitted: ask the clock, call a service; safe to run twice."""

from celery import shared_task
from django.utils import timezone

from providers import services


@shared_task(name="providers.tasks.remind_of_expiring_evidence")
def remind_of_expiring_evidence() -> int:
    return services.remind_of_expiring_evidence(at=timezone.now())


@shared_task(name="providers.tasks.remind_of_declarations")
def remind_of_declarations() -> int:
    return services.remind_of_declarations(at=timezone.now())


@shared_task(name="providers.tasks.request_yearly_declarations")
def request_yearly_declarations() -> int:
    return services.request_yearly_declarations(at=timezone.now())


@shared_task(name="providers.tasks.remind_of_open_suspensions")
def remind_of_open_suspensions() -> int:
    return services.remind_of_open_suspensions(at=timezone.now())
