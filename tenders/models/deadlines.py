"""A later deadline: asked for by one, agreed by another, for everyone (R2.11)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from dps_portal.accounts.roles import Permission

from .tenders import Tender

USER = settings.AUTH_USER_MODEL


class DeadlineExtensionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Every one to the council; to the invited those that were agreed."""
        if user.may(Permission.VIEW_TENDERS):
            return self
        return self.filter(agreed_at__isnull=False, tender__in=Tender.objects.visible_to(user))

    def pending(self):
        return self.filter(agreed_at=None)


class DeadlineExtension(models.Model):
    """Bids may come in until ``closes_at`` instead of ``closed_at``; never earlier."""

    tender = models.ForeignKey(Tender, models.PROTECT, related_name="extensions")
    closed_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    reason = models.TextField()
    asked_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    agreed_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    agreed_at = models.DateTimeField(null=True)

    objects = DeadlineExtensionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="deadline_moves_later", condition=Q(closes_at__gt=F("closed_at"))
            ),
            models.CheckConstraint(
                name="deadline_moved_by_two",
                condition=Q(agreed_by=None, agreed_at=None)
                | (
                    Q(agreed_by__isnull=False, agreed_at__isnull=False)
                    & ~Q(agreed_by=F("asked_by"))
                ),
            ),
            models.UniqueConstraint(
                name="one_extension_asked_for_at_a_time",
                fields=["tender"],
                condition=Q(agreed_at=None),
            ),
        ]

    def __str__(self):
        return f"{self.tender} until {self.closes_at}"
