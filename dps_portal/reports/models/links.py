"""The secret link of a calendar."""

import hashlib

from django.conf import settings
from django.db import models
from django.db.models import Q


def hash_of(secret: str) -> str:
    """A random secret of 256 bits needs no salt."""
    return hashlib.sha256(secret.encode()).hexdigest()


class CalendarLinkQuerySet(models.QuerySet):
    def live(self):
        return self.filter(ended_at=None, user__is_active=True)

    def of_secret(self, secret):
        return self.filter(secret_hash=hash_of(secret))


class CalendarLink(models.Model):
    """A secret link to one person's calendar, kept as its hash alone; ended, never deleted."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    secret_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = CalendarLinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_live_link_per_person", fields=["user"], condition=Q(ended_at=None)
            ),
        ]

    def __str__(self):
        return f"link {self.pk}"
