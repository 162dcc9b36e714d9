"""The forms of the other facts of a stay, of what completes it, and of what a provider says."""

from django import forms

from dps_portal.ui.forms import DateField, Form, PoundsField
from placements.models.facts import HIGHEST_SCORE
from placements.states import (
    Collector,
    CostCentre,
    FactKind,
    OutcomeMeasure,
    Recommendation,
)
from tenders.forms.fields import whole_number

from .fields import NO_NAMES, text

# What of an absence is paid, and the settings of the agreement that say what is usual.
BANDS = {
    "first_nights": "absence_nights",
    "first_percent": "absence_percent",
    "later_percent": "later_absence_percent",
}


class NonArrivalForm(Form):
    submit = "Record that nobody arrived"
    is_destructive = True

    reason = text("Why the person did not arrive", help_text=NO_NAMES)


class CancellationForm(Form):
    submit = "Cancel the placement"
    is_destructive = True

    reason = text("Why the placement is cancelled", help_text=NO_NAMES)


class ReopeningForm(Form):
    submit = "Reopen the placement"
    is_destructive = True

    reason = text("What was recorded in error", help_text=NO_NAMES)


class VoidForm(Form):
    submit = "Mark as entered in error"
    is_destructive = True

    reason = text("What went wrong", help_text=NO_NAMES)


class RejectionForm(Form):
    submit = "Do not record it"

    reason = text("Why it is not recorded", help_text=f"The provider sees this. {NO_NAMES}")


def percent(label: str) -> forms.IntegerField:
    return whole_number(label, 0, 100)


class AbsenceForm(Form):
    submit = "Record absence"
    reveals = {"cost_centre": {CostCentre.COUNCIL.value: list(BANDS)}}

    start = DateField(label="First night away")
    end = DateField(label="First night back", help_text="This night is not one of the absence.")
    reason = forms.CharField(
        label="Reason",
        help_text=f"For example: hospital, family visit. {NO_NAMES}",
        max_length=200,
    )
    cost_centre = forms.ChoiceField(
        label="Who bears the cost of these nights",
        choices=CostCentre,
        widget=forms.RadioSelect,
        initial=CostCentre.COUNCIL,
    )
    first_nights = whole_number("Number of first nights", 0, 366)
    first_percent = percent("Percentage of the price paid for them")
    later_percent = percent("Percentage paid after that")

    def __init__(self, *args, agreement, **kwargs):
        super().__init__(*args, **kwargs)
        for name, setting in BANDS.items():
            self.fields[name].initial = getattr(agreement, setting)

    def clean(self):
        for name in BANDS:
            if self.cleaned_data.get(name) is None:
                self.cleaned_data[name] = self.fields[name].initial


class CorrectAbsenceForm(Form):
    submit = "Correct the absence"
    reveals = {"what": {"end": ["end"]}}

    what = forms.ChoiceField(
        label="What was wrong",
        choices=[("end", "The first night back"), ("void", "There was no such absence")],
        widget=forms.RadioSelect,
    )
    end = DateField(label="First night back")
    reason = text("Why it is corrected", help_text=NO_NAMES)

    def clean(self):
        self.cleaned_data.pop("what", None)


class ContributionForm(Form):
    submit = "Record contribution"

    start = DateField(label="From the night of")
    weekly_pence = PoundsField(label="What the person pays a week")
    collector = forms.ChoiceField(
        label="Who collects it", choices=Collector, widget=forms.RadioSelect
    )


class ReviewForm(Form):
    submit = "Record review"

    held_on = DateField(label="Date of the review")
    recommendation = forms.ChoiceField(choices=Recommendation, widget=forms.RadioSelect)
    progress = text("Progress", help_text=NO_NAMES)


class ReportForm(Form):
    submit = "Record report"

    received_on = DateField(label="Date on which the report came")


class OutcomesForm(Form):
    """Each scale at the start and at the end of the stay."""

    submit = "Save scores"
    fieldsets = [
        (measure.label, [f"{measure.value}_at_start", f"{measure.value}_at_end"])
        for measure in OutcomeMeasure
    ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for measure in OutcomeMeasure:
            for when in ("start", "end"):
                self.fields[f"{measure.value}_at_{when}"] = whole_number(
                    f"{measure.label} at the {when}", 0, HIGHEST_SCORE
                )

    def clean(self):
        if not self.errors:
            self.cleaned_data = {
                "scores": {
                    measure: tuple(
                        self.cleaned_data[f"{measure.value}_at_{when}"] for when in ("start", "end")
                    )
                    for measure in OutcomeMeasure
                }
            }


class ProposalForm(Form):
    submit = "Tell the council"

    on = DateField(label="Date")
    until = DateField(label="First night back")
    note = text("Anything the council should know", help_text=NO_NAMES, required=False)

    def __init__(self, *args, kind, **kwargs):
        super().__init__(*args, **kwargs)
        if kind == FactKind.ABSENCE:
            self.fields["on"].label = "First night away"
        else:
            del self.fields["until"]

    def clean(self):
        self.cleaned_data.setdefault("until", None)
