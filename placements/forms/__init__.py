"""The forms of referrals, placements, funding and ceilings."""

from .budgets import CeilingForm, ConfirmForm
from .facts import (
    AbsenceForm,
    CancellationForm,
    ContributionForm,
    CorrectAbsenceForm,
    NonArrivalForm,
    OutcomesForm,
    ProposalForm,
    RejectionForm,
    ReopeningForm,
    ReportForm,
    ReviewForm,
)
from .funding import REQUEST_FORMS, DecisionForm
from .lists import ListForm, YearListForm
from .matching import AnswerForm, ChoiceForm, PlannedAdmissionForm
from .referrals import AllocationForm, EligibilityForm, IdentityForm, ReferralForm
from .stays import AdmissionForm, CorrectAdmissionForm, CorrectExitForm, ExitForm

__all__ = [
    "REQUEST_FORMS",
    "AbsenceForm",
    "AdmissionForm",
    "AllocationForm",
    "AnswerForm",
    "CancellationForm",
    "CeilingForm",
    "ChoiceForm",
    "ConfirmForm",
    "ContributionForm",
    "CorrectAbsenceForm",
    "CorrectAdmissionForm",
    "CorrectExitForm",
    "DecisionForm",
    "EligibilityForm",
    "ExitForm",
    "IdentityForm",
    "ListForm",
    "NonArrivalForm",
    "OutcomesForm",
    "PlannedAdmissionForm",
    "ProposalForm",
    "ReferralForm",
    "RejectionForm",
    "ReopeningForm",
    "ReportForm",
    "ReviewForm",
    "YearListForm",
]
