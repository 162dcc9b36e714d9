"""What a bid asks for, and what it comes to, so that prices are compared like for like (R7.11)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from dps_portal.money import MINUS, gbp, half_up

NIGHTS_IN_WEEK = 7
WEEKS_IN_YEAR = 52
MONTHS_IN_YEAR = 12
WEEKS_IN_SHORTEST_MONTH = 4
BESIDES = {  # what a stay costs besides its weeks, as it is told
    "detox_pence": "detoxification supplement",
    "one_off_pence": "one-off charges",
    "discount_pence": "discount",
}
PRICE_PARTS = ("weekly_pence", *BESIDES)


@dataclass(frozen=True)
class Quote:
    """What a bid asks for, in pence: a week, and what a funded stay costs besides its weeks.

    Without ``compared_weeks`` the weekly price alone is asked for and compared.
    """

    weekly_pence: int
    compared_weeks: int | None = None
    detox_pence: int = 0
    one_off_pence: int = 0
    discount_pence: int = 0

    @classmethod
    def of(cls, parts: Mapping[str, Any], compared_weeks: int | None) -> Quote:
        """Of a draft, a sealed price or a row; what is not there is nothing."""
        besides = {name: parts.get(name, 0) for name in BESIDES}
        return cls(parts["weekly_pence"], compared_weeks, **besides)

    @property
    def compared_pence(self) -> int:
        """The price that is scored: the only place where it is made (R7.11)."""
        besides = self.detox_pence + self.one_off_pence - self.discount_pence
        return self.weekly_pence * (self.compared_weeks or 1) + besides

    @property
    def parts(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in PRICE_PARTS}

    def at(self, weekly_pence: int) -> Quote:
        """The same, were a week to cost this."""
        return replace(self, weekly_pence=weekly_pence)

    def sealed(self) -> dict[str, int]:
        """What binds the bidder; where stays are compared, their length with it."""
        if self.compared_weeks is None:
            return {"weekly_pence": self.weekly_pence}
        return self.parts | {"compared_weeks": self.compared_weeks}

    def __str__(self) -> str:
        if self.compared_weeks is None:
            return f"{gbp(self.weekly_pence)} a week"
        said = f"{gbp(self.weekly_pence)} × {in_weeks(self.compared_weeks)}"
        for name, words in BESIDES.items():
            if part := self.parts[name]:
                said += f" {sign_of(name)} {gbp(part)} {words}"
        return f"{said} = {gbp(self.compared_pence)}"


def in_weeks(weeks: int) -> str:
    return f"{weeks} week{'' if weeks == 1 else 's'}"


def sign_of(part: str) -> str:
    return MINUS if part == "discount_pence" else "+"


def stay_schedule(quote: Quote | None, *, compared_weeks: int) -> list[tuple[str, str, int | None]]:
    """The sum line by line: which part, in words, and its pence; no pence without a price."""
    parts: Mapping[str, int | None] = quote.parts if quote else dict.fromkeys(BESIDES)
    weeks = quote.weekly_pence * compared_weeks if quote else None
    return [
        ("weekly_pence", f"Weekly price × {in_weeks(compared_weeks)}", weeks),
        *((name, f"{sign_of(name)} {words}", parts[name]) for name, words in BESIDES.items()),
        ("compared", "= price compared", quote.compared_pence if quote else None),
    ]


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
