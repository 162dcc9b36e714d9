"""What the council records about an application."""

from django import forms

from dps_portal.ui.forms import Form, LongTextField
from providers.states import ApplicationState, Criterion, Finding, Outcome

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

    reason = LongTextField(
        help_text="For example, which documents or checks are still needed.", max_length=2000
    )
