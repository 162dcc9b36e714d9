"""What passes between the council and a provider while an application is looked at."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from .applications import WAITING, Application
from .lot_applications import LotApplication

USER = settings.AUTH_USER_MODEL


class ClarificationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those of the applications that the person sees."""
        return self.filter(application__in=Application.objects.visible_to(user))

    def unanswered(self):
        return self.filter(answered_at=None, application__state__in=WAITING)


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

    objects = ClarificationQuerySet.as_manager()

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


class ReasonsRequestQuerySet(models.QuerySet):
    def visible_to(self, user):
        applications = Application.objects.visible_to(user)
        return self.filter(lot_application__application__in=applications)

    def matching_text(self, text):
        return self.filter(
            Q(lot_application__application__reference__icontains=text)
            | Q(lot_application__application__provider__name__icontains=text)
        )

    def soonest_due_first(self):
        """The unanswered by their due date, then the answered, newest first."""
        return self.order_by(F("answered_at").desc(nulls_first=True), "due_on", "pk")


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

    objects = ReasonsRequestQuerySet.as_manager()

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
