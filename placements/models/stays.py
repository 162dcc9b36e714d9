"""A placement, the terms it is funded for, and its exit."""

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, When
from django.urls import reverse

from dps_portal.accounts.models import random_ref
from dps_portal.accounts.roles import Permission, Role
from dps_portal.agreements.models import Lot
from placements import rules
from placements.states import DeclineKind, ExitStatus, PlacementState, RequestKind
from providers.models import Provider

from .access import within_reach
from .people import Referral

USER = settings.AUTH_USER_MODEL
COST_ROWS = ("terms", "exits", "one_offs", "absences", "contributions")
SOUGHT = ["awaiting_provider", "awaiting_funding", "approved"]
LIVE = [*SOUGHT, "admitted"]


def placement_ref() -> str:
    return random_ref("PL")


class PlacementQuerySet(models.QuerySet):
    def visible_to(self, user, at=None):
        """The caseload to the team; a provider's own placements to the provider.

        To the team less what is restricted, and with what break-glass opens at ``at``.
        """
        if Role.ASSESSMENT_MANAGER in user.roles or Role.ASSESSOR in user.roles:
            own = Q(referral__worker=user) | Q(referral__created_by=user)
            own = Q() if Role.ASSESSMENT_MANAGER in user.roles else own
            return self.filter(within_reach(user, "referral__person", at, otherwise=own))
        if user.may(Permission.ANSWER_OFFER):
            return self.filter(
                provider__memberships__user=user, provider__memberships__ended_at=None
            )
        return self.none()

    def with_costs(self):
        """With the rows from which costs are computed, in one query for each kind."""
        return self.prefetch_related(*COST_ROWS)

    def beyond_funding(self, today):
        """In place without money for tonight, or gone later than the money lasted (R11)."""
        exits = Exit.objects.standing().filter(placement=OuterRef("pk"))
        late = Exists(exits.filter(on__gt=OuterRef("funded_until")))
        return self.filter(Q(state=PlacementState.ADMITTED, funded_until__lte=today) | late)

    def live(self):
        return self.filter(state__in=LIVE)

    def in_place(self):
        return self.filter(state=PlacementState.ADMITTED)

    def not_called_off(self):
        """Live, or stayed in."""
        return self.filter(Q(state__in=LIVE) | Q(admission__isnull=False))

    def ending_by(self, day):
        """In place, with funding that ends on ``day`` or earlier."""
        return self.filter(state=PlacementState.ADMITTED, funded_until__lte=day)

    def unanswered(self, day):
        """Offers whose answer was wanted by ``day``."""
        return self.filter(state=PlacementState.AWAITING_PROVIDER, reply_due_on__lte=day)

    def matching_text(self, text):
        return self.filter(
            Q(reference__icontains=text)
            | Q(referral__reference__icontains=text)
            | Q(provider__name__icontains=text)
        )

    def soonest_end_first(self):
        """People in place by the end of their funding, then the others, newest first."""
        return self.order_by(
            Case(When(state=PlacementState.ADMITTED, then=F("funded_until"))).asc(nulls_last=True),
            "-proposed_at",
            "-pk",
        )

    def newest_first(self):
        return self.order_by("-proposed_at", "-pk")


class Placement(models.Model):
    """``funded_until`` is half-open: the night of that date is not funded.

    Costs are always computed from the terms and the exit; nothing here is a sum.
    """

    reference = models.CharField(max_length=16, unique=True, default=placement_ref, editable=False)
    referral = models.ForeignKey(Referral, models.PROTECT, related_name="placements")
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="placements")
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="placements")
    state = models.CharField(max_length=20, choices=PlacementState)
    weekly_pence = models.BigIntegerField()
    planned_admission = models.DateField()
    # The placement that the person leaves for this one, without leaving the programme (R22).
    transferred_from = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="transfers"
    )
    # Charged at least, as the agreement had it when the placement was offered (R3).
    minimum_nights = models.PositiveSmallIntegerField(default=1)
    why_not_cheapest = models.TextField(blank=True)
    person_choice = models.TextField()
    proposed_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    answered_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    decline_kind = models.CharField(max_length=10, choices=DeclineKind, blank=True)
    decline_reason = models.TextField(blank=True)
    # The anonymised profile as it was offered, by when an answer is wanted, and from when (R8.3).
    profile = models.JSONField(default=dict)
    reply_due_on = models.DateField(null=True)
    earliest_admission = models.DateField(null=True)
    admission = models.DateField(null=True)
    funded_until = models.DateField(null=True)
    end_reason = models.TextField(blank=True)  # why it was cancelled, or why nobody arrived
    report_received_on = models.DateField(null=True)  # the provider's report on the discharge

    objects = PlacementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="placement_price_positive", condition=Q(weekly_pence__gt=0)
            ),
            models.CheckConstraint(
                name="placement_admitted_is_whole",
                condition=~Q(state__in=["admitted", "discharged", "closed"])
                | Q(admission__isnull=False, funded_until__isnull=False),
            ),
            models.UniqueConstraint(
                name="one_live_placement_per_referral",
                fields=["referral"],
                condition=Q(state__in=LIVE, transferred_from=None),
            ),
            models.UniqueConstraint(
                name="one_sought_placement_per_referral",
                fields=["referral"],
                condition=Q(state__in=SOUGHT),
            ),
            models.UniqueConstraint(
                name="one_placement_in_place_per_referral",
                fields=["referral"],
                condition=Q(state="admitted"),
            ),
        ]

    def __str__(self):
        return self.reference

    def get_absolute_url(self):
        return reverse("placements:placement", args=[self.reference])

    @property
    def is_live(self) -> bool:
        """Offered, agreed or in place: as long, its provider sees what the person needs."""
        return self.state in LIVE

    @property
    def is_offered(self) -> bool:
        return self.state == PlacementState.AWAITING_PROVIDER

    def get_offer_url(self):
        """The placement as its provider sees it."""
        return reverse("placements:offer", args=[self.reference])


class Term(models.Model):
    """Nights from ``start`` up to, not with, ``end``: funded at a weekly price, or not any more.

    Terms lie over each other in the order they were approved, and the last one governs a night;
    without a price it takes the funding of its nights away. So none is ever edited, but for the
    first, whose dates follow the admission (money.md R15).
    """

    placement = models.ForeignKey(Placement, models.PROTECT, related_name="terms")
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="+")
    start = models.DateField()
    end = models.DateField()
    weekly_pence = models.BigIntegerField(null=True)
    kind = models.CharField(max_length=16, choices=RequestKind)

    class Meta:
        constraints = [
            models.CheckConstraint(name="term_has_a_night", condition=Q(end__gt=F("start"))),
            models.CheckConstraint(name="term_price_positive", condition=Q(weekly_pence__gt=0)),
        ]

    def __str__(self):
        return f"{self.placement} {self.start}"


class OneOff(models.Model):
    """An approved single charge, wholly in the year of its day (money.md R21)."""

    placement = models.ForeignKey(Placement, models.PROTECT, related_name="one_offs")
    on = models.DateField()
    pence = models.BigIntegerField()
    label = models.CharField(max_length=100)

    class Meta:
        constraints = [
            models.CheckConstraint(name="one_off_moves_money", condition=~Q(pence=0)),
        ]

    def __str__(self):
        return f"{self.placement} {self.label}"


class FactQuerySet(models.QuerySet):
    def standing(self):
        return self.filter(voided_at=None)


class Recorded(models.Model):
    """Who recorded it and when."""

    recorded_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        abstract = True


class Fact(Recorded):
    """Recorded as it happened; a mistake is voided with a reason and, if need be, recorded anew."""

    voided_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    voided_at = models.DateTimeField(null=True)
    void_reason = models.TextField(blank=True)

    objects = FactQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(class)s_voided_with_reason",
                condition=Q(voided_at=None) | Q(voided_by__isnull=False) & ~Q(void_reason=""),
            ),
        ]


class Exit(Fact):
    """How and when the stay ended; a correction is a new row with a higher revision.

    After a transfer the night of its day is the next provider's, and never charged here (R22).
    """

    placement = models.ForeignKey(Placement, models.PROTECT, related_name="exits")
    revision = models.PositiveSmallIntegerField(default=1)
    on = models.DateField()
    status = models.CharField(max_length=24, choices=ExitStatus)
    reason = models.CharField(max_length=200)
    destination = models.CharField(max_length=200)
    aftercare_agreed = models.BooleanField(default=False)
    notice_nights = models.PositiveSmallIntegerField(default=0)
    is_transfer = models.BooleanField(default=False)

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.UniqueConstraint(name="exit_revised_in_order", fields=["placement", "revision"]),
            models.UniqueConstraint(
                name="one_standing_exit", fields=["placement"], condition=Q(voided_at=None)
            ),
        ]

    def __str__(self):
        return f"{self.placement} exit {self.revision}"

    @property
    def reason_label(self) -> str:
        """What was written before reasons were coded stands as it was written."""
        coded = rules.exit_reason(self.reason)
        return coded.label if coded else self.reason
