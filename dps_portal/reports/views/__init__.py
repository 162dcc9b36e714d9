"""Pages that read across the whole portal."""

from .calendars import (
    calendar,
    calendar_link,
    calendar_month,
    feed,
    make_link,
    revoke_link,
)
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
    "calendar",
    "calendar_link",
    "calendar_month",
    "feed",
    "health",
    "home",
    "make_link",
    "report_list",
    "report_run",
    "request_spend_pdf",
    "revoke_link",
    "spend",
    "spend_csv",
    "spend_pdf",
    "verify_trail",
]
