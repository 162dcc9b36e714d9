"""Long work as rows: what was asked, how far it is, why it failed (design D9)."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

MAX_ATTEMPTS = 3


class JobState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"  # after the last attempt
    CANCELLED = "cancelled", "Cancelled"  # by whoever asked


OVER = (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


class JobQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(requested_by=user)

    def to_start(self, at):
        """Waiting, or running in a worker that has gone silent."""
        return self.filter(
            Q(state=JobState.WAITING) | Q(state=JobState.RUNNING, claimed_until__lte=at)
        ).order_by("created_at")


class Job(models.Model):
    """``task`` is the Celery task that does it, given this row's key."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    task = models.CharField(max_length=100)
    state = models.CharField(max_length=9, choices=JobState, default=JobState.WAITING)
    progress = models.CharField(max_length=100, blank=True)  # while it runs, in words
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="job_finished_when_over",
                condition=Q(finished_at=None) ^ Q(state__in=OVER, finished_at__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.task} {self.pk}"

    @property
    def is_over(self) -> bool:
        return self.state in OVER
