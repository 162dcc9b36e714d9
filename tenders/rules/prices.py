"""What a weekly price comes to, so that bidders see it before they submit (R7.11)."""

from dataclasses import dataclass
from fractions import Fraction

from dps_portal.money import gbp, half_up

NIGHTS_IN_WEEK = 7
WEEKS_IN_YEAR = 52
MONTHS_IN_YEAR = 12
WEEKS_IN_SHORTEST_MONTH = 4


@dataclass(frozen=True)
class PriceLine:
    """A stretch and its cost in pence; no cost without a price."""

    label: str
    nights: int
    pence: int | None


def price_schedule(weekly_pence: int | None, *, first_funding_months: int) -> list[PriceLine]:
    """Whole weeks, so exact; a night is a seventh, rounded to be shown and never charged.

    The first funded period is given in months, which hold from four weeks to a twelfth of a year.
    """
    least = WEEKS_IN_SHORTEST_MONTH * first_funding_months
    most = WEEKS_IN_YEAR * first_funding_months // MONTHS_IN_YEAR
    period = f"{first_funding_months} month{'' if first_funding_months == 1 else 's'}"
    stretches = [("One night, for information only", 1)]
    for weeks in sorted({least, most}):
        label = f"First {period}, counted as {weeks} weeks"
        stretches.append((label, weeks * NIGHTS_IN_WEEK))
    stretches.append((f"{WEEKS_IN_YEAR} weeks", WEEKS_IN_YEAR * NIGHTS_IN_WEEK))
    return [
        PriceLine(
            label,
            nights,
            None
            if weekly_pence is None
            else half_up(Fraction(weekly_pence * nights, NIGHTS_IN_WEEK)),
        )
        for label, nights in stretches
    ]


def compared(weekly_pence: int | None, with_pence: int) -> str:
    """How a weekly price lies to a limit, in words; empty without a price."""
    if weekly_pence is None:
        return ""
    if weekly_pence == with_pence:
        return "The same"
    return (
        f"{gbp(abs(weekly_pence - with_pence))} {'below' if weekly_pence < with_pence else 'above'}"
    )
