"""Referrals, placements and the annual ceiling."""

from .money import BudgetRevision, BudgetYear, CeilingAlert, FundingRequest, LedgerEntry
from .people import Person, PersonAccess, Referral
from .stays import Exit, Placement, Term

__all__ = [
    "BudgetRevision",
    "BudgetYear",
    "CeilingAlert",
    "Exit",
    "FundingRequest",
    "LedgerEntry",
    "Person",
    "PersonAccess",
    "Placement",
    "Referral",
    "Term",
]
