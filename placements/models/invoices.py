"""What providers ask to be paid: invoices and credit notes, their lines, and their disputes."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from dps_portal.accounts.models import random_ref
from dps_portal.accounts.roles import Permission
from dps_portal.clock import ONE_DAY, year_start
from placements.states import ImportKind, InvoiceKind, InvoiceOrigin, InvoiceState
from providers.models import Provider

from .stays import OneOff, Placement

USER = settings.AUTH_USER_MODEL
DECIDED = ["approved", "paid"]
UNPAID = ["received", "matched", "disputed", "approved"]


def invoice_ref() -> str:
    return random_ref("IN")


def payment_batch_ref() -> str:
    return random_ref("PB")


class PaymentBatchQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self if user.may(Permission.VIEW_PAYMENTS) else self.none()

    def matching_text(self, text):
        return self.filter(
            Q(reference__icontains=text) | Q(invoices__reference__icontains=text)
        ).distinct()

    def newest_first(self):
        return self.order_by("-made_at", "-pk")


class PaymentBatch(models.Model):
    """Approved invoices handed to the ledger system together: ``rows`` as they were handed over.

    Never edited, never deleted, so that it can be downloaded again as it was.
    """

    reference = models.CharField(
        max_length=16, unique=True, default=payment_batch_ref, editable=False
    )
    rows = models.JSONField()
    pence = models.BigIntegerField()
    made_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    objects = PaymentBatchQuerySet.as_manager()

    def __str__(self):
        return self.reference

    def get_absolute_url(self):
        return reverse("placements:payment_batch", args=[self.reference])


class InvoiceQuerySet(models.QuerySet):
    def visible_to(self, user):
        """All to those who handle or oversee them; to a provider's owner the organisation's."""
        if not user.may(Permission.VIEW_INVOICES):
            return self.none()
        if user.may(Permission.SUBMIT_INVOICE):
            return self.filter(
                provider__memberships__user=user, provider__memberships__ended_at=None
            )
        return self

    def unpaid(self):
        return self.filter(state__in=UNPAID)

    def decided(self):
        """Approved, whether paid yet or not."""
        return self.filter(state__in=DECIDED)

    def overdue(self, today):
        """To be paid by a day that has passed."""
        return self.due_by(today - ONE_DAY)

    def due_by(self, day):
        """While one is disputed the clock stands still; nothing is owed on a credit note."""
        rows = self.unpaid().exclude(state=InvoiceState.DISPUTED).filter(due_on__lte=day)
        return rows.filter(kind=InvoiceKind.INVOICE)

    def under(self, agreement):
        """For placements of an agreement; one without lines could be for any."""
        here = Q(lines__placement__referral__agreement=agreement) | Q(lines=None)
        return self.filter(here).distinct()

    def about(self, agreement, start, end):
        """For nights or charges of a period; one without lines is taken by its own date."""
        lines = Q(lines__placement__referral__agreement=agreement)
        nights = lines & Q(lines__start__lt=end, lines__end__gt=start)
        charges = lines & Q(lines__one_off__on__gte=start, lines__one_off__on__lt=end)
        bare = Q(lines=None, dated_on__gte=start, dated_on__lt=end)
        return self.filter(nights | charges | bare).distinct()

    def timed(self):
        """Those whose time to payment is told: nothing is owed on a credit note, and of what was
        paid before the portal was there nobody knows when it came in (R4.8).
        """
        rows = self.filter(kind=InvoiceKind.INVOICE)
        return rows.exclude(import_rows__batch__kind=ImportKind.HISTORY)

    def paid_in_time(self):
        return self.timed().filter(state=InvoiceState.PAID, paid_on__lte=F("due_on"))

    def paid_late(self):
        return self.timed().filter(state=InvoiceState.PAID, paid_on__gt=F("due_on"))

    def paid_or_due_in(self, year):
        """Paid in a financial year, or to be paid in it and not paid yet."""
        within = year_start(year), year_start(year + 1) - ONE_DAY
        is_due = Q(paid_on=None, due_on__range=within)
        return self.filter(Q(paid_on__range=within) | is_due)

    def to_export(self):
        """Approved and not yet handed to the ledger system."""
        return self.filter(state=InvoiceState.APPROVED, batch=None)

    def matching_text(self, text):
        return self.filter(
            Q(reference__icontains=text)
            | Q(number__icontains=text)
            | Q(provider__name__icontains=text)
            | Q(transaction__icontains=text)
        )

    def to_confirm(self):
        """Whose nights the assessment team has still to confirm."""
        waiting = [InvoiceState.RECEIVED, InvoiceState.MATCHED]
        rows = self.filter(state__in=waiting, kind=InvoiceKind.INVOICE, confirmed_at=None)
        return rows.filter(lines__isnull=False).distinct()

    def with_lines(self):
        """With what they are for, in one query more."""
        return self.prefetch_related("lines__placement")

    def soonest_due_first(self):
        return self.order_by("due_on", "pk")

    def newest_first(self):
        return self.order_by("-received_on", "-pk")


class Invoice(models.Model):
    """``number`` is the supplier's, ``number_key`` the same without case and spaces.

    ``pence`` is the net amount, negative for a credit note; the lines add up to it. It is to be
    paid by ``due_on``, thirty days from ``clock_from``: the day of receipt, or of the settling of
    a dispute (PCR 2015 reg 113, Procurement Act 2023 s68). ``confirmed_by`` says that the service
    was given.
    """

    reference = models.CharField(max_length=16, unique=True, default=invoice_ref, editable=False)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="invoices")
    number = models.CharField(max_length=40)
    number_key = models.CharField(max_length=120)  # one letter can be three without case
    kind = models.CharField(max_length=8, choices=InvoiceKind)
    origin = models.CharField(max_length=10, choices=InvoiceOrigin)
    state = models.CharField(max_length=10, choices=InvoiceState, default=InvoiceState.RECEIVED)
    dated_on = models.DateField()
    received_on = models.DateField()
    clock_from = models.DateField()
    due_on = models.DateField()
    pence = models.BigIntegerField()
    entered_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    matched_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    matched_at = models.DateTimeField(null=True)
    match_reason = models.TextField(blank=True)  # why it is right to pay less than our cost
    approved_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    batch = models.ForeignKey(PaymentBatch, models.PROTECT, null=True, related_name="invoices")
    paid_on = models.DateField(null=True)
    transaction = models.CharField(max_length=40, blank=True)
    paid_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    paid_at = models.DateTimeField(null=True)
    rejected_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    rejected_at = models.DateTimeField(null=True)
    reject_reason = models.TextField(blank=True)

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_invoice_of_a_number",
                fields=["provider", "number_key"],
                condition=~Q(state="rejected"),
            ),
            models.CheckConstraint(
                name="invoice_sign_follows_kind",
                condition=Q(kind="invoice", pence__gt=0) | Q(kind="credit", pence__lt=0),
            ),
            models.CheckConstraint(
                name="invoice_approved_by_another_person",
                condition=Q(approved_by=None)
                | ~Q(approved_by=F("entered_by"))
                & (Q(matched_by=None) | ~Q(approved_by=F("matched_by"))),
            ),
            models.CheckConstraint(
                name="invoice_approval_is_whole",
                condition=Q(state__in=DECIDED, approved_by__isnull=False, approved_at__isnull=False)
                | ~Q(state__in=DECIDED) & Q(approved_by=None, approved_at=None, batch=None),
            ),
            models.CheckConstraint(
                name="invoice_payment_is_whole",
                condition=Q(
                    state="paid",
                    paid_on__isnull=False,
                    paid_by__isnull=False,
                    paid_at__isnull=False,
                )
                & ~Q(transaction="")
                | ~Q(state="paid") & Q(paid_on=None, paid_by=None, paid_at=None, transaction=""),
            ),
            models.CheckConstraint(
                name="invoice_rejected_with_reason",
                condition=~Q(state="rejected")
                | Q(rejected_by__isnull=False, rejected_at__isnull=False) & ~Q(reject_reason=""),
            ),
        ]

    def __str__(self):
        return self.reference

    def get_absolute_url(self):
        return reverse("placements:invoice", args=[self.reference])


class InvoiceLine(models.Model):
    """The nights of a placement from ``start`` up to ``end``, or one approved charge of it.

    At matching it takes what they cost us in ``our_pence``, and the difference to what is asked.
    """

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="lines")
    placement = models.ForeignKey(Placement, models.PROTECT, related_name="invoice_lines")
    one_off = models.ForeignKey(OneOff, models.PROTECT, null=True, related_name="invoice_lines")
    start = models.DateField(null=True)
    end = models.DateField(null=True)
    pence = models.BigIntegerField()
    our_pence = models.BigIntegerField(null=True)
    difference_pence = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="invoice_line_moves_money", condition=~Q(pence=0)),
            models.CheckConstraint(
                name="invoice_line_is_for_nights_or_one_off",
                condition=Q(
                    one_off=None, start__isnull=False, end__isnull=False, end__gt=F("start")
                )
                | Q(one_off__isnull=False, start=None, end=None),
            ),
            models.CheckConstraint(
                name="invoice_line_difference_adds_up",
                condition=Q(our_pence=None, difference_pence=None)
                | Q(
                    our_pence__isnull=False,
                    difference_pence__isnull=False,
                    difference_pence=F("pence") - F("our_pence"),
                ),
            ),
        ]

    def __str__(self):
        return f"{self.invoice} {self.placement}"

    @property
    def last_night(self):
        return self.end and self.end - ONE_DAY


class DisputeQuerySet(models.QuerySet):
    def open(self):
        return self.filter(settled_at=None)


class InvoiceDispute(models.Model):
    """Why an invoice is not paid as it stands, and how that was settled; the clock stops."""

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="disputes")
    reason = models.TextField()
    raised_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()
    settlement = models.TextField(blank=True)
    settled_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)

    objects = DisputeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_open_dispute_of_an_invoice",
                fields=["invoice"],
                condition=Q(settled_at=None),
            ),
            models.CheckConstraint(
                name="dispute_settled_with_words",
                condition=Q(settled_at=None, settled_by=None)
                | Q(settled_at__isnull=False, settled_by__isnull=False) & ~Q(settlement=""),
            ),
        ]

    def __str__(self):
        return f"{self.invoice} dispute {self.pk}"
