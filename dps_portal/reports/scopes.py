"""Which nights a report is about, and up to which day they have accrued."""

from dataclasses import dataclass
from datetime import date

from dps_portal.clock import ONE_DAY, financial_year, in_words, year_label, year_start


@dataclass(frozen=True)
class Scope:
    """Which nights: ``start`` up to, not with, ``end``; of one lot or provider where it is named.

    ``lot`` is a number and ``provider`` a reference. Nights before ``as_of`` have accrued.
    """

    start: date
    end: date
    as_of: date
    lot: int | None = None
    provider: str = ""

    @classmethod
    def of_year(cls, year: int, as_of: date, **filters) -> "Scope":
        return cls(year_start(year), year_start(year + 1), as_of, **filters)

    @property
    def years(self) -> range:
        """The financial years that it touches."""
        return range(financial_year(self.start), financial_year(self.end - ONE_DAY) + 1)

    @property
    def year(self) -> int | None:
        """The financial year that it is, if it is a whole one."""
        first = self.years[0]
        whole = (self.start, self.end) == (year_start(first), year_start(first + 1))
        return first if whole else None

    @property
    def is_filtered(self) -> bool:
        return self.lot is not None or bool(self.provider)

    @property
    def has_ceiling(self) -> bool:
        """The ceiling is the council's for a whole year: no lot, provider or month has one."""
        return self.year is not None and not self.is_filtered

    @property
    def last_day(self) -> date:
        return self.end - ONE_DAY

    @property
    def label(self) -> str:
        if self.year is not None:
            return year_label(self.year)
        return f"{in_words(self.start)} to {in_words(self.last_day)}"

    @property
    def year_labels(self) -> str:
        return " and ".join(year_label(year) for year in self.years)

    def holds(self, day: date) -> bool:
        return self.start <= day < self.end
