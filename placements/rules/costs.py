"""What a stay costs: exact per night, rounded once, so that every split adds up (money.md R1-R21).

A night's cost is kept as a whole number of 1/700 pence: weekly pence × percent payable. The cost of
the first n nights is that sum rounded half up; any part is a difference of two such costs.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import groupby
from typing import TypeVar

from dps_portal.clock import ONE_DAY, financial_year
from dps_portal.money import half_up

UNITS_IN_PENNY = 700
FULL_PRICE = 100

Part = TypeVar("Part")
Night = tuple[date, int]


class NoPriceForDate(Exception):
    """No weekly price holds on a night that is to be charged; it is never taken as zero (R5)."""

    def __init__(self, day: date) -> None:
        self.day = day
        super().__init__(f"No weekly price holds on {day.isoformat()}.")


@dataclass(frozen=True)
class Price:
    """A weekly price from a night on."""

    start: date
    weekly_pence: int


@dataclass(frozen=True)
class OneOff:
    """A single charge, wholly in the year of its day (R21)."""

    on: date
    pence: int


@dataclass(frozen=True)
class Absence:
    """Nights away; ``bands`` are (last night of the band or None, percent paid) in order (R19).

    A void is the provider's own cost: nothing is paid for it.
    """

    start: date
    end: date
    bands: tuple[tuple[int | None, int], ...] = ((None, FULL_PRICE),)
    is_void: bool = False

    def check_on(self, night: int) -> date | None:
        """The day of that night away, when somebody asks whether to go on paying."""
        day = self.start + ONE_DAY * (night - 1)
        return day if day < self.end and not self.is_void else None

    def percent(self, day: date) -> int:
        if self.is_void:
            return 0
        number = (day - self.start).days + 1
        for last, percent in self.bands:
            if last is None or number <= last:
                return percent
        return FULL_PRICE


@dataclass(frozen=True)
class Stay:
    """A half-open stay [admission, end). ``days_inclusive`` charges the last day too (R2)."""

    admission: date
    funded_until: date
    prices: tuple[Price, ...]
    discharge: date | None = None
    notice_nights: int = 0
    min_charge_nights: int = 1
    days_inclusive: bool = False
    absences: tuple[Absence, ...] = ()
    contributions: tuple[Price, ...] = ()

    @property
    def funded_end(self) -> date:
        """The first night not funded."""
        return self.funded_until + self._edge

    @property
    def end(self) -> date:
        """The first night not charged: exit plus notice, within what is funded (R3, R13)."""
        end = self.funded_end
        if self.discharge is not None:
            end = min(self.discharge + self._edge + ONE_DAY * self.notice_nights, end)
            end = max(end, self.admission + ONE_DAY * self.min_charge_nights)
        return end

    def nights(self) -> Iterator[Night]:
        """Each charged night with its cost in 1/700 pence. Raises ``NoPriceForDate``."""
        for day in days(self.admission, self.end):
            weekly = price_on(self.prices, day)
            if weekly is None:
                raise NoPriceForDate(day)
            yield day, weekly * self._percent(day)

    def contribution_nights(self) -> Iterator[Night]:
        """What the person pays of each night, never more than the night costs (R20)."""
        for day, cost in self.nights():
            yield day, min(cost, (price_on(self.contributions, day) or 0) * FULL_PRICE)

    @property
    def _edge(self) -> timedelta:
        return ONE_DAY * self.days_inclusive

    def _percent(self, day: date) -> int:
        for absence in self.absences:
            if absence.start <= day < absence.end:
                return absence.percent(day)
        return FULL_PRICE


def days(start: date, end: date) -> Iterator[date]:
    day = start
    while day < end:
        yield day
        day += ONE_DAY


def price_on(prices: Iterable[Price], day: date) -> int | None:
    """The weekly pence of the newest price that holds on ``day``."""
    held = [price for price in prices if price.start <= day]
    return max(held, key=lambda price: price.start).weekly_pence if held else None


def split(nights: Iterable[Night], part_of: Callable[[date], Part]) -> dict[Part, int]:
    """Pence by part (year, month, …), telescoping half up, so that parts sum to the whole (R6)."""
    parts: dict[Part, int] = {}
    units = rounded = 0
    for part, run in groupby(nights, lambda night: part_of(night[0])):
        units += sum(cost for _, cost in run)
        so_far = half_up(Fraction(units, UNITS_IN_PENNY))
        parts[part] = parts.get(part, 0) + so_far - rounded
        rounded = so_far
    return parts


def by_year(nights: Iterable[Night]) -> dict[int, int]:
    """Pence by financial year of each night (R7)."""
    return split(nights, financial_year)


def total(nights: Iterable[Night]) -> int:
    return sum(by_year(nights).values())


def before(nights: Iterable[Night], day: date) -> Iterator[Night]:
    """The nights strictly before ``day``: what has accrued by then (R9)."""
    return (night for night in nights if night[0] < day)


def difference(new: Mapping[int, int], old: Mapping[int, int]) -> dict[int, int]:
    """New position minus old for each year that changes: what the ledger posts (R8)."""
    changes = {year: new.get(year, 0) - old.get(year, 0) for year in sorted({*new, *old})}
    return {year: pence for year, pence in changes.items() if pence}


def cost_between(nights: Iterable[Night], start: date, end: date) -> int:
    """What the nights from ``start`` up to, not with, ``end`` cost as a part of the whole (R6)."""
    return split(nights, lambda day: start <= day < end).get(True, 0)


def position(stay: Stay | None, one_offs: Iterable[OneOff] = ()) -> dict[int, int]:
    """Gross pence by year of one placement: what the ceiling is tested on (R8, R20, R21).

    Without a stay, as after a non-arrival or a cancellation, only its charges are left (R14).
    """
    years = by_year(stay.nights()) if stay else {}
    for charge in one_offs:
        year = financial_year(charge.on)
        years[year] = years.get(year, 0) + charge.pence
    return years


def exposure(
    stay: Stay, *, today: date, part_of: Callable[[date], int] = financial_year
) -> dict[int, int]:
    """Pence by part of nights stayed beyond the funding: shown and alerted, not committed (R11)."""
    funded = replace(stay, discharge=None)
    last = stay.discharge or today
    stayed = replace(funded, funded_until=max(last, stay.funded_until))
    return difference(split(stayed.nights(), part_of), split(funded.nights(), part_of))


@dataclass(frozen=True)
class Share:
    """What a stay costs, and what of it the person pays."""

    gross_pence: int
    contribution_pence: int

    @property
    def net_pence(self) -> int:
        return self.gross_pence - self.contribution_pence


def shares(stay: Stay | None, one_offs: Iterable[OneOff] = ()) -> dict[int, Share]:
    """By financial year; gross and contribution are each rounded in their own series (R20).

    Towards single charges the person pays nothing.
    """
    paid = by_year(stay.contribution_nights()) if stay else {}
    years = position(stay, one_offs)
    return {year: Share(gross, paid.get(year, 0)) for year, gross in years.items()}
