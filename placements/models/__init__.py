"""Referrals, placements and the annual ceiling."""

from .forecasts import ForecastAssumptions, ForecastRun
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
    "Exit",
    "ForecastAssumptions",
    "ForecastRun",
    "FundingRequest",
    "LedgerEntry",
    "OneOffCharge",
    "Person",
    "PersonAccess",
    "Placement",
    "Reconciliation",
    "Referral",
    "Term",
]
