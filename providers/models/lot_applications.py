"""The lots that an application asks for, and what assessors find of each."""

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Prefetch, Q, When

from dps_portal.agreements.models import Lot
from providers import rules
from providers.states import (
    Criterion,
    Finding,
    Outcome,
)

from .applications import Application
from .places import Location

USER = settings.AUTH_USER_MODEL


class LotApplicationQuerySet(models.QuerySet):
    def in_lot_order(self):
        return self.select_related("lot", "recommended_by", "decided_by").order_by("lot__number")

    def with_assessments(self):
        return self.prefetch_related(
            Prefetch("assessments", queryset=LotAssessment.objects.in_order())
        )


class LotApplication(models.Model):
    """One lot of an application: what is offered, what was recommended, what was decided."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="lots")
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="applications")
    service_description = models.TextField(blank=True)
    weekly_pence = models.BigIntegerField(null=True)
    locations = models.ManyToManyField(Location, related_name="+")
    # Answers taken over from an earlier application count once somebody has looked at them.
    is_confirmed = models.BooleanField(default=True)
    recommendation = models.CharField(max_length=10, choices=Outcome, blank=True)
    recommendation_reason = models.TextField(blank=True)
    recommended_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    recommended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    outcome_reason = models.TextField(blank=True)
    decided_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    letter = models.TextField(blank=True)  # the words as sent, with the decision (R2.7)

    objects = LotApplicationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="lot_applied_for_once", fields=["application", "lot"]),
            models.CheckConstraint(
                name="lot_price_positive",
                condition=Q(weekly_pence=None) | Q(weekly_pence__gt=0),
            ),
            models.CheckConstraint(
                name="lot_decision_is_whole",
                condition=Q(outcome="", decided_by=None, decided_at=None, letter="")
                | (
                    Q(
                        outcome__in=["admitted", "refused"],
                        decided_by__isnull=False,
                        decided_at__isnull=False,
                        recommended_by__isnull=False,
                    )
                    & ~Q(letter="")
                ),
            ),
            models.CheckConstraint(
                name="lot_decided_by_another_person",
                condition=Q(decided_by=None) | ~Q(decided_by=F("recommended_by")),
            ),
        ]

    def __str__(self):
        return f"{self.application} {self.lot}"

    def offer(self) -> rules.Offer:
        return rules.Offer(
            number=self.lot.number,
            title=str(self.lot),
            service_description=self.service_description,
            weekly_pence=self.weekly_pence,
            ceiling_weekly_pence=self.lot.ceiling_weekly_pence,
            places=tuple(
                each.place()
                for each in sorted(self.locations.all(), key=lambda each: (each.name, each.pk))
            ),
            minimum_turnover_pence=self.lot.minimum_turnover_pence,
            is_confirmed=self.is_confirmed,
        )

    def findings(self) -> list[tuple[Criterion, Finding]]:
        """What every assessor found, for the rules."""
        found = self.assessments.values_list("criterion", "finding")
        return [(Criterion(criterion), Finding(finding)) for criterion, finding in found]


class LotAssessmentQuerySet(models.QuerySet):
    def in_order(self):
        """By criterion as an assessor goes through them, then by time."""
        place = {value: number for number, value in enumerate(Criterion.values)}
        whens = [When(criterion=value, then=number) for value, number in place.items()]
        return self.select_related("assessor").order_by(Case(*whens), "at", "pk")


class LotAssessment(models.Model):
    """What one assessor found on one criterion of one lot."""

    lot_application = models.ForeignKey(LotApplication, models.PROTECT, related_name="assessments")
    assessor = models.ForeignKey(USER, models.PROTECT, related_name="+")
    criterion = models.CharField(max_length=16, choices=Criterion)
    finding = models.CharField(max_length=10, choices=Finding)
    reason = models.TextField()
    at = models.DateTimeField()

    objects = LotAssessmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="criterion_found_once_per_assessor",
                fields=["lot_application", "assessor", "criterion"],
            ),
        ]

    def __str__(self):
        return f"{self.lot_application} {self.criterion}"
