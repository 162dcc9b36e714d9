"""By when something has to be done, in working days (money.md §9)."""

from datetime import date, datetime, time

from dps_portal.bank_holidays import ENGLAND_AND_WALES

CUTOFF = time(13)  # what comes later counts from the next working day


def due_on(moment: datetime, days: int) -> date:
    """The last of so many working days; ``moment`` is London time (T01-T04)."""
    return ENGLAND_AND_WALES.due(ENGLAND_AND_WALES.received_on(moment, cutoff=CUTOFF), days)


def admission_overdue_on(planned: date) -> date:
    """The day on which a planned admission without a record is overdue: one working day later."""
    return ENGLAND_AND_WALES.due(planned, 1)


def report_due(exit_on: date, days: int) -> date:
    """When the provider's report on a discharge falls due."""
    return ENGLAND_AND_WALES.due(exit_on, days)
