"""The agreement: one Dynamic Purchasing System with its term, lots, rounds and options."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from .regimes import REGIMES, Regime


class AgreementQuerySet(models.QuerySet):
    def public(self):
        return self.filter(published=True)


class Agreement(models.Model):
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
    price_weight_min = models.PositiveSmallIntegerField(default=30)
    price_weight_max = models.PositiveSmallIntegerField(default=60)
    first_funding_months = models.PositiveSmallIntegerField(default=3)
    published = models.BooleanField(default=True)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="agreement_ends_after_start", condition=Q(end__gt=F("start"))
            ),
        ]

    def __str__(self):
        return self.reference

    @property
    def regime(self) -> Regime:
        return REGIMES[self.regime_key]

    def is_running(self, day) -> bool:
        return self.start <= day < self.end


class ExtensionOption(models.Model):
    """An advertised option to lengthen the term; exercised once, with evidence (R6.2)."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="options")
    number = models.PositiveSmallIntegerField()
    start = models.DateField()
    end = models.DateField()
    exercise_by = models.DateField()
    exercised_on = models.DateField(null=True)
    exercised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
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

    class Meta:
        constraints = [
            models.UniqueConstraint(name="lot_numbered_once", fields=["agreement", "number"]),
            models.CheckConstraint(
                name="lot_ceiling_positive", condition=Q(ceiling_weekly_pence__gt=0)
            ),
        ]

    def __str__(self):
        return f"Lot {self.number}: {self.title}"


class NoticeTask(models.Model):
    """A notice that the law asks for, with the reference once it is out."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="notice_tasks")
    what = models.CharField(max_length=120)
    due_on = models.DateField()
    reference = models.CharField(max_length=60, blank=True)
    published_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="notice_published_with_reference",
                condition=Q(published_on=None) | ~Q(reference=""),
            ),
        ]

    def __str__(self):
        return self.what
