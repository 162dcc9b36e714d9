"""The tender itself, its panel, and what is asked and declared about it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from dps_portal.accounts.models import random_ref
from dps_portal.accounts.roles import Permission
from dps_portal.agreements.models import AwardCriterion, Lot
from tenders import rules
from tenders.states import (
    AwardBasis,
    CeilingRule,
    PriceFormula,
    Rounding,
    TenderState,
    TieBreak,
)

USER = settings.AUTH_USER_MODEL


def tender_ref() -> str:
    return random_ref("TN")


class TenderQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Council staff who see tenders see them all; a provider those it was invited to."""
        if user.may(Permission.VIEW_TENDERS):
            return self
        return self.filter(
            invitations__provider__memberships__user=user,
            invitations__provider__memberships__ended_at=None,
        )

    def without_interest_of(self, user):
        """Those in which the person has declared to have none; who says nothing sees nothing."""
        return self.filter(declarations__user=user, declarations__has_interest=False)

    def bids_shown_to(self, user):
        """Opened tenders whose answers the person may read (targets §4, row 20)."""
        if not user.may(Permission.VIEW_TENDERS):
            return self.none()
        opened = self.without_interest_of(user).exclude(opened_at=None)
        if user.may(Permission.LOCK_QUALITY) or user.may(Permission.VIEW_AUDIT):
            return opened
        shown = Q(pk__in=PanelMember.objects.serving().filter(user=user).values("tender"))
        if user.may(Permission.APPROVE_AWARD):
            shown |= Q(quality_locked_at__isnull=False)
        return opened.filter(shown)

    def prices_shown_to(self, user):
        """Tenders whose prices the person may read (row 21): never those that it scores."""
        if not user.may(Permission.VIEW_EVALUATION):
            return self.none()
        awarded = Q(state=TenderState.AWARDED)
        scores = Q(pk__in=PanelMember.objects.scoring().filter(user=user).values("tender"))
        shown = self.bids_shown_to(user).exclude(quality_locked_at=None).filter(awarded | ~scores)
        return shown.filter(awarded) if user.may(Permission.VIEW_AUDIT) else shown

    def reports_shown_to(self, user):
        """Awarded or abandoned, as the ranking is; with no bid in it, to all who see rankings."""
        if not user.may(Permission.VIEW_EVALUATION):
            return self.none()
        unpriced = Q(quality_locked_at=None) & (
            Q(opened_at=None) | Q(pk__in=self.bids_shown_to(user).values("pk"))
        )
        return self.filter(
            Q(pk__in=self.prices_shown_to(user).values("pk")) | unpriced,
            state__in=[TenderState.AWARDED, TenderState.ABANDONED],
        )

    def matching_text(self, wanted):
        return self.filter(Q(reference__icontains=wanted) | Q(title__icontains=wanted))

    def newest_first(self):
        return self.order_by("-drafted_at", "-pk")


class Tender(models.Model):
    """The evaluation model is frozen and hashed at publication; the columns then never change.

    Bids close by the clock: there is no stored flag that a worker would have to flip (T16).
    ``contract_end`` is the day after the last one.
    """

    reference = models.CharField(max_length=16, unique=True, default=tender_ref, editable=False)
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="tenders")
    title = models.CharField(max_length=200)
    need = models.TextField()
    state = models.CharField(max_length=16, choices=TenderState, default=TenderState.DRAFT)
    contract_start = models.DateField()
    contract_end = models.DateField()
    options = models.PositiveSmallIntegerField(default=0)  # to extend, as published
    option_months = models.PositiveSmallIntegerField(default=0)  # each of them
    closes_at = models.DateTimeField()
    price_weight = models.PositiveSmallIntegerField()
    price_formula = models.CharField(
        max_length=16, choices=PriceFormula, default=PriceFormula.LOWEST_RATIO
    )
    # Over how long a funded stay prices are compared (R7.11); the weekly price alone without it.
    compared_weeks = models.PositiveSmallIntegerField(null=True)
    # What a formula needs: pence of the price that is compared, and only where it is needed.
    range_low_pence = models.BigIntegerField(null=True)
    range_high_pence = models.BigIntegerField(null=True)
    benchmark_pence = models.BigIntegerField(null=True)
    fixed_pence = models.BigIntegerField(null=True)
    low_price_percent = models.PositiveSmallIntegerField(default=20)
    ceiling_rule = models.CharField(max_length=8, choices=CeilingRule, default=CeilingRule.REJECT)
    rounding = models.CharField(max_length=8, choices=Rounding, default=Rounding.NONE)
    tie_break = models.CharField(max_length=16, choices=TieBreak, default=TieBreak.QUALITY)
    award_basis = models.CharField(max_length=16, choices=AwardBasis, default=AwardBasis.SINGLE)
    award_places = models.PositiveSmallIntegerField(null=True)
    award_threshold = models.PositiveSmallIntegerField(null=True)
    score_scale_max = models.PositiveSmallIntegerField(default=5)
    scale = models.JSONField(default=list)  # what each score means, from 0 up; may be empty
    minimum_question_score = models.PositiveSmallIntegerField(null=True)
    drafted_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()
    published_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)
    model_hash = models.CharField(max_length=64, blank=True)
    public_key = models.BinaryField(null=True)
    wrapped_private_key = models.BinaryField(null=True)
    opened_at = models.DateTimeField(null=True)
    scored_at = models.DateTimeField(null=True)  # every evaluator has scored every answer
    quality_locked_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    quality_locked_at = models.DateTimeField(null=True)
    abandon_reason = models.TextField(blank=True)
    abandon_asked_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    abandoned_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    abandoned_at = models.DateTimeField(null=True)

    objects = TenderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="contract_ends_after_start", condition=Q(contract_end__gt=F("contract_start"))
            ),
            models.CheckConstraint(
                name="tender_published_by_another_person",
                condition=Q(published_by=None) | ~Q(published_by=F("drafted_by")),
            ),
            models.CheckConstraint(
                name="tender_publication_is_whole",
                condition=Q(state__in=["draft", "abandoned"])
                | Q(
                    published_by__isnull=False,
                    published_at__isnull=False,
                    public_key__isnull=False,
                    wrapped_private_key__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="price_weight_is_percent", condition=Q(price_weight__lte=100)
            ),
            models.CheckConstraint(
                name="stay_is_compared_only_with_a_price",
                condition=Q(compared_weeks=None)
                | (Q(compared_weeks__gte=1) & ~Q(price_formula="QUALITY_ONLY")),
            ),
            models.CheckConstraint(
                name="price_formula_has_what_it_needs",
                condition=Q(
                    price_formula="SET_RANGE",
                    range_low_pence__isnull=False,
                    range_high_pence__isnull=False,
                    range_low_pence__gt=0,
                    range_high_pence__gt=F("range_low_pence"),
                    benchmark_pence=None,
                    fixed_pence=None,
                )
                | Q(
                    price_formula="BENCHMARK",
                    benchmark_pence__isnull=False,
                    benchmark_pence__gt=0,
                    range_low_pence=None,
                    range_high_pence=None,
                    fixed_pence=None,
                )
                | Q(
                    price_formula="QUALITY_ONLY",
                    fixed_pence__isnull=False,
                    fixed_pence__gt=0,
                    range_low_pence=None,
                    range_high_pence=None,
                    benchmark_pence=None,
                )
                | Q(
                    price_formula__in=["LOWEST_RATIO", "PCT_OF_LEADER", "MEAN"],
                    range_low_pence=None,
                    range_high_pence=None,
                    benchmark_pence=None,
                    fixed_pence=None,
                ),
            ),
            models.CheckConstraint(
                name="award_basis_has_what_it_needs",
                condition=Q(award_basis="SINGLE", award_places=None, award_threshold=None)
                | Q(
                    award_basis="TOP_N",
                    award_places__isnull=False,
                    award_places__gte=2,
                    award_threshold=None,
                )
                | Q(
                    award_basis="ABOVE_THRESHOLD",
                    award_places=None,
                    award_threshold__isnull=False,
                    award_threshold__lte=100,
                ),
            ),
            models.CheckConstraint(
                name="tender_abandoned_with_reason",
                condition=~Q(state="abandoned")
                | (
                    Q(abandoned_by__isnull=False, abandoned_at__isnull=False)
                    & ~Q(abandon_reason="")
                ),
            ),
            models.CheckConstraint(
                name="published_tender_abandoned_by_two",
                condition=Q(abandoned_by=None)
                | Q(published_at=None)
                | ~Q(abandoned_by=F("abandon_asked_by")),
            ),
        ]

    def __str__(self):
        return self.reference

    def get_absolute_url(self):
        return reverse("tenders:tender", args=[self.reference])

    @property
    def price_limit_pence(self) -> int | None:
        """The most that may be bid; nothing where a price above the ceiling counts at it."""
        is_out = self.ceiling_rule == CeilingRule.REJECT
        return self.lot.ceiling_weekly_pence if is_out else None

    @property
    def priced_for(self) -> str:
        """What the price that is compared is one of."""
        weeks = self.compared_weeks
        return f"a stay of {rules.in_weeks(weeks)}" if weeks else "one week"

    def is_open(self, at) -> bool:
        """Open for bids: published, and before the deadline, which is not itself included."""
        return self.state == TenderState.PUBLISHED and at < self.closes_at

    def stage(self, at) -> str:
        """The state in words, told apart by the clock while bids may come in."""
        if self.state != TenderState.PUBLISHED:
            return self.get_state_display()
        return "Open for bids" if self.is_open(at) else "Closed, waiting to be opened"


class Criterion(models.Model):
    """A quality criterion with its question. Weights and the price weight total 100."""

    tender = models.ForeignKey(Tender, models.CASCADE, related_name="criteria")
    position = models.PositiveSmallIntegerField()
    # Published by the agreement, where it publishes any (R2.12).
    heading = models.ForeignKey(AwardCriterion, models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=100)
    weight = models.PositiveSmallIntegerField()
    question = models.TextField()
    guidance = models.TextField(blank=True)
    word_limit = models.PositiveIntegerField(default=500)
    minimum_score = models.PositiveSmallIntegerField(null=True)
    attachments = models.PositiveSmallIntegerField(default=0)  # files allowed with the answer

    class Meta:
        constraints = [
            models.UniqueConstraint(name="criterion_named_once", fields=["tender", "name"]),
            models.UniqueConstraint(name="criterion_placed_once", fields=["tender", "position"]),
            models.CheckConstraint(
                name="criterion_weight_is_percent",
                condition=Q(weight__gte=1, weight__lte=100),
            ),
            models.CheckConstraint(
                name="criterion_has_few_attachments", condition=Q(attachments__lte=3)
            ),
        ]

    def __str__(self):
        return self.name


class PanelMemberQuerySet(models.QuerySet):
    def serving(self):
        return self.filter(left_at=None)

    def scoring(self):
        return self.serving().filter(is_moderator=False)

    def moderating(self):
        return self.serving().filter(is_moderator=True)


class PanelMember(models.Model):
    """Who scores or moderates a tender; named before publication.

    An evaluator can be replaced until the scores are complete, the moderator until the quality
    lock; whoever left stays on record.
    """

    tender = models.ForeignKey(Tender, models.PROTECT, related_name="panel")
    user = models.ForeignKey(USER, models.PROTECT, related_name="panels")
    is_moderator = models.BooleanField(default=False)
    left_at = models.DateTimeField(null=True)

    objects = PanelMemberQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="on_a_panel_once", fields=["tender", "user"]),
            models.UniqueConstraint(
                name="one_moderator",
                fields=["tender"],
                condition=Q(is_moderator=True, left_at=None),
            ),
        ]

    def __str__(self):
        return f"{self.tender} {self.user}"


class InterestDeclaration(models.Model):
    """Made by everyone before a bid is shown to them; an interest shuts them out (R4.2)."""

    tender = models.ForeignKey(Tender, models.PROTECT, related_name="declarations")
    user = models.ForeignKey(USER, models.PROTECT, related_name="+")
    has_interest = models.BooleanField()
    details = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="interests_declared_once", fields=["tender", "user"]),
        ]

    def __str__(self):
        return f"{self.tender} {self.user}"
