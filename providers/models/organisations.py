"""An organisation, its people and places, and the CQC's directory of places."""

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.urls import reverse

from dps_portal.accounts.models import User, random_ref
from dps_portal.accounts.roles import Permission
from providers import rules
from providers.states import ClaimOutcome, Rating, Register

USER = settings.AUTH_USER_MODEL
# One kind of service, as the directory and as the regulations call it.
ACTIVITIES = frozenset(
    {
        "Rehabilitation (substance abuse)",
        "Residential substance misuse treatment and/or rehabilitation service",
    }
)


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
    rating = models.CharField(max_length=20, choices=Rating, blank=True)
    inspected_on = models.DateField(null=True, blank=True)

    objects = CqcLocationQuerySet.as_manager()

    def __str__(self):
        return self.location_id

    @property
    def has_activity(self) -> bool:
        """Residential treatment of substance misuse, as the directory names it (R3.4)."""
        return not ACTIVITIES.isdisjoint(self.service_types.split("|"))


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


class MembershipQuerySet(models.QuerySet):
    def current(self):
        return self.filter(ended_at=None)

    def matching_text(self, text):
        return self.filter(Q(user__name__icontains=text) | Q(user__email__icontains=text))

    def owner_first(self):
        return self.order_by("-is_owner", "user__name", "pk")


class Membership(models.Model):
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="memberships")
    user = models.ForeignKey(USER, models.PROTECT, related_name="memberships")
    is_owner = models.BooleanField()
    joined_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="member_of_one_provider", fields=["user"], condition=Q(ended_at=None)
            ),
            models.UniqueConstraint(
                name="one_owner_of_a_provider",
                fields=["provider"],
                condition=Q(ended_at=None, is_owner=True),
            ),
        ]

    def __str__(self):
        return f"{self.provider} {self.user}"


class MemberInvitationQuerySet(models.QuerySet):
    def by_link(self, token):
        """The invitation of a link, whatever has become of it."""
        return self.filter(token_sha256=rules.token_sha256(token))

    def open(self):
        """Neither used nor cancelled; it may have expired."""
        return self.filter(accepted_at=None, cancelled_at=None)

    def newest_first(self):
        return self.order_by("-invited_at", "-pk")


class MemberInvitation(models.Model):
    """An invitation to join, bound to one address; used once, before it expires."""

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="member_invitations")
    email = models.EmailField()
    token_sha256 = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    accepted_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)

    objects = MemberInvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_open_invitation_of_an_address",
                fields=["provider", "email"],
                condition=Q(accepted_at=None, cancelled_at=None),
            ),
            models.CheckConstraint(
                name="invitation_accepted_by_somebody",
                condition=Q(accepted_at=None, accepted_by=None)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False, cancelled_at=None),
            ),
        ]

    def __str__(self):
        return f"{self.provider} invitation {self.pk}"


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


class HeldQuerySet(models.QuerySet):
    """Rows of a provider that hold from ``added_at`` up to ``ended_at``."""

    def held_at(self, moment):
        """As they stood at ``moment``; ``None`` is now. Applications are read this way."""
        if moment is None:
            return self.filter(ended_at=None)
        return self.filter(Q(ended_at=None) | Q(ended_at__gt=moment), added_at__lte=moment)


class LocationQuerySet(HeldQuerySet):
    def with_rating(self):
        """``rating``: what the CQC's directory says today."""
        listed = CqcLocation.objects.filter(location_id=OuterRef("cqc_location_id"))
        return self.annotate(rating=Subquery(listed.values("rating")[:1]))

    def rated_inadequate(self):
        """Places of today whose rating is the worst one (R3.4)."""
        listed = CqcLocation.objects.filter(rating=Rating.INADEQUATE)
        return self.held_at(None).filter(cqc_location_id__in=listed.values("location_id"))


class Location(models.Model):
    """``has_activity``: what the directory says of the activity; ``None`` if it lacks the place."""

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="locations")
    register = models.CharField(max_length=20, choices=Register, default=Register.CQC)
    cqc_location_id = models.CharField(max_length=20)
    name = models.CharField(max_length=200)
    postcode = models.CharField(max_length=10, blank=True)
    in_directory = models.BooleanField()
    has_activity = models.BooleanField(null=True)
    added_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = LocationQuerySet.as_manager()

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

    def place(self) -> rules.Place:
        return rules.Place(self.name, Register(self.register), self.has_activity)


class RatingChange(models.Model):
    """A rating that the directory changed; somebody looks at a drop (R3.4)."""

    location = models.ForeignKey(Location, models.PROTECT, related_name="rating_changes")
    before = models.CharField(max_length=20, choices=Rating, blank=True)
    after = models.CharField(max_length=20, choices=Rating, blank=True)
    at = models.DateTimeField()
    reviewed_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True)

    def __str__(self):
        return f"{self.location} {self.after}"
