"""Which report, of which days."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from dps_portal.clock import ONE_DAY, add_months, year_label
from dps_portal.jobs.models import JobState
from dps_portal.reports.models import ReportKind
from dps_portal.reports.scopes import Scope
from dps_portal.ui.forms import DateField, FilterForm

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
