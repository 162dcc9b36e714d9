"""What a spend report says, frozen: whole pence and dates, by reference only."""

from dataclasses import dataclass
from datetime import date

from dps_portal.reports.scopes import Scope
from placements.services.outlooks import Outlook


@dataclass(frozen=True)
class Revision:
    ceiling_pence: int
    decision: str
    confirmed_on: date


@dataclass(frozen=True)
class Line:
    """One placement on one lot, by reference only; after a move it has two."""

    reference: str
    provider: str
    lot: str
    start: date | None  # None for a placement with single charges alone
    end: date | None  # half-open: the first night not charged
    committed_pence: int
    accrued_pence: int
    invoiced_pence: int = 0  # for these nights and not rejected, less credit notes
    contribution_pence: int = 0  # what of the commitment the person pays (R20)

    @property
    def sums(self) -> tuple[int, int, int, int]:
        return (
            *(self.committed_pence, self.accrued_pence),
            *(self.invoiced_pence, self.contribution_pence),
        )

    @property
    def remaining_pence(self) -> int:
        return self.committed_pence - self.accrued_pence


@dataclass(frozen=True)
class PriorYear:
    """What is posted in one year about the nights of a closed one (money.md R23).

    In the report of the year that carries it, it adds; in that of the closed year, whose nights
    are counted there already, it is taken off again. ``on`` is the day it stands under.
    """

    reference: str
    provider: str
    lot: str
    about: int
    posted: int
    on: date
    pence: int
    is_accrued: bool

    @property
    def accrued_pence(self) -> int:
        return self.pence if self.is_accrued else 0

    @property
    def sums(self) -> tuple[int, int, int, int]:
        return self.pence, self.accrued_pence, 0, 0


@dataclass(frozen=True)
class Share:
    """A part of the commitments: of a lot, a provider or a month; prior-year lines included."""

    name: str
    committed_pence: int
    accrued_pence: int
    invoiced_pence: int = 0
    contribution_pence: int = 0

    @property
    def remaining_pence(self) -> int:
        return self.committed_pence - self.accrued_pence

    @property
    def net_pence(self) -> int:
        return self.committed_pence - self.contribution_pence


@dataclass(frozen=True)
class Exposed:
    """Nights stayed beyond the funding: not committed, and for a request to fund (R11)."""

    reference: str
    provider: str
    lot: str
    funded_until: date
    nights: int
    pence: int


@dataclass(frozen=True)
class Movement:
    """The ledger entries of one kind, so far."""

    kind: str
    entries: int
    pence: int


@dataclass(frozen=True)
class SpendReport:
    """``ledger_pence`` is the sum of the ledger; what is counted from nights must come to it.

    What is committed is gross, and so the ceiling is tested on it; ``contribution_pence`` is what
    the people placed pay of it (R20), ``None`` in a report made before it was counted.
    """

    title: str
    authority: str
    scope: Scope
    lot_name: str
    provider_name: str
    ceiling_pence: int | None
    revisions: tuple[Revision, ...]
    budget_pence: int | None  # what the row of the year holds
    ledger_pence: int
    outside_pence: int  # of the ledger's years, outside the lot or the days of this report
    lines: tuple[Line, ...]
    prior_years: tuple[PriorYear, ...]
    by_lot: tuple[Share, ...]
    by_provider: tuple[Share, ...]
    by_month: tuple[Share, ...]
    exposed: tuple[Exposed, ...]
    ledger: tuple[Movement, ...]
    since_run: int | None  # the report before this one, and what it had of the ledger
    since: tuple[Movement, ...]
    forecast: Outlook | None
    unmatched_pence: int = 0  # invoices of these days that name no night and no charge
    contribution_pence: int | None = None
    is_closed: bool = False  # the year is, so that it has no forecast any more

    @property
    def label(self) -> str:
        return self.scope.label

    @property
    def placements_pence(self) -> int:
        """The cost of every placement, computed afresh from its nights."""
        return sum(line.committed_pence for line in self.lines)

    @property
    def prior_years_pence(self) -> int:
        return sum(one.pence for one in self.prior_years)

    @property
    def committed_pence(self) -> int:
        return self.placements_pence + self.prior_years_pence

    @property
    def accrued_pence(self) -> int:
        return sum(one.accrued_pence for one in (*self.lines, *self.prior_years))

    @property
    def invoiced_pence(self) -> int:
        return sum(line.invoiced_pence for line in self.lines)

    @property
    def remaining_pence(self) -> int:
        return self.committed_pence - self.accrued_pence

    @property
    def net_pence(self) -> int | None:
        paid = self.contribution_pence
        return None if paid is None else self.committed_pence - paid

    @property
    def headroom_pence(self) -> int | None:
        return None if self.ceiling_pence is None else self.ceiling_pence - self.committed_pence

    @property
    def exposed_pence(self) -> int:
        return sum(one.pence for one in self.exposed)

    @property
    def ties_out(self) -> bool:
        """Nights, ledger and year agree, with what closed years have passed on (R8, R23)."""
        agrees = self.committed_pence + self.outside_pence == self.ledger_pence
        return agrees and self.budget_pence in {None, self.ledger_pence}

    @property
    def movements(self) -> tuple[Movement, ...]:
        """What the ledger took in since the report before this one."""
        before = {one.kind: one for one in self.since}
        nothing = Movement("", 0, 0)
        moved = (
            Movement(
                one.kind,
                one.entries - before.get(one.kind, nothing).entries,
                one.pence - before.get(one.kind, nothing).pence,
            )
            for one in self.ledger
        )
        return tuple(one for one in moved if one.entries)
