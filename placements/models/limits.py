"""Up to what cost a person may approve funding, and how that came about."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

USER = settings.AUTH_USER_MODEL


class ApprovalLimit(models.Model):
    """One decision on a person's limit; without ``pence`` there is none, so no authority (R24).

    The limit in force is on the person. Rows are added and never changed.
    """

    person = models.ForeignKey(USER, models.PROTECT, related_name="approval_limits")
    pence = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=200)
    set_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="limit_set_by_another_person", condition=~Q(set_by=F("person"))
            ),
            models.CheckConstraint(name="limit_positive", condition=Q(pence=None) | Q(pence__gt=0)),
        ]

    def __str__(self):
        return f"{self.person} {self.set_at:%Y-%m-%d}"
