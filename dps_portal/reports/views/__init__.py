"""Pages that read across the whole portal."""

from .home import home
from .oversight import audit_trail, health, verify_trail
from .spending import (
    report_list,
    report_run,
    request_spend_pdf,
    spend,
    spend_csv,
    spend_pdf,
)

__all__ = [
    "audit_trail",
    "health",
    "home",
    "report_list",
    "report_run",
    "request_spend_pdf",
    "spend",
    "spend_csv",
    "spend_pdf",
    "verify_trail",
]
