"""Documents that a provider shows, each with its kind and expiry."""

from django.conf import settings
from django.db import models
from django.db.models import Count, F, Q

from dps_portal.accounts.roles import Permission
from dps_portal.documents.models import Document, ScanState
from providers import rules
from providers.states import OPTIONAL_EVIDENCE, EvidenceCheck, EvidenceKind, EvidenceState

from .applications import Application
from .organisations import Provider
from .places import HeldQuerySet


class EvidenceDocumentQuerySet(HeldQuerySet):
    def by_kind(self):
        return self.select_related("document").order_by("kind", "pk")

    def good(self, day):
        """Current documents that count on ``day``: neither rejected nor expired (R3.5)."""
        return self.held_at(None).filter(
            ~Q(finding=EvidenceCheck.REJECTED),
            ~Q(document__scan_state=ScanState.INFECTED),
            Q(expires_on=None) | Q(expires_on__gte=day),
        )

    def providers_in_order(self, day):
        """For a subquery: those with a good document of every kind that must be there."""
        required = [kind for kind in EvidenceKind if kind not in OPTIONAL_EVIDENCE]
        kinds = self.good(day).filter(kind__in=required).values("provider")
        return kinds.annotate(kinds=Count("pk")).filter(kinds=len(required)).values("provider")

    def to_check(self):
        return self.held_at(None).filter(needs_check=True, finding="")

    def visible_to(self, user):
        """A provider sees its own; the council what an application or an admission rests on."""
        if user.may(Permission.VIEW_APPLICATIONS):
            in_application = (
                Q(provider__applications__in=Application.objects.read_by(user))
                & Q(provider__applications__answered_at__gte=F("added_at"))
                & (Q(ended_at=None) | Q(provider__applications__submitted_at__lt=F("ended_at")))
            )
            closed = Application.objects.closed_to(user).values("provider")
            return (
                self.filter(in_application | Q(provider__admissions__isnull=False))
                .exclude(provider__in=closed)
                .distinct()
            )
        return self.filter(provider__memberships__user=user, provider__memberships__ended_at=None)


class EvidenceDocument(models.Model):
    """``finding`` is the council's, of a document that came after admission."""

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="evidence")
    kind = models.CharField(max_length=16, choices=EvidenceKind)
    document = models.OneToOneField(Document, models.PROTECT, related_name="+")
    expires_on = models.DateField(null=True)
    added_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    needs_check = models.BooleanField(default=False)
    finding = models.CharField(max_length=10, choices=EvidenceCheck, blank=True)
    finding_reason = models.TextField(blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    checked_at = models.DateTimeField(null=True)

    objects = EvidenceDocumentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_current_document_of_a_kind",
                fields=["provider", "kind"],
                condition=Q(ended_at=None),
            ),
            models.CheckConstraint(
                name="evidence_finding_is_whole",
                condition=Q(finding="", checked_by=None, checked_at=None)
                | (~Q(finding="") & Q(checked_by__isnull=False, checked_at__isnull=False)),
            ),
        ]

    def __str__(self):
        return f"{self.provider} {self.kind}"

    @property
    def is_refused(self) -> bool:
        """By the council or by the virus scan."""
        return (
            self.finding == EvidenceCheck.REJECTED or self.document.scan_state == ScanState.INFECTED
        )

    def state(self, day) -> EvidenceState:
        return rules.evidence_state(
            expires_on=self.expires_on,
            is_refused=self.is_refused,
            needs_check=self.needs_check and not self.finding,
            today=day,
        )
