"""Which report, which part of the trail, and what of the auditor's lists."""

from django import forms
from django.utils import timezone

from dps_portal.agreements.models import Lot
from dps_portal.clock import add_months, year_label
from dps_portal.jobs.models import JobState
from dps_portal.ui.forms import DateField, FilterForm, Form, LongTextField
from providers.models import Provider

from . import rules
from .models import QuarterlyReturn

LARGEST_RATES = 500_000
MOST_COUNTED = 100_000


class SpendForm(FilterForm):
    """The year and the day up to which nights have accrued."""

    submit = "Show"

    year = forms.TypedChoiceField(coerce=int)
    as_of = DateField(label="Accrued before")

    def __init__(self, *args, years, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [(year, year_label(year)) for year in years]


class RunListForm(FilterForm):
    """The search and filter of the list, read from the address; rubbish there is ignored."""

    q = forms.CharField(label="Search by who asked", required=False, max_length=80)
    state = forms.ChoiceField(
        label="State", required=False, choices=[("", "All"), *JobState.choices]
    )


class TrailForm(FilterForm):
    action = forms.CharField(
        required=False, max_length=64, help_text="For example tender.published"
    )
    subject = forms.CharField(
        required=False, max_length=64, help_text="A reference, for example of a tender"
    )
    actor = forms.CharField(
        required=False, max_length=64, label="Person", help_text="A reference, U- and eight letters"
    )
    first_day = DateField(required=False, label="From")
    last_day = DateField(required=False, label="To")


class VerificationListForm(FilterForm):
    by = forms.CharField(required=False, max_length=16, label="By", help_text="A reference")
    result = forms.ChoiceField(
        required=False, choices=[("", "All"), ("whole", "Whole"), ("broken", "Broken")]
    )


class DutyForm(FilterForm):
    q = forms.CharField(label="Search the rules", required=False, max_length=80)


class CheckListForm(FilterForm):
    """The search of a list of what is checked, and whether to show all of it."""

    q = forms.CharField(label="Search", required=False, max_length=80)
    show = forms.ChoiceField(required=False)

    def __init__(
        self, *args, shows=(("", "All that was examined"), ("exceptions", "Exceptions")), **kwargs
    ):
        super().__init__(*args, **kwargs)
        self.fields["show"].choices = shows
        if not shows:
            del self.fields["show"]


class PeriodForm(FilterForm):
    """Both days are within."""

    user = forms.CharField(required=False, max_length=16, label="Person", help_text="A reference")
    first_day = DateField(required=False, label="From")
    last_day = DateField(required=False, label="To")


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
        if providers is None:
            del self.fields["provider"]
        else:
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
        help_text="CSV with the columns authority, lot, weekly price and from. Up to 500 kB.",
        error_messages={"empty": "The file is empty"},
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > LARGEST_RATES:
            raise forms.ValidationError("The file must be 500 kB or less")
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


def _count(label):
    return forms.IntegerField(
        label=label,
        min_value=0,
        max_value=MOST_COUNTED,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "govuk-input--width-5"}),
    )


class QuarterForm(FilterForm):
    q = forms.CharField(label="Search by provider", required=False, max_length=80)
    quarter = forms.ChoiceField(required=False)

    def __init__(self, *args, quarters, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["quarter"].choices = [
            (quarter.start.isoformat(), str(quarter)) for quarter in quarters
        ]


class ReturnForm(Form):
    submit = "Send the return"
    reveals = {"nothing_to_report": {"no": list(QuarterlyReturn.FIGURES)}}

    nothing_to_report = forms.TypedChoiceField(
        label="Is there anything to report?",
        choices=[("no", "Yes"), ("yes", "No, nothing to report")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    nights_stayed = _count("Nights stayed by the people we placed")
    complaints = _count("Complaints about them or by them")
    safeguarding_concerns = _count("Safeguarding concerns raised")
    serious_incidents = _count("Serious incidents")
    staff_vacancies = _count("Staff vacancies on the last day")
    comment = LongTextField(
        required=False,
        max_words=300,
        help_text="Name nobody, and write nothing by which a person could be known.",
    )
    reason = forms.CharField(label="Why is the return corrected?", max_length=300)

    def __init__(self, *args, corrects, **kwargs):
        super().__init__(*args, **kwargs)
        if not corrects:
            del self.fields["reason"]

    def facts(self) -> dict:
        """What the service takes; figures that were not asked for are 0."""
        asked = self.cleaned_data
        return {
            "figures": {name: asked[name] or 0 for name in QuarterlyReturn.FIGURES},
            "nothing_to_report": asked["nothing_to_report"],
            "comment": asked["comment"],
            "reason": asked.get("reason", ""),
        }
