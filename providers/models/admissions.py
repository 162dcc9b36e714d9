"""A provider's place on a lot, what is done to it, and its weekly price there."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from dps_portal.accounts.models import random_ref
from dps_portal.accounts.roles import Permission
from dps_portal.agreements.models import Handling, Lot
from providers import rules
from providers.states import MeasureKind, RateSource

from .evidence import EvidenceDocument
from .lot_applications import LotApplication
from .organisations import Provider
from .places import Location

USER = settings.AUTH_USER_MODEL


def measure_ref() -> str:
    return random_ref("ME")


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

    def held(self, day):
        """Not ended on ``day``, suspended or not."""
        return self.held_in(day, day)

    def held_in(self, first, last):
        """Held on any day of these."""
        return self.filter(Q(ended_on=None) | Q(ended_on__gt=first), admitted_on__lte=last)

    def with_suspension(self, day):
        """Those with a suspension that holds on ``day`` or begins later."""
        return self.filter(
            Q(suspended_until=None) | Q(suspended_until__gt=day), suspended_from__isnull=False
        )

    def suspended(self, day):
        return self.with_suspension(day).filter(suspended_from__lte=day)

    def invitable(self, day):
        """Those current on ``day`` who may be invited and matched (R2.10).

        Nobody is left out by hand. Lapsed evidence and a place rated inadequate count only where
        the published rules of the agreement say so (R3.4, R3.5).
        """
        inadequate = Location.objects.rated_inadequate()
        return (
            self.current(day)
            .filter(
                ~Q(lot__agreement__lapsed_evidence=Handling.NOT_INVITED)
                | Q(provider__in=EvidenceDocument.objects.providers_in_order(day))
            )
            .exclude(
                lot__agreement__inadequate_rating=Handling.NOT_INVITED,
                lot_application__in=LotApplication.objects.filter(locations__in=inadequate),
            )
        )

    def in_lot_order(self):
        return self.select_related("lot").order_by("lot__agreement", "lot__number", "pk")


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

    def is_suspended(self, day) -> bool:
        return self.suspended_from is not None and (
            self.suspended_from <= day and self.holding().has_suspension(day)
        )

    def holding(self) -> rules.Holding:
        return rules.Holding(
            lot=str(self.lot),
            ended_on=self.ended_on,
            suspended_from=self.suspended_from,
            suspended_until=self.suspended_until,
        )


class MeasureQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The council sees recommendations; a provider what was done to it."""
        if user.may(Permission.VIEW_APPLICATIONS):
            return self
        return self.filter(
            provider__memberships__user=user,
            provider__memberships__ended_at=None,
            is_approved=True,
        )

    def waiting(self):
        return self.filter(is_approved=None)

    def matching_text(self, text):
        return self.filter(
            Q(reference__icontains=text)
            | Q(provider__name__icontains=text)
            | Q(provider__reference__icontains=text)
        )

    def whole(self):
        """With everything that a list of them shows."""
        return self.select_related("provider", "recommended_by", "decided_by").prefetch_related(
            models.Prefetch("admissions", queryset=Admission.objects.in_lot_order())
        )

    def newest_first(self):
        return self.order_by("-recommended_at", "-pk")


class Measure(models.Model):
    """Something done to admissions, recommended by one person and decided by another.

    ``until_on`` is the day on which a suspension ends by itself; none if somebody must end it.
    """

    reference = models.CharField(max_length=16, unique=True, default=measure_ref, editable=False)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="measures")
    admissions = models.ManyToManyField(Admission, related_name="measures")
    kind = models.CharField(max_length=16, choices=MeasureKind)
    from_on = models.DateField()
    until_on = models.DateField(null=True)
    reason = models.TextField()
    recommended_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    recommended_at = models.DateTimeField()
    is_approved = models.BooleanField(null=True)
    decision_reason = models.TextField(blank=True)
    decided_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    objects = MeasureQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="measure_ends_after_start",
                condition=Q(until_on=None) | Q(until_on__gt=F("from_on"), kind="suspension"),
            ),
            models.CheckConstraint(
                name="measure_decision_is_whole",
                condition=Q(is_approved=None, decided_by=None, decided_at=None)
                | Q(
                    is_approved__isnull=False,
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="measure_decided_by_another_person",
                condition=Q(decided_by=None) | ~Q(decided_by=F("recommended_by")),
            ),
        ]

    def __str__(self):
        return self.reference

    def get_absolute_url(self):
        return reverse("providers:measure", args=[self.reference])

    def lots(self) -> str:
        return ", ".join(str(each.lot) for each in self.admissions.all())


class RateQuerySet(models.QuerySet):
    def in_force(self, day):
        """Newest first, so that the first row of a provider and lot is the one that holds.

        Of an award and a list price from one day on, the award comes first.
        """
        return self.filter(effective_from__lte=day).order_by("-effective_from", "source", "-pk")

    def by_lot(self):
        return self.select_related("lot").order_by(
            "lot__agreement", "lot__number", "-effective_from", "source", "-pk"
        )


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
                name="one_rate_per_day", fields=["provider", "lot", "effective_from", "source"]
            ),
            models.CheckConstraint(name="rate_positive", condition=Q(weekly_pence__gt=0)),
        ]

    def __str__(self):
        return f"{self.provider} {self.lot} {self.effective_from}"
