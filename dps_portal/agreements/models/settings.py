"""What an agreement settles for its placements, and each change of it (money.md, [assume])."""

from django.conf import settings
from django.db import models

from dps_portal.agreements.placing import SETTINGS


def usual_alerts() -> list[int]:
    return [75, 90, 95, 100]


class PlacementSettings(models.Model):
    """One field for each of ``placing.SETTINGS``, with the default of money.md."""

    first_funding_months = models.PositiveSmallIntegerField(default=3)
    # Weeks that are committed one after another, such as [4, 8]; empty funds the months at once.
    funding_stages = models.JSONField(default=list)
    extension_days = models.PositiveSmallIntegerField(default=28)
    longest_stay_months = models.PositiveSmallIntegerField(default=6)
    minimum_nights = models.PositiveSmallIntegerField(default=1)
    absence_nights = models.PositiveSmallIntegerField(default=7)
    absence_percent = models.PositiveSmallIntegerField(default=100)
    later_absence_percent = models.PositiveSmallIntegerField(default=100)
    absence_check_night = models.PositiveSmallIntegerField(default=7)
    allocate_days = models.PositiveSmallIntegerField(default=2)
    assess_days = models.PositiveSmallIntegerField(default=10)
    assess_urgent_days = models.PositiveSmallIntegerField(default=5)
    reply_days = models.PositiveSmallIntegerField(default=3)
    decide_funding_days = models.PositiveSmallIntegerField(default=5)
    fact_days = models.PositiveSmallIntegerField(default=1)
    report_days = models.PositiveSmallIntegerField(default=10)
    first_review_weeks = models.PositiveSmallIntegerField(default=4)
    decision_review_weeks = models.PositiveSmallIntegerField(default=9)
    alert_percents = models.JSONField(default=usual_alerts)
    withdrawal_is_unplanned = models.BooleanField(default=True)
    invoice_tolerance = models.PositiveSmallIntegerField(default=100)  # pence (R25)

    class Meta:
        abstract = True

    @property
    def review_weeks(self) -> tuple[int, int]:
        return self.first_review_weeks, self.decision_review_weeks


class SettingChange(models.Model):
    """One setting, before and after, in words; rows are added and never changed."""

    agreement = models.ForeignKey(
        "agreements.Agreement", models.PROTECT, related_name="setting_changes"
    )
    setting = models.CharField(max_length=40, choices={one.name: one.label for one in SETTINGS})
    before = models.CharField(max_length=100)
    after = models.CharField(max_length=100)
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self):
        return f"{self.agreement} {self.setting}"
