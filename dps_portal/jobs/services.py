"""Asking for long work, doing it once, cancelling it and asking again."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import F

from dps_portal.accounts.models import User
from dps_portal.refusals import refuse_if

from .models import MAX_ATTEMPTS, Job, JobState

PROGRESS = Job._meta.get_field("progress").max_length
CLAIM = timedelta(minutes=6)  # longer than the hard limit on a task


def ask(*, task: str, by: User, at: datetime) -> Job:
    """Put the work on the queue of record, in the caller's transaction."""
    return Job.objects.create(task=task, requested_by=by, created_at=at)


class Cancelled(Exception):
    """Whoever asked for the work has cancelled it."""


def run(
    job: Job,
    work: Callable[[], None],
    *,
    at: datetime,
    gives_up_on: tuple[type[Exception], ...] = (),
) -> bool:
    """Do the work if no other worker has it; ``False`` if one has, or if it is cancelled.

    A failure is kept by its kind only, and tried again by the next sweep up to three times, unless
    it is one of those that would come again.
    """
    claimed = (
        Job.objects.to_start(at)
        .filter(pk=job.pk)
        .update(
            state=JobState.RUNNING,
            claimed_until=at + CLAIM,
            attempts=F("attempts") + 1,
            error="",
            progress="",
        )
    )
    if not claimed:
        return False
    running = Job.objects.filter(pk=job.pk, state=JobState.RUNNING)
    try:
        work()
    except Cancelled:
        return False
    except Exception as error:
        last = job.attempts + 1 >= MAX_ATTEMPTS or isinstance(error, gives_up_on)
        running.update(
            state=JobState.FAILED if last else JobState.WAITING,
            finished_at=at if last else None,
            error=type(error).__name__,
        )
        raise
    return bool(running.update(state=JobState.DONE, finished_at=at))


def show_progress(job: Job, words: str) -> None:
    """Say how far the work is. Raises ``Cancelled`` as soon as somebody has cancelled it."""
    running = Job.objects.filter(pk=job.pk, state=JobState.RUNNING)
    if not running.update(progress=words[:PROGRESS]):
        raise Cancelled


def cancel(job: Job, *, at: datetime) -> None:
    """Stop work that has not ended; a worker in the midst of it notices within a second."""
    waiting = Job.objects.filter(pk=job.pk, state__in=[JobState.WAITING, JobState.RUNNING])
    is_cancelled = waiting.update(state=JobState.CANCELLED, finished_at=at)
    refuse_if([] if is_cancelled else ["It has ended already."])


def retry(job: Job) -> None:
    """Put work that failed or was cancelled on the queue again."""
    ended = Job.objects.filter(pk=job.pk, state__in=[JobState.FAILED, JobState.CANCELLED])
    is_waiting = ended.update(
        state=JobState.WAITING, finished_at=None, attempts=0, error="", progress=""
    )
    refuse_if([] if is_waiting else ["It has neither failed nor been cancelled."])
