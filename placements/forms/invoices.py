"""The forms of invoices, of payments and of the files they come in."""

from django import forms
from django.utils import timezone

from dps_portal.clock import ONE_DAY, in_words, year_label
from dps_portal.money import gbp
from dps_portal.ui.forms import BaseRows, DateField, FilterForm, Form, LongTextField, PoundsField
from placements.states import ImportKind, InvoiceKind, RowOutcome
from providers.models import Provider

from .lists import ListForm

MOST_LINES = 40


class InvoiceForm(Form):
    submit = "Enter the invoice"

    number = forms.CharField(
        label="Number of the invoice",
        help_text="As it stands on it.",
        max_length=40,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-20"}),
    )
    kind = forms.TypedChoiceField(
        label="What it is",
        choices=InvoiceKind,
        coerce=InvoiceKind,
        widget=forms.RadioSelect,
        initial=InvoiceKind.INVOICE,
    )
    dated_on = DateField(label="Date of the invoice", latest=timezone.localdate)
    received_on = DateField(
        label="Received on",
        help_text="It is to be paid within thirty days from then.",
        latest=timezone.localdate,
    )
    pence = PoundsField(
        label="Net amount", help_text="Of a credit note as well without a minus.", min_pence=1
    )

    def clean(self):
        """A credit note is typed without its minus and kept with it."""
        cleaned = super().clean()
        if cleaned.get("kind") == InvoiceKind.CREDIT and cleaned.get("pence"):
            cleaned["pence"] = -cleaned["pence"]
        return cleaned


class SubmissionForm(InvoiceForm):
    """What a provider sends is received today."""

    submit = "Send the invoice"
    received_on = None


class InvoiceLineForm(Form):
    """One line; left wholly empty it does not count. The last night is typed and included."""

    what = forms.ChoiceField(label="What it is for")
    start = DateField(label="First night", required=False)
    last = DateField(label="Last night", required=False)
    pence = PoundsField(label="Amount", min_pence=1)

    def __init__(self, *args, items, sign, **kwargs):
        super().__init__(*args, **kwargs)
        self.items, self.sign = items, sign
        self.fields["what"].choices = [
            ("", "Choose"),
            *((key, label) for key, (label, _, _) in items.items()),
        ]

    def has_changed(self):
        return any(part for field in self for part in _parts(field.data))

    def clean(self):
        cleaned = super().clean()
        if "what" not in cleaned:
            return cleaned
        _, placement, one_off = self.items[cleaned["what"]]
        start, last = cleaned.pop("start", None), cleaned.pop("last", None)
        if one_off is None and not self.errors:
            for name, value in (("start", start), ("last", last)):
                if value is None:
                    self.add_error(name, f"Enter the {name if name == 'last' else 'first'} night")
            if start and last and last < start:
                self.add_error("last", "The last night must not be before the first one")
        nights = (None, None) if one_off or last is None else (start, last + ONE_DAY)
        return {
            "placement": placement,
            "one_off": one_off,
            "start": nights[0],
            "end": nights[1],
            "pence": self.sign * (cleaned.get("pence") or 0),
        }


def _parts(data):
    return data if isinstance(data, list | tuple) else [data]


class BaseInvoiceLines(BaseRows):
    submit = "Save the lines"
    legend = "Line"
    fewest, spare = 4, 2


InvoiceLineFormSet = forms.formset_factory(
    InvoiceLineForm, formset=BaseInvoiceLines, max_num=MOST_LINES, absolute_max=MOST_LINES
)


def billable(placements) -> dict[str, tuple[str, object, object]]:
    """What an invoice may be for, by the value of its choice: a placement's nights, its charges.

    ``placements`` come with their ``one_offs``.
    """
    items = {}
    for placement in placements:
        items[placement.reference] = (f"{placement.reference}, nights", placement, None)
        for charge in placement.one_offs.all():
            label = f"{placement.reference}, {charge.label}, {in_words(charge.on)}"
            items[f"{placement.reference}:{charge.pk}"] = (
                f"{label}, {gbp(charge.pence)}",
                placement,
                charge,
            )
    return items


def typed_lines(lines) -> list[dict]:
    """The lines of an invoice as they are typed."""
    return [
        {
            "what": f"{line.placement}:{line.one_off_id}"
            if line.one_off_id
            else f"{line.placement}",
            "start": line.start,
            "last": line.end and line.end - ONE_DAY,
            "pence": abs(line.pence),
        }
        for line in lines
    ]


class InvoiceListForm(ListForm):
    q = forms.CharField(
        label="Search by number, reference or provider", required=False, max_length=80
    )
    due = forms.ChoiceField(
        label="Payment",
        choices=[
            *(("", "All"), ("overdue", "Overdue"), ("soon", "Due within seven days")),
            *(("paid", "Paid"), ("in_time", "Paid within 30 days"), ("late", "Paid late")),
        ],
        required=False,
    )
    provider = forms.ModelChoiceField(
        Provider.objects.none(), required=False, empty_label="All", to_field_name="reference"
    )
    year = forms.TypedChoiceField(
        label="Year paid, or due", required=False, coerce=int, empty_value=None
    )
    dated_from = DateField(label="Dated from", required=False)
    dated_to = DateField(label="Dated to", required=False)

    def __init__(self, *args, providers, years, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [("", "All"), *((year, year_label(year)) for year in years)]
        self.fields["provider"].queryset = providers
        self.fields["provider"].label_from_instance = lambda one: one.name
        if providers.count() <= 1:
            del self.fields["provider"]


class PaymentTimesForm(FilterForm):
    q = forms.CharField(label="Search by provider", required=False, max_length=80)
    year = forms.TypedChoiceField(required=False, coerce=int, empty_value=None)

    def __init__(self, *args, years, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [("", "All"), *((year, year_label(year)) for year in years)]


class SearchForm(FilterForm):
    q = forms.CharField(label="Search", required=False, max_length=80)


class ImportRowsForm(FilterForm):
    q = forms.CharField(label="Search by supplier or number", required=False, max_length=80)
    outcome = forms.ChoiceField(choices=[("", "All"), *RowOutcome.choices], required=False)


class AgreedForm(Form):
    """Where the invoice agrees with our cost there is nothing to say."""

    submit = "It agrees: match it"

    def clean(self):
        return {"reason": ""}


class MatchForm(Form):
    """Of an invoice that is below our cost by more than the tolerance."""

    submit = "Match it as it is"

    reason = LongTextField(
        label="Why it is right to pay less than our cost", max_length=500, rows=3
    )


class DisputeForm(Form):
    submit = "Dispute the invoice"

    reason = LongTextField(
        label="What is wrong with it",
        help_text="The provider reads this. Name nobody: use references.",
        max_length=1000,
        rows=4,
    )


class SettlementForm(Form):
    submit = "Settle the dispute"

    settlement = LongTextField(
        label="How it was settled",
        help_text="The provider reads this. Thirty days to pay run from today.",
        max_length=1000,
        rows=4,
    )


class RejectInvoiceForm(Form):
    submit = "Reject the invoice"
    is_destructive = True

    reason = LongTextField(
        label="Why it is not paid",
        help_text="The provider reads this and may send another under the same number.",
        max_length=1000,
        rows=4,
    )


class PaymentForm(Form):
    submit = "Mark as paid"

    paid_on = DateField(label="Paid on", latest=timezone.localdate)
    transaction_number = forms.CharField(
        label="Transaction number",
        help_text="As the ledger system gives it.",
        max_length=40,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-20"}),
    )


class UploadForm(Form):
    submit = "Upload and preview"
    choice_hints = {
        "kind": {
            ImportKind.INVOICES.value: "Supplier, number, date and net amount; also the date of "
            "receipt, and placement, first and last night.",
            ImportKind.HISTORY.value: "Supplier, date of payment, transaction number and net "
            "amount. Another person confirms them.",
            ImportKind.PAYMENTS.value: "Our reference, date of payment and transaction number; "
            "also the net amount.",
        }
    }

    kind = forms.TypedChoiceField(
        label="What is in the file",
        choices=ImportKind,
        coerce=ImportKind,
        widget=forms.RadioSelect,
    )
    file = forms.FileField(
        label="CSV file",
        help_text="At most 2 MB and 5,000 rows, with a row of headings. Columns may be in any "
        "order; those that are not needed are passed over.",
        max_length=200,
    )


class SupplierForm(Form):
    """Which provider a name means; those whose names are near come first."""

    submit = "Remember this name"

    provider = forms.ModelChoiceField(
        Provider.objects.none(), empty_label="Choose a provider", to_field_name="reference"
    )

    def __init__(self, *args, near, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["provider"].queryset = Provider.objects.by_name()
        first = list(Provider.objects.filter(pk__in=near))
        first.sort(key=lambda one: near.index(one.pk))
        groups = [("Near", first)] if first else []
        groups.append(("All", list(Provider.objects.by_name())))
        self.fields["provider"].choices = [
            ("", "Choose a provider"),
            *((label, [(one.reference, one.name) for one in rows]) for label, rows in groups),
        ]
