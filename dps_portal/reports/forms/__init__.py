"""What is asked for on the pages of reports."""

from .desk import AccessForm, CheckListForm, DutyForm, TrailForm, VerificationListForm
from .oversight import (
    BenchmarkForm,
    CheckedRatesForm,
    DashboardForm,
    OwnFiguresForm,
    RateFileForm,
    RateListForm,
    RateSourceForm,
    WithdrawForm,
)
from .periods import MonthForm, PeriodForm, RunListForm, SpendForm, StatementForm, asked_again
from .returns import QuarterForm, ReturnForm

__all__ = [
    "AccessForm",
    "BenchmarkForm",
    "CheckListForm",
    "CheckedRatesForm",
    "DashboardForm",
    "DutyForm",
    "MonthForm",
    "OwnFiguresForm",
    "PeriodForm",
    "QuarterForm",
    "RateFileForm",
    "RateListForm",
    "RateSourceForm",
    "ReturnForm",
    "RunListForm",
    "SpendForm",
    "StatementForm",
    "TrailForm",
    "VerificationListForm",
    "WithdrawForm",
    "asked_again",
]
