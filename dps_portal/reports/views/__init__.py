"""Pages that read across the whole portal."""

from .benchmarks import benchmark, confirm_rates, import_rates, rate_list, withdraw_rates
from .calendars import (
    calendar,
    calendar_link,
    calendar_month,
    feed,
    make_link,
    revoke_link,
)
from .dashboards import dashboard
from .desk import (
    access_summary,
    auditor_desk,
    cost_check,
    cost_check_list,
    duty,
    duty_list,
    score_check,
    score_check_list,
    verification_list,
)
from .figures import figure_rows
from .home import home
from .oversight import audit_trail, health, verify_trail
from .returns import return_list, submit_return
from .runs import (
    cancel_report,
    report_csv,
    report_list,
    report_pdf,
    report_run,
    report_xlsx,
    retry_report,
)
from .scorecards import scorecard, scorecard_list
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
    "access_summary",
    "audit_trail",
    "auditor_desk",
    "benchmark",
    "calendar",
    "calendar_link",
    "calendar_month",
    "cancel_report",
    "confirm_rates",
    "cost_check",
    "cost_check_list",
    "dashboard",
    "duty",
    "duty_list",
    "feed",
    "figure_rows",
    "health",
    "home",
    "import_rates",
    "make_link",
    "pack",
    "rate_list",
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
    "return_list",
    "revoke_link",
    "score_check",
    "score_check_list",
    "scorecard",
    "scorecard_list",
    "spend",
    "spend_csv",
    "spend_xlsx",
    "statement",
    "submit_return",
    "verification_list",
    "verify_trail",
    "withdraw_rates",
]
