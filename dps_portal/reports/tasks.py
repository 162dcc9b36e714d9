"""Rendering in the worker, and reminders."""

from celery import shared_task
from django.utils import timezone

from dps_portal.jobs import services as jobs
from dps_portal.jobs.models import Job
from dps_portal.ui.pdf import OverLimit

from . import services


@shared_task(name="dps_portal.reports.tasks.remind_of_returns")
def remind_of_returns() -> int:
    return services.remind_of_returns(at=timezone.now())


@shared_task(name=services.TASK)
def render_report(job_id: str) -> None:
    """Make the PDF of one run. Safe to run twice: the job is claimed, the file kept once."""
    job = Job.objects.select_related("report_run__requested_by", "report_run__job").get(pk=job_id)
    now = timezone.now()
    jobs.run(
        job,
        lambda: services.render_report(run=job.report_run, at=now),
        at=now,
        gives_up_on=(OverLimit,),
    )
