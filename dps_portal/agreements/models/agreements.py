"""The agreement: one Dynamic Purchasing System with its term, lots, rounds and options."""

from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from dps_portal.accounts.roles import Permission
from dps_portal.agreements.regimes import BACKSTOP, REGIMES, Regime
from dps_portal.agreements.rules import FIGURES, NOTICE_DAYS, Quarter
from dps_portal.clock import add_months
from dps_portal.documents.models import Document

from .settings import PlacementSettings

USER = settings.AUTH_USER_MODEL


class Handling(models.TextChoices):
    """What a lapse does to a provider; only what the published rules say (R3.4, R3.5)."""

    SHOWN = "shown", "Shown to the council, nothing else"
    NOT_INVITED = "not_invited", "Not invited and not matched until it is mended"


class NoticeKind(models.TextChoices):
    CONTRACT = "contract", "Contract notice"
    REOPENING = "reopening", "Re-opening notice"
    AWARD = "award", "Contract award notice"
    QUARTERLY_AWARD = "quarterly_award", "Contract award notice for a quarter"
    VALIDITY_CHANGE = "validity_change", "Notice of a change of validity"
    TERMINATION = "termination", "Contract award notice (termination)"


class AgreementQuerySet(models.QuerySet):
    def public(self):
        return self.filter(published=True)


class Agreement(PlacementSettings):
    """``start`` and ``end`` are half-open: the last day of the term is the day before ``end``."""

    reference = models.SlugField(max_length=40, unique=True)
    authority = models.CharField(max_length=120)
    title = models.CharField(max_length=200)
    description = models.TextField()
    regime_key = models.CharField(
        max_length=40, choices={key: regime.name for key, regime in REGIMES.items()}
    )
    ocid = models.CharField(max_length=60, blank=True)
    cpv = models.CharField(max_length=10)
    start = models.DateField()
    end = models.DateField()
    published_value_pence = models.BigIntegerField()
    annual_ceiling_pence = models.BigIntegerField()
    expected_volume = models.CharField(max_length=200, blank=True)  # with the value (R2.9)
    price_weight_min = models.PositiveSmallIntegerField(default=30)
    price_weight_max = models.PositiveSmallIntegerField(default=60)
    published = models.BooleanField(default=True)
    # The rule profile: what the notice published instead of the figures of the regime (R1.3).
    # None is the regime's own. They are locked once the contract notice is recorded.
    opens_in_rounds = models.BooleanField(null=True)
    decide_days = models.PositiveSmallIntegerField(null=True)
    extended_days = models.PositiveSmallIntegerField(null=True)
    refresh_days = models.PositiveSmallIntegerField(null=True)
    minimum_tender_days = models.PositiveSmallIntegerField(null=True)
    lapsed_evidence = models.CharField(max_length=12, choices=Handling, default=Handling.SHOWN)
    inadequate_rating = models.CharField(max_length=12, choices=Handling, default=Handling.SHOWN)
    # Whether each placement is put to a quick tender among all admitted to its lot (R10.3).
    placement_competition = models.BooleanField(default=False)
    # Before the first invitation alone (R2.6).
    initial_evaluation_until = models.DateField(null=True)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="agreement_ends_after_start", condition=Q(end__gt=F("start"))
            ),
        ]

    def __str__(self):
        return self.reference

    def get_absolute_url(self):
        """The agreement as the council sees it; the public page is the opportunity."""
        return reverse("agreements:agreement", args=[self.reference])

    @property
    def regime(self) -> Regime:
        """The law's figures, or what this agreement's notice published instead."""
        return REGIMES[self.regime_key].as_published(
            has_rounds=self.opens_in_rounds,
            decide_application=self.decide_days,
            decide_application_extended=self.extended_days,
            refresh_declaration=self.refresh_days,
            minimum_tender=self.minimum_tender_days,
        )

    @property
    def last_day(self):
        return self.end - timedelta(days=1)

    def contract_notice(self):
        """The notice that locks the rules; ``None`` until it is published."""
        published = self.notice_tasks.filter(kind=NoticeKind.CONTRACT).exclude(published_on=None)
        return published.order_by("published_on").first()

    def first_funding_ends(self, start: date) -> date:
        """The first night that the first funding of a stay does not pay (money.md R4)."""
        if self.funding_stages:
            return start + timedelta(weeks=self.funding_stages[0])
        return add_months(start, self.first_funding_months)

    def is_running(self, day) -> bool:
        return self.start <= day < self.hard_stop

    @property
    def hard_stop(self):
        """The first day without the system: no term outlasts the 2015 Regulations (R1.2)."""
        return min(self.end, BACKSTOP + timedelta(days=1))


class ExtensionOption(models.Model):
    """An advertised option to lengthen the term; exercised once, with evidence (R6.2)."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="options")
    number = models.PositiveSmallIntegerField()
    start = models.DateField()
    end = models.DateField()
    exercise_by = models.DateField()
    exercised_on = models.DateField(null=True)
    exercised_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    evidence = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="option_numbered_once", fields=["agreement", "number"]),
            models.CheckConstraint(
                name="option_exercised_in_time",
                condition=Q(exercised_on=None) | Q(exercised_on__lte=F("exercise_by")),
            ),
        ]

    def __str__(self):
        return f"{self.agreement} option {self.number}"

    @property
    def last_day(self):
        return self.end - timedelta(days=1)


class Round(models.Model):
    """A published window for applications, where the regime has rounds. Half-open."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="rounds")
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    notice_reference = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="round_closes_after_opening", condition=Q(closes_at__gt=F("opens_at"))
            ),
        ]

    def __str__(self):
        return f"{self.agreement} round {self.pk}"


class Lot(models.Model):
    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="lots")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=60)
    specification = models.TextField()
    ceiling_weekly_pence = models.BigIntegerField()
    # At most twice the largest call-off, unless it is justified (R3.3).
    minimum_turnover_pence = models.BigIntegerField(null=True)
    turnover_justification = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="lot_numbered_once", fields=["agreement", "number"]),
            models.CheckConstraint(
                name="lot_ceiling_positive", condition=Q(ceiling_weekly_pence__gt=0)
            ),
        ]

    def __str__(self):
        return f"Lot {self.number}: {self.title}"


class AwardCriterion(models.Model):
    """A heading that tenders may score by, and the least and the most it weighs there (R2.12).

    Locked with the other rules once the contract notice is recorded.
    """

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="award_criteria")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=60)
    description = models.TextField(blank=True)
    weight_min = models.PositiveSmallIntegerField()
    weight_max = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="award_criterion_named_once", fields=["agreement", "name"]
            ),
            models.CheckConstraint(
                name="award_criterion_has_a_range",
                condition=Q(
                    weight_min__lte=F("weight_max"), weight_max__gte=1, weight_max__lte=100
                ),
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def weights(self) -> tuple[int, int]:
        return self.weight_min, self.weight_max


class NoticeTaskQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Council staff who see agreements see all their notices."""
        return self if user.may(Permission.VIEW_AGREEMENT) else self.none()

    def outstanding(self):
        return self.filter(published_on=None)

    def matching_text(self, text):
        return self.filter(Q(what__icontains=text) | Q(reference__icontains=text))

    def soonest_due_first(self):
        """The outstanding by their due date, then those recorded, newest first."""
        return self.order_by(F("published_on").desc(nulls_first=True), "due_on", "pk")


class NoticeTask(models.Model):
    """A notice that the law asks for, with the reference once it is out."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="notice_tasks")
    kind = models.CharField(max_length=16, choices=NoticeKind, default=NoticeKind.CONTRACT)
    what = models.CharField(max_length=120)
    due_on = models.DateField()
    reference = models.CharField(max_length=60, blank=True)
    published_on = models.DateField(null=True)
    recorded_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")

    objects = NoticeTaskQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="notice_published_with_reference",
                condition=Q(published_on=None) | ~Q(reference=""),
            ),
        ]

    def __str__(self):
        return self.what

    def is_overdue(self, day) -> bool:
        return self.published_on is None and self.due_on < day

    @property
    def quarter(self) -> Quarter | None:
        """The one whose awards it tells of, if it tells of a quarter."""
        if self.kind != NoticeKind.QUARTERLY_AWARD:
            return None
        return Quarter.of(self.due_on - timedelta(days=NOTICE_DAYS))


class ValidityChange(models.Model):
    """Why the term ends when it ends: an option, a change or a termination, with its evidence.

    It is incomplete until the notice that it owes has a reference (R2.14).
    """

    class Kind(models.TextChoices):
        OPTION = "option", "Extension option exercised"
        CHANGE = "change", "Validity changed"
        TERMINATION = "termination", "Ended early"

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="validity_changes")
    kind = models.CharField(max_length=12, choices=Kind)
    end_before = models.DateField()
    end_after = models.DateField()
    decided_on = models.DateField()
    evidence = models.CharField(max_length=200)
    document = models.OneToOneField(Document, models.PROTECT, null=True, related_name="+")
    # Why a decision after the freeze stands nevertheless (R1.2).
    legal_check = models.TextField(blank=True)
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    notice = models.OneToOneField(
        NoticeTask, models.PROTECT, null=True, related_name="validity_change"
    )

    def __str__(self):
        return f"{self.agreement} {self.kind} {self.decided_on}"

    @property
    def is_complete(self) -> bool:
        """An option was advertised and owes no notice of its own."""
        return self.notice is None or self.notice.published_on is not None


class Deviation(models.Model):
    """A published rule changed after the notice: reasoned, and told to all (R1.3)."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="deviations")
    rule = models.CharField(max_length=40)
    before = models.CharField(max_length=40, blank=True)
    after = models.CharField(max_length=40, blank=True)
    reason = models.TextField()
    no_breach = models.TextField()
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self):
        return f"{self.agreement} {self.rule}"

    @property
    def label(self) -> str:
        return FIGURES.get(self.rule, self.rule.replace("_", " ").capitalize())

    @property
    def was(self) -> str:
        return self._in_words(self.before)

    @property
    def became(self) -> str:
        return self._in_words(self.after)

    def _in_words(self, value: str) -> str:
        rounds = {"True": "in rounds", "False": "for the whole term", "": "the regime’s own"}
        if self.rule == "placement_competition":
            rounds = {"True": "always", "False": "where the assessor asks for it"}
        words = rounds | {each.value: each.label for each in Handling}
        return words.get(value, value)


class AgreementDocument(models.Model):
    """A document that everyone may read while the agreement lives; its versions all stay (R2.9)."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="documents")
    lot = models.ForeignKey(Lot, models.PROTECT, null=True, related_name="documents")
    title = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="document_named_once", fields=["agreement", "slug"]),
        ]

    def __str__(self):
        return self.title


class DocumentVersion(models.Model):
    of = models.ForeignKey(AgreementDocument, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    file = models.OneToOneField(Document, models.PROTECT, related_name="+")
    note = models.CharField(max_length=200, blank=True)
    published_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="version_numbered_once", fields=["of", "number"]),
        ]

    def __str__(self):
        return f"{self.of} version {self.number}"
