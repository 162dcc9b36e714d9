"""How long the council takes to pay: what it publishes once a year (R4.8; PCR 2015 reg 113(7))."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from dps_portal.clock import financial_year
from dps_portal.money import half_up


@dataclass(frozen=True)
class TimedInvoice:
    """``clock_from`` is the day of receipt, or of the settling of a dispute; ``due_on`` the last.

    Not paid yet while ``paid_on`` is missing.
    """

    clock_from: date
    due_on: date
    paid_on: date | None
    pence: int

    @property
    def year(self) -> int:
        """The financial year in which it was paid, or fell due and was not."""
        return financial_year(self.paid_on or self.due_on)

    @property
    def is_late(self) -> bool:
        return self.paid_on is not None and self.paid_on > self.due_on


@dataclass(frozen=True)
class PaymentTimes:
    """``days`` is what all that were paid took together; overdue ones are not paid yet."""

    paid: int
    in_time: int
    days: int
    late_pence: int
    overdue: int
    overdue_pence: int

    @property
    def late(self) -> int:
        return self.paid - self.in_time

    @property
    def share(self) -> str:
        """Per cent of those paid that were paid in time, to one place; empty where none was."""
        return self._to_one_place(100 * self.in_time)

    @property
    def average_days(self) -> str:
        return self._to_one_place(self.days)

    def _to_one_place(self, whole: int) -> str:
        if not self.paid:
            return ""
        tenths = half_up(Fraction(10 * whole, self.paid))
        return f"{tenths // 10}.{tenths % 10}"


def payment_times(invoices: Iterable[TimedInvoice], today: date) -> PaymentTimes:
    invoices = list(invoices)
    paid = [one for one in invoices if one.paid_on]
    late = [one for one in paid if one.is_late]
    overdue = [one for one in invoices if not one.paid_on and one.due_on < today]
    return PaymentTimes(
        paid=len(paid),
        in_time=len(paid) - len(late),
        days=sum((one.paid_on - one.clock_from).days for one in paid if one.paid_on),
        late_pence=sum(one.pence for one in late),
        overdue=len(overdue),
        overdue_pence=sum(one.pence for one in overdue),
    )
