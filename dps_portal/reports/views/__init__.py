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
from .runs import (
    cancel_report,
    report_csv,
    report_list,
    report_pdf,
    report_run,
    report_xlsx,
    retry_report,
)
from .spending import (
    pack,
    request_letter,
    request_pack,
    request_spend_pdf,
    request_statement,
    spend,
    spend_csv,
    spend_xlsx,
    statement,
)

__all__ = [
    "audit_trail",
    "calendar",
    "calendar_link",
    "calendar_month",
    "cancel_report",
    "feed",
    "health",
    "home",
    "make_link",
    "pack",
    "report_csv",
    "report_list",
    "report_pdf",
    "report_run",
    "report_xlsx",
    "request_letter",
    "request_pack",
    "request_spend_pdf",
    "request_statement",
    "retry_report",
    "revoke_link",
    "spend",
    "spend_csv",
    "spend_xlsx",
    "statement",
    "verify_trail",
]
