"""What each change makes of a stay: values in, another stay out (money.md R4, R11, R15-R22)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from dps_portal.clock import ONE_DAY, add_months

from .costs import Absence, NoPriceForDate, Price, Stay, by_year, difference, price_on


@dataclass(frozen=True)
class Length:
    """How long a first funding is: calendar months, or nights where the agreement says so (R4)."""

    months: int = 0
    nights: int = 0

    def end(self, start: date) -> date:
        return add_months(start, self.months) + ONE_DAY * self.nights


def extended(stay: Stay, until: date, *, list_prices: Iterable[Price]) -> Stay:
    """Longer, at the list price in force on the first night added; nights before keep theirs (R17).

    Raises ``NoPriceForDate``.
    """
    start = stay.funded_end
    weekly_pence = price_on(list_prices, start)
    if weekly_pence is None:
        raise NoPriceForDate(start)
    return replace(repriced(stay, weekly_pence, start=start), funded_until=until)


def repriced(stay: Stay, weekly_pence: int, *, start: date) -> Stay:
    """Every night from ``start`` on at another price: uplift, correction or band (R17, R18)."""
    kept = (price for price in stay.prices if price.start < start)
    return replace(stay, prices=(*kept, Price(start, weekly_pence)))


def transferred(stay: Stay, on: date, *, weekly_pence: int) -> tuple[Stay, Stay]:
    """The stay cut at ``on``, and its rest elsewhere; that night is the new one's (R22)."""
    first = replace(stay, funded_until=on - (stay.funded_end - stay.funded_until))
    return first, replace(stay, admission=on, prices=(Price(on, weekly_pence),))


def exposure(stay: Stay, *, today: date) -> dict[int, int]:
    """Pence by year of nights stayed beyond the funding: shown and alerted, not committed (R11)."""
    funded = replace(stay, discharge=None)
    last = stay.discharge or today
    stayed = replace(funded, funded_until=max(last, stay.funded_until))
    return difference(by_year(stayed.nights()), by_year(funded.nights()))


def objections_to_absence(absence: Absence, stay: Stay) -> list[str]:
    """Inside the stay and apart from the absences already recorded in it (money.md §1)."""
    objections = []
    if absence.end <= absence.start:
        objections.append("An absence has at least one night.")
    if absence.start < stay.admission or absence.end > stay.end:
        objections.append("The absence must lie inside the funded stay.")
    if any(absence.start < other.end and other.start < absence.end for other in stay.absences):
        objections.append("Another absence is already recorded for one of these nights.")
    return objections
