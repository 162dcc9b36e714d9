"""A shorter time for bids, that everyone who would be invited agrees to (reg 34(12); R2.11)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from dps_portal.accounts.roles import Permission
from dps_portal.agreements.models import Lot
from providers.models import Provider
from tenders.states import TenderState

from .tenders import Tender

USER = settings.AUTH_USER_MODEL


class ShorterPeriod(models.Model):
    """One closing moment of a draft, asked for; ``usual_until`` is when bids would else close."""

    tender = models.ForeignKey(Tender, models.PROTECT, related_name="shorter_periods")
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="+")
    closes_at = models.DateTimeField()
    usual_until = models.DateTimeField()
    reason = models.TextField()
    asked_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="closing_moment_asked_for_once", fields=["tender", "lot", "closes_at"]
            ),
            models.CheckConstraint(
                name="shorter_period_is_shorter", condition=Q(closes_at__lt=F("usual_until"))
            ),
        ]

    def __str__(self):
        return f"{self.tender} until {self.closes_at}"

    @property
    def is_current(self) -> bool:
        """Whether the draft still closes at the very moment, for the very lot."""
        return (self.lot_id, self.closes_at) == (self.tender.lot_id, self.tender.closes_at)


class PeriodAnswerQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Every answer to the council, since it tells nothing of bids; its own to a provider."""
        if user.may(Permission.VIEW_TENDERS):
            return self
        return self.filter(provider__memberships__user=user, provider__memberships__ended_at=None)

    def about(self, tender, closes_at=None):
        """Those that count for the draft as it stands, or for another closing moment."""
        return self.filter(
            period__tender=tender,
            period__lot=tender.lot_id,
            period__closes_at=closes_at or tender.closes_at,
        )

    def waiting(self):
        """Not answered, and still of use."""
        return self.filter(
            has_agreed=None,
            period__tender__state=TenderState.DRAFT,
            period__lot=F("period__tender__lot"),
            period__closes_at=F("period__tender__closes_at"),
        )

    def in_order(self):
        return self.order_by("-period__asked_at", "period", "provider__name", "pk")


class PeriodAnswer(models.Model):
    """What one of them says, once; nothing yet is no agreement."""

    period = models.ForeignKey(ShorterPeriod, models.PROTECT, related_name="answers")
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="period_answers")
    has_agreed = models.BooleanField(null=True)
    answered_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    objects = PeriodAnswerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="asked_for_a_shorter_period_once", fields=["period", "provider"]
            ),
            models.CheckConstraint(
                name="period_answer_is_whole",
                condition=Q(has_agreed=None, answered_by=None, answered_at=None)
                | Q(has_agreed__isnull=False, answered_by__isnull=False, answered_at__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.period} {self.provider}"

    def get_absolute_url(self):
        return reverse(
            "tenders:answer_shorter_period", args=[self.period.tender.reference, self.pk]
        )
