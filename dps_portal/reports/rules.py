"""Rates of other authorities in a file, where a price stands, and quarterly returns."""

import csv
import io
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from dps_portal.agreements.rules import Quarter
from dps_portal.bank_holidays import ENGLAND_AND_WALES
from dps_portal.money import half_up, pence
from placements.rules import NATIONAL_RATES, OUR_RATE

COLUMNS = ("authority", "lot", "weekly price", "from")
MOST_ROWS = 2_000
MOST_AUTHORITY = 200
MOST_PENCE = 10_000_000
FEWEST_FOR_QUARTILES = 4
AMOUNT = re.compile(r"£?\s*((?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d{1,2})?)", re.ASCII)
ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
OUR_DAY = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})", re.ASCII)
Key = tuple[str, int, date]


class Unreadable(Exception):
    """The file as a whole cannot be read; the message says why."""


@dataclass(frozen=True)
class ReadRate:
    """One row of the file: its line, what was read of it, and every reason to leave it out."""

    line: int
    authority: str
    lot: int | None
    weekly_pence: int | None
    start: date | None
    faults: tuple[str, ...]

    @property
    def is_good(self) -> bool:
        return not self.faults

    @property
    def key(self) -> Key | None:
        """By which a rate stands once; ``None`` where a part of it could not be read."""
        if self.lot is None or self.start is None:
            return None
        return self.authority.casefold(), self.lot, self.start


def decoded(content: bytes) -> str:
    """The text of a file from a spreadsheet: UTF-8, or what Windows writes."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    if "\0" in text:
        raise Unreadable("This is not a CSV file.")
    return text


def read_rates(text: str, *, lots: Collection[int], known: Collection[Key]) -> list[ReadRate]:
    """Every row with its faults. ``known`` are the rates on record. Raises ``Unreadable``."""
    lines = text.splitlines()
    delimiter = ";" if lines and lines[0].count(";") > lines[0].count(",") else ","
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise Unreadable("The file cannot be read as CSV.") from error
    names = [name.strip().casefold() for name in rows[0]] if rows else []
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        raise Unreadable(f"The first line must name the columns; missing: {', '.join(missing)}.")
    if len(rows) > MOST_ROWS + 1:
        raise Unreadable(f"The file has more than {MOST_ROWS:,} rows. Import it in parts.")
    places = [names.index(name) for name in COLUMNS]
    seen: set[Key] = set()
    found = []
    for line, row in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in row):
            continue
        cells = [row[place].strip() if place < len(row) else "" for place in places]
        rate = _read(line, cells, lots, known, seen)
        if rate.key:
            seen.add(rate.key)
        found.append(rate)
    if not found:
        raise Unreadable("The file has no row below its first line.")
    return found


def _read(
    line: int, cells: Sequence[str], lots: Collection[int], known: Collection[Key], seen: set[Key]
) -> ReadRate:
    authority, lot_text, price_text, day_text = cells
    faults = []
    if not authority:
        faults.append("The authority is missing.")
    elif len(authority) > MOST_AUTHORITY:
        faults.append(f"The authority has more than {MOST_AUTHORITY} letters.")
    lot = next((lot for lot in lots if str(lot) == lot_text.lstrip("0")), None)
    if lot is None:
        faults.append(f"There is no lot “{lot_text[:20]}”.")
    price = _amount(price_text)
    if price is None:
        faults.append(f"“{price_text[:20]}” is not a weekly price in pounds.")
    start = _day(day_text)
    if start is None:
        faults.append(f"“{day_text[:20]}” is not a date such as 31/03/2026.")
    rate = ReadRate(line, authority[:MOST_AUTHORITY], lot, price, start, ())
    if rate.key and rate.key in seen:
        faults.append("An earlier row is of the same authority, lot and date.")
    elif rate.key and rate.key in known:
        faults.append("A rate of this authority, lot and date is imported already.")
    return ReadRate(line, rate.authority, lot, price, start, tuple(faults))


def _amount(text: str) -> int | None:
    match = AMOUNT.fullmatch(text)
    if not match or len(text) > len("£ 99,999,999.99"):
        return None
    amount = pence(match[1].replace(",", ""))
    return amount if 0 < amount <= MOST_PENCE else None


def _day(text: str) -> date | None:
    iso, ours = ISO_DAY.fullmatch(text), OUR_DAY.fullmatch(text)
    parts = [int(part) for part in (iso or ours).groups()] if iso or ours else []  # type: ignore[union-attr]
    try:
        return date(*(parts if iso else reversed(parts))) if parts else None
    except ValueError:
        return None


# ── Where a price stands ─────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Spread:
    """Prices in pence; without quartiles where they are too few to mean anything."""

    count: int
    lowest: int
    lower: int | None
    median: int
    upper: int | None
    highest: int


def spread(prices: Iterable[int]) -> Spread | None:
    """Median and quartiles by linear interpolation between the ordered prices, half up."""
    ordered = sorted(prices)
    if not ordered:
        return None
    enough = len(ordered) >= FEWEST_FOR_QUARTILES
    return Spread(
        count=len(ordered),
        lowest=ordered[0],
        lower=quantile(ordered, Fraction(1, 4)) if enough else None,
        median=quantile(ordered, Fraction(1, 2)),
        upper=quantile(ordered, Fraction(3, 4)) if enough else None,
        highest=ordered[-1],
    )


def quantile(ordered: Sequence[int], share: Fraction) -> int:
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    step = ordered[above] - ordered[below]
    return half_up(ordered[below] + (place - below) * step)


@dataclass(frozen=True)
class Standing:
    """Our price among those of others: how many are lower, equal and higher."""

    lower: int
    equal: int
    higher: int
    difference_pence: int  # ours less their median

    @property
    def below_pence(self) -> int:
        return -self.difference_pence


def standing(ours: int, others: Iterable[int]) -> Standing | None:
    prices = list(others)
    found = spread(prices)
    if found is None:
        return None
    return Standing(
        lower=sum(price < ours for price in prices),
        equal=sum(price == ours for price in prices),
        higher=sum(price > ours for price in prices),
        difference_pence=ours - found.median,
    )


# ── Quarterly returns ────────────────────────────────────────────────────────────────────────────

RETURN_DAYS = 10  # working days after the quarter [assume]


def return_due(last_day: date) -> date:
    """The last day on which the return of the quarter is in time."""
    return ENGLAND_AND_WALES.due(last_day, RETURN_DAYS)


def is_held_in(quarter: Quarter, admitted_on: date, ended_on: date | None) -> bool:
    """Whether an admission was held on any day of the quarter."""
    return admitted_on <= quarter.last_day and (ended_on is None or ended_on > quarter.start)


def objections_to_return(
    *,
    last_day: date,
    today: date,
    was_admitted: bool,
    corrects: bool,
    reason: str,
    nothing_to_report: bool,
    figures: Iterable[int],
) -> list[str]:
    """``corrects``: a return stands already, and the day on which it was due has passed."""
    objections = []
    if today <= last_day:
        objections.append("The quarter is not over yet.")
    if not was_admitted:
        objections.append("Your organisation was not admitted in this quarter.")
    if corrects and not reason.strip():
        objections.append("Say why the return is corrected.")
    if nothing_to_report and any(figures):
        objections.append("With nothing to report, every figure is 0.")
    return objections


# ── Scorecards ───────────────────────────────────────────────────────────────────────────────────

# Whole percents of planned exits from which the colour is that (R9.9): the national best and ours.
AMBER_FROM, GREEN_FROM = NATIONAL_RATES[1], OUR_RATE


def planned_exit_colour(rate: int | None) -> str:
    """Green, Amber or Red; nothing where no stay ended."""
    if rate is None:
        return ""
    if rate >= GREEN_FROM:
        return "Green"
    return "Amber" if rate >= AMBER_FROM else "Red"


@dataclass(frozen=True)
class Share:
    """So many of so many, never a percentage alone: of few a rate says little."""

    count: int
    of: int

    @property
    def percent(self) -> int | None:
        return half_up(Fraction(100 * self.count, self.of)) if self.of else None

    def __str__(self) -> str:
        return f"{self.count} of {self.of} ({self.percent}%)" if self.of else "–"


@dataclass(frozen=True)
class Middle:
    """The mean and the median of so many whole numbers, the median half up."""

    count: int
    mean: Fraction
    median: int


def middle(numbers: Iterable[int]) -> Middle | None:
    ordered = sorted(numbers)
    if not ordered:
        return None
    mean = Fraction(sum(ordered), len(ordered))
    return Middle(len(ordered), mean, quantile(ordered, Fraction(1, 2)))
