"""An invoice against the nights it is for (money.md R25)."""

from dataclasses import dataclass

TOLERANCE_PENCE = 100  # an invoice: providers round the price of a day


@dataclass(frozen=True)
class InvoiceMatch:
    """``ours_pence`` is the part of the stay's cost that falls on the invoiced nights."""

    ours_pence: int
    invoiced_pence: int
    tolerance_pence: int = TOLERANCE_PENCE

    @property
    def difference_pence(self) -> int:
        return self.invoiced_pence - self.ours_pence

    @property
    def is_within_tolerance(self) -> bool:
        return abs(self.difference_pence) <= self.tolerance_pence
