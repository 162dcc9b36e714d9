"""What happens while somebody is in place, and what the provider says has happened."""

from django.db import models
from django.db.models import F, Q

from placements.states import (
    Collector,
    CostCentre,
    FactKind,
    OutcomeMeasure,
    ProposalState,
    Recommendation,
)

from .stays import USER, Fact, Placement, Recorded

HIGHEST_SCORE = 20


class Absence(Fact):
    """Nights away from ``start`` up to, not with, ``end`` (money.md R19).

    The council pays ``first_percent`` for as many nights as ``first_nights`` says and
    ``later_percent`` for the rest; nothing where the provider bears the cost.
    """

    placement = models.ForeignKey(Placement, models.PROTECT, related_name="absences")
    start = models.DateField()
    end = models.DateField()
    reason = models.CharField(max_length=200)
    cost_centre = models.CharField(max_length=8, choices=CostCentre)
    first_nights = models.PositiveSmallIntegerField()
    first_percent = models.PositiveSmallIntegerField()
    later_percent = models.PositiveSmallIntegerField()

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(name="absence_has_a_night", condition=Q(end__gt=F("start"))),
            models.CheckConstraint(
                name="absence_paid_in_percent",
                condition=Q(first_percent__lte=100, later_percent__lte=100),
            ),
        ]

    def __str__(self):
        return f"{self.placement} away {self.start}"


class Amendment(Recorded):
    """A day or a state of the placement itself put right: what it was and what it is."""

    placement = models.ForeignKey(Placement, models.PROTECT, related_name="amendments")
    was = models.CharField(max_length=40)
    now = models.CharField(max_length=40)
    reason = models.TextField()

    def __str__(self):
        return f"{self.placement} {self.was} {self.now}"


class Contribution(Recorded):
    """What the person pays a week from a night on; the latest word on a night holds (R20)."""

    placement = models.ForeignKey(Placement, models.PROTECT, related_name="contributions")
    start = models.DateField()
    weekly_pence = models.BigIntegerField()
    collector = models.CharField(max_length=8, choices=Collector)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="contribution_not_negative", condition=Q(weekly_pence__gte=0)
            ),
        ]

    def __str__(self):
        return f"{self.placement} contribution {self.start}"


class Review(Recorded):
    """A review that was held; ``due_on`` is the day it fell due, if it was one that falls due."""

    placement = models.ForeignKey(Placement, models.PROTECT, related_name="reviews")
    due_on = models.DateField(null=True)
    held_on = models.DateField()
    recommendation = models.CharField(max_length=10, choices=Recommendation)
    progress = models.TextField()

    def __str__(self):
        return f"{self.placement} review {self.held_on}"


class OutcomeScore(models.Model):
    """One scale at the start and at the end of the stay."""

    placement = models.ForeignKey(Placement, models.PROTECT, related_name="scores")
    measure = models.CharField(max_length=16, choices=OutcomeMeasure)
    at_start = models.PositiveSmallIntegerField()
    at_end = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="measured_once", fields=["placement", "measure"]),
            models.CheckConstraint(
                name="score_on_the_scale",
                condition=Q(at_start__lte=HIGHEST_SCORE, at_end__lte=HIGHEST_SCORE),
            ),
        ]

    def __str__(self):
        return f"{self.placement} {self.measure}"


class FactProposalQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(placement__in=Placement.objects.visible_to(user))

    def unanswered(self):
        return self.filter(state=ProposalState.OPEN)


class FactProposal(models.Model):
    """What the provider says happened; it is on record once the team records it."""

    placement = models.ForeignKey(Placement, models.PROTECT, related_name="proposals")
    kind = models.CharField(max_length=8, choices=FactKind)
    on = models.DateField()
    until = models.DateField(null=True)  # of an absence: the first night back
    note = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=ProposalState, default=ProposalState.OPEN)
    proposed_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.TextField(blank=True)

    objects = FactProposalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_open_proposal_per_fact",
                fields=["placement", "kind"],
                condition=Q(state="open"),
            ),
            models.CheckConstraint(
                name="proposal_decision_is_whole",
                condition=Q(state="open") | Q(decided_by__isnull=False, decided_at__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.placement} {self.kind}"
