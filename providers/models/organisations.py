"""An organisation, its people, places and documents, and the CQC's directory of places."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from dps_portal.accounts.models import User, random_ref
from dps_portal.accounts.roles import Permission
from dps_portal.documents.models import Document
from providers.states import EvidenceKind

USER = settings.AUTH_USER_MODEL


def provider_ref() -> str:
    return random_ref("PV")


class CqcLocationQuerySet(models.QuerySet):
    def matching_text(self, text):
        """Name, postcode, identifier, town or council contain the text."""
        return self.filter(
            Q(name__icontains=text)
            | Q(postcode__icontains=text)
            | Q(location_id__icontains=text)
            | Q(address__icontains=text)
            | Q(local_authority__icontains=text)
        )

    def by_name(self):
        return self.order_by("name", "location_id")


class CqcLocation(models.Model):
    """A row of the Care Quality Commission's public directory, as imported."""

    location_id = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=200)
    address = models.CharField(max_length=300, blank=True)
    postcode = models.CharField(max_length=10, blank=True)
    local_authority = models.CharField(max_length=100, blank=True)
    region = models.CharField(max_length=60, blank=True)
    service_types = models.CharField(max_length=500)

    objects = CqcLocationQuerySet.as_manager()

    def __str__(self):
        return self.location_id


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


class HeldQuerySet(models.QuerySet):
    """Rows of a provider that hold from ``added_at`` up to ``ended_at``."""

    def held_at(self, moment):
        """As they stood at ``moment``; ``None`` is now. Applications are read this way."""
        if moment is None:
            return self.filter(ended_at=None)
        return self.filter(Q(ended_at=None) | Q(ended_at__gt=moment), added_at__lte=moment)


class Location(models.Model):
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="locations")
    cqc_location_id = models.CharField(max_length=20)
    name = models.CharField(max_length=200)
    postcode = models.CharField(max_length=10, blank=True)
    in_directory = models.BooleanField()
    added_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = HeldQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="location_named_once",
                fields=["provider", "cqc_location_id"],
                condition=Q(ended_at=None),
            ),
        ]

    def __str__(self):
        return self.cqc_location_id


class EvidenceDocumentQuerySet(HeldQuerySet):
    def by_kind(self):
        return self.select_related("document").order_by("kind", "pk")

    def visible_to(self, user):
        """A provider sees its own; the council sees what an application was submitted with."""
        if user.may(Permission.VIEW_APPLICATIONS):
            return self.filter(
                Q(ended_at=None) | Q(provider__applications__submitted_at__lt=F("ended_at")),
                provider__applications__submitted_at__gte=F("added_at"),
            ).distinct()
        return self.filter(provider__memberships__user=user, provider__memberships__ended_at=None)


class EvidenceDocument(models.Model):
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="evidence")
    kind = models.CharField(max_length=16, choices=EvidenceKind)
    document = models.OneToOneField(Document, models.PROTECT, related_name="+")
    expires_on = models.DateField(null=True)
    added_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = EvidenceDocumentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_current_document_of_a_kind",
                fields=["provider", "kind"],
                condition=Q(ended_at=None),
            ),
        ]

    def __str__(self):
        return f"{self.provider} {self.kind}"
