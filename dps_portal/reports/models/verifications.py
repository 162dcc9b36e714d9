"""What was found when trail and ledger were walked."""

from django.conf import settings
from django.db import models

from dps_portal.accounts.roles import Permission


class VerificationQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self if user.may(Permission.VIEW_AUDIT) else self.none()

    def whole(self):
        return self.filter(broken_at=None, differences=[])

    def broken(self):
        return self.exclude(broken_at=None, differences=[])

    def newest_first(self):
        return self.order_by("-at", "-pk")


class Verification(models.Model):
    """What a walk along the trail and the ledger found (design D8); never changed.

    ``broken_at`` is the first event that does not fit; ``differences`` are those of the ledger, in
    sentences. Neither: everything is whole.
    """

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    events = models.PositiveBigIntegerField()
    head = models.CharField(max_length=64)
    broken_at = models.PositiveBigIntegerField(null=True)
    entries = models.PositiveBigIntegerField()
    years = models.PositiveIntegerField()
    placements = models.PositiveIntegerField()
    differences = models.JSONField(default=list)

    objects = VerificationQuerySet.as_manager()

    def __str__(self):
        return f"verification {self.pk}"

    @property
    def is_whole(self) -> bool:
        return self.broken_at is None and not self.differences
