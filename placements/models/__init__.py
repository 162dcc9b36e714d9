"""Referrals, placements and the annual ceiling."""

from .access import BreakGlass, Hold, PersonAccess, Reader, Restriction
from .facts import Absence, Amendment, Contribution, FactProposal, OutcomeScore, Review
from .forecasts import ForecastAssumptions, ForecastRun
from .imports import InvoiceImport, InvoiceImportRow, SupplierAlias
from .invoices import Invoice, InvoiceDispute, InvoiceLine, PaymentBatch
from .limits import ApprovalLimit
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
from .stays import COST_ROWS, Exit, Fact, OneOff, Placement, Term

__all__ = [
    "COST_ROWS",
    "Absence",
    "Amendment",
    "ApprovalLimit",
    "BreakGlass",
    "BudgetRevision",
    "BudgetYear",
    "CeilingAlert",
    "Competition",
    "Consent",
    "Contribution",
    "Correction",
    "Exit",
    "Fact",
    "FactProposal",
    "FitNote",
    "ForecastAssumptions",
    "ForecastRun",
    "FundingRequest",
    "Hold",
    "Ineligibility",
    "Invoice",
    "InvoiceDispute",
    "InvoiceImport",
    "InvoiceImportRow",
    "InvoiceLine",
    "LedgerEntry",
    "MatchOption",
    "OneOff",
    "OutcomeScore",
    "PaymentBatch",
    "Person",
    "PersonAccess",
    "Placement",
    "Reader",
    "Reconciliation",
    "Referral",
    "ReferralAssignment",
    "ReferralHold",
    "Restriction",
    "Review",
    "SubjectRequest",
    "SupplierAlias",
    "Term",
    "Vacancy",
]
