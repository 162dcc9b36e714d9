"""Rendering in the worker."""

from celery import shared_task
from django.utils import timezone

from dps_portal.jobs import services as jobs
from dps_portal.jobs.models import Job

from . import services


@shared_task(name=services.TASK)
def render_spend_report(job_id: str) -> None:
    """Make the PDF of one run. Safe to run twice: the job is claimed, the file kept once."""
    job = Job.objects.select_related("report_run__requested_by").get(pk=job_id)
    now = timezone.now()
    jobs.run(job, lambda: services.render_spend_report(run=job.report_run, at=now), at=now)
