"""Rates of other authorities."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from dps_portal.accounts.roles import Permission
from dps_portal.agreements.models import Agreement, Lot


class RateImportQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self if user.may(Permission.VIEW_SPEND) else self.none()

    def standing(self):
        return self.filter(withdrawn_at=None)

    def newest_first(self):
        return self.order_by("-at", "-pk")


class RateImport(models.Model):
    """A file of other authorities' rates: where it comes from and of which day it is.

    One that was wrong is withdrawn with a reason; its rows stay and count no more.
    """

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="rate_imports")
    source = models.CharField(max_length=200)
    obtained_on = models.DateField()
    sha256 = models.CharField(max_length=64)
    left_out = models.PositiveIntegerField()  # rows with faults
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_for = models.CharField(max_length=200, blank=True)

    objects = RateImportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="rate_import_withdrawn_with_reason",
                condition=Q(withdrawn_at=None, withdrawn_by=None, withdrawn_for="")
                | (
                    Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawn_for="")
                ),
            ),
        ]

    def __str__(self):
        return f"import {self.pk}"


class OutsideRateQuerySet(models.QuerySet):
    def standing(self):
        return self.filter(of__withdrawn_at=None)

    def in_force(self, day):
        """Newest first, so that the first row of an authority and lot is the one that holds."""
        return self.standing().filter(start__lte=day).order_by("-start", "-pk")

    def by_lot(self):
        return self.order_by("lot__number", "authority", "-start", "-pk")


class OutsideRate(models.Model):
    """What another authority pays a week, from a day on, for what is our ``lot``."""

    of = models.ForeignKey(RateImport, models.PROTECT, related_name="rates")
    authority = models.CharField(max_length=200)
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="+")
    weekly_pence = models.BigIntegerField()
    start = models.DateField()

    objects = OutsideRateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="outside_rate_positive", condition=Q(weekly_pence__gt=0)),
            models.UniqueConstraint(
                name="outside_rate_once_in_a_file", fields=["of", "authority", "lot", "start"]
            ),
        ]

    def __str__(self):
        return f"{self.authority} {self.lot} {self.start}"
