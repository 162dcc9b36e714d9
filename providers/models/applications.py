"""An application, and its answers as they were handed in."""

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Max, Q, When
from django.urls import reverse

from dps_portal.accounts.models import random_ref
from dps_portal.accounts.roles import Permission
from dps_portal.agreements.models import Agreement
from providers import rules
from providers.states import (
    ApplicationState,
    EvidenceKind,
    ExtensionGround,
)

from .organisations import Provider

USER = settings.AUTH_USER_MODEL
EDITABLE = ["draft", "returned"]
LIVE = ["draft", "submitted", "returned"]
WAITING = ["submitted", "returned"]


def application_ref() -> str:
    return random_ref("AP")


class ApplicationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """A draft is the provider's alone; the council sees what was submitted.

        Not those who declared a conflict of interest (R4.2).
        """
        if user.may(Permission.VIEW_APPLICATIONS):
            closed = self.model.objects.closed_to(user)
            return self.exclude(submitted_at=None).exclude(pk__in=closed)
        return self.filter(provider__memberships__user=user, provider__memberships__ended_at=None)

    def read_by(self, user):
        """Whose content the person may read; who assesses or decides declares first (R4.2)."""
        rows = self.visible_to(user)
        if user.may(Permission.ASSESS_APPLICATION) or user.may(Permission.DECIDE_APPLICATION):
            return rows.filter(interests__person=user)
        return rows

    def closed_to(self, user):
        """Those in which the person declared a conflict of interest (R4.2)."""
        return self.filter(interests__person=user, interests__has_conflict=True).values("pk")

    def undecided(self):
        return self.filter(state__in=WAITING)

    def overdue(self, day):
        """Waiting for a decision that was due before ``day`` (R2.5)."""
        return self.undecided().filter(decide_by__lt=day)

    def waiting_for(self, what, day):
        """``overdue``, ``recommendation`` or ``decision``; anything else leaves all of them."""
        match what:
            case "overdue":
                return self.overdue(day)
            case "recommendation":
                return self._with_open_lot(lots__recommendation="")
            case "decision":
                return self._with_open_lot(lots__recommendation__gt="")
            case _:
                return self

    def _with_open_lot(self, **facts):
        found = self.model.objects.filter(lots__outcome="", **facts)
        return self.undecided().filter(pk__in=found.values("pk"))

    def editable(self):
        return self.filter(state__in=EDITABLE)

    def live(self):
        return self.filter(state__in=LIVE)

    def matching_text(self, text):
        return self.filter(Q(reference__icontains=text) | Q(provider__name__icontains=text))

    def soonest_due_first(self):
        """Those waiting for a decision by its date, then the others, newest first."""
        return self.order_by(
            Case(When(state__in=WAITING, then=F("decide_by"))).asc(nulls_last=True),
            "-submitted_at",
            "-pk",
        )

    def newest_first(self):
        return self.order_by("-started_at", "-pk")


class Application(models.Model):
    """A request to join one or more lots. ``decide_by`` is set when it is submitted (R2.5)."""

    reference = models.CharField(
        max_length=16, unique=True, default=application_ref, editable=False
    )
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="applications")
    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="applications")
    state = models.CharField(
        max_length=10, choices=ApplicationState, default=ApplicationState.DRAFT
    )
    started_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    copied_from = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    details_confirmed_at = models.DateTimeField(null=True)
    turnover_pence = models.BigIntegerField(null=True)
    submitted_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)  # the newest hand-in, after a correction
    # When the time to decide starts: an early request counts from the opening of its round (R2.2).
    received_at = models.DateTimeField(null=True)
    decide_by = models.DateField(null=True)
    extension_ground = models.CharField(max_length=12, choices=ExtensionGround, blank=True)
    extension_reason = models.TextField(blank=True)
    closed_at = models.DateTimeField(null=True)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_live_application_per_provider",
                fields=["provider", "agreement"],
                condition=Q(state__in=LIVE),
            ),
            models.CheckConstraint(
                name="application_submitted_is_whole",
                condition=~Q(state__in=["submitted", "returned", "decided"])
                | Q(
                    submitted_by__isnull=False,
                    submitted_at__isnull=False,
                    received_at__isnull=False,
                    answered_at__isnull=False,
                    decide_by__isnull=False,
                ),
            ),
        ]

    def __str__(self):
        return self.reference

    def get_absolute_url(self):
        """The application as its provider sees it."""
        return reverse("providers:application", args=[self.reference])

    def get_review_url(self):
        """The application as the council sees it."""
        return reverse("providers:application_review", args=[self.reference])

    @property
    def is_draft(self) -> bool:
        return self.state == ApplicationState.DRAFT

    @property
    def is_editable(self) -> bool:
        return self.state in EDITABLE

    def is_overdue(self, day) -> bool:
        """The time to decide runs on while the provider corrects its answers (R2.5)."""
        waiting = self.state in {ApplicationState.SUBMITTED, ApplicationState.RETURNED}
        return waiting and self.decide_by < day

    def correction_due_on(self):
        """How long the provider may correct what it was asked since it handed in last (R3.6)."""
        asked = self.clarifications.filter(asks_correction=True, asked_at__gte=self.answered_at)
        return asked.aggregate(due_on=Max("due_on"))["due_on"]

    # What was handed in stands, whatever the provider changes afterwards.
    def held_locations(self):
        moment = None if self.is_editable else self.answered_at
        return self.provider.locations.held_at(moment).order_by("name", "pk")

    def held_evidence(self):
        moment = None if self.is_editable else self.answered_at
        return self.provider.evidence.held_at(moment).by_kind()

    def clarifications_in_order(self):
        return self.clarifications.select_related(
            "lot_application__lot", "asked_by", "answered_by"
        ).order_by("asked_at", "pk")

    def lots_in_order(self):
        return self.lots.in_lot_order().prefetch_related("locations")

    def answers(self) -> rules.Answers:
        """As submitted, or as they stand while it is a draft."""
        declaration = getattr(self, "declaration", None)
        return rules.Answers(
            is_details_confirmed=self.details_confirmed_at is not None,
            turnover_pence=self.turnover_pence,
            places=tuple(each.place() for each in self.held_locations()),
            has_grounds=declaration and declaration.has_grounds,
            grounds=tuple(each.rule() for each in declaration.grounds_in_order())
            if declaration
            else (),
            declared_by_name=declaration.declared_by_name if declaration else "",
            expiry={
                EvidenceKind(each.kind): each.expires_on
                for each in self.held_evidence()
                if not each.is_refused
            },
            offers=tuple(each.offer() for each in self.lots_in_order()),
        )


class Submission(models.Model):
    """The answers as they were handed in, each time; kept to show what a correction changed."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="submissions")
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    answers = models.JSONField()

    def __str__(self):
        return f"{self.application} {self.at}"
