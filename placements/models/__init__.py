"""Referrals, placements and the annual ceiling."""

from .matching import Competition, FitNote, MatchOption, Vacancy
from .money import (
    BudgetRevision,
    BudgetYear,
    CeilingAlert,
    FundingRequest,
    LedgerEntry,
    Reconciliation,
)
from .people import Person, PersonAccess, Referral
from .stays import Exit, OneOffCharge, Placement, Term

__all__ = [
    "BudgetRevision",
    "BudgetYear",
    "CeilingAlert",
    "Competition",
    "Exit",
    "FitNote",
    "FundingRequest",
    "LedgerEntry",
    "MatchOption",
    "OneOffCharge",
    "Person",
    "PersonAccess",
    "Placement",
    "Reconciliation",
    "Referral",
    "Term",
    "Vacancy",
]
