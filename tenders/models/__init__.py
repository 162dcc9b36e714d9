"""Mini-competitions under the agreement: from draft to award."""

from .awards import Award, Contract, ContractExtension, Letter
from .bids import Bid, Invitation, OpeningApproval, Price, Response
from .debriefs import DebriefRequest
from .scores import ConsensusScore, Score
from .tenders import Clarification, Criterion, InterestDeclaration, PanelMember, Tender

__all__ = [
    "Award",
    "Bid",
    "Clarification",
    "ConsensusScore",
    "Contract",
    "ContractExtension",
    "Criterion",
    "DebriefRequest",
    "InterestDeclaration",
    "Invitation",
    "Letter",
    "OpeningApproval",
    "PanelMember",
    "Price",
    "Response",
    "Score",
    "Tender",
]
