"""The forms of referrals, placements, funding and ceilings."""

from .budgets import CeilingForm, ConfirmForm
from .funding import REQUEST_FORMS, DecisionForm
from .lists import ListForm, YearListForm
from .matching import (
    AnswerForm,
    ChoiceForm,
    CompetitionForm,
    FitForm,
    PlannedAdmissionForm,
    VacancyForm,
)
from .referrals import AllocationForm, EligibilityForm, IdentityForm, ReferralForm
from .stays import AdmissionForm, ExitForm

__all__ = [
    "REQUEST_FORMS",
    "AdmissionForm",
    "AllocationForm",
    "AnswerForm",
    "CeilingForm",
    "ChoiceForm",
    "CompetitionForm",
    "ConfirmForm",
    "DecisionForm",
    "EligibilityForm",
    "ExitForm",
    "FitForm",
    "IdentityForm",
    "ListForm",
    "PlannedAdmissionForm",
    "ReferralForm",
    "VacancyForm",
    "YearListForm",
]
