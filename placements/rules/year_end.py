"""What is still open of a financial year, and what the next one holds already."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Check:
    """One line of the checklist: ``open`` are those still to be settled, each by its reference.

    What ``stops`` the closing is settled first; the rest should be, and is corrected later (R23).
    """

    name: str
    label: str
    open: tuple[str, ...]
    stops: bool = False

    @property
    def is_done(self) -> bool:
        return not self.open


@dataclass(frozen=True)
class Carried:
    """A stay that runs over 31 March: what it costs next year, and what the ledger holds for it."""

    reference: str
    cost_pence: int
    ledger_pence: int

    @property
    def difference_pence(self) -> int:
        return self.ledger_pence - self.cost_pence
