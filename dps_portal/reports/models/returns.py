"""What providers report of each quarter."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from dps_portal.accounts.roles import Permission
from dps_portal.agreements.models import Agreement
from providers.models import Provider


class ReturnKind(models.TextChoices):
    FIRST = "first", "Return"
    REPLACEMENT = "replacement", "Replaced before the due date"
    REVERSAL = "reversal", "Reversal"
    CORRECTION = "correction", "Correction"


class QuarterlyReturnQuerySet(models.QuerySet):
    def visible_to(self, user):
        """To the council as spending is; to a provider its own."""
        if user.may(Permission.VIEW_SPEND):
            return self
        return self.filter(provider__memberships__user=user, provider__memberships__ended_at=None)

    def standing(self):
        """What counts now: neither a reversal nor replaced by a later row."""
        later = QuarterlyReturn.objects.filter(replaces=OuterRef("pk"))
        return self.exclude(kind=ReturnKind.REVERSAL).exclude(
            Exists(later.exclude(kind=ReturnKind.REVERSAL))
        )

    def newest_first(self):
        return self.order_by("-quarter", "-pk")


class QuarterlyReturn(models.Model):
    """What a provider reports of the quarter that begins on ``quarter``; never changed.

    Until it is due a new row replaces it. After that it is corrected by two: a reversal, which
    takes every figure back, and the return as it should have been, so that a sum over what was
    counted stays right.
    """

    FIGURES = (
        *("nights_stayed", "complaints", "safeguarding_concerns", "serious_incidents"),
        "staff_vacancies",
    )

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="returns")
    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="returns")
    quarter = models.DateField()
    kind = models.CharField(max_length=12, choices=ReturnKind)
    replaces = models.ForeignKey("self", models.PROTECT, null=True, related_name="later")
    nothing_to_report = models.BooleanField()
    nights_stayed = models.IntegerField(default=0)
    complaints = models.IntegerField(default=0)
    safeguarding_concerns = models.IntegerField(default=0)
    serious_incidents = models.IntegerField(default=0)
    staff_vacancies = models.IntegerField(default=0)
    comment = models.TextField(blank=True)
    reason = models.TextField(blank=True)  # why it was corrected
    due_on = models.DateField()
    is_late = models.BooleanField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = QuarterlyReturnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_first_return_of_a_quarter",
                fields=["provider", "agreement", "quarter"],
                condition=Q(kind="first"),
            ),
            models.UniqueConstraint(
                name="return_replaced_once", fields=["replaces", "kind"], condition=~Q(kind="first")
            ),
            models.CheckConstraint(
                name="return_replaces_another_or_is_the_first",
                condition=Q(kind="first", replaces=None)
                | (~Q(kind="first") & Q(replaces__isnull=False)),
            ),
            models.CheckConstraint(
                name="return_corrected_with_reason",
                condition=~Q(kind__in=["reversal", "correction"]) | ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="return_of_nothing_is_empty",
                condition=Q(nothing_to_report=False)
                | Q(
                    nights_stayed=0,
                    complaints=0,
                    safeguarding_concerns=0,
                    serious_incidents=0,
                    staff_vacancies=0,
                ),
            ),
        ]

    def __str__(self):
        return f"{self.provider} {self.quarter}"

    @property
    def figures(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in self.FIGURES}
