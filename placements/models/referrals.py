"""What happened to a referral: whose it was, when it waited, and who refused it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from placements.states import ReferralState

from .people import Referral

USER = settings.AUTH_USER_MODEL


class ReferralAssignment(models.Model):
    """A worker's time with a referral; rows are closed, never deleted (money.md §1)."""

    referral = models.ForeignKey(Referral, models.PROTECT, related_name="assignments")
    worker = models.ForeignKey(USER, models.PROTECT, related_name="+")
    assigned_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    assigned_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_open_assignment_per_referral",
                fields=["referral"],
                condition=Q(ended_at=None),
            ),
            models.CheckConstraint(
                name="assigned_by_another_person", condition=~Q(worker=F("assigned_by"))
            ),
        ]

    def __str__(self):
        return f"{self.referral} {self.worker}"


class ReferralHold(models.Model):
    """A wait until the person is ready for a placement, and the state it goes back to."""

    referral = models.ForeignKey(Referral, models.PROTECT, related_name="holds")
    from_state = models.CharField(max_length=20, choices=ReferralState)
    reason = models.CharField(max_length=200)
    review_on = models.DateField()
    held_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    held_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_open_hold_per_referral", fields=["referral"], condition=Q(ended_at=None)
            ),
        ]

    def __str__(self):
        return f"{self.referral} held {self.held_at}"


class Ineligibility(models.Model):
    """A worker's decision that a person is not eligible, and another person's answer to it.

    Ended without an answer where the referral was withdrawn first.
    """

    referral = models.ForeignKey(Referral, models.PROTECT, related_name="ineligibilities")
    reason = models.CharField(max_length=200)
    recorded_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    is_agreed = models.BooleanField(null=True)
    answered_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    answer_reason = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_open_ineligibility_per_referral",
                fields=["referral"],
                condition=Q(ended_at=None),
            ),
            models.CheckConstraint(
                name="ineligibility_answered_by_another_person",
                condition=Q(answered_by=None) | ~Q(answered_by=F("recorded_by")),
            ),
            models.CheckConstraint(
                name="ineligibility_answer_is_whole",
                condition=Q(is_agreed=None, answered_by=None)
                | Q(is_agreed__isnull=False, answered_by__isnull=False, ended_at__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.referral} not eligible"
