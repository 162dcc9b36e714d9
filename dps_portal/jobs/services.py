"""Asking for long work, and doing it once."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import F

from dps_portal.accounts.models import User

from .models import MAX_ATTEMPTS, Job, JobState

CLAIM = timedelta(minutes=6)  # longer than the hard limit on a task


def ask(*, task: str, by: User, at: datetime) -> Job:
    """Put the work on the queue of record, in the caller's transaction."""
    return Job.objects.create(task=task, requested_by=by, created_at=at)


def run(job: Job, work: Callable[[], None], *, at: datetime) -> bool:
    """Do the work if no other worker has it; ``False`` if one has.

    A failure is kept by its kind only, and tried again by the next sweep up to three times.
    """
    claimed = (
        Job.objects.to_start(at)
        .filter(pk=job.pk)
        .update(
            state=JobState.RUNNING, claimed_until=at + CLAIM, attempts=F("attempts") + 1, error=""
        )
    )
    if not claimed:
        return False
    try:
        work()
    except Exception as error:
        last = job.attempts + 1 >= MAX_ATTEMPTS
        Job.objects.filter(pk=job.pk).update(
            state=JobState.FAILED if last else JobState.WAITING,
            finished_at=at if last else None,
            error=type(error).__name__,
        )
        raise
    Job.objects.filter(pk=job.pk).update(state=JobState.DONE, finished_at=at)
    return True
