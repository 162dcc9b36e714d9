"""Mini-competitions under the agreement: from draft to award."""

from .awards import Award, Contract, ContractExtension, Evaluation, Letter
from .bids import (
    Attachment,
    AttachmentCell,
    Bid,
    Invitation,
    LowPriceCheck,
    OpeningApproval,
    Price,
    Response,
    SubmissionAttempt,
)
from .challenges import Challenge
from .clarifications import Clarification
from .deadlines import DeadlineExtension
from .debriefs import DebriefRequest
from .scores import ConsensusScore, Score
from .shorter_periods import PeriodAnswer, ShorterPeriod
from .tenders import Criterion, InterestDeclaration, PanelMember, Tender

__all__ = [
    "Attachment",
    "AttachmentCell",
    "Award",
    "Bid",
    "Challenge",
    "Clarification",
    "ConsensusScore",
    "Contract",
    "ContractExtension",
    "Criterion",
    "DeadlineExtension",
    "DebriefRequest",
    "Evaluation",
    "InterestDeclaration",
    "Invitation",
    "Letter",
    "LowPriceCheck",
    "OpeningApproval",
    "PanelMember",
    "PeriodAnswer",
    "Price",
    "Response",
    "Score",
    "ShorterPeriod",
    "SubmissionAttempt",
    "Tender",
]
