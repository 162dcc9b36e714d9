"""What a person agreed to, what was put right, and what is asked of the record as a whole."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from dps_portal.accounts.models import random_ref
from dps_portal.accounts.roles import Permission
from placements.states import ConsentKind, SubjectRequestKind, SubjectRequestState

from .access import within_reach

USER = settings.AUTH_USER_MODEL


def subject_request_ref() -> str:
    return random_ref("SR")


class ConsentQuerySet(models.QuerySet):
    def standing(self, kind: ConsentKind) -> bool | None:
        """Whether what was last recorded is given; ``None`` where nothing was."""
        return self.filter(kind=kind).order_by("-pk").values_list("is_given", flat=True).first()

    def newest_first(self):
        return self.order_by("-pk")


class Consent(models.Model):
    """Consent given or withdrawn on a day; the row recorded last counts, none is changed (R8.2)."""

    person = models.ForeignKey("placements.Person", models.PROTECT, related_name="consents")
    kind = models.CharField(max_length=12, choices=ConsentKind)
    is_given = models.BooleanField()
    on = models.DateField()
    recorded_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    objects = ConsentQuerySet.as_manager()

    def __str__(self):
        return f"{self.person} {self.kind} {self.on}"


class Correction(models.Model):
    """That a part of the identity was put right, and why; neither the old words nor the new."""

    person = models.ForeignKey("placements.Person", models.PROTECT, related_name="corrections")
    parts = models.JSONField()
    reason = models.TextField()
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self):
        return f"{self.person} {self.at:%Y-%m-%d}"


class SubjectRequestQuerySet(models.QuerySet):
    def visible_to(self, user, at=None):
        """By reference, to managers whom no restriction keeps out, and to the auditor."""
        if user.may(Permission.MANAGE_PRIVACY):
            return self.filter(within_reach(user, "person", at, otherwise=Q()))
        return self if user.may(Permission.VIEW_ACCESSES) else self.none()

    def waiting(self):
        return self.filter(state=SubjectRequestState.WAITING)

    def matching_text(self, text):
        return self.filter(Q(reference__icontains=text) | Q(person__reference__icontains=text))

    def newest_first(self):
        return self.order_by("-asked_at", "-pk")


class SubjectRequest(models.Model):
    """An export or an erasure of everything held on a person: one asks, another decides."""

    reference = models.CharField(
        max_length=16, unique=True, default=subject_request_ref, editable=False
    )
    person = models.ForeignKey("placements.Person", models.PROTECT, related_name="requests")
    kind = models.CharField(max_length=8, choices=SubjectRequestKind)
    state = models.CharField(
        max_length=8, choices=SubjectRequestState, default=SubjectRequestState.WAITING
    )
    reason = models.TextField()
    asked_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.TextField(blank=True)

    objects = SubjectRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="subject_request_decided_by_another_person",
                condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by")),
            ),
            models.CheckConstraint(
                name="subject_request_decision_is_whole",
                condition=Q(state="waiting")
                | Q(decided_by__isnull=False, decided_at__isnull=False),
            ),
            models.UniqueConstraint(
                name="one_waiting_subject_request_of_a_kind",
                fields=["person", "kind"],
                condition=Q(state="waiting"),
            ),
        ]

    def __str__(self):
        return self.reference

    def get_absolute_url(self):
        return reverse("placements:subject_request", args=[self.reference])
