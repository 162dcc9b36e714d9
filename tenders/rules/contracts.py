"""What a contract is worth, how long its file is kept, and its options."""

from datetime import date, timedelta
from fractions import Fraction

from dps_portal.clock import add_months
from dps_portal.money import half_up

NIGHTS_IN_WEEK = 7
KEEP_FROM_AWARD_MONTHS = 36  # PCR 84(9); R4.3
KEEP_FROM_END_MONTHS = 72  # Limitation Act 1980; R8.4


def contract_value(weekly_pence: int, *, start: date, end: date) -> int:
    return half_up(Fraction(weekly_pence * (end - start).days, NIGHTS_IN_WEEK))


def last_day_of(end: date) -> date:
    return end - timedelta(days=1)


def keep_until(*, awarded_on: date, last_day: date) -> date:
    """The later of award and three years, and the last day and six years."""
    return max(
        add_months(awarded_on, KEEP_FROM_AWARD_MONTHS), add_months(last_day, KEEP_FROM_END_MONTHS)
    )


def objections_to_contract_option(
    *, options_left: int, end: date, end_after: date, hard_stop: date, today: date
) -> list[str]:
    """Only what was published, while the contract lasts, within the system's life (R1.2)."""
    if not options_left:
        return ["This contract has no option left."]
    objections = []
    if today >= end:
        objections.append("The contract has ended, so its option has lapsed.")
    if end_after > hard_stop:
        objections.append("The contract would outlast the agreement.")
    return objections
