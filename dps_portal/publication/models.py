"""What the public asks: questions on an agreement, and to be told when it opens."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from dps_portal.accounts.models import random_ref
from dps_portal.agreements.models import Agreement

USER = settings.AUTH_USER_MODEL


def question_ref() -> str:
    return random_ref("QU")


class QuestionQuerySet(models.QuerySet):
    def public(self):
        """Answered ones; who asked is never shown, nor the words that were not published."""
        return self.exclude(answered_at=None).order_by("-answered_at", "-pk")

    def matching_published(self, text):
        return self.filter(Q(wording__icontains=text) | Q(answer__icontains=text))

    def waiting(self):
        return self.filter(answered_at=None).order_by("asked_at", "pk")

    def waiting_first(self):
        """The longest waiting first, then what was answered, newest first."""
        return self.order_by(F("answered_at").desc(nulls_first=True), "asked_at", "pk")

    def matching_text(self, text):
        return self.filter(
            Q(reference__icontains=text) | Q(text__icontains=text) | Q(answer__icontains=text)
        )


class Question(models.Model):
    """Asked by one, answered to all.

    ``wording`` is the question as published: the officer takes out what gives the asker away.
    """

    reference = models.CharField(max_length=16, unique=True, default=question_ref, editable=False)
    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="questions")
    text = models.TextField()
    asked_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    wording = models.TextField(blank=True)
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="question_answer_is_whole",
                condition=Q(wording="", answer="", answered_by=None, answered_at=None)
                | (
                    ~Q(wording="")
                    & ~Q(answer="")
                    & Q(answered_by__isnull=False, answered_at__isnull=False)
                ),
            ),
        ]

    def __str__(self):
        return self.reference


class SubscriptionQuerySet(models.QuerySet):
    def to_tell(self):
        return self.filter(confirmed_at__isnull=False, ended_at=None).order_by("pk")


class Subscription(models.Model):
    """An address to tell when applications open; it counts once its holder has confirmed it."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="subscriptions")
    email = models.EmailField()
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="subscribed_once", fields=["agreement", "email"]),
        ]

    def __str__(self):
        return f"{self.agreement} subscription {self.pk}"
