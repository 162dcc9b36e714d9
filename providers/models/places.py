"""The places of an organisation, and the CQC's directory of places."""

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q, Subquery

from providers import rules
from providers.states import Rating, Register

from .organisations import Provider

USER = settings.AUTH_USER_MODEL
# One kind of service, as the directory and as the regulations call it.
ACTIVITIES = frozenset(
    {
        "Rehabilitation (substance abuse)",
        "Residential substance misuse treatment and/or rehabilitation service",
    }
)


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
