"""Invitations with their sealed envelopes, and the bids that come out of them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from dps_portal.accounts.roles import Permission
from dps_portal.documents.models import Document
from providers.models import Provider

from .quotes import Quoted
from .tenders import Criterion, Tender

USER = settings.AUTH_USER_MODEL


class InvitationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """An invitation, and the envelope in it, is the provider's own business alone."""
        return self.filter(provider__memberships__user=user, provider__memberships__ended_at=None)

    def without_envelopes(self):
        """For lists: leaves the large ciphertexts in the database."""
        return self.defer("quality_envelope", "price_envelope", "own_copy")

    def matching_text(self, wanted):
        by = Q(tender__reference__icontains=wanted) | Q(tender__title__icontains=wanted)
        return self.filter(by)

    def newest_first(self):
        return self.order_by("-invited_at", "-pk")


class Invitation(models.Model):
    """Everyone admitted to the lot at the instant of publication (R2.10), each with an envelope.

    The envelopes hold ciphertext of one size from the start, a blank one where nothing was
    submitted, and every save writes all three anew, so that the rows never tell whether, when or
    how often a provider has bid (D7, T3). Quality and price are sealed apart, since the price
    stays shut until quality is locked.
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

    def get_absolute_url(self):
        return reverse("tenders:invitation", args=[self.tender.reference])


class AttachmentCell(models.Model):
    """Room for one file of a bid: ciphertext, or random bytes that cannot be told from it.

    Every invitation has two for each file that the questions allow, from the publication on: one
    for the bid that was submitted, one for what takes its place (D7, T3).
    """

    invitation = models.ForeignKey(Invitation, models.PROTECT, related_name="cells")
    number = models.PositiveSmallIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="cell_numbered_once", fields=["invitation", "number"]),
        ]

    def __str__(self):
        return f"{self.invitation} cell {self.number}"


class SubmissionAttemptQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The provider's own; for procurement and auditors those of opened tenders."""
        if user.may(Permission.LOCK_QUALITY) or user.may(Permission.VIEW_AUDIT):
            return self.filter(tender__in=Tender.objects.bids_shown_to(user))
        return self.filter(provider__memberships__user=user, provider__memberships__ended_at=None)

    def in_order(self):
        return self.order_by("at", "pk")


class SubmissionAttempt(models.Model):
    """A submission that was refused, with the words shown (T5).

    What was refused before the close comes out of the provider's own copy at the opening; what
    came later is a row at once.
    """

    tender = models.ForeignKey(Tender, models.PROTECT, related_name="submission_attempts")
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="submission_attempts")
    at = models.DateTimeField()
    by_ref = models.CharField(max_length=16)
    reasons = models.JSONField()

    objects = SubmissionAttemptQuerySet.as_manager()

    def __str__(self):
        return f"{self.tender} {self.provider} {self.at:%Y-%m-%d %H:%M:%S}"


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


class BidQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(tender__in=Tender.objects.bids_shown_to(user))

    def intact(self):
        return self.filter(is_intact=True)

    def in_order(self):
        """By the provider's name, with the provider, whom every list of bids names."""
        return self.select_related("provider").order_by("provider__name", "pk")


class Bid(models.Model):
    """An opened bid; before the opening there is only an envelope.

    ``is_intact`` is false where an envelope was altered or does not carry the portal's
    signature: such a bid is named, and neither read nor scored.
    """

    tender = models.ForeignKey(Tender, models.PROTECT, related_name="bids")
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="bids")
    is_intact = models.BooleanField()
    submitted_at = models.DateTimeField(null=True)
    submitted_by_ref = models.CharField(max_length=16, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    price_digest = models.CharField(max_length=64, blank=True)
    award = models.ForeignKey("tenders.Award", models.PROTECT, null=True, related_name="bids")

    objects = BidQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_bid_per_provider", fields=["tender", "provider"]),
            models.CheckConstraint(
                name="intact_bid_is_whole",
                condition=Q(is_intact=False)
                | (
                    Q(submitted_at__isnull=False)
                    & ~Q(submitted_by_ref="")
                    & ~Q(digest="")
                    & ~Q(price_digest="")
                ),
            ),
        ]

    def __str__(self):
        return f"{self.tender} {self.provider}"


class PriceQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(bid__tender__in=Tender.objects.prices_shown_to(user))


class Price(Quoted):
    """What a bid asks for: a row of its own, made when quality is locked (R7.5).

    Whoever may read a bid can so not come by its price; there is no column to leave out.
    """

    bid = models.OneToOneField(Bid, models.PROTECT, related_name="price")

    objects = PriceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="bid_price_positive", condition=Q(weekly_pence__gt=0)),
        ]

    def __str__(self):
        return f"{self.bid}"

    @property
    def tender(self) -> Tender:
        return self.bid.tender


class LowPriceCheckQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those who see the price; the bidder its own."""
        if user.may(Permission.VIEW_EVALUATION):
            return self.filter(bid__tender__in=Tender.objects.prices_shown_to(user))
        return self.filter(
            bid__provider__memberships__user=user, bid__provider__memberships__ended_at=None
        )


class LowPriceCheck(models.Model):
    """A price that looks abnormally low: explained by the bidder, then accepted or not (R7.9).

    Nobody is rejected unasked (regulation 69).
    """

    bid = models.OneToOneField(Bid, models.PROTECT, related_name="low_price_check")
    question = models.TextField()
    asked_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    is_accepted = models.BooleanField(null=True)
    reason = models.TextField(blank=True)
    decided_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    objects = LowPriceCheckQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="low_price_decision_is_whole",
                condition=Q(is_accepted=None, decided_by=None, decided_at=None, reason="")
                | (
                    Q(is_accepted__isnull=False)
                    & Q(decided_by__isnull=False, decided_at__isnull=False)
                    & ~Q(reason="")
                ),
            ),
        ]

    def __str__(self):
        return f"{self.bid}"

    @property
    def state(self) -> str:
        if self.decided_at:
            return "Accepted" if self.is_accepted else "Rejected"
        return "Explained, to be decided" if self.answered_at else "Explanation asked for"


class ResponseQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(bid__tender__in=Tender.objects.bids_shown_to(user))

    def in_order(self):
        return self.order_by("bid__provider__name", "bid", "criterion__position")


class Response(models.Model):
    """What a bid answers to a criterion's question."""

    bid = models.ForeignKey(Bid, models.PROTECT, related_name="responses")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="responses")
    text = models.TextField()

    objects = ResponseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_response", fields=["bid", "criterion"]),
        ]

    def __str__(self):
        return f"{self.bid} Q{self.criterion.position}"


class AttachmentQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(response__in=Response.objects.visible_to(user))


class Attachment(models.Model):
    """A file that came with an answer, out of its cell since the opening."""

    response = models.ForeignKey(Response, models.PROTECT, related_name="attachments")
    document = models.OneToOneField(Document, models.PROTECT, related_name="+")

    objects = AttachmentQuerySet.as_manager()

    def __str__(self):
        return f"{self.response} {self.document}"
