"""Referrals, placements and the annual ceiling."""

from .facts import Absence, Contribution, FactProposal, OutcomeScore, Review
from .money import (
    BudgetRevision,
    BudgetYear,
    CeilingAlert,
    FundingRequest,
    LedgerEntry,
    Reconciliation,
)
from .people import Person, PersonAccess, Referral
from .stays import COST_ROWS, Exit, Fact, OneOffCharge, Placement, Term

__all__ = [
    "COST_ROWS",
    "Absence",
    "BudgetRevision",
    "BudgetYear",
    "CeilingAlert",
    "Contribution",
    "Exit",
    "Fact",
    "FactProposal",
    "FundingRequest",
    "LedgerEntry",
    "OneOffCharge",
    "OutcomeScore",
    "Person",
    "PersonAccess",
    "Placement",
    "Reconciliation",
    "Referral",
    "Review",
    "Term",
]
