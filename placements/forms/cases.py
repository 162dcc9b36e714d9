"""The forms of what happens to a referral: allocation, eligibility, hold, withdrawal."""

from django import forms

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Permission
from dps_portal.clock import ONE_DAY
from dps_portal.ui.forms import DateField, Form
from placements.states import WITHDRAWAL_GROUPS, WithdrawalReason

from .fields import NO_NAMES


class AllocationForm(Form):
    """``without``: who is not to be chosen."""

    submit = "Allocate"

    worker = forms.ModelChoiceField(
        User.objects.none(), label="Worker", empty_label="Choose a worker"
    )

    def __init__(self, *args, without, **kwargs):
        super().__init__(*args, **kwargs)
        workers = User.objects.with_permission(Permission.MAKE_REFERRAL).exclude(pk__in=without)
        self.fields["worker"].queryset = workers.order_by("name")
        self.fields["worker"].label_from_instance = User.get_full_name


class TransferForm(AllocationForm):
    submit = "Transfer the caseload"


class CaseReasonForm(Form):
    reason = forms.CharField(help_text=NO_NAMES, max_length=200)


class NotEligibleForm(CaseReasonForm):
    submit = "Send to be countersigned"


class ReopenForm(CaseReasonForm):
    submit = "Reopen the referral"


class CountersignForm(Form):
    submit = "Send answer"
    reveals = {"agrees": {"no": ["reason"]}}

    agrees = forms.TypedChoiceField(
        label="Do you agree that the person is not eligible?",
        choices=[("yes", "Yes, close the referral"), ("no", "No, return it to the worker")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label="Why it goes back", help_text=NO_NAMES, max_length=200)


class HoldForm(CaseReasonForm):
    submit = "Put on hold"

    review_on = DateField(label="Date to look at it again")

    def __init__(self, *args, day, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["review_on"].earliest = day + ONE_DAY


class WithdrawalForm(Form):
    submit = "Withdraw the referral"
    is_destructive = True

    why = forms.ChoiceField(
        label="Reason",
        choices=[
            ("", "Choose a reason"),
            *(
                (group, [(reason.value, reason.label) for reason in reasons])
                for group, reasons in WITHDRAWAL_GROUPS.items()
            ),
        ],
    )
    details = forms.CharField(
        help_text=f"Needed for “{WithdrawalReason.OTHER.label}”. {NO_NAMES}",
        max_length=120,
        required=False,
    )
