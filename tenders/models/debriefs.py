"""What a bidder asks about its outcome letter, and the answer."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from .awards import Letter

USER = settings.AUTH_USER_MODEL


class DebriefRequestQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(letter__in=Letter.objects.visible_to(user))

    def unanswered(self):
        return self.filter(answered_at=None)

    def soonest_due_first(self):
        """The unanswered by their due date, then the answered, newest first."""
        return self.order_by(F("answered_at").desc(nulls_first=True), "due_on", "pk")


class DebriefRequest(models.Model):
    """A bidder's written request for further reasons, answered within 15 days (R4.4)."""

    letter = models.ForeignKey(Letter, models.PROTECT, related_name="debriefs")
    question = models.TextField()
    requested_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    due_on = models.DateField()
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    objects = DebriefRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_open_debrief", fields=["letter"], condition=Q(answered_at=None)
            ),
            models.CheckConstraint(
                name="debrief_answer_is_whole",
                condition=Q(answer="", answered_by=None, answered_at=None)
                | (~Q(answer="") & Q(answered_by__isnull=False, answered_at__isnull=False)),
            ),
        ]

    def __str__(self):
        return f"{self.letter} debrief {self.pk}"
