"""Referrals, placements and the annual ceiling."""

from .money import BudgetRevision, BudgetYear, CeilingAlert, FundingRequest, LedgerEntry
from .people import Person, PersonAccess, Referral
from .referrals import Ineligibility, ReferralAssignment, ReferralHold
from .stays import Exit, Placement, Term

__all__ = [
    "BudgetRevision",
    "BudgetYear",
    "CeilingAlert",
    "Exit",
    "FundingRequest",
    "Ineligibility",
    "LedgerEntry",
    "Person",
    "PersonAccess",
    "Placement",
    "Referral",
    "ReferralAssignment",
    "ReferralHold",
    "Term",
]
