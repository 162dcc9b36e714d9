"""The files of the Local Government Transparency Code: spend over £500, contracts over £5,000."""

from .columns import CONTRACT_COLUMNS, SPEND_COLUMNS
from .contracts import contract_rows
from .spend import period_of, spend_quarters, spend_rows

__all__ = [
    "CONTRACT_COLUMNS",
    "SPEND_COLUMNS",
    "contract_rows",
    "period_of",
    "spend_quarters",
    "spend_rows",
]
