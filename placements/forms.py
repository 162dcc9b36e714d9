"""What people type on the pages of referrals, placements and ceilings."""

from datetime import timedelta

from django import forms

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Permission
from dps_portal.agreements.models import Agreement, Lot
from dps_portal.clock import financial_year, year_label
from dps_portal.ui.forms import DateField, FilterForm, Form, LongTextField, PoundsField
from placements.states import AccessPurpose, Complexity, ExitStatus, RequestState, Urgency

LONGEST_EXTENSION = timedelta(weeks=26)
NO_NAMES = "Do not write the person's name, address or date of birth."


def text(label: str, *, help_text: str = "", required: bool = True) -> LongTextField:
    return LongTextField(label=label, help_text=help_text, required=required, max_length=2000)


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


class PlannedAdmissionForm(Form):
    submit = "Show options"
    method = "get"

    planned_admission = DateField(label="Planned admission")


class ChoiceForm(Form):
    submit = "Offer the placement"

    person_choice = text(
        "The person's own choice",
        help_text=f"What the person wants, and why, in their words. {NO_NAMES}",
    )
    why_not_cheapest = text("Why not the cheapest suitable provider")

    def __init__(self, *args, is_cheapest, **kwargs):
        super().__init__(*args, **kwargs)
        if is_cheapest:
            del self.fields["why_not_cheapest"]


class AnswerForm(Form):
    submit = "Send answer"
    reveals = {"accepts": {"no": ["reason"]}}

    accepts = forms.TypedChoiceField(
        label="Do you accept the placement?",
        choices=[("yes", "Yes, we accept"), ("no", "No, we decline")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    reason = text("Why you decline", help_text="The council's team sees this.")


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


class AdmissionForm(Form):
    submit = "Record admission"

    admission = DateField(label="Date of admission")


class ExitForm(Form):
    submit = "Record exit"
    reveals = {"status": {ExitStatus.UNPLANNED.value: ["notice_nights"]}}

    day = DateField(label="Date of exit", help_text="The night of this day is not charged.")
    status = forms.TypedChoiceField(
        label="How the stay ended",
        choices=ExitStatus,
        coerce=ExitStatus,
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label="Reason", help_text=NO_NAMES, max_length=200)
    destination = forms.CharField(
        label="Where the person went", help_text="For example: own home, family.", max_length=200
    )
    notice_nights = forms.IntegerField(
        label="Notice nights to pay",
        help_text="As in the contract. Enter 0 if none.",
        min_value=0,
        max_value=28,
        initial=0,
    )

    def clean(self):
        self.cleaned_data["notice_nights"] = self.cleaned_data.get("notice_nights") or 0


class CeilingForm(Form):
    submit = "Propose"

    agreement = forms.ModelChoiceField(Agreement.objects.none(), empty_label=None)
    year = forms.TypedChoiceField(label="Financial year", coerce=int)
    ceiling_pence = PoundsField(label="Ceiling")
    decision_reference = forms.CharField(
        label="Reference of the decision",
        help_text="The minute or report in which the council decided it.",
        max_length=100,
    )

    def __init__(self, *args, day, **kwargs):
        super().__init__(*args, **kwargs)
        agreements = Agreement.objects.public().order_by("reference")
        self.fields["agreement"].queryset = agreements
        self.fields["agreement"].label_from_instance = lambda agreement: agreement.title
        now = financial_year(day)
        self.fields["year"].choices = [(year, year_label(year)) for year in range(now - 1, now + 4)]


class ConfirmForm(Form):
    submit = "Confirm the ceiling"


class ListForm(FilterForm):
    """The search and filter of a list, read from the address; rubbish there is ignored."""

    q = forms.CharField(label="Search by reference", required=False, max_length=40)
    state = forms.ChoiceField(label="State", required=False)

    def __init__(self, *args, states, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [("", "All"), *states]


class YearListForm(FilterForm):
    """As ``ListForm``, of the years of a ceiling."""

    q = forms.CharField(label="Search by agreement", required=False, max_length=80)
    year = forms.TypedChoiceField(required=False, coerce=int, empty_value=None)

    def __init__(self, *args, years, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [("", "All"), *((year, year_label(year)) for year in years)]
