"""The forms of referrals, placements, funding and ceilings."""

from .budgets import CeilingForm, ConfirmForm
from .cases import (
    AllocationForm,
    CancellationForm,
    CountersignForm,
    HoldForm,
    NotEligibleForm,
    ReopenForm,
    TransferForm,
    WithdrawalForm,
)
from .funding import DecisionForm, ExtensionForm, FundingForm
from .lists import CaseloadListForm, ListForm, ReferralListForm, YearListForm
from .matching import AnswerForm, ChoiceForm, PlannedAdmissionForm
from .referrals import DiscardForm, IdentityForm, ReferralForm
from .sections import SECTION_FORMS
from .stays import AdmissionForm, ExitForm

__all__ = [
    "SECTION_FORMS",
    "AdmissionForm",
    "AllocationForm",
    "AnswerForm",
    "CancellationForm",
    "CaseloadListForm",
    "CeilingForm",
    "ChoiceForm",
    "ConfirmForm",
    "CountersignForm",
    "DecisionForm",
    "DiscardForm",
    "ExitForm",
    "ExtensionForm",
    "FundingForm",
    "HoldForm",
    "IdentityForm",
    "ListForm",
    "NotEligibleForm",
    "PlannedAdmissionForm",
    "ReferralForm",
    "ReferralListForm",
    "ReopenForm",
    "TransferForm",
    "WithdrawalForm",
    "YearListForm",
]
