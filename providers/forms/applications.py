"""The answers of an application, section by section."""

from django import forms
from django.utils import timezone

from dps_portal import money
from dps_portal.ui.forms import DateField, Form, LongTextField, PoundsField
from providers import rules
from providers.states import EXPIRING_EVIDENCE, ExclusionGround

from .organisations import NARROW


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


class DetailsForm(Form):
    submit = "Confirm and save"

    address = LongTextField(label="Registered office", max_length=500, rows=3)
    turnover_pence = PoundsField(
        label="Turnover of the last financial year", min_pence=0, required=False
    )


class DeclarationForm(Form):
    submit = "Save and continue"

    grounds = forms.TypedMultipleChoiceField(
        label="Which of these apply to your organisation?",
        help_text="Select all that apply. If none applies, select nothing.",
        choices=ExclusionGround,
        coerce=ExclusionGround,
        widget=forms.CheckboxSelectMultiple,
        required=False,
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
    locations = forms.ModelMultipleChoiceField(
        None,
        label="Where you provide it",
        help_text="Select all that apply.",
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args, lot, locations, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["locations"].queryset = locations
        self.fields["locations"].label_from_instance = lambda location: location.name
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
