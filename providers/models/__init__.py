"""Providers, their applications per lot, and what comes of them."""

from .admissions import Admission, Measure, Rate
from .applications import Application, Submission
from .compliance import (
    Standing,
    problems,
    standing_of,
    unassessed_grounds,
    with_admissions,
    with_standing,
)
from .declarations import Declaration, DeclarationRequest, DeclaredGround
from .evidence import EvidenceDocument
from .history import Event, history_of
from .lot_applications import LotApplication, LotAssessment
from .members import MemberInvitation, Membership
from .organisations import Correction, Provider, RegistrationClaim
from .places import CqcLocation, Location, RatingChange
from .reviews import AssessorInterest, Clarification, ReasonsRequest

__all__ = [
    "Admission",
    "Application",
    "AssessorInterest",
    "Clarification",
    "Correction",
    "CqcLocation",
    "Declaration",
    "DeclarationRequest",
    "DeclaredGround",
    "Event",
    "EvidenceDocument",
    "Location",
    "LotApplication",
    "LotAssessment",
    "Measure",
    "MemberInvitation",
    "Membership",
    "Provider",
    "Rate",
    "RatingChange",
    "ReasonsRequest",
    "RegistrationClaim",
    "Standing",
    "Submission",
    "history_of",
    "problems",
    "standing_of",
    "unassessed_grounds",
    "with_admissions",
    "with_standing",
]
