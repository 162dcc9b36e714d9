"""What a choice of a provider is made from: vacancies, the fit, and every option as it stood."""

from django.conf import settings
from django.db import models
from django.db.models import Max, Q

from dps_portal.agreements.models import Lot
from placements.states import Complexity
from providers.models import Provider
from providers.states import RateSource
from tenders.models import Tender
from tenders.states import TenderState

from .people import Referral
from .stays import Placement

USER = settings.AUTH_USER_MODEL


class VacancyQuerySet(models.QuerySet):
    def current(self):
        """What each provider stated last of each lot."""
        last = self.order_by().values("provider", "lot").annotate(last=Max("pk"))
        return self.filter(pk__in=last.values("last"))


class Vacancy(models.Model):
    """What a provider states of one lot: its places, from when, and which needs it meets.

    A newer row takes the place of an older one.
    """

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="vacancies")
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="vacancies")
    places = models.PositiveSmallIntegerField()
    earliest_on = models.DateField()
    meets = models.JSONField(default=list)
    stated_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    stated_at = models.DateTimeField()

    objects = VacancyQuerySet.as_manager()

    def __str__(self):
        return f"{self.provider} {self.lot} {self.earliest_on}"

    @property
    def meets_labels(self) -> list[str]:
        return [str(Complexity(factor).label) for factor in self.meets]


class FitNote(models.Model):
    """How one provider fits one person, as the assessor sees it; the choice keeps a copy."""

    referral = models.ForeignKey(Referral, models.PROTECT, related_name="fit_notes")
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    is_suitable = models.BooleanField()
    note = models.TextField()
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_fit_note_per_provider", fields=["referral", "provider"]
            ),
            models.CheckConstraint(name="fit_note_has_words", condition=~Q(note="")),
        ]

    def __str__(self):
        return f"{self.referral} {self.provider}"


class MatchOption(models.Model):
    """One of the providers that were compared when a placement was chosen, as it stood then.

    ``why_not`` says why it was no choice; of a dearer choice the placement says why.
    """

    placement = models.ForeignKey(Placement, models.PROTECT, related_name="options")
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    is_chosen = models.BooleanField()
    is_suitable = models.BooleanField()
    weekly_pence = models.BigIntegerField()
    source = models.CharField(max_length=10, choices=RateSource)
    total_pence = models.BigIntegerField()
    places = models.PositiveSmallIntegerField(null=True)
    earliest_on = models.DateField(null=True)
    miles = models.PositiveSmallIntegerField(null=True)
    planned_exits = models.PositiveIntegerField()
    unplanned_exits = models.PositiveIntegerField()
    unmet = models.JSONField(null=True)  # of the person's complexity; None if nothing is stated
    fit_note = models.TextField(blank=True)
    why_not = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="option_compared_once", fields=["placement", "provider"]),
            models.UniqueConstraint(
                name="one_option_is_chosen", fields=["placement"], condition=Q(is_chosen=True)
            ),
            models.CheckConstraint(
                name="chosen_option_is_suitable",
                condition=Q(is_chosen=False) | Q(is_suitable=True),
            ),
        ]

    def __str__(self):
        return f"{self.placement} {self.provider}"


class CompetitionQuerySet(models.QuerySet):
    def standing(self):
        return self.exclude(tender__state=TenderState.ABANDONED)


class Competition(models.Model):
    """A quick tender among all admitted, for one person's place (targets T7, R8.3)."""

    referral = models.ForeignKey(Referral, models.PROTECT, related_name="competitions")
    tender = models.OneToOneField(Tender, models.PROTECT, related_name="+")
    profile = models.JSONField()
    started_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    started_at = models.DateTimeField()

    objects = CompetitionQuerySet.as_manager()

    def __str__(self):
        return f"{self.referral} {self.tender}"

    @property
    def is_won(self) -> bool:
        return self.tender.state == TenderState.AWARDED
