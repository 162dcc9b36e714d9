"""Which report, and which part of the trail."""

from django import forms

from dps_portal.clock import year_label
from dps_portal.jobs.models import JobState
from dps_portal.ui.forms import DateField, FilterForm


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
