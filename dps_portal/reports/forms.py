"""Which report, which part of the trail, and what of the auditor's lists."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from dps_portal.agreements.models import Lot
from dps_portal.clock import ONE_DAY, add_months, year_label
from dps_portal.jobs.models import JobState
from dps_portal.ui.forms import DateField, FilterForm, Form, LongTextField
from providers.models import Provider

from . import rules
from .models import QuarterlyReturn, ReportKind
from .scopes import Scope

LARGEST_RATES = 100_000
MOST_COUNTED = 100_000
MONTHS_AT_MOST = 12


class PeriodForm(FilterForm):
    """A financial year, or the days from one to another, both included."""

    submit = "Show"

    year = forms.TypedChoiceField(coerce=int, required=False, empty_value=None)
    first_day = DateField(label="From", required=False)
    last_day = DateField(label="To", required=False)
    as_of = DateField(label="Accrued before", required=False)

    def __init__(self, *args, years, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [
            *((year, year_label(year)) for year in years),
            ("", "From and to, as below"),
        ]

    def clean(self):
        facts = super().clean()
        first, last = facts.get("first_day"), facts.get("last_day")
        if facts.get("year") is not None:
            if first or last:
                self.add_error("year", "Select “From and to, as below” to use these days")
            return facts
        if "year" in self.errors or "first_day" in self.errors or "last_day" in self.errors:
            return facts
        if not (first and last):
            self.add_error(
                "last_day" if first else "first_day", "Enter both days, or select a year"
            )
        elif last < first:
            self.add_error("last_day", ValidationError("To must be on or after the first day"))
        elif last >= add_months(first, MONTHS_AT_MOST):
            self.add_error("last_day", "A report covers one year at most")
        return facts

    def scope(self) -> Scope:
        """Of a valid form."""
        facts = self.cleaned_data
        as_of = facts["as_of"] or timezone.localdate()
        if facts["year"] is not None:
            return Scope.of_year(facts["year"], as_of, **self.filters())
        end = facts["last_day"] + ONE_DAY
        return Scope(facts["first_day"], end, as_of, **self.filters())

    def filters(self) -> dict:
        return {}


class SpendForm(PeriodForm):
    """The nights, of all lots and providers or of one."""

    lot = forms.TypedChoiceField(coerce=int, required=False, empty_value=None)
    provider = forms.ChoiceField(required=False)

    def __init__(self, *args, lots, providers, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["lot"].choices = [("", "All"), *((one.number, str(one)) for one in lots)]
        self.fields["provider"].choices = [
            ("", "All"),
            *((one.reference, one.name) for one in providers),
        ]

    def filters(self) -> dict:
        return {"lot": self.cleaned_data["lot"], "provider": self.cleaned_data["provider"]}


class StatementForm(PeriodForm):
    """The nights, and the provider where there is more than one to choose from."""

    provider = forms.ChoiceField()

    def __init__(self, *args, providers, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["provider"].choices = [(one.reference, one.name) for one in providers]

    def filters(self) -> dict:
        return {"provider": self.cleaned_data["provider"]}


def asked_again(scope: Scope) -> dict:
    """The answers that ask for this scope once more, as an address or hidden fields carry them."""
    days = {"as_of": scope.as_of}
    if scope.year is None:
        days |= {"first_day": scope.start, "last_day": scope.last_day}
    fields = {
        f"{name}_{part}": getattr(day, part)
        for name, day in days.items()
        for part in ("day", "month", "year")
    }
    filters = {"lot": scope.lot, "provider": scope.provider}
    fields |= {name: value for name, value in filters.items() if value not in {None, ""}}
    return {"year": "" if scope.year is None else scope.year} | fields


class MonthForm(FilterForm):
    """A month that has begun."""

    submit = "Show"

    month = forms.TypedChoiceField(coerce=date.fromisoformat)

    def __init__(self, *args, months, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["month"].choices = [(day.isoformat(), f"{day:%B %Y}") for day in months]


class RunListForm(FilterForm):
    """The search and filter of the list, read from the address; rubbish there is ignored."""

    q = forms.CharField(label="Search by who asked", required=False, max_length=80)
    kind = forms.ChoiceField(required=False, choices=[("", "All"), *ReportKind.choices])
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
