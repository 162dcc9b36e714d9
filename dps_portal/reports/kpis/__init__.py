"""What a scorecard tells, measure by measure, and what each of them means (R9.9).

The pages, the file and the published explanations are all made of this list.
"""

from .ended import ENDED, THRESHOLDS, colour, interval, tag
from .measure import Line, Measure, Rows
from .records import RECORDS
from .returned import RETURNED
from .standing import STANDING

GROUPS: dict[str, tuple[Measure, ...]] = {
    "How stays ended": ENDED,
    "Waits and records": RECORDS,
    "What the provider returned": RETURNED,
    "Ratings, places and money": STANDING,
}
COLUMNS = {
    name: read
    for measures in GROUPS.values()
    for measure in measures
    for name, read in measure.columns.items()
}
NOT_RECORDED = {
    "Occupancy": "Providers state the places that are free, not how many they have, and other "
    "councils place people with them too. So no row tells which part of the places is taken.",
}

__all__ = [
    "COLUMNS",
    "GROUPS",
    "NOT_RECORDED",
    "THRESHOLDS",
    "Line",
    "Measure",
    "Rows",
    "colour",
    "interval",
    "tag",
]
