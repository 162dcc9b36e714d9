"""A person, kept apart from the case, and the referral that is the case (design D10)."""

from datetime import date, datetime, time

from django.conf import settings
from django.db import models
from django.db.models import Case, Count, Exists, F, Max, Min, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce, Greatest
from django.urls import reverse
from django.utils import timezone

from dps_portal.accounts.models import random_ref
from dps_portal.accounts.roles import Permission, Role
from dps_portal.agreements.models import Agreement, Lot
from dps_portal.clock import ONE_DAY
from placements.rules import ASSESSMENT_SECTIONS, DRAFT_SECTIONS
from placements.states import (
    WORKED,
    Charging,
    Complexity,
    ReferralState,
    Residence,
    Urgency,
    WithdrawalReason,
)

from .access import Hold, within_reach
from .records import SubjectRequest

USER = settings.AUTH_USER_MODEL


def person_ref() -> str:
    return random_ref("P")


def referral_ref() -> str:
    return random_ref("RR")


class PersonQuerySet(models.QuerySet):
    def visible_to(self, user, at=None):
        """The people behind the referrals of the team or the caseload (design D10)."""
        return self.filter(referrals__in=Referral.objects.visible_to(user, at)).distinct()

    def held(self):
        """Those who can still be told from others: not erased."""
        return self.filter(erased_at=None)

    def to_break_glass(self, user):
        """Anybody held, to those who may give a reason for opening a case that is not theirs."""
        return self.held() if user.may(Permission.VIEW_CASES) else self.none()

    def with_last_contact(self):
        made = Max("referrals__created_at")
        later = ("referrals__closed_at", "referrals__placements__exits__recorded_at")
        return self.annotate(
            last_contact_at=Greatest(made, *(Coalesce(Max(moment), made) for moment in later))
        )

    def due_for_erasure(self, last_contact_by: date):
        """Every referral closed, and no contact after that day; those on hold included."""
        day_ends = timezone.make_aware(datetime.combine(last_contact_by + ONE_DAY, time.min))
        closed = Referral.objects.filter(closed_at__lt=day_ends)
        return (
            self.held()
            .filter(pk__in=closed.values("person"))  # few, so that the sums below are cheap
            .exclude(referrals__in=Referral.objects.open())
            .with_last_contact()
            .filter(last_contact_at__lt=day_ends)
        )

    def for_retention(self, user):
        """With ``standing``; to managers whom no restriction keeps out, and to the auditor."""
        state = Case(
            When(Exists(Hold.objects.open().filter(person=OuterRef("pk"))), then=Value("On hold")),
            When(
                Exists(SubjectRequest.objects.waiting().filter(person=OuterRef("pk"))),
                then=Value("Waiting for a second manager"),
            ),
            default=Value("Due"),
        )
        if user.may(Permission.MANAGE_PRIVACY):
            rows = self.filter(within_reach(user, "pk", None, otherwise=Q()))
        else:
            rows = self if user.may(Permission.VIEW_ACCESSES) else self.none()
        return rows.annotate(standing=state)


class Person(models.Model):
    """``identity`` is encrypted JSON (services/identities.py); the hashes find exact words.

    What is left of a person who was erased is the reference.
    """

    reference = models.CharField(max_length=16, unique=True, default=person_ref, editable=False)
    identity = models.BinaryField()
    number_hash = models.CharField(max_length=64, unique=True, null=True)  # noqa: DJ001
    name_hash = models.CharField(max_length=64, blank=True, db_index=True)
    erased_at = models.DateTimeField(null=True)

    objects = PersonQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="person_erased_is_not_found",
                condition=Q(erased_at__isnull=True, number_hash__isnull=False)
                | Q(erased_at__isnull=False, number_hash__isnull=True, name_hash=""),
            ),
        ]

    def __str__(self):
        return self.reference

    def get_absolute_url(self):
        return reverse("placements:person", args=[self.reference])


class ReferralQuerySet(models.QuerySet):
    def visible_to(self, user, at=None):
        """A manager sees the team's referrals, an assessor the caseload; nobody else any.

        Less what is restricted, and with what break-glass opens at ``at`` (``within_reach``).
        """
        if Role.ASSESSMENT_MANAGER in user.roles:
            own = Q()
        elif Role.ASSESSOR in user.roles:
            own = Q(worker=user) | Q(created_by=user)
        else:
            return self.none()
        return self.filter(within_reach(user, "person", at, otherwise=own))

    def open(self):
        return self.exclude(state=ReferralState.CLOSED)

    def stale_drafts(self, made_by: datetime):
        """Never handed in, and begun at ``made_by`` or earlier; not of people on legal hold.

        One that was taken up again is not among them.
        """
        drafts = self.filter(state=ReferralState.DRAFT, reopened_reason="")
        held = Hold.objects.open().values("person")
        return drafts.filter(created_at__lte=made_by).exclude(person__in=held)

    def matching_text(self, text):
        """By its own reference or the person's: nothing else of a person can be searched."""
        return self.filter(Q(reference__icontains=text) | Q(person__reference__icontains=text))

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

    def newest_first(self):
        return self.order_by("-created_at", "-pk")

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
