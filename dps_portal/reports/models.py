"""What is kept of reporting: runs, verifications, rates from outside, providers' returns."""

import hashlib

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse

from dps_portal.accounts.roles import Permission
from dps_portal.agreements.models import Agreement, Lot
from dps_portal.documents.models import Document
from dps_portal.jobs.models import Job
from placements.models import FundingRequest
from providers.models import Provider

from .frozen import digest_of
from .scopes import Scope


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


class VerificationQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self if user.may(Permission.VIEW_AUDIT) else self.none()

    def whole(self):
        return self.filter(broken_at=None, differences=[])

    def broken(self):
        return self.exclude(broken_at=None, differences=[])

    def newest_first(self):
        return self.order_by("-at", "-pk")


class Verification(models.Model):
    """What a walk along the trail and the ledger found (design D8); never changed.

    ``broken_at`` is the first event that does not fit; ``differences`` are those of the ledger, in
    sentences. Neither: everything is whole.
    """

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    events = models.PositiveBigIntegerField()
    head = models.CharField(max_length=64)
    broken_at = models.PositiveBigIntegerField(null=True)
    entries = models.PositiveBigIntegerField()
    years = models.PositiveIntegerField()
    placements = models.PositiveIntegerField()
    differences = models.JSONField(default=list)

    objects = VerificationQuerySet.as_manager()

    def __str__(self):
        return f"verification {self.pk}"

    @property
    def is_whole(self) -> bool:
        return self.broken_at is None and not self.differences


def hash_of(secret: str) -> str:
    """A random secret of 256 bits needs no salt."""
    return hashlib.sha256(secret.encode()).hexdigest()


class CalendarLinkQuerySet(models.QuerySet):
    def live(self):
        return self.filter(ended_at=None, user__is_active=True)

    def of_secret(self, secret):
        return self.filter(secret_hash=hash_of(secret))


class CalendarLink(models.Model):
    """A secret link to one person's calendar, kept as its hash alone; ended, never deleted."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    secret_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = CalendarLinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_live_link_per_person", fields=["user"], condition=Q(ended_at=None)
            ),
        ]

    def __str__(self):
        return f"link {self.pk}"


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


class ReturnKind(models.TextChoices):
    FIRST = "first", "Return"
    REPLACEMENT = "replacement", "Replaced before the due date"
    REVERSAL = "reversal", "Reversal"
    CORRECTION = "correction", "Correction"


class QuarterlyReturnQuerySet(models.QuerySet):
    def visible_to(self, user):
        """To the council as spending is; to a provider its own."""
        if user.may(Permission.VIEW_SPEND):
            return self
        return self.filter(provider__memberships__user=user, provider__memberships__ended_at=None)

    def standing(self):
        """What counts now: neither a reversal nor replaced by a later row."""
        later = QuarterlyReturn.objects.filter(replaces=OuterRef("pk"))
        return self.exclude(kind=ReturnKind.REVERSAL).exclude(
            Exists(later.exclude(kind=ReturnKind.REVERSAL))
        )

    def newest_first(self):
        return self.order_by("-quarter", "-pk")


class QuarterlyReturn(models.Model):
    """What a provider reports of the quarter that begins on ``quarter``; never changed.

    Until it is due a new row replaces it. After that it is corrected by two: a reversal, which
    takes every figure back, and the return as it should have been, so that a sum over what was
    counted stays right.
    """

    FIGURES = (
        *("nights_stayed", "complaints", "safeguarding_concerns", "serious_incidents"),
        "staff_vacancies",
    )

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="returns")
    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="returns")
    quarter = models.DateField()
    kind = models.CharField(max_length=12, choices=ReturnKind)
    replaces = models.ForeignKey("self", models.PROTECT, null=True, related_name="later")
    nothing_to_report = models.BooleanField()
    nights_stayed = models.IntegerField(default=0)
    complaints = models.IntegerField(default=0)
    safeguarding_concerns = models.IntegerField(default=0)
    serious_incidents = models.IntegerField(default=0)
    staff_vacancies = models.IntegerField(default=0)
    comment = models.TextField(blank=True)
    reason = models.TextField(blank=True)  # why it was corrected
    due_on = models.DateField()
    is_late = models.BooleanField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = QuarterlyReturnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_first_return_of_a_quarter",
                fields=["provider", "agreement", "quarter"],
                condition=Q(kind="first"),
            ),
            models.UniqueConstraint(
                name="return_replaced_once", fields=["replaces", "kind"], condition=~Q(kind="first")
            ),
            models.CheckConstraint(
                name="return_replaces_another_or_is_the_first",
                condition=Q(kind="first", replaces=None)
                | (~Q(kind="first") & Q(replaces__isnull=False)),
            ),
            models.CheckConstraint(
                name="return_corrected_with_reason",
                condition=~Q(kind__in=["reversal", "correction"]) | ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="return_of_nothing_is_empty",
                condition=Q(nothing_to_report=False)
                | Q(
                    nights_stayed=0,
                    complaints=0,
                    safeguarding_concerns=0,
                    serious_incidents=0,
                    staff_vacancies=0,
                ),
            ),
        ]

    def __str__(self):
        return f"{self.provider} {self.quarter}"

    @property
    def figures(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in self.FIGURES}
