"""What is still open of a financial year, and what the next one holds already."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Check:
    """One line of the checklist: ``open`` are those still to be settled, each by its reference.

    What ``stops`` the closing is settled first; the rest should be, and is corrected later (R23).
    ``pence`` is what the open ones come to, where it is worth knowing.
    """

    name: str
    label: str
    open: tuple[str, ...]
    stops: bool = False
    pence: int | None = None

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


@dataclass(frozen=True)
class Accrual:
    """A stay whose nights and charges of a year were not all invoiced when it ended.

    ``due_pence`` is what they cost us, less what the provider collects from the person (R20);
    ``lot`` is that of the last night.
    """

    reference: str
    provider: str
    lot: str
    nights: int
    due_pence: int
    invoiced_pence: int

    @property
    def pence(self) -> int:
        return self.due_pence - self.invoiced_pence


def is_accrued(pence: int, *, claims: int, tolerance: int) -> bool:
    """More than the differences that invoices may have: so much for each of them (R25)."""
    return pence > tolerance * max(claims, 1)
