"""Pages that read across the whole portal."""

from .calendars import (
    calendar,
    calendar_feed,
    calendar_month,
    feed,
    make_feed,
    revoke_feed,
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
    "calendar_feed",
    "calendar_month",
    "feed",
    "health",
    "home",
    "make_feed",
    "report_list",
    "report_run",
    "request_spend_pdf",
    "revoke_feed",
    "spend",
    "spend_csv",
    "spend_pdf",
    "verify_trail",
]
