"""The recommendation, the decision, and what follows from it."""

from datetime import date, datetime, time

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.forms.utils import from_current_timezone
from django.urls import reverse
from django.utils import timezone

from dps_portal.accounts.models import random_ref
from dps_portal.accounts.roles import Permission
from dps_portal.agreements.models import Lot
from dps_portal.clock import ONE_DAY, add_months
from providers.models import Provider
from tenders import rules
from tenders.states import ContractState

from .quotes import Quoted
from .tenders import Tender

USER = settings.AUTH_USER_MODEL


class AwardQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Once approved, to everyone who sees tenders; before, to those who see prices."""
        if not user.may(Permission.VIEW_TENDERS):
            return self.none()
        return self.filter(
            Q(approved_at__isnull=False) | Q(tender__in=Tender.objects.prices_shown_to(user))
        )


class Award(models.Model):
    """The recommendation, the consultation and the decision of another person.

    The bids that it names are ``bids``: one, or several where the tender awards to several.
    """

    tender = models.OneToOneField(Tender, models.PROTECT, related_name="award")
    ranking = models.JSONField()  # what the rules computed, exact totals as fractions
    recommended_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    recommended_at = models.DateTimeField()
    reason = models.TextField()
    # Where the bids are not those that the published basis names, two people say why (SoD 12).
    departure = models.TextField(blank=True)
    departure_agreed = models.TextField(blank=True)
    draw = models.TextField(blank=True)  # of the lot, before whom, where a tie was left (R7.7)
    # The decision record (R4.7): who was consulted, when and with what outcome; what else was
    # considered; how many declared, and found, an interest; in what job it was decided.
    consulted_with = models.CharField(max_length=200, blank=True)
    consulted_on = models.DateField(null=True)
    consultation = models.TextField(blank=True)
    alternatives = models.TextField(blank=True)
    declarations = models.PositiveSmallIntegerField(null=True)
    interests = models.PositiveSmallIntegerField(null=True)
    decided_as = models.CharField(max_length=120, blank=True)
    # Where a renewed declaration was overdue: why the award went on without it (R2.13).
    overdue_reason = models.TextField(blank=True)
    approved_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    standstill_last_day = models.DateField(null=True)  # where one was chosen; to its midnight
    # Contracts are made with the approval, or after the standstill by a further act.
    confirmed_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)

    objects = AwardQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="award_approved_by_another_person",
                condition=Q(approved_by=None) | ~Q(approved_by=F("recommended_by")),
            ),
            models.CheckConstraint(
                name="departure_agreed_by_two",
                condition=Q(approved_at=None) | Q(departure="") | ~Q(departure_agreed=""),
            ),
            models.CheckConstraint(
                name="award_approved_after_consultation",
                condition=Q(approved_at=None)
                | (Q(consulted_on__isnull=False, approved_by__isnull=False) & ~Q(consultation="")),
            ),
            models.CheckConstraint(
                name="award_confirmed_after_approval",
                condition=Q(confirmed_at=None, confirmed_by=None)
                | Q(
                    approved_at__isnull=False,
                    confirmed_at__isnull=False,
                    confirmed_at__gte=F("approved_at"),
                    confirmed_by__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="award_confirmed_by_another_person",
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("recommended_by")),
            ),
        ]

    def __str__(self):
        return f"{self.tender}"

    @property
    def standstill_ends_at(self) -> datetime | None:
        """Midnight at the end of the last day, in London."""
        if self.standstill_last_day is None:
            return None
        return from_current_timezone(datetime.combine(self.standstill_last_day + ONE_DAY, time()))

    def is_in_standstill(self, at: datetime) -> bool:
        return self.standstill_ends_at is not None and at < self.standstill_ends_at


class EvaluationQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(tender__in=Tender.objects.prices_shown_to(user))


class Evaluation(models.Model):
    """The ranking as it stood at one moment; a new version wherever a bid was excluded (R7.3)."""

    tender = models.ForeignKey(Tender, models.PROTECT, related_name="evaluations")
    version = models.PositiveSmallIntegerField()
    cause = models.CharField(max_length=200)
    ranking = models.JSONField()
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = EvaluationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="evaluation_numbered_once", fields=["tender", "version"]),
        ]

    def __str__(self):
        return f"{self.tender} version {self.version}"


def contract_ref() -> str:
    return random_ref("CT")


class ContractQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self if user.may(Permission.VIEW_AGREEMENT) else self.none()

    def matching_text(self, text):
        return self.filter(
            Q(reference__icontains=text)
            | Q(provider__name__icontains=text)
            | Q(award__tender__reference__icontains=text)
        )

    def in_state(self, state: str, day: date):
        return self.filter(
            {
                ContractState.NOT_BEGUN: Q(start__gt=day),
                ContractState.RUNNING: Q(start__lte=day, end__gt=day),
                ContractState.ENDED: Q(end__lte=day),
            }[ContractState(state)]
        )

    def newest_first(self):
        return self.order_by("-award__confirmed_at", "-pk")


class Contract(Quoted):
    """A register entry that an award makes. ``end`` is the day after the last one."""

    reference = models.CharField(max_length=16, unique=True, default=contract_ref, editable=False)

    award = models.ForeignKey(Award, models.PROTECT, related_name="contracts")
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="contracts")
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="contracts")
    start = models.DateField()
    end = models.DateField()
    options = models.PositiveSmallIntegerField(default=0)
    option_months = models.PositiveSmallIntegerField(default=0)
    options_taken = models.PositiveSmallIntegerField(default=0)

    objects = ContractQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_contract_per_winner", fields=["award", "provider"]),
            models.CheckConstraint(
                name="contract_options_were_published",
                condition=Q(options_taken__lte=F("options")),
            ),
            models.CheckConstraint(
                name="registered_contract_ends_after_start", condition=Q(end__gt=F("start"))
            ),
            models.CheckConstraint(name="contract_price_positive", condition=Q(weekly_pence__gt=0)),
        ]

    def __str__(self):
        return self.reference

    def get_absolute_url(self):
        return reverse("tenders:contract", args=[self.reference])

    @property
    def tender(self) -> Tender:
        return self.award.tender

    @property
    def last_day(self) -> date:
        return rules.last_day_of(self.end)

    @property
    def awarded_end(self) -> date:
        """The end before any option was taken."""
        return self.tender.contract_end if self.options_taken else self.end

    @property
    def value_pence(self) -> int:
        """One place at the weekly price for the whole length; nothing else is promised."""
        return rules.contract_value(self.weekly_pence, start=self.start, end=self.end)

    @property
    def end_after_option(self) -> date:
        return add_months(self.end, self.option_months)

    @property
    def keep_until(self) -> date:
        """Until when the procurement file is kept (R4.3, R8.4)."""
        return rules.keep_until(
            awarded_on=timezone.localdate(self.award.confirmed_at), last_day=self.last_day
        )

    def state(self, day: date) -> ContractState:
        if day < self.start:
            return ContractState.NOT_BEGUN
        return ContractState.RUNNING if day < self.end else ContractState.ENDED


class ContractExtension(models.Model):
    """An option taken: until when the contract ran, and until when it runs now."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="extensions")
    end_before = models.DateField()
    end_after = models.DateField()
    reason = models.TextField()
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="option_lengthens_contract", condition=Q(end_after__gt=F("end_before"))
            ),
        ]

    def __str__(self):
        return f"{self.contract} until {self.end_after}"

    @property
    def last_day_after(self) -> date:
        return rules.last_day_of(self.end_after)


class LetterQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those who may see the ranking; a provider its own."""
        if user.may(Permission.VIEW_EVALUATION):
            return self.filter(tender__in=Tender.objects.prices_shown_to(user))
        return self.filter(provider__memberships__user=user, provider__memberships__ended_at=None)


class Letter(models.Model):
    """The outcome told to one bidder, in the words that were sent."""

    tender = models.ForeignKey(Tender, models.PROTECT, related_name="letters")
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="letters")
    won = models.BooleanField()
    body = models.TextField()
    at = models.DateTimeField()

    objects = LetterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_outcome_letter", fields=["tender", "provider"]),
        ]

    def __str__(self):
        return f"{self.tender} {self.provider}"
