"""Organisations: their names and numbers, registering them, and finding them."""

from django import forms
from django.core.exceptions import ValidationError

from dps_portal.ui.forms import FilterForm, Form, LongTextField
from providers import rules
from providers.states import ClaimOutcome

NARROW = {"class": "govuk-input--width-10", "autocomplete": "off", "spellcheck": "false"}


class NumberField(forms.CharField):
    """A number of a public register; ``name`` says which one."""

    def __init__(self, name, **kwargs):
        super().__init__(required=False, widget=forms.TextInput(attrs=NARROW), **kwargs)
        self.name = name

    def clean(self, value):
        number = rules.tidied(**{self.name: super().clean(value)})[self.name]
        if objections := rules.objections_to_number(self.name, number):
            raise ValidationError(objections)
        return number


class NumbersForm(Form):
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


NUMBERS = ["company_number", "charity_number", "cqc_provider_id"]


class ProviderForm(NumbersForm):
    submit = "Register organisation"
    fieldsets = [
        ("Organisation", ["name", "address"]),
        ("Registration numbers: give at least one", NUMBERS),
    ]

    name = forms.CharField(label="Legal name of the organisation", max_length=200)
    address = LongTextField(label="Registered address", max_length=500, rows=3)


class AddressForm(Form):
    submit = "Save address"

    address = LongTextField(label="Registered address", max_length=500, rows=3)


class CorrectionForm(NumbersForm):
    submit = "Correct name and numbers"
    field_order = ["name", *NUMBERS, "reason"]

    name = forms.CharField(label="Legal name of the organisation", max_length=200)
    reason = LongTextField(
        label="Reason for the correction", help_text="The organisation reads it.", max_words=200
    )


class MatchField(forms.ModelChoiceField):
    def label_from_instance(self, provider):
        return f"{provider.name} ({provider.reference})"


class ClaimReviewForm(NumbersForm):
    """``claim`` says which organisations have one of its numbers."""

    submit = "Record the outcome"
    field_order = ["outcome", "provider", *NUMBERS, "reason"]
    reveals = {
        "outcome": {
            ClaimOutcome.SAME: ["provider"],
            ClaimOutcome.REGISTERED: NUMBERS,
            ClaimOutcome.REFUSED: ["reason"],
        }
    }
    choice_hints = {
        "outcome": {
            ClaimOutcome.SAME: "The person is told to ask the owner of their organisation’s "
            "account for an invitation. They are not told who that is.",
            ClaimOutcome.REGISTERED: "The person becomes the owner of a new organisation.",
        }
    }

    outcome = forms.ChoiceField(
        label="What did you find?", choices=ClaimOutcome.choices, widget=forms.RadioSelect
    )
    provider = MatchField(
        label="Which organisation?", queryset=None, empty_label=None, widget=forms.RadioSelect
    )
    reason = LongTextField(
        label="Reason for the refusal", help_text="The person reads it.", max_words=200
    )

    def __init__(self, *args, claim, **kwargs):
        initial = {name: getattr(claim, name) for name in NUMBERS}
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["provider"].queryset = claim.matches()


class SearchForm(FilterForm):
    submit = "Search"

    q = forms.CharField(label="Search", required=False, max_length=80)

    def __init__(self, *args, label="Search", **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["q"].label = label


class ClaimListForm(SearchForm):
    submit = "Apply filters"

    state = forms.ChoiceField(
        label="State",
        required=False,
        choices=[("", "All"), ("waiting", "To review"), ("reviewed", "Reviewed")],
    )
