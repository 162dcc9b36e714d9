"""What the public asks: questions on an agreement, and to be told when it opens."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from dps_portal.accounts.models import random_ref
from dps_portal.agreements.models import Agreement

USER = settings.AUTH_USER_MODEL


def question_ref() -> str:
    return random_ref("QU")


class QuestionQuerySet(models.QuerySet):
    def public(self):
        """Answered ones; who asked is never shown."""
        return self.exclude(answered_at=None).order_by("-answered_at", "-pk")

    def waiting(self):
        return self.filter(answered_at=None).order_by("asked_at", "pk")


class Question(models.Model):
    """Asked by one, answered to all."""

    reference = models.CharField(max_length=16, unique=True, default=question_ref, editable=False)
    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="questions")
    text = models.TextField()
    asked_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="question_answer_is_whole",
                condition=Q(answer="", answered_by=None, answered_at=None)
                | (~Q(answer="") & Q(answered_by__isnull=False, answered_at__isnull=False)),
            ),
        ]

    def __str__(self):
        return self.reference


class Subscription(models.Model):
    """An address to tell when applications open; it counts once its holder has confirmed it."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="subscriptions")
    email = models.EmailField()
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="subscribed_once", fields=["agreement", "email"]),
        ]

    def __str__(self):
        return f"{self.agreement} subscription {self.pk}"
