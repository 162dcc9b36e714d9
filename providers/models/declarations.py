"""What a provider declares of itself, and what was done about it (R3.1, R3.2)."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from dps_portal.accounts.roles import Permission
from dps_portal.agreements.models import Agreement
from dps_portal.documents.models import Document
from providers import rules
from providers.states import ExclusionGround, SelfCleaning

from .applications import Application
from .organisations import Provider

USER = settings.AUTH_USER_MODEL


class DeclarationRequest(models.Model):
    """The council asks for a renewed declaration within 5 working days (R2.13)."""

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="declaration_requests")
    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="+")
    requested_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    requested_at = models.DateTimeField()
    reason = models.TextField()
    due_on = models.DateField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_open_declaration_request",
                fields=["provider", "agreement"],
                condition=Q(answered_at=None),
            ),
        ]

    def __str__(self):
        return f"{self.provider} {self.due_on}"


class DeclarationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Its own people's; the council reads those that were made, in applications it reads."""
        if user.may(Permission.VIEW_APPLICATIONS):
            applications = Application.objects.read_by(user)
            return self.exclude(declared_at=None).filter(
                Q(application=None) | Q(application__in=applications)
            )
        return self.filter(provider__memberships__user=user, provider__memberships__ended_at=None)


class Declaration(models.Model):
    """Made in an application, or on request. It counts once ``declared_at`` is set."""

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="declarations")
    application = models.OneToOneField(
        Application, models.PROTECT, null=True, related_name="declaration"
    )
    request = models.OneToOneField(
        DeclarationRequest, models.PROTECT, null=True, related_name="declaration"
    )
    has_grounds = models.BooleanField(null=True)  # None: not answered yet
    declared_by_name = models.CharField(max_length=120, blank=True)
    declared_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    declared_at = models.DateTimeField(null=True)

    objects = DeclarationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="declaration_for_something",
                condition=Q(application__isnull=False, request=None)
                | Q(application=None, request__isnull=False),
            ),
            models.CheckConstraint(
                name="declaration_is_whole",
                condition=Q(declared_at=None, declared_by=None)
                | (
                    Q(
                        declared_at__isnull=False,
                        declared_by__isnull=False,
                        has_grounds__isnull=False,
                    )
                    & ~Q(declared_by_name="")
                ),
            ),
        ]

    def __str__(self):
        return f"{self.provider} declaration {self.pk}"

    @property
    def is_editable(self) -> bool:
        """Until it is made; in an application as long as the application can be edited."""
        return self.application.is_editable if self.application_id else self.declared_at is None

    def grounds_in_order(self):
        """As the list of grounds has them."""
        place = {value: number for number, value in enumerate(ExclusionGround.values)}
        return sorted(self.grounds.all(), key=lambda each: place[each.ground])


class DeclaredGround(models.Model):
    """One ground that applies, with its date; self-cleaning is assessed by a person (R3.2)."""

    declaration = models.ForeignKey(Declaration, models.PROTECT, related_name="grounds")
    ground = models.CharField(max_length=24, choices=ExclusionGround)
    happened_on = models.DateField(null=True)  # None until its page is filled in
    what_happened = models.TextField(blank=True)
    compensation = models.TextField(blank=True)
    cooperation = models.TextField(blank=True)
    measures = models.TextField(blank=True)
    document = models.ForeignKey(Document, models.PROTECT, null=True, related_name="+")
    finding = models.CharField(max_length=12, choices=SelfCleaning, blank=True)
    finding_reason = models.TextField(blank=True)
    assessed_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    assessed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="ground_declared_once", fields=["declaration", "ground"]),
            models.CheckConstraint(
                name="self_cleaning_finding_is_whole",
                condition=Q(finding="", assessed_by=None, assessed_at=None)
                | (
                    Q(assessed_by__isnull=False, assessed_at__isnull=False)
                    & ~Q(finding="")
                    & ~Q(finding_reason="")
                ),
            ),
        ]

    def __str__(self):
        return f"{self.declaration} {self.ground}"

    def rule(self) -> rules.Ground:
        return rules.Ground(
            ground=ExclusionGround(self.ground),
            happened_on=self.happened_on,
            is_told=bool(self.what_happened and self.measures),
            finding=SelfCleaning(self.finding) if self.finding else None,
        )
