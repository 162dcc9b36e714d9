"""Questions about a tender."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from dps_portal.accounts.roles import Permission

from .tenders import Tender

USER = settings.AUTH_USER_MODEL


class ClarificationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Providers see what was answered to all, and what their own organisation asked.

        A question stays with the organisation in whose name it was asked when the asker, or the
        reader, moves on to another one.
        """
        if user.may(Permission.VIEW_TENDERS):
            return self
        return self.filter(
            Q(answered_at__isnull=False) | self._own(user),
            tender__in=Tender.objects.visible_to(user),
        ).distinct()

    def originals(self, user) -> set[int]:
        """Of the rows, those whose first wording the person may read: the council, who asked."""
        rows = self if user.may(Permission.VIEW_TENDERS) else self.filter(self._own(user))
        return set(rows.exclude(wording="").values_list("pk", flat=True))

    @staticmethod
    def _own(user):
        asked_then = Q(asked_by__memberships__joined_at__lte=F("asked_at")) & (
            Q(asked_by__memberships__ended_at=None)
            | Q(asked_by__memberships__ended_at__gt=F("asked_at"))
        )
        return asked_then & Q(
            asked_by__memberships__provider__memberships__user=user,
            asked_by__memberships__provider__memberships__ended_at=None,
        )

    def in_order(self):
        return self.order_by("asked_at", "pk")


class Clarification(models.Model):
    """Asked by one, answered to all, the asker hidden.

    ``wording`` is what everyone reads where the question as it was asked shows who asked.
    """

    tender = models.ForeignKey(Tender, models.PROTECT, related_name="clarifications")
    asked_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    question = models.TextField()
    wording = models.TextField(blank=True)
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    objects = ClarificationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="clarification_answer_is_whole",
                condition=Q(answer="", answered_by=None, answered_at=None)
                | (Q(answered_by__isnull=False, answered_at__isnull=False) & ~Q(answer="")),
            ),
        ]

    def __str__(self):
        return f"{self.tender} clarification {self.pk}"

    @property
    def published(self) -> str:
        return self.wording or self.question
