"""The forms of the facts of a stay."""

from django import forms

from dps_portal.ui.forms import DateField, Form
from placements.states import ExitStatus

from .fields import NO_NAMES


class AdmissionForm(Form):
    submit = "Record admission"

    admission = DateField(label="Date of admission")


class ExitForm(Form):
    submit = "Record exit"
    reveals = {"status": {ExitStatus.UNPLANNED.value: ["notice_nights"]}}

    day = DateField(label="Date of exit", help_text="The night of this day is not charged.")
    status = forms.TypedChoiceField(
        label="How the stay ended",
        choices=ExitStatus,
        coerce=ExitStatus,
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label="Reason", help_text=NO_NAMES, max_length=200)
    destination = forms.CharField(
        label="Where the person went", help_text="For example: own home, family.", max_length=200
    )
    notice_nights = forms.IntegerField(
        label="Notice nights to pay",
        help_text="As in the contract. Enter 0 if none.",
        min_value=0,
        max_value=28,
        initial=0,
    )

    def clean(self):
        self.cleaned_data["notice_nights"] = self.cleaned_data.get("notice_nights") or 0
