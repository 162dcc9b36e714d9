"""Mini-competitions under the agreement: from draft to award."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from dps_portal.accounts.models import random_ref
from dps_portal.accounts.roles import Permission
from dps_portal.agreements.models import Lot
from providers.models import Provider

from .states import PriceFormula, TenderState

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


class Tender(models.Model):
    """The evaluation model is frozen and hashed at publication; the columns then never change.

    Bids close by the clock: there is no stored flag that a worker would have to flip (T16).
    """

    reference = models.CharField(max_length=16, unique=True, default=tender_ref, editable=False)
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="tenders")
    title = models.CharField(max_length=200)
    need = models.TextField()
    state = models.CharField(max_length=16, choices=TenderState, default=TenderState.DRAFT)
    contract_start = models.DateField()
    contract_end = models.DateField()
    closes_at = models.DateTimeField()
    price_weight = models.PositiveSmallIntegerField()
    price_formula = models.CharField(
        max_length=16, choices=PriceFormula, default=PriceFormula.LOWEST_RATIO
    )
    score_scale_max = models.PositiveSmallIntegerField(default=5)
    minimum_question_score = models.PositiveSmallIntegerField(null=True)
    drafted_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()
    published_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)
    model_hash = models.CharField(max_length=64, blank=True)
    public_key = models.BinaryField(null=True)
    wrapped_private_key = models.BinaryField(null=True)
    opened_at = models.DateTimeField(null=True)
    quality_locked_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    quality_locked_at = models.DateTimeField(null=True)

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
        ]

    def __str__(self):
        return self.reference

    def is_open(self, at) -> bool:
        """Open for bids: published, and before the deadline, which is not itself included."""
        return self.state == TenderState.PUBLISHED and at < self.closes_at


class Criterion(models.Model):
    """A quality criterion with its question. Weights and the price weight total 100."""

    tender = models.ForeignKey(Tender, models.CASCADE, related_name="criteria")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=100)
    weight = models.PositiveSmallIntegerField()
    question = models.TextField()
    word_limit = models.PositiveIntegerField(default=500)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="criterion_named_once", fields=["tender", "name"]),
            models.UniqueConstraint(name="criterion_placed_once", fields=["tender", "position"]),
            models.CheckConstraint(
                name="criterion_weight_is_percent",
                condition=Q(weight__gte=1, weight__lte=100),
            ),
        ]

    def __str__(self):
        return self.name


class InvitationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """An invitation, and the envelope in it, is the provider's own business alone."""
        return self.filter(provider__memberships__user=user, provider__memberships__ended_at=None)


class Invitation(models.Model):
    """Everyone admitted to the lot at the instant of publication (R2.10), each with an envelope.

    The envelopes hold ciphertext of one size from the start, a blank one where nothing was
    submitted, so that the rows never tell whether, when or how often a provider has bid (D7, T3).
    Quality and price are sealed apart, since price stays shut until quality is locked.
    """

    tender = models.ForeignKey(Tender, models.PROTECT, related_name="invitations")
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="invitations")
    invited_at = models.DateTimeField()
    quality_envelope = models.BinaryField()
    price_envelope = models.BinaryField()
    own_copy = models.BinaryField()  # under the provider's own key: draft, bid and receipt

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="invited_once", fields=["tender", "provider"]),
        ]

    def __str__(self):
        return f"{self.tender} {self.provider}"


class Clarification(models.Model):
    """Asked by one, answered to all, the asker hidden."""

    tender = models.ForeignKey(Tender, models.PROTECT, related_name="clarifications")
    asked_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    question = models.TextField()
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    def __str__(self):
        return f"{self.tender} clarification {self.pk}"


class OpeningApproval(models.Model):
    """One officer's word that the bids may be opened; two different ones open them all."""

    tender = models.ForeignKey(Tender, models.PROTECT, related_name="opening_approvals")
    officer = models.ForeignKey(USER, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="opening_approved_once", fields=["tender", "officer"]),
        ]

    def __str__(self):
        return f"{self.tender} {self.officer}"


class Bid(models.Model):
    """An opened bid; before the opening there is only an envelope.

    ``weekly_pence`` stays empty, and the price sealed, until quality is locked.
    """

    tender = models.ForeignKey(Tender, models.PROTECT, related_name="bids")
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="bids")
    submitted_at = models.DateTimeField()
    submitted_by_ref = models.CharField(max_length=16)
    digest = models.CharField(max_length=64)
    is_intact = models.BooleanField()
    weekly_pence = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_bid_per_provider", fields=["tender", "provider"]),
            models.CheckConstraint(
                name="bid_price_positive",
                condition=Q(weekly_pence=None) | Q(weekly_pence__gt=0),
            ),
        ]

    def __str__(self):
        return f"{self.tender} {self.provider}"


class Response(models.Model):
    """What a bid answers to a criterion's question."""

    bid = models.ForeignKey(Bid, models.PROTECT, related_name="responses")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="responses")
    text = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_response", fields=["bid", "criterion"]),
        ]

    def __str__(self):
        return f"{self.bid} {self.criterion}"


class PanelMember(models.Model):
    """Who scores or moderates a tender; named before publication."""

    tender = models.ForeignKey(Tender, models.PROTECT, related_name="panel")
    user = models.ForeignKey(USER, models.PROTECT, related_name="panels")
    is_moderator = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="on_a_panel_once", fields=["tender", "user"]),
            models.UniqueConstraint(
                name="one_moderator", fields=["tender"], condition=Q(is_moderator=True)
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


class Score(models.Model):
    """One evaluator's own score of one response, with the reason."""

    response = models.ForeignKey(Response, models.PROTECT, related_name="scores")
    evaluator = models.ForeignKey(USER, models.PROTECT, related_name="+")
    points = models.PositiveSmallIntegerField()
    reason = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="scored_once", fields=["response", "evaluator"]),
        ]

    def __str__(self):
        return f"{self.response} {self.evaluator}"


class ConsensusScore(models.Model):
    """What the panel agreed for one response: not an average, and always with a reason (R7.6)."""

    response = models.OneToOneField(Response, models.PROTECT, related_name="consensus")
    moderator = models.ForeignKey(USER, models.PROTECT, related_name="+")
    points = models.PositiveSmallIntegerField()
    reason = models.TextField()
    at = models.DateTimeField()

    def __str__(self):
        return f"{self.response}"


class Award(models.Model):
    """The recommendation, the consultation and the decision of another person."""

    tender = models.OneToOneField(Tender, models.PROTECT, related_name="award")
    bid = models.OneToOneField(Bid, models.PROTECT, related_name="award")
    ranking = models.JSONField()  # what the rules computed, exact totals as fractions
    recommended_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    recommended_at = models.DateTimeField()
    reason = models.TextField()
    consultation = models.TextField(blank=True)
    consulted_on = models.DateField(null=True)
    approved_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="award_approved_by_another_person",
                condition=Q(approved_by=None) | ~Q(approved_by=F("recommended_by")),
            ),
            models.CheckConstraint(
                name="award_approved_after_consultation",
                condition=Q(approved_at=None)
                | (Q(consulted_on__isnull=False, approved_by__isnull=False) & ~Q(consultation="")),
            ),
        ]

    def __str__(self):
        return f"{self.tender}"


class Contract(models.Model):
    """The register entry that an award makes."""

    award = models.OneToOneField(Award, models.PROTECT, related_name="contract")
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="contracts")
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="contracts")
    start = models.DateField()
    end = models.DateField()
    weekly_pence = models.BigIntegerField()

    def __str__(self):
        return f"{self.award}"


class Letter(models.Model):
    """The outcome told to one bidder, in the words that were sent."""

    tender = models.ForeignKey(Tender, models.PROTECT, related_name="letters")
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="letters")
    won = models.BooleanField()
    body = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_outcome_letter", fields=["tender", "provider"]),
        ]

    def __str__(self):
        return f"{self.tender} {self.provider}"
