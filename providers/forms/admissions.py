"""What people type about admissions, and what narrows the lists of them."""

from datetime import timedelta

from django import forms
from django.utils import timezone

from dps_portal.agreements.models import Lot
from dps_portal.ui.forms import DateField, Form, LongTextField, PoundsField
from providers.states import EvidenceCheck, MeasureKind

from .organisations import SearchForm


def tomorrow():
    return timezone.localdate() + timedelta(days=1)


class ProviderListForm(SearchForm):
    submit = "Apply filters"

    lot = forms.ModelChoiceField(
        Lot.objects.select_related("agreement").order_by("agreement", "number"),
        label="Admitted to",
        empty_label="Any lot",
        required=False,
    )
    state = forms.ChoiceField(
        choices=[
            ("", "All"),
            ("admitted", "Admitted"),
            ("suspended", "Suspended"),
            ("ended", "No longer admitted"),
            ("never", "Never admitted"),
        ],
        required=False,
    )


class ComplianceListForm(SearchForm):
    submit = "Apply filters"

    show = forms.ChoiceField(
        choices=[
            ("", "Everyone"),
            ("problems", "Any problem"),
            ("lapsed", "Documents lapsed"),
            ("expiring", "Expiring in 60 days"),
            ("to_check", "Documents to check"),
            ("overdue", "Declaration overdue"),
            ("rating", "Rating to look at"),
            ("suspended", "Suspended"),
        ],
        required=False,
    )


class MeasureListForm(SearchForm):
    submit = "Apply filters"

    kind = forms.ChoiceField(choices=[("", "All"), *MeasureKind.choices], required=False)
    state = forms.ChoiceField(
        choices=[
            ("", "All"),
            ("waiting", "Waiting for a decision"),
            ("approved", "Approved"),
            ("turned_down", "Turned down"),
        ],
        required=False,
    )


class AdmissionsField(forms.ModelMultipleChoiceField):
    """Admissions of one provider, by the names of their lots."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, *args, **kwargs):
        super().__init__(None, *args, **kwargs)

    def label_from_instance(self, admission):
        return str(admission.lot)


class PriceForm(Form):
    submit = "Set price"

    lot = forms.ModelChoiceField(
        None, label="For which lot?", empty_label=None, widget=forms.RadioSelect
    )
    weekly_pence = PoundsField(label="Weekly price", min_pence=1)
    effective_from = DateField(label="First day of the new price", earliest=tomorrow)

    def __init__(self, *args, lots, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["lot"].queryset = lots


class LeaveForm(Form):
    submit = "Leave these lots"
    is_destructive = True

    admissions = AdmissionsField(
        label="Which lots do you want to leave?",
        help_text="Select all that apply.",
        error_messages={"required": "Select at least one lot"},
    )
    from_on = DateField(
        label="From which day?",
        help_text="From this day on you are not invited and get no new placements.",
        earliest=timezone.localdate,
    )
    confirm = forms.BooleanField(label="I may do this for my organisation, and I am sure")

    def __init__(self, *args, admissions, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["admissions"].queryset = admissions


class MeasureForm(Form):
    """One kind of measure; an exclusion is of every lot, and only a suspension may end itself."""

    submit = "Recommend"

    admissions = AdmissionsField(
        label="Which lots?",
        help_text="Select all that apply.",
        error_messages={"required": "Select at least one lot"},
    )
    from_on = DateField(label="First day", earliest=timezone.localdate)
    until_on = DateField(
        label="Day of the return",
        help_text="The provider is admitted again from this day. Leave it empty if a person must "
        "decide on the return.",
        earliest=tomorrow,
        required=False,
    )
    reason = LongTextField(
        help_text="Those who decide see this. The provider does not.", max_length=4000
    )

    def __init__(self, *args, kind, admissions, **kwargs):
        super().__init__(*args, **kwargs)
        if kind == MeasureKind.EXCLUSION:
            del self.fields["admissions"]
        else:
            self.fields["admissions"].queryset = admissions
        if kind != MeasureKind.SUSPENSION:
            del self.fields["until_on"]

    def answers(self) -> dict:
        return {"admissions": [], "until_on": None} | self.cleaned_data


class MeasureDecisionForm(Form):
    submit = "Record decision"

    is_approved = forms.TypedChoiceField(
        label="What do you decide?",
        choices=[("yes", "Approve"), ("no", "Turn down")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    reason = LongTextField(
        help_text="If you approve, the provider reads this on its page. Do not name any person.",
        max_length=4000,
    )


class DeclarationRequestForm(Form):
    submit = "Ask for the declaration"

    agreement = forms.ModelChoiceField(None, empty_label=None, widget=forms.RadioSelect)
    provider = forms.ModelChoiceField(
        None, label="Who is asked?", empty_label="Everyone who is admitted", required=False
    )
    reason = LongTextField(help_text="The provider reads this on its page.", max_length=2000)
    mark_optional = False

    def __init__(self, *args, agreements, providers, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["agreement"].queryset = agreements
        self.fields["agreement"].label_from_instance = lambda each: each.title
        self.fields["provider"].queryset = providers
        self.fields["provider"].label_from_instance = lambda each: f"{each.name} ({each})"


class RenewedDeclarationForm(Form):
    submit = "Make the declaration"

    confirm = forms.BooleanField(
        label="The answers are true, and I may declare this for my organisation"
    )


class EvidenceCheckForm(Form):
    submit = "Record"
    reveals = {"finding": {EvidenceCheck.REJECTED.value: ["reason"]}}

    finding = forms.TypedChoiceField(
        label="Can the document be accepted?",
        choices=[
            (EvidenceCheck.ACCEPTED.value, "Yes, accept it"),
            (EvidenceCheck.REJECTED.value, "No, reject it"),
        ],
        coerce=EvidenceCheck,
        widget=forms.RadioSelect,
    )
    reason = LongTextField(
        label="Why not?",
        help_text="The provider reads this on its page.",
        max_length=2000,
        error_messages={"required": "Give the reason for rejecting the document"},
    )


class RatingReviewForm(Form):
    submit = "Record the review"

    note = LongTextField(
        label="What did you find, and what follows from it?",
        help_text="The provider does not see this.",
        max_length=2000,
    )
