"""A spend report as it was asked for: its parameters, its frozen figures and its file."""

from django.conf import settings
from django.db import models

from dps_portal.accounts.roles import Permission
from dps_portal.agreements.models import Agreement
from dps_portal.clock import year_label
from dps_portal.documents.models import Document
from dps_portal.jobs.models import Job


class ReportRunQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self if user.may(Permission.VIEW_SPEND) else self.none()

    def newest_first(self):
        return self.order_by("-requested_at", "-pk")


class ReportRun(models.Model):
    """``figures`` is the report value at the moment it was asked for, and ``digest`` its hash."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="report_runs")
    year = models.PositiveSmallIntegerField()
    as_of = models.DateField()
    figures = models.JSONField()
    digest = models.CharField(max_length=64)
    audit_head = models.CharField(max_length=64)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    job = models.OneToOneField(Job, models.PROTECT, related_name="report_run")
    document = models.ForeignKey(Document, models.PROTECT, null=True, related_name="+")

    objects = ReportRunQuerySet.as_manager()

    def __str__(self):
        return f"report {self.pk}"

    @property
    def label(self) -> str:
        return year_label(self.year)
