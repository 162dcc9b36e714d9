"""What a forecast assumes, version by version, and the forecasts that were kept."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from dps_portal.accounts.roles import Permission
from dps_portal.agreements.models import Agreement

from .money import BudgetYear

USER = settings.AUTH_USER_MODEL


class ForecastAssumptions(models.Model):
    """One version; a change is a new one. ``figures`` holds those of ``rules.FIGURES`` by name."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="assumptions")
    version = models.PositiveSmallIntegerField()
    figures = models.JSONField()
    reason = models.CharField(max_length=200)
    set_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="assumptions_versioned_in_order", fields=["agreement", "version"]
            ),
        ]

    def __str__(self):
        return f"{self.agreement} assumptions {self.version}"


class ForecastRunQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self if user.may(Permission.VIEW_BUDGET) else self.none()

    def newest_first(self):
        return self.order_by("-made_at", "-pk")


class ForecastRun(models.Model):
    """A forecast as it stood, never changed: one by itself each day, and those that people keep."""

    budget_year = models.ForeignKey(BudgetYear, models.PROTECT, related_name="forecasts")
    as_of = models.DateField()
    assumptions = models.JSONField()
    results = models.JSONField()
    made_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()

    objects = ForecastRunQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_forecast_a_day",
                fields=["budget_year", "as_of"],
                condition=Q(made_by=None),
            ),
        ]

    def __str__(self):
        return f"{self.budget_year} forecast {self.pk}"

    def get_absolute_url(self):
        year = self.budget_year
        args = [year.agreement.reference, year.year, self.pk]
        return reverse("placements:forecast_run", args=args)
