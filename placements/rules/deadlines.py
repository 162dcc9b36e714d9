"""By when something has to be done, in working days (money.md §9); each target is assumed."""

from datetime import date, datetime, time

from dps_portal.clock import Calendar

CUTOFF = time(13)
DECISION_DAYS = 5


def decision_due_on(requested: datetime, calendar: Calendar) -> date:
    """The last day to decide on a request that came at ``requested``, London time."""
    return calendar.due(calendar.received_on(requested, cutoff=CUTOFF), DECISION_DAYS)


def admission_overdue_on(planned: date, calendar: Calendar) -> date:
    """The day on which a planned admission without a record is overdue: one working day later."""
    return calendar.due(planned, 1)
