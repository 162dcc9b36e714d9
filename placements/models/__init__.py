"""Referrals, placements and the annual ceiling."""

from .access import BreakGlass, Hold, PersonAccess, Reader, Restriction
from .forecasts import ForecastAssumptions, ForecastRun
from .matching import Competition, FitNote, MatchOption, Vacancy
from .money import (
    BudgetRevision,
    BudgetYear,
    CeilingAlert,
    FundingRequest,
    LedgerEntry,
    Reconciliation,
)
from .people import Person, Referral
from .records import Consent, Correction, SubjectRequest
from .referrals import Ineligibility, ReferralAssignment, ReferralHold
from .stays import Exit, OneOff, Placement, Term

__all__ = [
    "BreakGlass",
    "BudgetRevision",
    "BudgetYear",
    "CeilingAlert",
    "Competition",
    "Consent",
    "Correction",
    "Exit",
    "FitNote",
    "ForecastAssumptions",
    "ForecastRun",
    "FundingRequest",
    "Hold",
    "Ineligibility",
    "LedgerEntry",
    "MatchOption",
    "OneOff",
    "Person",
    "PersonAccess",
    "Placement",
    "Reader",
    "Reconciliation",
    "Referral",
    "ReferralAssignment",
    "ReferralHold",
    "Restriction",
    "SubjectRequest",
    "Term",
    "Vacancy",
]
