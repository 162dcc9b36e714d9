"""What stands against paying an invoice: its shape, its match with our cost, what is due (R25)."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

from dps_portal.money import half_up
from placements.states import INVOICE_ACTS, InvoiceKind, InvoiceState

from .costs import Night, Price, cost_between, price_on

TOLERANCE_PENCE = 100  # an invoice: providers round the price of a day
# From the receipt of a valid and undisputed invoice (PCR 2015 reg 113; Procurement Act 2023 s68).
PAYMENT_DAYS = 30
DUE_SOON_DAYS = 7

Cost = Callable[[date, date], int]


def pay_by(clock_from: date) -> date:
    """Received on 1 December 2026: to be paid by 31 December 2026 (R4.8)."""
    return clock_from + timedelta(days=PAYMENT_DAYS)


def number_key(number: str) -> str:
    """A supplier's number as it is compared: without case and spaces."""
    return "".join(number.split()).casefold()


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


@dataclass(frozen=True)
class Claim:
    """Nights for which money is asked, or given back where ``pence`` is negative."""

    start: date
    end: date
    pence: int


@dataclass(frozen=True)
class Run:
    """Nights one after the other at one price, and how much of it is paid for them."""

    start: date
    end: date
    weekly_pence: int
    percent: int

    @property
    def nights(self) -> int:
        return (self.end - self.start).days


@dataclass(frozen=True)
class Dues:
    """What a provider is due for a stay: the cost of its nights less what the person pays there.

    ``paid`` are the parts of the nights that the provider collects from the person itself (R20).
    """

    gross: tuple[Night, ...] = ()
    paid: tuple[Night, ...] = ()
    prices: tuple[Price, ...] = ()

    def between(self, start: date, end: date) -> int:
        return cost_between(self.gross, start, end) - self.collected_between(start, end)

    def collected_between(self, start: date, end: date) -> int:
        return cost_between(self.paid, start, end)

    def runs(self, start: date, end: date) -> Iterator[Run]:
        """How the gross cost of the nights comes about; nights without funding are in no run."""
        run: Run | None = None
        for day, units in self.gross:
            if not start <= day < end:
                continue
            weekly = price_on(self.prices, day) or 0
            percent = units // weekly
            if run and (run.end, run.weekly_pence, run.percent) == (day, weekly, percent):
                run = Run(run.start, day + timedelta(days=1), weekly, percent)
                continue
            if run:
                yield run
            run = Run(day, day + timedelta(days=1), weekly, percent)
        if run:
            yield run


def part_between(claim: Claim, start: date, end: date) -> int:
    """What of a claim falls on the nights of a period; the parts of a claim add up to it (R6)."""
    nights = (claim.end - claim.start).days

    def before(day: date) -> int:
        past = min(max((day - claim.start).days, 0), nights)
        return half_up(Fraction(claim.pence * past, nights))

    return before(end) - before(start)


def together(claims: Iterable[Claim]) -> Iterator[list[Claim]]:
    """Claims that share nights with each other, directly or by others, in order of time."""
    group: list[Claim] = []
    end = date.min
    for claim in sorted(claims, key=lambda one: (one.start, one.end)):
        if group and claim.start >= end:
            yield group
            group = []
            end = date.min
        group.append(claim)
        end = max(end, claim.end)
    if group:
        yield group


def objections_to_claims(
    cost: Cost,
    *,
    new: list[Claim],
    approved: list[Claim],
    today: date,
    tolerance: int = TOLERANCE_PENCE,
) -> list[str]:
    """Whether ``new`` claims on a placement may be paid beside those ``approved`` already.

    No night is paid beyond what it costs, nor the placement beyond what has accrued; nothing is
    given back that was not asked for.
    """
    objections = []
    if any(claim.end > today for claim in new):
        objections.append("Some of its nights have not happened yet.")
    for group in together([*approved, *new]):
        if not any(claim in group for claim in new):
            continue
        first, last = group[0].start, max(claim.end for claim in group)
        asked = sum(claim.pence for claim in group)
        if asked > cost(first, last) + tolerance:
            objections.append(
                "Its nights would be paid beyond what they cost, with what is approved already."
                if any(claim in approved for claim in group)
                else "Its nights would be paid beyond what they cost."
            )
        if asked < -tolerance:
            objections.append("It gives back more than was approved for its nights.")
    everything = [*approved, *new]
    start = min((claim.start for claim in everything), default=today)
    if sum(claim.pence for claim in everything) > cost(start, today) + tolerance:
        objections.append("The placement would be paid beyond what it has cost so far.")
    return list(dict.fromkeys(objections))


def objections_to_one_off(
    *, new_pence: int, approved_pence: int, due_pence: int, tolerance: int = TOLERANCE_PENCE
) -> list[str]:
    if new_pence + approved_pence > due_pence + tolerance:
        return ["An approved charge would be paid beyond its amount."]
    if new_pence + approved_pence < -tolerance:
        return ["It gives back more than was approved for a charge."]
    return []


def objections_to_invoice_act(act: str, state: InvoiceState) -> list[str]:
    """Whether this may be done to an invoice now; ``act`` is the name of the service."""
    if state in INVOICE_ACTS[act]:
        return []
    return [f"The invoice is marked “{state.label}”, which does not allow this."]


def objections_to_invoice(
    *,
    kind: InvoiceKind,
    pence: int,
    dated_on: date,
    received_on: date,
    is_number_taken: bool,
    today: date,
) -> list[str]:
    checks = {
        "This provider has an invoice with this number already.": (is_number_taken),
        "The amount of an invoice is above zero.": kind == InvoiceKind.INVOICE and pence <= 0,
        "The amount of a credit note is below zero.": kind == InvoiceKind.CREDIT and pence >= 0,
        "The invoice cannot have come later than today.": received_on > today,
        "The invoice cannot be dated after the day on which it came.": dated_on > received_on,
    }
    return [objection for objection, holds in checks.items() if holds]


def objections_to_lines(
    *, pence: int, amounts: list[int], periods: dict[str, list[tuple[date, date]]]
) -> list[str]:
    """``periods`` are the nights of the lines, by placement."""
    objections = []
    if not amounts:
        objections.append("Say for which nights or charges the invoice is.")
    elif sum(amounts) != pence:
        objections.append("The lines do not add up to the amount of the invoice.")
    if any((amount > 0) != (pence > 0) for amount in amounts):
        objections.append("Every line has the sign of the whole: a credit is a note of its own.")
    for placement, nights in periods.items():
        if any(end <= start for start, end in nights):
            objections.append(f"The last night of {placement} is before the first one.")
        if any(later[0] < one[1] for one, later in pairwise(sorted(nights))):
            objections.append(f"A night of {placement} stands in two lines.")
    return objections


def objections_to_matching(
    *, kind: InvoiceKind, has_lines: bool, match: InvoiceMatch, reason: str
) -> list[str]:
    """A credit note is held against what is approved, not against our cost.

    What is below our cost may be paid as it is, for a reason.
    """
    if not has_lines:
        return ["Say first for which nights or charges the invoice is."]
    if kind == InvoiceKind.CREDIT or match.is_within_tolerance:
        return []
    if match.difference_pence > 0:
        return ["It is above our cost by more than the tolerance. Dispute or reject it."]
    return [] if reason else ["It is below our cost. Say why that is right, or dispute it."]


def objections_to_changed_lines(*, is_locked: bool) -> list[str]:
    """Whether the placements that were locked are still those that the invoice is for."""
    return [] if is_locked else ["The invoice has just changed. Look at it again."]


def objections_to_approver(
    *, has_entered: bool, has_matched: bool, is_confirmed: bool
) -> list[str]:
    objections = []
    if has_entered:
        objections.append("You entered this invoice, so another person approves it.")
    if has_matched:
        objections.append("You matched this invoice, so another person approves it.")
    if not is_confirmed:
        objections.append("The assessment team has not confirmed the service yet.")
    return objections


def objections_to_stopping(*, is_handed_over: bool, state: InvoiceState) -> list[str]:
    if is_handed_over and state == InvoiceState.APPROVED:
        return ["The ledger system has it already. Ask the provider for a credit note."]
    return []


def objections_to_payment(*, paid_on: date, approved_on: date, today: date) -> list[str]:
    objections = []
    if paid_on > today:
        objections.append("The payment cannot be later than today.")
    if paid_on < approved_on:
        objections.append("The payment cannot be earlier than the approval.")
    return objections
