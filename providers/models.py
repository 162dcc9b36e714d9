"""Providers, their applications per lot, and what comes of them."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from dps_portal.accounts.models import random_ref
from dps_portal.accounts.roles import Permission
from dps_portal.agreements.models import Agreement, Lot
from dps_portal.documents.models import Document

from .states import ApplicationState, Criterion, EvidenceKind, Finding, Outcome, RateSource

USER = settings.AUTH_USER_MODEL


def provider_ref() -> str:
    return random_ref("PV")


def application_ref() -> str:
    return random_ref("AP")


class CqcLocation(models.Model):
    """A row of the Care Quality Commission's public directory, as imported."""

    location_id = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=200)
    address = models.CharField(max_length=300)
    postcode = models.CharField(max_length=10)
    local_authority = models.CharField(max_length=100)
    region = models.CharField(max_length=60)
    service_types = models.CharField(max_length=500)

    def __str__(self):
        return self.location_id


class ProviderQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Council staff who read applications see every provider; others their own."""
        if user.may(Permission.VIEW_APPLICATIONS):
            return self
        return self.filter(memberships__user=user, memberships__ended_at=None)

    def of(self, user):
        """The organisation this person belongs to now."""
        return self.filter(memberships__user=user, memberships__ended_at=None)


class Provider(models.Model):
    reference = models.CharField(max_length=16, unique=True, default=provider_ref, editable=False)
    name = models.CharField(max_length=200)
    company_number = models.CharField(max_length=8, unique=True, null=True)  # noqa: DJ001
    charity_number = models.CharField(max_length=10, unique=True, null=True)  # noqa: DJ001
    cqc_provider_id = models.CharField(max_length=20, unique=True, null=True)  # noqa: DJ001
    registered_at = models.DateTimeField()

    objects = ProviderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="provider_has_a_number",
                condition=Q(company_number__isnull=False)
                | Q(charity_number__isnull=False)
                | Q(cqc_provider_id__isnull=False),
            ),
        ]

    def __str__(self):
        return self.reference


class Membership(models.Model):
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="memberships")
    user = models.ForeignKey(USER, models.PROTECT, related_name="memberships")
    is_owner = models.BooleanField()
    joined_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="member_of_one_provider", fields=["user"], condition=Q(ended_at=None)
            ),
        ]

    def __str__(self):
        return f"{self.provider} {self.user}"


class Location(models.Model):
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="locations")
    cqc_location_id = models.CharField(max_length=20)
    name = models.CharField(max_length=200)
    postcode = models.CharField(max_length=10)
    in_directory = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="location_named_once", fields=["provider", "cqc_location_id"]
            ),
        ]

    def __str__(self):
        return self.cqc_location_id


class EvidenceDocument(models.Model):
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="evidence")
    kind = models.CharField(max_length=16, choices=EvidenceKind)
    document = models.ForeignKey(Document, models.PROTECT, related_name="+")
    expires_on = models.DateField(null=True)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_current_document_of_a_kind",
                fields=["provider", "kind"],
                condition=Q(superseded_at=None),
            ),
        ]

    def __str__(self):
        return f"{self.provider} {self.kind}"


class ApplicationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """A draft is the provider's alone; the council sees what was submitted."""
        if user.may(Permission.VIEW_APPLICATIONS):
            return self.exclude(submitted_at=None)
        return self.filter(provider__memberships__user=user, provider__memberships__ended_at=None)

    def undecided(self):
        return self.filter(state=ApplicationState.SUBMITTED)

    def live(self):
        return self.filter(state__in=[ApplicationState.DRAFT, ApplicationState.SUBMITTED])


class Application(models.Model):
    """A request to join one or more lots. ``decide_by`` is set when it is submitted (R2.5)."""

    reference = models.CharField(
        max_length=16, unique=True, default=application_ref, editable=False
    )
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="applications")
    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="applications")
    state = models.CharField(
        max_length=10, choices=ApplicationState, default=ApplicationState.DRAFT
    )
    started_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    # The declaration: grounds that apply are told, with what was done about them (R3.1, R3.2).
    has_exclusion_ground = models.BooleanField(null=True)
    self_cleaning = models.TextField(blank=True)
    declared_by_name = models.CharField(max_length=120, blank=True)
    submitted_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField(null=True)
    decide_by = models.DateField(null=True)
    extension_reason = models.TextField(blank=True)
    closed_at = models.DateTimeField(null=True)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_live_application_per_provider",
                fields=["provider", "agreement"],
                condition=Q(state__in=["draft", "submitted"]),
            ),
            models.CheckConstraint(
                name="application_submitted_is_whole",
                condition=~Q(state__in=["submitted", "decided"])
                | Q(
                    submitted_by__isnull=False, submitted_at__isnull=False, decide_by__isnull=False
                ),
            ),
        ]

    def __str__(self):
        return self.reference


class LotApplication(models.Model):
    """One lot of an application: what is offered, what was recommended, what was decided."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="lots")
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="applications")
    service_description = models.TextField(blank=True)
    weekly_pence = models.BigIntegerField(null=True)
    recommendation = models.CharField(max_length=10, choices=Outcome, blank=True)
    recommendation_reason = models.TextField(blank=True)
    recommended_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    recommended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    outcome_reason = models.TextField(blank=True)
    decided_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="lot_applied_for_once", fields=["application", "lot"]),
            models.CheckConstraint(
                name="lot_price_positive",
                condition=Q(weekly_pence=None) | Q(weekly_pence__gt=0),
            ),
            models.CheckConstraint(
                name="lot_decision_is_whole",
                condition=Q(outcome="", decided_by=None, decided_at=None)
                | Q(
                    outcome__in=["admitted", "refused"],
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                    recommended_by__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="lot_decided_by_another_person",
                condition=Q(decided_by=None) | ~Q(decided_by=F("recommended_by")),
            ),
        ]

    def __str__(self):
        return f"{self.application} {self.lot}"


class LotAssessment(models.Model):
    """What one assessor found on one criterion of one lot."""

    lot_application = models.ForeignKey(LotApplication, models.PROTECT, related_name="assessments")
    assessor = models.ForeignKey(USER, models.PROTECT, related_name="+")
    criterion = models.CharField(max_length=16, choices=Criterion)
    finding = models.CharField(max_length=10, choices=Finding)
    reason = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="criterion_found_once_per_assessor",
                fields=["lot_application", "assessor", "criterion"],
            ),
        ]

    def __str__(self):
        return f"{self.lot_application} {self.criterion}"


class AdmissionQuerySet(models.QuerySet):
    def current(self, day):
        """Admitted on ``day``: from its first day, not ended, not suspended."""
        return self.filter(
            Q(ended_on=None) | Q(ended_on__gt=day),
            Q(suspended_from=None)
            | Q(suspended_from__gt=day)
            | Q(suspended_until__isnull=False, suspended_until__lte=day),
            admitted_on__lte=day,
        )


class Admission(models.Model):
    """A provider's place on one lot. Nobody is capped, ranked or charged (R2.3, R2.15)."""

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="admissions")
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="admissions")
    lot_application = models.OneToOneField(LotApplication, models.PROTECT, related_name="admission")
    admitted_on = models.DateField()
    suspended_from = models.DateField(null=True)
    suspended_until = models.DateField(null=True)
    suspension_reason = models.TextField(blank=True)
    ended_on = models.DateField(null=True)
    end_reason = models.TextField(blank=True)

    objects = AdmissionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="admitted_once_per_lot",
                fields=["provider", "lot"],
                condition=Q(ended_on=None),
            ),
        ]

    def __str__(self):
        return f"{self.provider} {self.lot}"


class RateQuerySet(models.QuerySet):
    def in_force(self, day):
        """Newest first, so that the first row of a provider and lot is the one that holds."""
        return self.filter(effective_from__lte=day).order_by("-effective_from", "-pk")


class Rate(models.Model):
    """A weekly price of a provider for a lot, from a date on; corrected by a newer row."""

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="rates")
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="rates")
    effective_from = models.DateField()
    weekly_pence = models.BigIntegerField()
    source = models.CharField(max_length=10, choices=RateSource)

    objects = RateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_rate_per_day", fields=["provider", "lot", "effective_from"]
            ),
            models.CheckConstraint(name="rate_positive", condition=Q(weekly_pence__gt=0)),
        ]

    def __str__(self):
        return f"{self.provider} {self.lot} {self.effective_from}"
