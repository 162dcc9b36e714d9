"""What each evaluator found, and what the panel agreed."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from .bids import Response
from .tenders import PanelMember, Tender

USER = settings.AUTH_USER_MODEL


class ScoreQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One's own; the panel's once all are in; everyone who reads the bids once locked."""
        on_panel = PanelMember.objects.serving().filter(user=user).values("tender")
        return self.filter(
            Q(evaluator=user)
            | Q(response__bid__tender__in=on_panel, response__bid__tender__scored_at__isnull=False)
            | Q(response__bid__tender__quality_locked_at__isnull=False),
            response__bid__tender__in=Tender.objects.bids_shown_to(user),
        )


class Score(models.Model):
    """One evaluator's own score of one response, with the reason."""

    response = models.ForeignKey(Response, models.PROTECT, related_name="scores")
    evaluator = models.ForeignKey(USER, models.PROTECT, related_name="+")
    points = models.PositiveSmallIntegerField()
    reason = models.TextField()
    at = models.DateTimeField()

    objects = ScoreQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="scored_once", fields=["response", "evaluator"]),
            models.CheckConstraint(name="score_has_a_reason", condition=~Q(reason="")),
        ]

    def __str__(self):
        return f"{self.response} {self.evaluator}"


class ConsensusScoreQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The panel's while all scores are in; everyone who reads the bids once locked."""
        on_panel = PanelMember.objects.serving().filter(user=user).values("tender")
        return self.filter(
            Q(response__bid__tender__in=on_panel, response__bid__tender__scored_at__isnull=False)
            | Q(response__bid__tender__quality_locked_at__isnull=False),
            response__bid__tender__in=Tender.objects.bids_shown_to(user),
        )


class ConsensusScore(models.Model):
    """What the panel agreed for one response: not an average, and always with a reason (R7.6)."""

    response = models.OneToOneField(Response, models.PROTECT, related_name="consensus")
    moderator = models.ForeignKey(USER, models.PROTECT, related_name="+")
    points = models.PositiveSmallIntegerField()
    reason = models.TextField()
    at = models.DateTimeField()

    objects = ConsensusScoreQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="consensus_has_a_reason", condition=~Q(reason="")),
        ]

    def __str__(self):
        return f"{self.response}"
