"""What people type on the pages of organisations and applications."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from dps_portal import money
from dps_portal.ui.forms import DateField, FilterForm, Form, LongTextField, PoundsField
from providers import rules
from providers.states import EXPIRING_EVIDENCE, ApplicationState, Criterion, Finding, Outcome

NARROW = {"class": "govuk-input--width-10", "autocomplete": "off", "spellcheck": "false"}


class NumberField(forms.CharField):
    """A number of a public register; ``name`` says which one."""

    def __init__(self, name, **kwargs):
        super().__init__(required=False, widget=forms.TextInput(attrs=NARROW), **kwargs)
        self.name = name

    def clean(self, value):
        tidy = rules.company_number if self.name == "company_number" else rules.tidy
        number = tidy(super().clean(value))
        if objections := rules.objections_to_number(self.name, number):
            raise ValidationError(objections)
        return number


class ProviderForm(Form):
    submit = "Register organisation"
    fieldsets = [
        ("Organisation", ["name"]),
        (
            "Registration numbers: give at least one",
            ["company_number", "charity_number", "cqc_provider_id"],
        ),
    ]

    name = forms.CharField(label="Legal name of the organisation", max_length=200)
    company_number = NumberField(
        "company_number",
        label="Company number",
        help_text="8 characters, like 01234567. You can find it at Companies House.",
    )
    charity_number = NumberField(
        "charity_number", label="Charity number", help_text="Like 1234567 or SC012345."
    )
    cqc_provider_id = NumberField(
        "cqc_provider_id", label="CQC provider ID", help_text="Like 1-101234567."
    )


class StartForm(Form):
    submit = "Start application"

    lots = forms.ModelMultipleChoiceField(
        None,
        label="Which lots do you want to apply for?",
        help_text="Select all that apply.",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Select at least one lot"},
    )

    def __init__(self, *args, lots, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["lots"].queryset = lots
        self.choice_hints = {
            "lots": {
                str(lot.pk): f"Weekly price up to {money.gbp(lot.ceiling_weekly_pence)}"
                for lot in lots
            }
        }


class SearchForm(FilterForm):
    submit = "Search"

    q = forms.CharField(label="Search", required=False, max_length=80)

    def __init__(self, *args, label="Search", **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["q"].label = label


class ApplicationListForm(SearchForm):
    submit = "Apply filters"

    state = forms.ChoiceField(
        choices=[
            ("", "All"),
            *(choice for choice in ApplicationState.choices if choice[0] != "draft"),
        ],
        required=False,
    )


class LocationForm(Form):
    submit = "Add location"

    cqc_location_id = forms.CharField(
        label="CQC location ID",
        help_text="Like 1-101234567.",
        max_length=20,
        widget=forms.TextInput(attrs=NARROW),
    )
    name = forms.CharField(label="Name of the location", max_length=200)
    postcode = forms.CharField(max_length=10, widget=forms.TextInput(attrs=NARROW))


class DeclarationForm(Form):
    submit = "Save declaration"
    reveals = {"has_exclusion_ground": {"yes": ["self_cleaning"]}}

    has_exclusion_ground = forms.TypedChoiceField(
        label="Does any of these grounds apply to your organisation?",
        choices=[("yes", "Yes"), ("no", "No")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    self_cleaning = LongTextField(
        label="What happened, and what has been done about it",
        help_text=(
            "Say which ground applies and when. Describe any compensation paid, how you worked "
            "with the authorities, and what you changed so that it does not happen again."
        ),
        max_words=500,
    )
    declared_by_name = forms.CharField(
        label="Full name of the person who makes this declaration", max_length=120
    )


class EvidenceForm(Form):
    submit = "Upload"

    file = forms.FileField(
        label="File",
        help_text="PDF, Word (docx), Excel (xlsx), PNG or JPEG, smaller than 10 MB.",
        max_length=200,
        error_messages={
            "required": "Choose a file smaller than 10 MB",
            "empty": "The file is empty",
        },
    )
    expires_on = DateField(label="Expiry date", earliest=timezone.localdate)

    def __init__(self, *args, kind, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["expires_on"].required = kind in EXPIRING_EVIDENCE


class LotForm(Form):
    submit = "Save"

    service_description = LongTextField(
        label="Your service for this lot",
        help_text="Describe the programme, the staff and how you meet the specification.",
        max_words=rules.DESCRIPTION_WORDS,
        rows=12,
    )
    weekly_pence = PoundsField(label="Weekly price")

    def __init__(self, *args, lot, **kwargs):
        super().__init__(*args, **kwargs)
        price = self.fields["weekly_pence"]
        price.min_pence, price.max_pence = 1, lot.ceiling_weekly_pence
        price.help_text = (
            f"For each person and week. At most {money.gbp(lot.ceiling_weekly_pence)}, "
            "the ceiling of this lot."
        )


class SubmitForm(Form):
    submit = "Submit application"

    confirm = forms.BooleanField(
        label="The answers are true, and I may submit them for my organisation"
    )


class WithdrawForm(Form):
    submit = "Withdraw application"
    is_destructive = True


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
