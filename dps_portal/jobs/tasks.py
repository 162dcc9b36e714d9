"""The sweep of the job table."""

from celery import current_app, shared_task
from django.utils import timezone

from .models import Job


@shared_task(name="dps_portal.jobs.tasks.start_waiting")
def start_waiting() -> int:
    """Every minute: hand waiting and abandoned jobs to a worker. Safe to run twice."""
    jobs = list(Job.objects.to_start(timezone.now()))
    for job in jobs:
        current_app.send_task(job.task, [str(job.pk)])
    return len(jobs)
