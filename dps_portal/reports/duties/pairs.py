"""Two acts on one row that two people do."""

from dataclasses import dataclass, field

from django.db.models import F, Model, Q

from dps_portal.accounts.models import RoleGrant
from placements.models import (
    ApprovalLimit,
    BreakGlass,
    BudgetRevision,
    BudgetYear,
    FactProposal,
    FundingRequest,
    Ineligibility,
    Invoice,
    InvoiceImport,
    SubjectRequest,
)
from placements.states import ImportKind, ImportState
from providers.models import LotApplication, Measure, RegistrationClaim
from tenders.models import Award, Challenge, DeadlineExtension, Tender

from .duty import Duty


@dataclass(frozen=True)
class Pair:
    """Two acts on one row that two people do, in the words of the rule."""

    name: str
    says: str
    model: type[Model]
    first: str
    second: str
    when: str
    subject: str = "reference"
    narrowed: Q = field(default_factory=Q)

    def duty(self) -> Duty:
        done = Q(**{f"{self.first}__isnull": False, f"{self.second}__isnull": False})
        return Duty(
            self.name,
            self.says,
            self.model.objects.filter(done, self.narrowed),
            Q(**{self.first: F(self.second)}),
            self.subject,
            (self.first, self.second),
            self.when,
        )


PAIRS = (
    Pair(
        "role",
        "A role is proposed and approved by two people.",
        *(RoleGrant, "proposed_by", "approved_by", "granted_at", "user__ref"),
    ),
    Pair(
        "admission",
        "An admission is recommended and decided by two people.",
        *(LotApplication, "recommended_by", "decided_by", "decided_at", "application__reference"),
    ),
    Pair(
        "measure",
        "A suspension, reinstatement or exclusion is recommended and decided by two people.",
        *(Measure, "recommended_by", "decided_by", "decided_at"),
    ),
    Pair(
        "claim",
        "A registration whose number is taken is reviewed by somebody else than who registers.",
        *(RegistrationClaim, "claimed_by", "reviewed_by", "reviewed_at"),
    ),
    Pair(
        "publication",
        "A tender is drafted and published by two people.",
        *(Tender, "drafted_by", "published_by", "published_at"),
    ),
    Pair(
        "abandonment",
        "A published tender is abandoned by two people.",
        *(Tender, "abandon_asked_by", "abandoned_by", "abandoned_at"),
        narrowed=Q(published_at__isnull=False),
    ),
    Pair(
        "deadline",
        "A later deadline is asked for and agreed by two people.",
        *(DeadlineExtension, "asked_by", "agreed_by", "agreed_at", "tender__reference"),
    ),
    Pair(
        "award",
        "An award is recommended and approved by two people.",
        *(Award, "recommended_by", "approved_by", "approved_at", "tender__reference"),
    ),
    Pair(
        "confirmation",
        "An award is recommended and confirmed by two people.",
        *(Award, "recommended_by", "confirmed_by", "confirmed_at", "tender__reference"),
    ),
    Pair(
        "challenge",
        "A challenge is recorded and settled by two people.",
        *(Challenge, "recorded_by", "settled_by", "settled_at", "award__tender__reference"),
    ),
    Pair(
        "funding",
        "Funding is asked for and decided by two people.",
        *(FundingRequest, "requested_by", "decided_by", "decided_at"),
    ),
    Pair(
        "own_referral",
        "Nobody decides on the funding of a referral of their own.",
        *(FundingRequest, "placement__referral__created_by", "decided_by", "decided_at"),
    ),
    Pair(
        "eligibility",
        "That a person is not eligible is recorded and countersigned by two people.",
        *(Ineligibility, "recorded_by", "answered_by", "ended_at", "referral__reference"),
    ),
    Pair(
        "fact",
        "A fact of a stay is proposed and recorded by two people.",
        *(FactProposal, "proposed_by", "decided_by", "decided_at", "placement__reference"),
    ),
    Pair(
        "ceiling",
        "A ceiling is proposed and confirmed by two people.",
        *(BudgetRevision, "proposed_by", "confirmed_by", "confirmed_at", "decision_reference"),
    ),
    Pair(
        "year_close",
        "A year is proposed for closing and closed by two people.",
        *(BudgetYear, "closing_proposed_by", "closed_by", "closed_at", "year"),
        narrowed=Q(state="closed"),
    ),
    Pair(
        "limit",
        "Nobody sets their own limit of approval.",
        *(ApprovalLimit, "person", "set_by", "set_at", "person__ref"),
    ),
    Pair(
        "invoice_entry",
        "An invoice is entered and approved by two people.",
        *(Invoice, "entered_by", "approved_by", "approved_at"),
    ),
    Pair(
        "invoice_match",
        "An invoice is matched and approved by two people.",
        *(Invoice, "matched_by", "approved_by", "approved_at"),
    ),
    Pair(
        "payment_history",
        "A file of payments made elsewhere is brought and confirmed by two people.",
        *(InvoiceImport, "uploaded_by", "decided_by", "decided_at"),
        narrowed=Q(kind=ImportKind.HISTORY, state=ImportState.COMMITTED),
    ),
    Pair(
        "break_glass",
        "A break-glass is reviewed by somebody else than who broke it.",
        *(BreakGlass, "user", "reviewed_by", "reviewed_at"),
    ),
    Pair(
        "subject_request",
        "An export or erasure is asked for and decided by two people.",
        *(SubjectRequest, "asked_by", "decided_by", "decided_at"),
    ),
)
