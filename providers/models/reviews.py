"""What passes between the council and a provider while an application is looked at."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from .applications import Application, LotApplication

USER = settings.AUTH_USER_MODEL


class Clarification(models.Model):
    """A question with the day by which to answer; it stops no clock (R2.5, R3.6).

    With ``asks_correction`` the application is returned, and the answer is its next submission.
    """

    application = models.ForeignKey(Application, models.PROTECT, related_name="clarifications")
    lot_application = models.ForeignKey(
        LotApplication, models.PROTECT, null=True, related_name="clarifications"
    )
    asks_correction = models.BooleanField(default=False)
    question = models.TextField()
    asked_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    due_on = models.DateField()
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="application_clarification_answer_is_whole",
                condition=Q(answer="", answered_by=None, answered_at=None)
                | (~Q(answer="") & Q(answered_by__isnull=False, answered_at__isnull=False)),
            ),
        ]

    def __str__(self):
        return f"{self.application} clarification {self.pk}"


class AssessorInterest(models.Model):
    """Declared before looking at an application; a conflict closes it to the person (R4.2)."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="interests")
    person = models.ForeignKey(USER, models.PROTECT, related_name="+")
    has_conflict = models.BooleanField()
    details = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="interest_declared_once", fields=["application", "person"]
            ),
            models.CheckConstraint(
                name="conflict_has_details", condition=Q(has_conflict=False) | ~Q(details="")
            ),
        ]

    def __str__(self):
        return f"{self.application} {self.person}"


class ReasonsRequest(models.Model):
    """A provider's written request for the reasons of a refusal, answered within 15 days (R4.4)."""

    lot_application = models.OneToOneField(
        LotApplication, models.PROTECT, related_name="reasons_request"
    )
    requested_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    due_on = models.DateField()
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="reasons_answer_is_whole",
                condition=Q(answer="", answered_by=None, answered_at=None)
                | (~Q(answer="") & Q(answered_by__isnull=False, answered_at__isnull=False)),
            ),
        ]

    def __str__(self):
        return f"{self.lot_application} reasons"
