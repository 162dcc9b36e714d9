"""The sweeps of the placements: ask the clock, call a service; safe to run twice."""

from celery import shared_task
from django.utils import timezone

from . import services


@shared_task(name="placements.tasks.remind_of_ending_funding")
def remind_of_ending_funding() -> int:
    return services.remind_of_ending_funding(at=timezone.now())


@shared_task(name="placements.tasks.remind_of_offers")
def remind_of_offers() -> int:
    return services.remind_of_offers(at=timezone.now())


@shared_task(name="placements.tasks.watch_ceilings")
def watch_ceilings() -> int:
    return services.watch_ceilings(at=timezone.now())


@shared_task(name="placements.tasks.sweep_queues")
def sweep_queues() -> int:
    return services.sweep_queues(at=timezone.now())


@shared_task(name="placements.tasks.reconcile")
def reconcile() -> bool:
    return services.reconcile(at=timezone.now()) is not None


@shared_task(name="placements.tasks.delete_stale_drafts")
def delete_stale_drafts() -> int:
    return services.delete_stale_drafts(at=timezone.now())


@shared_task(name="placements.tasks.remind_of_overdue_admissions")
def remind_of_overdue_admissions() -> int:
    return services.remind_of_overdue_admissions(at=timezone.now())


@shared_task(name="placements.tasks.remind_of_overdue_decisions")
def remind_of_overdue_decisions() -> int:
    return services.remind_of_overdue_decisions(at=timezone.now())


@shared_task(name="placements.tasks.remind_of_stale_drafts")
def remind_of_stale_drafts() -> int:
    return services.remind_of_stale_drafts(at=timezone.now())


@shared_task(name="placements.tasks.remind_of_unfunded_stays")
def remind_of_unfunded_stays() -> int:
    return services.remind_of_unfunded_stays(at=timezone.now())


@shared_task(name="placements.tasks.remind_of_due_reviews")
def remind_of_due_reviews() -> int:
    return services.remind_of_due_reviews(at=timezone.now())


@shared_task(name="placements.tasks.remind_of_waiting_facts")
def remind_of_waiting_facts() -> int:
    return services.remind_of_waiting_facts(at=timezone.now())


@shared_task(name="placements.tasks.remind_of_late_reports")
def remind_of_late_reports() -> int:
    return services.remind_of_late_reports(at=timezone.now())


@shared_task(name="placements.tasks.watch_forecasts")
def watch_forecasts() -> int:
    return services.watch_forecasts(at=timezone.now())


@shared_task(name="placements.tasks.remind_of_due_invoices")
def remind_of_due_invoices() -> int:
    return services.remind_of_due_invoices(at=timezone.now())
