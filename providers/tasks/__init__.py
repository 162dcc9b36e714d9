"""What beat does each minute for providers."""

from .admissions import (
    remind_of_declarations,
    remind_of_expiring_evidence,
    remind_of_open_suspensions,
    request_yearly_declarations,
)
from .reviews import remind_of_reviews

__all__ = [
    "remind_of_declarations",
    "remind_of_expiring_evidence",
    "remind_of_open_suspensions",
    "remind_of_reviews",
    "request_yearly_declarations",
]
