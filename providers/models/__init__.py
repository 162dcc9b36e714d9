"""Providers, their applications per lot, and what comes of them."""

from .admissions import Admission, Rate
from .applications import Application, LotApplication, LotAssessment
from .organisations import CqcLocation, EvidenceDocument, Location, Membership, Provider

__all__ = [
    "Admission",
    "Application",
    "CqcLocation",
    "EvidenceDocument",
    "Location",
    "LotApplication",
    "LotAssessment",
    "Membership",
    "Provider",
    "Rate",
]
