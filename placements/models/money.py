"""The annual ceiling, the requests against it and the append-only ledger (design D4, D6)."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from dps_portal.accounts.models import random_ref
from dps_portal.accounts.roles import Permission, Role
from dps_portal.agreements.models import Agreement, Lot
from dps_portal.clock import year_label
from placements import rules
from placements.states import AlertLine, LedgerKind, RequestKind, RequestState, YearState

from .access import within_reach
from .stays import COST_ROWS, Placement

USER = settings.AUTH_USER_MODEL


def request_ref() -> str:
    return random_ref("FR")


class BudgetQuerySet(models.QuerySet):
    """Of years and of revisions: both hold totals only."""

    def visible_to(self, user):
        return self if user.may(Permission.VIEW_BUDGET) else self.none()

    def matching_text(self, text):
        by = Q(agreement__reference__icontains=text) | Q(agreement__title__icontains=text)
        return self.filter(by)

    def in_order(self):
        return self.order_by("agreement__reference", "year")


class BudgetYear(models.Model):
    """One financial year (2026 is 2026/27). ``committed_pence`` is the sum of its ledger entries.

    A decision commits by a conditional update of this row, so that no two can both take the last
    penny; a fact is posted whatever the headroom and may lift the sum above the ceiling (D6).
    Two people close a year; what concerns its nights later goes to the open year (R23).
    """

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="budget_years")
    year = models.PositiveSmallIntegerField()
    ceiling_pence = models.BigIntegerField()
    committed_pence = models.BigIntegerField(default=0)
    state = models.CharField(max_length=8, choices=YearState, default=YearState.OPEN)
    closing_proposed_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    closing_proposed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)

    objects = BudgetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_budget_per_year", fields=["agreement", "year"]),
            models.CheckConstraint(name="ceiling_not_negative", condition=Q(ceiling_pence__gte=0)),
            models.CheckConstraint(
                name="year_closed_by_two_people",
                condition=~Q(state="closed")
                | Q(
                    closing_proposed_by__isnull=False,
                    closed_by__isnull=False,
                    closed_at__isnull=False,
                )
                & ~Q(closed_by=F("closing_proposed_by")),
            ),
        ]

    def __str__(self):
        return f"{self.agreement} {year_label(self.year)}"

    def get_absolute_url(self):
        return reverse("placements:budget_year", args=[self.agreement.reference, self.year])

    def get_checklist_url(self):
        return reverse("placements:year_checklist", args=[self.agreement.reference, self.year])

    @property
    def label(self) -> str:
        return year_label(self.year)

    @property
    def headroom_pence(self) -> int:
        return self.ceiling_pence - self.committed_pence


class BudgetRevision(models.Model):
    """The ceiling as proposed by one person and confirmed by another; the only way to change it."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="budget_revisions")
    year = models.PositiveSmallIntegerField()
    ceiling_pence = models.BigIntegerField()
    decision_reference = models.CharField(max_length=100)
    proposed_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)

    objects = BudgetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="ceiling_confirmed_by_another_person",
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("proposed_by")),
            ),
            models.CheckConstraint(name="revision_not_negative", condition=Q(ceiling_pence__gte=0)),
            models.UniqueConstraint(
                name="one_open_proposal_per_year",
                fields=["agreement", "year"],
                condition=Q(confirmed_at=None),
            ),
        ]

    def __str__(self):
        return f"{self.agreement} {year_label(self.year)} revision {self.pk}"

    def get_confirm_url(self):
        return reverse(
            "placements:confirm_ceiling", args=[self.agreement.reference, self.year, self.pk]
        )

    @property
    def label(self) -> str:
        return year_label(self.year)


class FundingRequestQuerySet(models.QuerySet):
    def visible_to(self, user, at=None):
        """All to those who decide or oversee, by reference; to an assessor the caseload's.

        Of a restricted person only to those on its list (money.md §8), as ``within_reach`` says.
        A draft is seen by the team alone.
        """
        if not user.may(Permission.VIEW_FUNDING):
            return self.none()
        if user.roles == {Role.ASSESSOR}:
            return self.filter(placement__in=Placement.objects.visible_to(user, at))
        rows = self if user.may(Permission.REQUEST_FUNDING) else self.exclude(state="draft")
        return rows.filter(within_reach(user, "placement__referral__person", at, otherwise=Q()))

    def with_costs(self):
        """With the rows from which the costs of their placements are computed."""
        return self.prefetch_related(*(f"placement__{rows}" for rows in COST_ROWS))

    def open(self):
        return self.filter(
            state__in=[RequestState.SUBMITTED, RequestState.RETURNED, RequestState.DEFERRED]
        )

    def decided(self):
        return self.filter(state__in=[RequestState.APPROVED, RequestState.DECLINED])

    def undecided(self):
        return self.filter(state__in=[RequestState.SUBMITTED, RequestState.DEFERRED])

    def submitted(self):
        """Those whose decision is late after some days; what waits for money is not."""
        return self.filter(state=RequestState.SUBMITTED)

    def matching_text(self, text):
        return self.filter(Q(reference__icontains=text) | Q(placement__reference__icontains=text))

    def oldest_first(self):
        return self.order_by("requested_at", "pk")

    def waiting(self):
        """What awaits a decision, by queue order: urgent first (it sorts last), then by time."""
        return self.undecided().order_by("-placement__referral__urgency", "requested_at", "pk")


class FundingRequest(models.Model):
    """One machine for every change that moves money: the nights from ``start`` up to ``end``.

    They are to be funded on ``lot`` at ``weekly_pence``, or not at all without a price; a one-off
    charge of ``one_off_pence`` falls on ``start``. ``figures`` is what stood on the desk at the
    decision, ``{year: {"cost", "ceiling", "committed"}}`` in pence. ``affordable_since`` is set
    while a request that waits for money could be funded.
    """

    reference = models.CharField(max_length=16, unique=True, default=request_ref, editable=False)
    placement = models.ForeignKey(Placement, models.PROTECT, related_name="requests")
    kind = models.CharField(max_length=16, choices=RequestKind)
    state = models.CharField(max_length=10, choices=RequestState, default=RequestState.SUBMITTED)
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="+")
    start = models.DateField()
    end = models.DateField()
    weekly_pence = models.BigIntegerField(null=True)
    one_off_pence = models.BigIntegerField(null=True)
    label = models.CharField(max_length=100, blank=True)
    reason = models.TextField()
    requested_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    decided_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.TextField(blank=True)
    figures = models.JSONField(null=True)
    affordable_since = models.DateTimeField(null=True)

    objects = FundingRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="request_has_a_night", condition=Q(state="draft") | Q(end__gt=F("start"))
            ),
            models.CheckConstraint(
                name="funding_decided_by_another_person",
                condition=Q(decided_by=None) | ~Q(decided_by=F("requested_by")),
            ),
            models.CheckConstraint(
                name="funding_decision_is_whole",
                condition=Q(state__in=["draft", "submitted", "withdrawn", "lapsed"])
                | Q(decided_by__isnull=False, decided_at__isnull=False),
            ),
            models.UniqueConstraint(
                name="one_open_request_per_placement",
                fields=["placement"],
                condition=Q(state__in=["submitted", "returned", "deferred"]),
            ),
            models.CheckConstraint(
                name="request_states_its_price",
                condition=Q(state="draft")
                | Q(kind="shortening", weekly_pence=None, one_off_pence=None)
                | Q(kind="one_off", weekly_pence=None, one_off_pence__isnull=False)
                | ~Q(kind__in=["shortening", "one_off"])
                & Q(weekly_pence__gt=0, one_off_pence=None),
            ),
        ]

    def __str__(self):
        return self.reference

    def get_absolute_url(self):
        return reverse("placements:funding_request", args=[self.reference])

    def decision_due_on(self) -> date:
        """The last day to decide on it, counted from when it was last asked."""
        days = self.placement.referral.agreement.decide_funding_days
        return rules.due_on(timezone.localtime(self.requested_at), days)


class LedgerEntry(models.Model):
    """What one event changed in one year: new position minus old. Never edited, never deleted.

    ``corrects`` names the closed year whose nights it is about, where it is posted in a later
    one (money.md R23).
    """

    budget_year = models.ForeignKey(BudgetYear, models.PROTECT, related_name="entries")
    placement = models.ForeignKey(Placement, models.PROTECT, related_name="entries")
    request = models.ForeignKey(FundingRequest, models.PROTECT, null=True, related_name="entries")
    kind = models.CharField(max_length=16, choices=LedgerKind)
    pence = models.BigIntegerField()
    corrects = models.PositiveSmallIntegerField(null=True)
    effective_on = models.DateField()
    at = models.DateTimeField()
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(name="ledger_moves_money", condition=~Q(pence=0)),
        ]

    def __str__(self):
        return f"{self.budget_year} {self.placement} {self.kind}"


class CeilingAlert(models.Model):
    """A threshold crossed in one epoch; the epoch rises when the sum has fallen well below it."""

    budget_year = models.ForeignKey(BudgetYear, models.PROTECT, related_name="alerts")
    line = models.CharField(max_length=9, choices=AlertLine, default=AlertLine.COMMITTED)
    threshold = models.PositiveSmallIntegerField()
    epoch = models.PositiveIntegerField()
    at = models.DateTimeField()
    rearmed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_alert_per_crossing",
                fields=["budget_year", "line", "threshold", "epoch"],
            ),
        ]

    def __str__(self):
        return f"{self.budget_year} {self.line} {self.threshold}%"


class Reconciliation(models.Model):
    """One day's comparison of ledger, positions and years (money.md R8); ``differences`` in words.

    Empty ``differences``: everything agrees to the penny.
    """

    on = models.DateField(unique=True)
    at = models.DateTimeField()
    placements = models.PositiveIntegerField()
    entries = models.PositiveIntegerField()
    differences = models.JSONField(default=list)

    def __str__(self):
        return f"{self.on}"
