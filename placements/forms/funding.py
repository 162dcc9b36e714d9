"""The forms of asking for money and deciding on it."""

from datetime import timedelta

from django import forms

from dps_portal.ui.forms import DateField, Form
from placements.states import RequestState

from .fields import NO_NAMES, text

LONGEST_EXTENSION = timedelta(weeks=26)


class FundingForm(Form):
    submit = "Ask for funding"

    reason = text("Why the placement should be funded", help_text=NO_NAMES)


class ExtensionForm(Form):
    submit = "Ask for the extension"

    end = DateField(label="Funded until", help_text="The night of this day is not funded.")
    reason = text("Why the stay should be extended", help_text=NO_NAMES)

    def __init__(self, *args, funded_until, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["end"].latest = funded_until + LONGEST_EXTENSION


class DecisionForm(Form):
    submit = "Record decision"
    mark_optional = False

    decision = forms.TypedChoiceField(
        label="Decision",
        coerce=RequestState,
        choices=[
            (RequestState.APPROVED, "Approve"),
            (RequestState.DEFERRED, "Wait for money"),
            (RequestState.DECLINED, "Decline"),
        ],
        widget=forms.RadioSelect,
    )
    reason = text("Reason", help_text="Not needed for most approvals.", required=False)

    def clean(self):
        facts = self.cleaned_data
        refuses = facts.get("decision") not in {None, RequestState.APPROVED}
        if refuses and not facts.get("reason"):
            self.add_error("reason", "Give a reason.")
