"""The forms of referrals, placements, funding and ceilings."""

from .budgets import CeilingForm, ConfirmForm
from .funding import REQUEST_FORMS, DecisionForm
from .lists import ListForm, YearListForm
from .matching import AnswerForm, ChoiceForm, PlannedAdmissionForm
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
from .referrals import AllocationForm, EligibilityForm, IdentityForm, ReferralForm
from .stays import AdmissionForm, ExitForm

__all__ = [
    "REQUEST_FORMS",
    "AccessListForm",
    "AdmissionForm",
    "AllocationForm",
    "AnswerForm",
    "BreakGlassListForm",
    "CeilingForm",
    "ChoiceForm",
    "ConfirmForm",
    "ConsentForm",
    "CorrectionForm",
    "DecisionForm",
    "DownloadForm",
    "EligibilityForm",
    "ExitForm",
    "ExtensionForm",
    "FindForm",
    "IdentityForm",
    "ListForm",
    "PlannedAdmissionForm",
    "ReadersForm",
    "ReasonForm",
    "ReferralForm",
    "RestrictionForm",
    "RetentionListForm",
    "ReviewForm",
    "SubjectDecisionForm",
    "SubjectRequestListForm",
    "YearListForm",
]
