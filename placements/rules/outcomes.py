"""Outcome figures: the planned-exit rate, and counts too small to publish (money.md §5, §10)."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from math import sqrt

from dps_portal.clock import financial_year
from dps_portal.money import half_up
from placements.states import ExitStatus

SMALLEST_COUNT = 5
SUPPRESSED = "*"
Z = 1.959964  # of 95 %
Z_FAR = 3.090232  # of 99.8 %, the outer limits of a funnel plot
OUR_RATE = 78  # the council's own, in percent (design §1)
NATIONAL_RATES = (20, 60)


def counted_exits(
    statuses: Iterable[ExitStatus], *, withdrawal_is_unplanned: bool
) -> tuple[int, int]:
    """Planned and unplanned ones; deaths and closures are neither (K01).

    Nor is a withdrawal by the provider, unless the agreement counts it as unplanned.
    """
    number = Counter(statuses)
    withdrawn = number[ExitStatus.WITHDRAWN_BY_PROVIDER] if withdrawal_is_unplanned else 0
    return number[ExitStatus.PLANNED], number[ExitStatus.UNPLANNED] + withdrawn


def planned_exit_rate(planned: int, unplanned: int) -> int | None:
    """Whole percent, half up; deaths and closures are in neither figure (K01)."""
    exits = planned + unplanned
    return half_up(Fraction(100 * planned, exits)) if exits else None


def planned_exit_interval(planned: int, unplanned: int) -> tuple[int, int] | None:
    """Wilson's 95 % interval of the rate, in whole percent; ``None`` without any exit."""
    exits = planned + unplanned
    if not exits:
        return None
    rate, spread = planned / exits, Z * Z / exits
    half = Z * sqrt(rate * (1 - rate) / exits + spread / (4 * exits))
    low, high = (round(100 * (rate + spread / 2 + side) / (1 + spread)) for side in (-half, half))
    return low, high


def control_limits(rate: Fraction, exits: int, *, z: float = Z) -> tuple[int, int]:
    """Between which whole percents a rate over so many exits lies by chance, around ``rate``."""
    half = z * sqrt(rate * (1 - rate) / exits)
    low, high = (round(100 * (float(rate) + side)) for side in (-half, half))
    return max(low, 0), min(high, 100)


def suppress(counts: Mapping[str, int], *, threshold: int = SMALLEST_COUNT) -> dict[str, str]:
    """Counts as they may be published beside their total (K04).

    Counts from 1 up to below the threshold are starred; a lone star would follow from the total,
    so the next smallest is starred as well.
    """
    small = {name for name, count in counts.items() if 0 < count < threshold}
    others = [name for name in counts if name not in small and counts[name]]
    if len(small) == 1 and others:
        small.add(min(others, key=lambda name: (counts[name], name)))
    return {name: SUPPRESSED if name in small else str(count) for name, count in counts.items()}


def admissions_by_year(episodes: Iterable[tuple[date, bool]]) -> dict[int, int]:
    """Admissions by financial year of the first night, each with whether it is a linked transfer.

    An extension or a transfer begins no episode of its own, so neither is counted (K02).
    """
    return dict(
        Counter(financial_year(first) for first, is_transfer in episodes if not is_transfer)
    )


def days_late(*, original_due: date, done_on: date) -> int:
    """Against the original date, however often it was put off (K03)."""
    return max((done_on - original_due).days, 0)
