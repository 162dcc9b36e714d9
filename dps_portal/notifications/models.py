"""The outbox: what was owed to whom, and what was said, kept as evidence (design D9)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

MAX_ATTEMPTS = 5


class NotificationQuerySet(models.QuerySet):
    def waiting(self, at):
        """Owed, not sent, not given up, and not in another worker's hands."""
        return self.filter(
            Q(claimed_until=None) | Q(claimed_until__lte=at),
            sent_at=None,
            attempts__lt=MAX_ATTEMPTS,
            due_at__lte=at,
        ).order_by("due_at", "pk")

    def failed(self):
        return self.filter(sent_at=None, attempts__gte=MAX_ATTEMPTS)

    def visible_to(self, user):
        return self.filter(to=user)

    def newest_first(self):
        return self.order_by("-due_at", "-pk")


class Notification(models.Model):
    """One message owed to one address; ``key`` makes a second one impossible."""

    key = models.CharField(max_length=120, unique=True)
    to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="notifications"
    )
    email = models.EmailField()
    subject = models.CharField(max_length=200)
    body = models.TextField()
    due_at = models.DateTimeField()
    created_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True, db_index=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=200, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["to", "-due_at"], name="notification_of_person")]

    def __str__(self):
        return self.key

    @property
    def is_late(self) -> bool:
        """Owed on a day after the one on which it fell due: the sweeps stood still between."""
        return timezone.localdate(self.created_at) > timezone.localdate(self.due_at)
