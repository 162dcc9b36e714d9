"""What people type on the pages of organisations and applications."""

from .applications import (
    DeclarationForm,
    DetailsForm,
    EvidenceForm,
    GroundForm,
    LocationForm,
    LotForm,
    LotsForm,
    StartForm,
    SubmitForm,
    WithdrawForm,
)
from .organisations import ProviderForm, SearchForm
from .reviews import ApplicationListForm, AssessmentForm, ExtensionForm, OutcomeForm

__all__ = [
    "ApplicationListForm",
    "AssessmentForm",
    "DeclarationForm",
    "DetailsForm",
    "EvidenceForm",
    "ExtensionForm",
    "GroundForm",
    "LocationForm",
    "LotForm",
    "LotsForm",
    "OutcomeForm",
    "ProviderForm",
    "SearchForm",
    "StartForm",
    "SubmitForm",
    "WithdrawForm",
]
