"""The placements of which something is counted, and the period."""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from dps_portal.clock import ONE_DAY, add_months
from placements.models import Exit, Placement


@dataclass(frozen=True)
class Scope:
    """The placements that a person may count, and from which day up to, not with, which day."""

    placements: QuerySet[Placement]
    start: date
    end: date
    withdrawal_is_unplanned: bool = True

    @property
    def exits(self) -> QuerySet[Exit]:
        return Exit.objects.standing().filter(placement__in=self.placements)

    def months(self) -> list[date]:
        first = self.start.replace(day=1)
        found = []
        while (month := add_months(first, len(found))) < self.end:
            found.append(month)
        return found

    def earlier(self, years: int) -> tuple[date, date]:
        """The same days so many years before."""
        last_day = add_months(self.end - ONE_DAY, -12 * years)
        return add_months(self.start, -12 * years), last_day + ONE_DAY
