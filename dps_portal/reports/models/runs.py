"""Reports that were asked for: their frozen figures, and the file once it is made."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from dps_portal.accounts.roles import Permission
from dps_portal.agreements.models import Agreement
from dps_portal.documents.models import Document
from dps_portal.jobs.models import Job
from dps_portal.reports.frozen import digest_of
from dps_portal.reports.scopes import Scope
from placements.models import FundingRequest
from providers.models import Provider


class ReportKind(models.TextChoices):
    SPEND = "spend", "Spend report"
    STATEMENT = "statement", "Provider statement"
    PACK = "pack", "Monthly finance pack"
    LETTER = "letter", "Decision letter"


class ReportRunQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Money to those who read it; letters to the caseload; of a provider's own, what is its.

        A provider sees the letters on its placements and the statements that its people asked for.
        """
        if user.may(Permission.ANSWER_OFFER):
            ours = Q(requested_by__memberships__provider=F("provider"))
            return self.filter(
                Q(kind=ReportKind.LETTER) | Q(kind=ReportKind.STATEMENT) & ours,
                provider__in=Provider.objects.of(user),
            ).distinct()
        kinds = {
            ReportKind.SPEND: Permission.VIEW_SPEND,
            ReportKind.PACK: Permission.VIEW_SPEND,
            ReportKind.STATEMENT: Permission.VIEW_STATEMENTS,
        }
        seen = Q(kind__in=[kind for kind, needed in kinds.items() if user.may(needed)])
        if user.may(Permission.VIEW_LETTERS):
            seen |= Q(request__in=FundingRequest.objects.visible_to(user))
        return self.filter(seen)

    def of_scope(self, agreement, kind, scope):
        """Reports of the same nights, on whatever day."""
        return self.filter(
            agreement=agreement,
            kind=kind,
            start=scope.start,
            end=scope.end,
            lot=scope.lot,
            **({"provider__reference": scope.provider} if scope.provider else {"provider": None}),
        )

    def alike(self, report):
        """Of the same kind, about the same, on the same day: versions of one report."""
        same = ("kind", "agreement", "provider", "request", "start", "end", "as_of", "lot")
        return self.filter(**{name: getattr(report, name) for name in same})

    def newest_first(self):
        return self.order_by("-requested_at", "-pk")


class ReportRun(models.Model):
    """``figures`` is the report value at the moment it was asked for, and ``digest`` its hash.

    ``start`` up to, not with, ``end`` are the nights it is about; ``lot`` is a number. Where the
    figures differ from those of the report before it on the same day, it ``corrects`` that one,
    and ``changes`` says what has changed; the earlier one stays as it was.
    """

    kind = models.CharField(max_length=9, choices=ReportKind, default=ReportKind.SPEND)
    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="report_runs")
    start = models.DateField()
    end = models.DateField()
    as_of = models.DateField()
    lot = models.PositiveSmallIntegerField(null=True)
    provider = models.ForeignKey(Provider, models.PROTECT, null=True, related_name="+")
    request = models.ForeignKey(FundingRequest, models.PROTECT, null=True, related_name="+")
    version = models.PositiveSmallIntegerField(default=1)
    corrects = models.ForeignKey("self", models.PROTECT, null=True, related_name="corrections")
    changes = models.JSONField(default=list)
    figures = models.JSONField()
    digest = models.CharField(max_length=64)
    audit_head = models.CharField(max_length=64)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    job = models.OneToOneField(Job, models.PROTECT, related_name="report_run")
    document = models.ForeignKey(Document, models.PROTECT, null=True, related_name="+")

    objects = ReportRunQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="report_has_a_night", condition=Q(end__gt=F("start"))),
            models.CheckConstraint(
                name="letter_is_about_a_request",
                condition=Q(kind="letter", request__isnull=False, provider__isnull=False)
                | ~Q(kind="letter") & Q(request=None),
            ),
            models.CheckConstraint(
                name="statement_is_of_a_provider",
                condition=~Q(kind="statement") | Q(provider__isnull=False),
            ),
            models.CheckConstraint(
                name="only_a_later_version_corrects",
                condition=Q(version=1, corrects=None) | Q(version__gt=1),
            ),
        ]

    def __str__(self):
        return f"report {self.pk}"

    def get_absolute_url(self):
        return reverse("reports:report_run", args=[self.pk])

    @property
    def label(self) -> str:
        return f"{self.get_kind_display()} {Scope(self.start, self.end, self.as_of).label}"

    @property
    def is_intact(self) -> bool:
        """Whether the figures are those whose digest the trail holds."""
        return digest_of(self.figures) == self.digest
