"""The forms of a referral, up to its eligibility, and of looking at who it is."""

from django import forms

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Permission
from dps_portal.agreements.models import Agreement, Lot
from dps_portal.ui.forms import DateField, Form
from placements.states import AccessPurpose, Complexity, Urgency

from .fields import NO_NAMES, text


class ReferralForm(Form):
    submit = "Save referral"

    agreement = forms.ModelChoiceField(Agreement.objects.none(), empty_label=None)
    number = forms.CharField(label="Social care number", max_length=20)
    name = forms.CharField(label="Full name", max_length=120)
    date_of_birth = DateField(label="Date of birth")
    source = forms.CharField(
        label="Who referred the person", help_text="An organisation or a team.", max_length=100
    )
    urgency = forms.ChoiceField(choices=Urgency, widget=forms.RadioSelect, initial=Urgency.ROUTINE)
    needs_summary = text("What the person needs", help_text=NO_NAMES)

    def __init__(self, *args, day, **kwargs):
        super().__init__(*args, **kwargs)
        running = Agreement.objects.public().filter(start__lte=day, end__gt=day)
        self.fields["agreement"].queryset = running.order_by("reference")
        self.fields["agreement"].label_from_instance = lambda agreement: agreement.title
        self.fields["date_of_birth"].latest = day


class AllocationForm(Form):
    submit = "Allocate"

    worker = forms.ModelChoiceField(
        User.objects.none(), label="Worker", empty_label="Choose a worker"
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        workers = User.objects.with_permission(Permission.MAKE_REFERRAL).order_by("name")
        self.fields["worker"].queryset = workers
        self.fields["worker"].label_from_instance = User.get_full_name


class EligibilityForm(Form):
    submit = "Record decision"
    reveals = {
        "is_eligible": {
            "yes": ["care_act_assessed_on", "clinical_review_on", "lot", "has_consent"],
            "no": ["reason"],
        }
    }

    complexity = forms.MultipleChoiceField(
        label="Complexity", choices=Complexity, widget=forms.CheckboxSelectMultiple, required=False
    )
    needs_summary = text("What the person needs", help_text=f"Providers see this. {NO_NAMES}")
    community_options_tried = text("Community options tried or considered")
    is_eligible = forms.TypedChoiceField(
        label="Is the person eligible?",
        choices=[("yes", "Yes"), ("no", "No, close the referral")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    care_act_assessed_on = DateField(label="Date of the Care Act assessment")
    clinical_review_on = DateField(label="Date of the clinical review")
    lot = forms.ModelChoiceField(
        Lot.objects.none(), label="Recommended lot", empty_label="Choose a lot"
    )
    has_consent = forms.BooleanField(label="The person consents to a placement being sought")
    reason = forms.CharField(label="Why not eligible", help_text=NO_NAMES, max_length=200)

    def __init__(self, *args, agreement, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["lot"].queryset = agreement.lots.order_by("number")


class IdentityForm(Form):
    submit = "Show who this is"

    purpose = forms.ChoiceField(
        label="Why do you need to know?", choices=AccessPurpose, widget=forms.RadioSelect
    )
