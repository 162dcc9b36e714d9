"""What can be done with reports, their files, verifications, rates from outside and returns."""

from .links import make_link, revoke_link
from .rates import import_rates, read_rates_of, withdraw_rates
from .returns import (
    expected_returns,
    owed_returns,
    remind_of_returns,
    standing_return,
    submit_return,
)
from .runs import (
    TASK,
    cancel_report,
    html_of,
    render_report,
    request_letter,
    request_pack,
    request_spend_pdf,
    request_statement,
    retry_report,
)
from .verifications import verify_trail

__all__ = [
    "TASK",
    "cancel_report",
    "expected_returns",
    "html_of",
    "import_rates",
    "make_link",
    "owed_returns",
    "read_rates_of",
    "remind_of_returns",
    "render_report",
    "request_letter",
    "request_pack",
    "request_spend_pdf",
    "request_statement",
    "retry_report",
    "revoke_link",
    "standing_return",
    "submit_return",
    "verify_trail",
    "withdraw_rates",
]
