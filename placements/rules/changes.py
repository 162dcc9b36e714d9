"""What each change makes of a stay: values in, another stay out (money.md R4, R11, R15-R22)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from dps_portal.clock import ONE_DAY, add_months

from .ceiling import Obstacle, obstacles
from .costs import Absence, NoPriceForDate, Price, Stay, by_year, difference, price_on


@dataclass(frozen=True)
class Length:
    """How long a first funding is: calendar months, or nights where the agreement says so (R4)."""

    months: int = 0
    nights: int = 0

    def end(self, start: date) -> date:
        return add_months(start, self.months) + ONE_DAY * self.nights


@dataclass(frozen=True)
class Shift:
    """An admission on another day than planned: always recorded, perhaps to be funded (R15)."""

    stay: Stay
    change: Mapping[int, int]
    obstacles: list[Obstacle]

    @property
    def needs_request(self) -> bool:
        """A year rises above its ceiling, so a retrospective request has to follow."""
        return bool(self.obstacles)


def shift_admission(
    stay: Stay,
    admission: date,
    *,
    length: Length,
    ceilings: Mapping[int, int],
    committed: Mapping[int, int],
) -> Shift:
    """Re-anchor the funded period on the actual day; the locked price goes with it.

    ``committed`` still holds the stay as planned.
    """
    first, *later = sorted(stay.prices, key=lambda price: price.start)
    moved = replace(
        stay,
        admission=admission,
        funded_until=length.end(admission),
        prices=(replace(first, start=min(first.start, admission)), *later),
    )
    change = difference(by_year(moved.nights()), by_year(stay.nights()))
    rises = {year: pence for year, pence in change.items() if pence > 0}
    return Shift(moved, change, obstacles(rises, ceilings=ceilings, committed=committed))


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
