"""The forms of the facts of a stay."""

from django import forms

from dps_portal.ui.forms import DateField, Form
from placements import rules
from placements.states import ExitStatus
from tenders.forms.fields import whole_number

from .fields import NO_NAMES, text

REASONS = [("", "Choose a reason")] + [
    (
        status.label,
        [(one.code, one.label) for one in rules.EXIT_REASONS if one.status == status],
    )
    for status in ExitStatus
]


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
    reason = forms.ChoiceField(
        label="Reason", help_text="It belongs to how the stay ended.", choices=REASONS
    )
    destination = forms.CharField(
        label="Where the person went", help_text="For example: own home, family.", max_length=200
    )
    aftercare_agreed = forms.BooleanField(label="Aftercare is agreed", required=False)
    notice_nights = whole_number(
        "Notice nights to pay", 0, 28, help_text="As in the contract. Enter 0 if none.", initial=0
    )

    def clean(self):
        self.cleaned_data["notice_nights"] = self.cleaned_data.get("notice_nights") or 0


class CorrectAdmissionForm(AdmissionForm):
    submit = "Correct the admission"

    reason = text("Why it is corrected", help_text=NO_NAMES)


class CorrectExitForm(ExitForm):
    submit = "Correct the exit"

    why = text("Why it is corrected", help_text=NO_NAMES)
