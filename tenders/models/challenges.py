"""What is said against an award during its standstill, and how it was settled (R4.9)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from dps_portal.accounts.roles import Permission

from .awards import Award

USER = settings.AUTH_USER_MODEL


class ChallengeQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those who see the award, if they may see rankings at all."""
        if not user.may(Permission.VIEW_EVALUATION):
            return self.none()
        return self.filter(award__in=Award.objects.visible_to(user))

    def unsettled(self):
        return self.filter(settled_at=None)

    def in_order(self):
        return self.order_by("recorded_at", "pk")


class Challenge(models.Model):
    """Holds the contract back, and every record of the tender in place, until it is settled."""

    award = models.ForeignKey(Award, models.PROTECT, related_name="challenges")
    challenger = models.CharField(max_length=200)
    received_on = models.DateField()
    grounds = models.TextField()
    recorded_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    settlement = models.TextField(blank=True)
    settled_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)

    objects = ChallengeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="challenge_settlement_is_whole",
                condition=Q(settlement="", settled_by=None, settled_at=None)
                | (~Q(settlement="") & Q(settled_by__isnull=False, settled_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="challenge_settled_by_another_person",
                condition=Q(settled_by=None) | ~Q(settled_by=F("recorded_by")),
            ),
        ]

    def __str__(self):
        return f"{self.award} challenge {self.pk}"
