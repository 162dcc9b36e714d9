"""What counts against a provider: exclusion grounds and their age, ratings and their fall."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from dps_portal.clock import add_months
from providers.states import MANDATORY_GROUNDS, ExclusionGround, Rating, SelfCleaning

MANDATORY_YEARS = 5  # PCR 57(11)
DISCRETIONARY_YEARS = 3  # PCR 57(12)


@dataclass(frozen=True)
class Ground:
    """A ground as declared. ``is_told``: what happened and what was done about it are described."""

    ground: ExclusionGround
    happened_on: date | None
    is_told: bool
    finding: SelfCleaning | None = None

    @property
    def counts_until(self) -> date | None:
        """The first day on which it no longer counts (R3.1)."""
        if self.happened_on is None:
            return None
        years = MANDATORY_YEARS if self.ground in MANDATORY_GROUNDS else DISCRETIONARY_YEARS
        return add_months(self.happened_on, 12 * years)

    def is_live(self, today: date) -> bool:
        """One without a date counts until its date is known."""
        return self.counts_until is None or today < self.counts_until


RATINGS = list(Rating)  # the best first


def is_drop(before: str, after: str) -> bool:
    """Whether the CQC's rating became worse; from or to no rating is no drop (R3.4)."""
    if not before or not after:
        return False
    return RATINGS.index(Rating(after)) > RATINGS.index(Rating(before))


def unassessed(grounds: Iterable[Ground], *, today: date) -> list[Ground]:
    """Live grounds whose self-cleaning nobody has assessed yet (R3.2)."""
    return [each for each in grounds if each.is_live(today) and each.finding is None]
