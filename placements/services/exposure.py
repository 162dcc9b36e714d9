"""Nights stayed beyond the money: recorded, shown, and for a request to fund (R11)."""

from datetime import date

from placements import rules
from placements.models import Placement

from .costs import last_exit, stay_of


def exposure(placement: Placement, *, today: date) -> tuple[int, dict[int, int]]:
    """The nights stayed beyond the funding, and their pence by financial year."""
    stay = stay_of(placement)
    if stay is None or placement.admission is None:
        return 0, {}
    left = last_exit(placement)
    nights = ((left.on if left else today) - stay.funded_end).days
    return max(nights, 0), rules.exposure(stay, today=today)
