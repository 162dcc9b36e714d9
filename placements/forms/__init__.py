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
from .forecasts import AssumptionsForm
from .funding import REQUEST_FORMS, DecisionForm
from .lists import CaseloadListForm, ListForm, ReferralListForm, YearListForm
from .matching import (
    AnswerForm,
    ChoiceForm,
    CompetitionForm,
    FitForm,
    PlannedAdmissionForm,
    VacancyForm,
)
from .people import (
    AccessListForm,
    BreakGlassListForm,
    ConsentForm,
    CorrectionForm,
    DownloadForm,
    FindForm,
    ReadersForm,
    ReasonForm,
    RestrictionForm,
    RetentionListForm,
    ReviewForm,
    SubjectDecisionForm,
    SubjectRequestListForm,
)
from .referrals import DiscardForm, IdentityForm, ReferralForm
from .sections import SECTION_FORMS
from .stays import AdmissionForm, ExitForm

__all__ = [
    "REQUEST_FORMS",
    "SECTION_FORMS",
    "AccessListForm",
    "AdmissionForm",
    "AllocationForm",
    "AnswerForm",
    "AssumptionsForm",
    "BreakGlassListForm",
    "CancellationForm",
    "CaseloadListForm",
    "CeilingForm",
    "ChoiceForm",
    "CompetitionForm",
    "ConfirmForm",
    "ConsentForm",
    "CorrectionForm",
    "CountersignForm",
    "DecisionForm",
    "DiscardForm",
    "DownloadForm",
    "ExitForm",
    "FindForm",
    "FitForm",
    "HoldForm",
    "IdentityForm",
    "ListForm",
    "NotEligibleForm",
    "PlannedAdmissionForm",
    "ReadersForm",
    "ReasonForm",
    "ReferralForm",
    "ReferralListForm",
    "ReopenForm",
    "RestrictionForm",
    "RetentionListForm",
    "ReviewForm",
    "SubjectDecisionForm",
    "SubjectRequestListForm",
    "TransferForm",
    "VacancyForm",
    "WithdrawalForm",
    "YearListForm",
]
