"""A person, kept apart from the case, and the referral that is the case (design D10)."""

from django.conf import settings
from django.db import models
from django.db.models import Count, F, Min, Q
from django.urls import reverse

from dps_portal.accounts.models import random_ref
from dps_portal.accounts.roles import Role
from dps_portal.agreements.models import Agreement, Lot
from placements.rules import ASSESSMENT_SECTIONS, DRAFT_SECTIONS
from placements.states import (
    WORKED,
    AccessPurpose,
    Charging,
    Complexity,
    ReferralState,
    Residence,
    Urgency,
    WithdrawalReason,
)

USER = settings.AUTH_USER_MODEL


def person_ref() -> str:
    return random_ref("P")


def referral_ref() -> str:
    return random_ref("RR")


class PersonQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The people behind the referrals of the team or the caseload (design D10)."""
        return self.filter(referrals__in=Referral.objects.visible_to(user)).distinct()


class Person(models.Model):
    """``identity`` is encrypted JSON (services/people.py); ``number_hash`` finds a number."""

    reference = models.CharField(max_length=16, unique=True, default=person_ref, editable=False)
    identity = models.BinaryField()
    number_hash = models.CharField(max_length=64, unique=True)

    objects = PersonQuerySet.as_manager()

    def __str__(self):
        return self.reference


class PersonAccess(models.Model):
    """Who saw a person's identity, when and why: one row a view."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="accesses")
    user = models.ForeignKey(USER, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    purpose = models.CharField(max_length=16, choices=AccessPurpose)

    def __str__(self):
        return f"{self.person} {self.user}"


class ReferralQuerySet(models.QuerySet):
    def visible_to(self, user):
        """A manager sees the team's referrals, an assessor the caseload; nobody else any."""
        if Role.ASSESSMENT_MANAGER in user.roles:
            return self
        if Role.ASSESSOR in user.roles:
            return self.filter(Q(worker=user) | Q(created_by=user))
        return self.none()

    def open(self):
        return self.exclude(state=ReferralState.CLOSED)

    def matching_text(self, text):
        """By its own reference or the person's: nothing else of a person can be searched."""
        return self.filter(Q(reference__icontains=text) | Q(person__reference__icontains=text))

    def stale(self, before):
        """Drafts begun earlier and never submitted; one taken up again is not among them."""
        return self.filter(state=ReferralState.DRAFT, created_at__lt=before, reopened_reason="")

    def worked(self):
        """On somebody's caseload."""
        return self.filter(state__in=WORKED)

    def late(self, today):
        """Past the day by which the next step is due (money.md §9)."""
        return self.filter(due_on__lt=today)

    def by_worker(self, today):
        """One row a worker: how many in each state, how many late, and the oldest."""
        return (
            self.values("worker__ref", "worker__name")
            .annotate(
                **{state.value: Count("pk", filter=Q(state=state)) for state in WORKED},
                late=Count("pk", filter=Q(due_on__lt=today)),
                oldest=Min("submitted_at"),
            )
            .order_by("worker__name", "worker__ref")
        )

    def soonest_due_first(self):
        """What waits for a step with a target, then the others, newest first."""
        return self.order_by(F("due_on").asc(nulls_last=True), "-created_at", "-pk")


class Referral(models.Model):
    reference = models.CharField(max_length=16, unique=True, default=referral_ref, editable=False)
    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="referrals")
    person = models.ForeignKey(Person, models.PROTECT, related_name="referrals")
    state = models.CharField(max_length=20, choices=ReferralState, default=ReferralState.DRAFT)
    urgency = models.CharField(max_length=8, choices=Urgency, default=Urgency.ROUTINE)
    urgency_reason = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=100, blank=True)
    received_on = models.DateField(null=True)
    needs_summary = models.TextField(blank=True)
    home_circumstances = models.TextField(blank=True)
    complexity = models.JSONField(default=list)
    has_consent = models.BooleanField(default=False)
    consent_on = models.DateField(null=True)
    community_options_tried = models.TextField(blank=True)
    created_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    worker = models.ForeignKey(USER, models.PROTECT, null=True, related_name="caseload")
    allocated_at = models.DateTimeField(null=True)
    due_on = models.DateField(null=True)
    # The assessment: the Care Act assessment and the clinical review behind eligibility (R8.7).
    care_act_assessed_on = models.DateField(null=True)
    care_act_eligible = models.BooleanField(null=True)
    care_act_reason = models.TextField(blank=True)
    clinical_review_by = models.CharField(max_length=120, blank=True)
    clinical_review_on = models.DateField(null=True)
    clinical_review = models.TextField(blank=True)
    residence = models.CharField(max_length=10, choices=Residence, blank=True)
    charging = models.CharField(max_length=16, choices=Charging, blank=True)
    weekly_contribution_pence = models.BigIntegerField(null=True)
    desired_outcomes = models.TextField(blank=True)
    lot = models.ForeignKey(Lot, models.PROTECT, null=True, related_name="referrals")
    assessed_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_reason = models.CharField(max_length=200, blank=True)
    reopened_reason = models.CharField(max_length=200, blank=True)
    withdrawn_for = models.CharField(max_length=16, choices=WithdrawalReason, blank=True)

    objects = ReferralQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_open_referral_per_person",
                fields=["person"],
                condition=~Q(state="closed"),
            ),
            models.CheckConstraint(
                name="referral_eligible_is_whole",
                condition=Q(
                    state__in=["draft", "submitted", "assessing", "countersigning", "closed"]
                )
                | Q(
                    lot__isnull=False,
                    care_act_assessed_on__isnull=False,
                    clinical_review_on__isnull=False,
                    has_consent=True,
                ),
            ),
            models.CheckConstraint(
                name="referral_in_work_has_a_worker",
                condition=Q(state__in=["draft", "submitted", "closed"]) | Q(worker__isnull=False),
            ),
            models.CheckConstraint(
                name="referral_closed_with_reason",
                condition=~Q(state="closed") | (Q(closed_at__isnull=False) & ~Q(closed_reason="")),
            ),
        ]

    def __str__(self):
        return self.reference

    def get_absolute_url(self):
        return reverse("placements:referral", args=[self.reference])

    @property
    def answers(self) -> dict[str, object]:
        """What the sections of the referral and of its assessment hold now."""
        sections = (*DRAFT_SECTIONS, *ASSESSMENT_SECTIONS)
        return {name: getattr(self, name) for section in sections for name in section.fields}

    @property
    def complexity_labels(self) -> list[str]:
        return [str(Complexity(factor).label) for factor in self.complexity]
