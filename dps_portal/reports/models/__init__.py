"""Reports, verifications, calendar links, outside rates and quarterly returns."""

from .links import CalendarLink, hash_of
from .rates import OutsideRate, RateImport
from .returns import QuarterlyReturn, ReturnKind
from .runs import ReportKind, ReportRun
from .verifications import Verification

__all__ = [
    "CalendarLink",
    "OutsideRate",
    "QuarterlyReturn",
    "RateImport",
    "ReportKind",
    "ReportRun",
    "ReturnKind",
    "Verification",
    "hash_of",
]
