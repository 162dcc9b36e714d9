"""The forms of referrals, placements, funding and ceilings."""

from .budgets import CeilingForm, ConfirmForm
from .forecasts import AssumptionsForm
from .funding import REQUEST_FORMS, DecisionForm
from .lists import ListForm, YearListForm
from .matching import AnswerForm, ChoiceForm, PlannedAdmissionForm
from .referrals import AllocationForm, EligibilityForm, IdentityForm, ReferralForm
from .stays import AdmissionForm, ExitForm

__all__ = [
    "REQUEST_FORMS",
    "AdmissionForm",
    "AllocationForm",
    "AnswerForm",
    "AssumptionsForm",
    "CeilingForm",
    "ChoiceForm",
    "ConfirmForm",
    "DecisionForm",
    "EligibilityForm",
    "ExitForm",
    "IdentityForm",
    "ListForm",
    "PlannedAdmissionForm",
    "ReferralForm",
    "YearListForm",
]
