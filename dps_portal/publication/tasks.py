"""The sweeps of the public pages: ask the clock, call a service; safe to run twice."""

from celery import shared_task
from django.utils import timezone

from . import services


@shared_task(name="dps_portal.publication.tasks.tell_of_open_rounds")
def tell_of_open_rounds() -> int:
    return services.tell_of_open_rounds(at=timezone.now())


@shared_task(name="dps_portal.publication.tasks.forget_addresses")
def forget_addresses() -> int:
    return services.forget_addresses(at=timezone.now())
