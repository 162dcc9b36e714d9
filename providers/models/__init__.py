"""Providers, their applications per lot, and what comes of them."""

from .admissions import Admission, Measure, Rate
from .applications import Application, LotApplication, LotAssessment, Submission
from .declarations import Declaration, DeclarationRequest, DeclaredGround
from .evidence import EvidenceDocument
from .organisations import (
    CqcLocation,
    Location,
    MemberInvitation,
    Membership,
    Provider,
    RatingChange,
    RegistrationClaim,
)
from .reviews import AssessorInterest, Clarification, ReasonsRequest

__all__ = [
    "Admission",
    "Application",
    "AssessorInterest",
    "Clarification",
    "CqcLocation",
    "Declaration",
    "DeclarationRequest",
    "DeclaredGround",
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
    "Submission",
]
