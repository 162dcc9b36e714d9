"""Referrals, placements and the annual ceiling."""

from .access import BreakGlass, Hold, PersonAccess, Reader, Restriction
from .money import BudgetRevision, BudgetYear, CeilingAlert, FundingRequest, LedgerEntry
from .people import Person, Referral
from .records import Consent, Correction, SubjectRequest
from .stays import Exit, Placement, Term

__all__ = [
    "BreakGlass",
    "BudgetRevision",
    "BudgetYear",
    "CeilingAlert",
    "Consent",
    "Correction",
    "Exit",
    "FundingRequest",
    "Hold",
    "LedgerEntry",
    "Person",
    "PersonAccess",
    "Placement",
    "Reader",
    "Referral",
    "Restriction",
    "SubjectRequest",
    "Term",
]
