"""Files of invoices and payments: staged row by row, named by people, then taken in at once."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from dps_portal.accounts.models import random_ref
from dps_portal.accounts.roles import Permission
from placements.states import ImportKind, ImportState, RowOutcome
from providers.models import Provider

from .invoices import Invoice
from .stays import Placement

USER = settings.AUTH_USER_MODEL


def import_ref() -> str:
    return random_ref("IM")


class SupplierAlias(models.Model):
    """Another name under which a provider stands in files, as a person has confirmed it.

    ``name_key`` is the name without case, punctuation and legal form.
    """

    name = models.CharField(max_length=200)
    name_key = models.CharField(max_length=200, unique=True)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="aliases")
    confirmed_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField()

    def __str__(self):
        return f"{self.provider} alias {self.pk}"


class InvoiceImportQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self if user.may(Permission.VIEW_PAYMENTS) else self.none()

    def matching_text(self, text):
        return self.filter(Q(reference__icontains=text) | Q(file_name__icontains=text))

    def newest_first(self):
        return self.order_by("-uploaded_at", "-pk")


class InvoiceImport(models.Model):
    """One file. Nothing of it counts until it is confirmed, and then all of it or nothing.

    What was paid elsewhere is confirmed by another person than brought it.
    """

    reference = models.CharField(max_length=16, unique=True, default=import_ref, editable=False)
    kind = models.CharField(max_length=10, choices=ImportKind)
    state = models.CharField(max_length=10, choices=ImportState, default=ImportState.STAGED)
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    encoding = models.CharField(max_length=20)
    head = models.JSONField()
    uploaded_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    decided_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    objects = InvoiceImportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="import_decision_is_whole",
                condition=Q(state="staged", decided_by=None, decided_at=None)
                | ~Q(state="staged") & Q(decided_by__isnull=False, decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="history_confirmed_by_another_person",
                condition=~Q(kind="history", state="committed") | ~Q(decided_by=F("uploaded_by")),
            ),
        ]

    def __str__(self):
        return self.reference

    def get_absolute_url(self):
        return reverse("placements:invoice_import", args=[self.reference])

    @property
    def is_staged(self) -> bool:
        return self.state == ImportState.STAGED


class ImportRowQuerySet(models.QuerySet):
    def with_outcome(self, outcome):
        return self.filter(outcome=outcome)

    def matching_text(self, text):
        return self.filter(
            Q(supplier__icontains=text)
            | Q(number__icontains=text)
            | Q(invoice__reference__icontains=text)
        )

    def in_order(self):
        return self.order_by("line")


class InvoiceImportRow(models.Model):
    """One row: its ``cells`` as they stood in the file, what was read from them, and the outcome.

    ``reasons`` say why it is not taken, ``notes`` what a person should look at.
    """

    batch = models.ForeignKey(InvoiceImport, models.PROTECT, related_name="rows")
    line = models.PositiveIntegerField()  # in the file; the head is line 1
    cells = models.JSONField()
    outcome = models.CharField(max_length=10, choices=RowOutcome)
    reasons = models.JSONField(default=list)
    notes = models.JSONField(default=list)
    supplier = models.CharField(max_length=200, blank=True)
    provider = models.ForeignKey(Provider, models.PROTECT, null=True, related_name="+")
    number = models.CharField(max_length=40, blank=True)
    dated_on = models.DateField(null=True)
    received_on = models.DateField(null=True)
    pence = models.BigIntegerField(null=True)
    placement = models.ForeignKey(Placement, models.PROTECT, null=True, related_name="+")
    start = models.DateField(null=True)
    end = models.DateField(null=True)
    paid_on = models.DateField(null=True)
    transaction = models.CharField(max_length=40, blank=True)
    invoice = models.ForeignKey(Invoice, models.PROTECT, null=True, related_name="import_rows")

    objects = ImportRowQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_row_of_a_line", fields=["batch", "line"]),
            models.CheckConstraint(
                name="accepted_row_has_money",
                condition=~Q(outcome="accepted") | Q(pence__isnull=False) & ~Q(pence=0),
            ),
        ]

    def __str__(self):
        return f"{self.batch} row {self.line}"
