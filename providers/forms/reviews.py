"""What the council records about an application."""

from django import forms

from dps_portal.ui.forms import DateField, Form, LongTextField
from providers.states import (
    ApplicationState,
    Criterion,
    ExtensionGround,
    Finding,
    Outcome,
    SelfCleaning,
)

from .organisations import SearchForm


class ApplicationListForm(SearchForm):
    submit = "Apply filters"

    state = forms.ChoiceField(
        choices=[
            ("", "All"),
            *(choice for choice in ApplicationState.choices if choice[0] != "draft"),
        ],
        required=False,
    )
    lot = forms.ModelChoiceField(None, empty_label="All", required=False)
    waiting = forms.ChoiceField(
        label="Waiting for",
        choices=[
            ("", "Anything"),
            ("overdue", "An overdue decision"),
            ("recommendation", "A recommendation"),
            ("decision", "A decision on a recommendation"),
        ],
        required=False,
    )

    def __init__(self, *args, lots, **kwargs):
        super().__init__(*args, label="Reference or provider", **kwargs)
        self.fields["lot"].queryset = lots


class ReasonsListForm(SearchForm):
    submit = "Apply filters"

    state = forms.ChoiceField(
        choices=[("", "All"), ("open", "Not answered yet"), ("answered", "Answered")],
        required=False,
    )


class InterestForm(Form):
    submit = "Record"
    reveals = {"has_conflict": {"yes": ["details"]}}

    has_conflict = forms.TypedChoiceField(
        label="Do you have an interest that could influence how you look at this application?",
        help_text="Financial, personal or professional; your own or of somebody close to you.",
        choices=[("no", "No"), ("yes", "Yes")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    details = LongTextField(
        label="What it is",
        max_length=1000,
        error_messages={"required": "Say what the conflict of interest is"},
    )


class GroundAssessmentForm(Form):
    submit = "Record finding"

    finding = forms.TypedChoiceField(
        label="Is what was done about it sufficient?",
        choices=SelfCleaning,
        coerce=SelfCleaning,
        widget=forms.RadioSelect,
    )
    reason = LongTextField(
        help_text="The provider sees this. Consider compensation, co-operation and changes made.",
        max_length=2000,
    )


class ClarificationForm(Form):
    submit = "Send question"

    about = forms.TypedChoiceField(
        label="What is it about?", coerce=int, widget=forms.RadioSelect, empty_value=None
    )
    question = LongTextField(label="Question", max_length=3000)
    due_on = DateField(label="Answer due by")
    asks_correction = forms.BooleanField(
        label="Return the application so that the provider can correct its answers",
        help_text="The time to decide runs on.",
        required=False,
    )
    mark_optional = False

    def __init__(self, *args, lots, earliest, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["about"].choices = [
            (0, "The whole application"),
            *((each.lot.number, str(each.lot)) for each in lots),
        ]
        self.fields["due_on"].earliest = earliest


class ReplyForm(Form):
    submit = "Send answer"

    answer = LongTextField(max_length=5000, rows=8)


class RequestReasonsForm(Form):
    submit = "Ask for the reasons"


class RecallForm(Form):
    submit = "Go on with the answers as they stand"


class AssessmentForm(Form):
    """A finding and a reason for each criterion; any may be left for later."""

    submit = "Save assessment"
    mark_optional = False

    def __init__(self, *args, suggestions, **kwargs):
        super().__init__(*args, **kwargs)
        self.fieldsets = []
        for criterion in Criterion:
            hint = ""
            if suggestion := suggestions.get(criterion):
                hint = f"The portal suggests “{suggestion.finding.label}”. {suggestion.because}"
            self.fields[f"{criterion}_finding"] = forms.ChoiceField(
                label="Finding",
                help_text=hint,
                choices=Finding,
                widget=forms.RadioSelect,
                required=False,
            )
            self.fields[f"{criterion}_reason"] = LongTextField(
                label="Reason", rows=2, max_length=2000, required=False
            )
            self.fieldsets.append(
                (criterion.label, [f"{criterion}_finding", f"{criterion}_reason"])
            )

    def clean(self):
        for criterion in Criterion:
            finding = self.cleaned_data.get(f"{criterion}_finding")
            reason = self.cleaned_data.get(f"{criterion}_reason")
            if finding and not reason:
                self.add_error(f"{criterion}_reason", f"Give a reason: {criterion.label}")
            if reason and not finding:
                self.add_error(f"{criterion}_finding", f"Select a finding: {criterion.label}")

    def findings(self):
        return {
            criterion: (Finding(finding), self.cleaned_data[f"{criterion}_reason"])
            for criterion in Criterion
            if (finding := self.cleaned_data[f"{criterion}_finding"])
        }


class OutcomeForm(Form):
    """Serves the recommendation and the decision."""

    outcome = forms.TypedChoiceField(
        choices=[(Outcome.ADMITTED, "Admit"), (Outcome.REFUSED, "Refuse")],
        coerce=Outcome,
        widget=forms.RadioSelect,
    )
    reason = LongTextField(max_length=2000)

    def __init__(self, *args, submit, label, **kwargs):
        super().__init__(*args, **kwargs)
        self.submit = submit
        self.fields["outcome"].label = label


class ExtensionForm(Form):
    submit = "Extend the time to decide"

    ground = forms.TypedChoiceField(
        label="Why does this case need more time?",
        choices=ExtensionGround,
        coerce=ExtensionGround,
        widget=forms.RadioSelect,
    )
    reason = LongTextField(
        help_text="For example, which documents or checks are still needed.", max_length=2000
    )
