"""The answers of an application, section by section."""

from django import forms
from django.utils import timezone
from localflavor.gb.forms import GBPostcodeField

from dps_portal import money
from dps_portal.documents.sniffing import UPLOAD_HELP
from dps_portal.ui.forms import DateField, Form, LongTextField, PoundsField
from providers import rules
from providers.rules.exclusion import DISCRETIONARY_YEARS, MANDATORY_YEARS
from providers.states import EXPIRING_EVIDENCE, MANDATORY_GROUNDS, ExclusionGround, Register

from .organisations import NARROW


class LotsForm(Form):
    submit = "Save lots"

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


class StartForm(LotsForm):
    submit = "Start application"

    reuse = forms.TypedChoiceField(
        label="Do you want to use the answers of your last application?",
        help_text="You look at each section again before you submit.",
        choices=[("yes", "Yes"), ("no", "No, start afresh")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        initial="yes",
    )

    def __init__(self, *args, earlier, **kwargs):
        super().__init__(*args, **kwargs)
        if earlier is None:
            del self.fields["reuse"]


class LocationForm(Form):
    submit = "Add location"

    register = forms.TypedChoiceField(
        label="Who registers the location?",
        choices=Register,
        coerce=Register,
        widget=forms.RadioSelect,
        initial=Register.CQC,
    )
    cqc_location_id = forms.CharField(
        label="Registration number of the location",
        help_text="Like 1-101234567 in England, CS2003000123 in Scotland, SIN-00001234 in Wales.",
        max_length=20,
        widget=forms.TextInput(attrs=NARROW),
    )
    name = forms.CharField(label="Name of the location", max_length=200)
    postcode = GBPostcodeField(
        error_messages={"invalid": "Enter a full postcode, like PR8 1AA"},
        widget=forms.TextInput(attrs=NARROW),
    )


class DetailsForm(Form):
    submit = "Confirm and save"

    address = LongTextField(label="Registered office", max_length=500, rows=3)
    turnover_pence = PoundsField(
        label="Turnover of your last financial year",
        help_text="A lot that you apply for asks for a minimum.",
    )
    confirm = forms.BooleanField(label="The name and the numbers shown above are right")

    def __init__(self, *args, minimum_pence, **kwargs):
        """``minimum_pence``: the highest that a lot asks for; nothing is asked without one."""
        super().__init__(*args, **kwargs)
        if minimum_pence is None:
            del self.fields["turnover_pence"]

    def answers(self) -> dict:
        return {
            "address": self.cleaned_data["address"],
            "turnover_pence": self.cleaned_data.get("turnover_pence"),
        }


def grounds_field(label, grounds):
    return forms.TypedMultipleChoiceField(
        label=label,
        help_text="Select all that apply.",
        choices=[(ground.value, ground.label) for ground in grounds],
        coerce=ExclusionGround,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )


class DeclarationForm(Form):
    submit = "Save and continue"
    reveals = {"has_grounds": {"yes": ["mandatory", "discretionary"]}}
    mark_optional = False

    has_grounds = forms.TypedChoiceField(
        label="Does any of these grounds apply to your organisation?",
        choices=[("no", "None of them applies"), ("yes", "One or more apply")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    mandatory = grounds_field(
        f"In the last {MANDATORY_YEARS} years, the organisation or a person who runs it was "
        "convicted of, or found to be in",
        [ground for ground in ExclusionGround if ground in MANDATORY_GROUNDS],
    )
    discretionary = grounds_field(
        f"In the last {DISCRETIONARY_YEARS} years, this applied to the organisation",
        [ground for ground in ExclusionGround if ground not in MANDATORY_GROUNDS],
    )
    declared_by_name = forms.CharField(
        label="Full name of the person who makes this declaration", max_length=120
    )

    def clean(self):
        if self.cleaned_data.get("has_grounds") and not self.grounds():
            self.add_error("has_grounds", "Select the grounds that apply, or that none applies")

    def grounds(self) -> list[ExclusionGround]:
        chosen = (self.cleaned_data.get(name, []) for name in ("mandatory", "discretionary"))
        return [ground for part in chosen for ground in part]

    @staticmethod
    def initial_of(declaration) -> dict:
        if declaration is None or declaration.has_grounds is None:
            return {}
        chosen = [each.ground for each in declaration.grounds_in_order()]
        return {
            "has_grounds": "yes" if chosen else "no",
            "mandatory": chosen,
            "discretionary": chosen,
            "declared_by_name": declaration.declared_by_name,
        }


class GroundForm(Form):
    submit = "Save"
    fieldsets = [
        ("What happened", ["happened_on", "what_happened"]),
        ("What was done about it", ["compensation", "cooperation", "measures", "file"]),
    ]

    happened_on = DateField(
        label="Date of the conviction, finding or event", latest=timezone.localdate
    )
    what_happened = LongTextField(label="What happened", max_words=300)
    compensation = LongTextField(
        label="Compensation paid or promised for the damage", max_words=200, required=False
    )
    cooperation = LongTextField(
        label="How you worked with the authorities to clear up the facts",
        max_words=200,
        required=False,
    )
    measures = LongTextField(
        label="What you changed so that it does not happen again", max_words=300
    )
    file = forms.FileField(
        label="A document that shows it", help_text=UPLOAD_HELP, max_length=200, required=False
    )

    def answers(self) -> dict:
        file = self.cleaned_data["file"]
        return self.cleaned_data | {"file": (file.name, file.read()) if file else None}


class EvidenceForm(Form):
    submit = "Upload"

    file = forms.FileField(
        label="File",
        help_text=UPLOAD_HELP,
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
        self.choice_hints = {
            "locations": {
                str(each.pk): ", ".join(filter(None, [each.cqc_location_id, each.postcode]))
                for each in locations
            }
        }
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
