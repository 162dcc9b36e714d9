"""Working-day arithmetic on plain dates. Nothing here asks what day it is (design D5)."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

ONE_DAY = timedelta(days=1)
WEEKDAYS = 5


class BeyondCalendar(Exception):
    """The bank holidays of this day are not known yet, so no answer is given."""

    def __init__(self, day: date) -> None:
        self.day = day
        super().__init__(f"Bank holidays are not known for {day.isoformat()}.")


def in_words(day: date) -> str:
    """``23 November 2026``."""
    return f"{day.day} {day:%B %Y}"


@dataclass(frozen=True)
class Calendar:
    """Which days are working days, between the first and the last day that are known."""

    holidays: frozenset[date]
    known_from: date
    known_until: date

    def is_working_day(self, day: date) -> bool:
        if not self.known_from <= day <= self.known_until:
            raise BeyondCalendar(day)
        return day.weekday() < WEEKDAYS and day not in self.holidays

    def nth_working_day(self, n: int, *, counting_from: date) -> date:
        """The ``n``-th working day, counting the first day itself if it is one."""
        if n < 1:
            raise ValueError("the number of working days must be at least 1")
        day = counting_from - ONE_DAY
        while n:
            day += ONE_DAY
            n -= self.is_working_day(day)
        return day

    def due(self, received: date, days: int) -> date:
        """``days`` working days after ``received``, the day of receipt not counted (R2.5)."""
        return self.nth_working_day(days, counting_from=received + ONE_DAY)

    def on_or_after(self, day: date) -> date:
        """``day``, or the next working day where it is none."""
        return self.nth_working_day(1, counting_from=day)

    def received_on(self, moment: datetime, *, cutoff: time) -> date:
        """The working day on which ``moment`` (London time) counts as received (money.md §9).

        After the cut-off or on a day that is no working day, it counts from the next one.
        """
        day = moment.date()
        return self.on_or_after(day + ONE_DAY if moment.time() > cutoff else day)


def add_months(day: date, months: int) -> date:
    """Calendar months later, clipped to the end of the month (money.md R4)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for number in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, number)
        except ValueError:
            continue
    raise OverflowError("the month is beyond the calendar")


def financial_year(day: date) -> int:
    """The year in which the financial year of ``day`` starts: 31 March 2025 is 2024."""
    return day.year if (day.month, day.day) >= (4, 1) else day.year - 1


def year_start(year: int) -> date:
    return date(year, 4, 1)


def year_label(year: int) -> str:
    """``2024/25`` for 2024."""
    return f"{year}/{(year + 1) % 100:02d}"
