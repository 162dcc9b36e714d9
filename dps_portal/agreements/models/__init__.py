"""The agreement with its rules, settings, notices and public documents."""

from .agreements import (
    Agreement,
    AgreementDocument,
    AwardCriterion,
    Deviation,
    DocumentVersion,
    ExtensionOption,
    Handling,
    Lot,
    NoticeKind,
    NoticeTask,
    Round,
    ValidityChange,
)
from .settings import SettingChange

__all__ = [
    "Agreement",
    "AgreementDocument",
    "AwardCriterion",
    "Deviation",
    "DocumentVersion",
    "ExtensionOption",
    "Handling",
    "Lot",
    "NoticeKind",
    "NoticeTask",
    "Round",
    "SettingChange",
    "ValidityChange",
]
