"""What is counted on dashboards and scorecards: each figure is a count of rows read here.

The page of a figure's rows reads the same list, so that the two can never differ (money.md §10).
A period is half-open here and inclusive on screen.
"""

from .nights import Stayed, stayed
from .scope import Scope
from .stays import (
    EARLY_NIGHTS,
    MONTHS_FOR_RETURN,
    YEARS_COMPARED,
    Arrival,
    Departure,
    Outcome,
    arrivals,
    departures,
    ended_as,
    outcome,
)
from .timeliness import (
    TIMED,
    Timed,
    Timeliness,
    admissions,
    discharge_reports,
    replies,
    reviews,
    timeliness,
)

__all__ = [
    "EARLY_NIGHTS",
    "MONTHS_FOR_RETURN",
    "TIMED",
    "YEARS_COMPARED",
    "Arrival",
    "Departure",
    "Outcome",
    "Scope",
    "Stayed",
    "Timed",
    "Timeliness",
    "admissions",
    "arrivals",
    "departures",
    "discharge_reports",
    "ended_as",
    "outcome",
    "replies",
    "reviews",
    "stayed",
    "timeliness",
]
