"""An organisation, the corrections of its record, and claims to its numbers."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from dps_portal.accounts.models import User, random_ref
from dps_portal.accounts.roles import Permission
from providers.states import ClaimOutcome

USER = settings.AUTH_USER_MODEL


def provider_ref() -> str:
    return random_ref("PV")


class ProviderQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Council staff who read applications see every provider; others their own."""
        return self if user.may(Permission.VIEW_APPLICATIONS) else self.of(user)

    def of(self, user):
        """The organisation this person belongs to now."""
        return self.filter(memberships__user=user, memberships__ended_at=None)

    def matching_text(self, text):
        return self.filter(
            Q(name__icontains=text)
            | Q(reference__icontains=text)
            | Q(company_number__iexact=text)
            | Q(charity_number__iexact=text)
            | Q(cqc_provider_id__iexact=text)
        )

    def by_name(self):
        return self.order_by("name", "pk")


class Provider(models.Model):
    reference = models.CharField(max_length=16, unique=True, default=provider_ref, editable=False)
    name = models.CharField(max_length=200)
    address = models.TextField(blank=True)
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

    def get_absolute_url(self):
        return reverse("providers:provider", args=[self.reference])

    def people(self):
        """Who hears of what concerns the organisation: its members of today."""
        return User.objects.filter(
            memberships__provider=self, memberships__ended_at=None, is_active=True
        )

    def owners(self):
        """The owner, unless the account is closed."""
        own = self.memberships.current().filter(is_owner=True)
        return User.objects.filter(memberships__in=own, is_active=True)


class CorrectionQuerySet(models.QuerySet):
    def newest_first(self):
        return self.order_by("-corrected_at", "-pk")


class Correction(models.Model):
    """What an organisation was called and known by until the council corrected it."""

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="corrections")
    name = models.CharField(max_length=200)
    company_number = models.CharField(max_length=8, blank=True)
    charity_number = models.CharField(max_length=10, blank=True)
    cqc_provider_id = models.CharField(max_length=20, blank=True)
    reason = models.TextField()
    corrected_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    corrected_at = models.DateTimeField()

    objects = CorrectionQuerySet.as_manager()

    def __str__(self):
        return f"{self.provider} correction {self.pk}"


def claim_ref() -> str:
    return random_ref("RC")


class RegistrationClaimQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The council sees every claim; others their own."""
        return self if user.may(Permission.VIEW_APPLICATIONS) else self.filter(claimed_by=user)

    def waiting(self):
        return self.filter(outcome="")

    def reviewed(self):
        return self.exclude(outcome="")

    def matching_text(self, text):
        return self.filter(
            Q(reference__icontains=text)
            | Q(name__icontains=text)
            | Q(company_number__iexact=text)
            | Q(charity_number__iexact=text)
            | Q(cqc_provider_id__iexact=text)
        )

    def oldest_first(self):
        return self.order_by("claimed_at", "pk")


class RegistrationClaim(models.Model):
    """A registration whose number is taken: reviewed, and the other record left alone."""

    reference = models.CharField(max_length=16, unique=True, default=claim_ref, editable=False)
    name = models.CharField(max_length=200)
    address = models.TextField(blank=True)
    company_number = models.CharField(max_length=8, blank=True)
    charity_number = models.CharField(max_length=10, blank=True)
    cqc_provider_id = models.CharField(max_length=20, blank=True)
    claimed_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    claimed_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=ClaimOutcome, blank=True)
    outcome_reason = models.TextField(blank=True)
    provider = models.ForeignKey(Provider, models.PROTECT, null=True, related_name="+")
    reviewed_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)

    objects = RegistrationClaimQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_open_claim_of_a_person", fields=["claimed_by"], condition=Q(outcome="")
            ),
            models.CheckConstraint(
                name="claim_review_is_whole",
                condition=Q(outcome="", reviewed_by=None, reviewed_at=None)
                | (~Q(outcome="") & Q(reviewed_by__isnull=False, reviewed_at__isnull=False)),
            ),
        ]

    def __str__(self):
        return self.reference

    def get_absolute_url(self):
        return reverse("providers:claim", args=[self.reference])

    def matches(self):
        """The organisations that have one of its numbers. Never shown to who claims them."""
        return Provider.objects.filter(
            Q(company_number=self.company_number)
            | Q(charity_number=self.charity_number)
            | Q(cqc_provider_id=self.cqc_provider_id)
        ).by_name()
