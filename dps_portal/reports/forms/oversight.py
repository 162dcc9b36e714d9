"""What of the dashboard, and rates of other authorities."""

from django import forms
from django.utils import timezone

from dps_portal.agreements.models import Lot
from dps_portal.clock import add_months, year_label
from dps_portal.reports import rules
from dps_portal.ui.forms import DateField, FilterForm, Form
from providers.models import Provider

LARGEST_RATES = 100_000


class DashboardForm(FilterForm):
    """Both days are within; a year at most."""

    first_day = DateField(required=False, label="From")
    last_day = DateField(required=False, label="To")
    lot = forms.ModelChoiceField(Lot.objects.none(), required=False, empty_label="All")
    provider = forms.ModelChoiceField(
        Provider.objects.none(), required=False, empty_label="All", to_field_name="reference"
    )

    def __init__(self, *args, lots, providers, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["lot"].queryset = lots
        self.fields["provider"].queryset = providers
        self.fields["provider"].label_from_instance = lambda provider: provider.name

    def clean(self):
        cleaned = super().clean()
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if bool(first) != bool(last) and not self.errors:
            self.add_error(
                "last_day" if first else "first_day", "Enter both days, or neither of them"
            )
        elif first and last and last < first:
            self.add_error("last_day", "To must be on or after From")
        elif first and last and last >= add_months(first, 12):
            self.add_error("last_day", "The period must be a year or less")
        return cleaned


class OwnFiguresForm(FilterForm):
    """One of the years that a provider may see; no lot and no days (T8)."""

    submit = "Show"

    year = forms.TypedChoiceField(coerce=int, label="Financial year")

    def __init__(self, *args, years, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [(year, year_label(year)) for year in years]


class BenchmarkForm(FilterForm):
    on = DateField(required=False, label="On", latest=timezone.localdate)


class RateListForm(FilterForm):
    q = forms.CharField(label="Search by authority or source", required=False, max_length=80)
    state = forms.ChoiceField(
        label="State",
        required=False,
        choices=[("", "All"), ("standing", "Counts"), ("withdrawn", "Withdrawn")],
    )


class RateSourceForm(Form):
    """Where a file of rates comes from, and of which day it is."""

    submit = "Check the file"

    source = forms.CharField(max_length=200, help_text="For example a published decision record")
    obtained_on = DateField(label="Day of the source", latest=timezone.localdate)


class RateFileForm(RateSourceForm):
    file = forms.FileField(
        label="File",
        max_length=200,
        help_text="CSV with the columns authority, lot, weekly price and from. Up to 100 kB.",
        error_messages={"empty": "The file is empty"},
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > LARGEST_RATES:
            raise forms.ValidationError("The file must be 100 kB or less")
        try:
            return rules.decoded(file.read())
        except rules.Unreadable as fault:
            raise forms.ValidationError(str(fault)) from fault


class CheckedRatesForm(RateSourceForm):
    """The same with the text of the file that was checked, to be imported as it was seen."""

    submit = "Import the rows that can be imported"

    text = forms.CharField(strip=False, max_length=LARGEST_RATES * 2, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["source"].widget = forms.HiddenInput()
        self.fields["obtained_on"] = forms.DateField(widget=forms.HiddenInput)


class WithdrawForm(Form):
    submit = "Withdraw these rates"
    is_destructive = True

    reason = forms.CharField(max_length=200)
