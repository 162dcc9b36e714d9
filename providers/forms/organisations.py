"""Organisations: their names and numbers, and finding them."""

from django import forms
from django.core.exceptions import ValidationError

from dps_portal.ui.forms import FilterForm, Form
from providers import rules

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


class SearchForm(FilterForm):
    submit = "Search"

    q = forms.CharField(label="Search", required=False, max_length=80)

    def __init__(self, *args, label="Search", **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["q"].label = label
