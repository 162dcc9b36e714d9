"""What becomes of each row of a file, beside the other rows and what is here already."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from placements.states import ImportKind, InvoiceKind, RowOutcome

from .invoices import number_key, objections_to_invoice
from .tables import Reading

Identity = tuple[object, ...]
Numbered = tuple[int, str]


@dataclass(frozen=True)
class Entry:
    """A row and whose it is: ``provider`` where a person or the name itself says so.

    ``near`` are the names that could be meant, ``twins`` other providers of the very name,
    ``wrong`` what is wrong with its nights.
    """

    line: int
    reading: Reading
    provider: int | None = None
    near: tuple[str, ...] = ()
    twins: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()

    @property
    def numbered(self) -> Numbered:
        return self.provider or 0, number_key(self.reading.number)

    @property
    def identity(self) -> Identity:
        """Two rows with the same are the same row, in whichever file they stand."""
        read = self.reading
        nights = (read.placement.upper(), read.start, read.end)
        return (*self.numbered, read.dated_on, read.pence, *nights)

    @property
    def papers(self) -> Identity:
        """What the rows of one invoice have in common."""
        read = self.reading
        return (
            read.dated_on,
            read.received_on,
            read.paid_on,
            read.transaction,
            (read.pence or 0) > 0,
        )


@dataclass(frozen=True)
class Here:
    """What is in the portal: invoices by number, rows that files have brought, sums by day."""

    numbers: Mapping[Numbered, str] = field(default_factory=dict)
    rows: Mapping[Identity, str] = field(default_factory=dict)
    alike: Mapping[tuple[int, date, int], str] = field(default_factory=dict)


@dataclass(frozen=True)
class Judged:
    outcome: RowOutcome
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def judge_invoices(entries: Iterable[Entry], *, here: Here, today: date) -> list[Judged]:
    """In the order of the rows. Rows with one number and the same dates are one invoice."""
    taken: dict[Numbered, list[Entry]] = {}
    alike: dict[tuple[int, date | None, int | None], Entry] = {}
    found = []
    for entry in entries:
        judged = _judge(entry, taken.get(entry.numbered, []), here, today)
        if judged.outcome == RowOutcome.ACCEPTED:
            notes = _notes(entry, taken.get(entry.numbered, []), alike, here)
            judged = Judged(judged.outcome, notes=tuple(notes))
            taken.setdefault(entry.numbered, []).append(entry)
            alike.setdefault(_sum_of_a_day(entry), entry)
        found.append(judged)
    return found


def _judge(entry: Entry, before: list[Entry], here: Here, today: date) -> Judged:
    """Against ``before``, the rows of the same number that are accepted already."""
    read = entry.reading
    if read.skipped:
        return Judged(RowOutcome.SKIPPED, (read.skipped,))
    if reasons := (*read.reasons, *_wrong_dates(read, today)):
        return Judged(RowOutcome.REFUSED, reasons)
    if entry.provider is None:
        return Judged(RowOutcome.UNNAMED, ("No provider is known by this name.",), entry.near)
    if reference := here.rows.get(entry.identity):
        return Judged(RowOutcome.KNOWN, (f"It came with {reference}.",))
    for other in before:
        if other.identity == entry.identity:
            return Judged(RowOutcome.REPEATED, (f"The same as row {other.line}.",))
    reasons = entry.wrong
    if reference := here.numbers.get(entry.numbered):
        reasons += (f"This number stands here as {reference}, and not as in this row.",)
    if before and before[0].papers != entry.papers:
        reasons += (f"Row {before[0].line} has this number with another date or sign.",)
    if before and bool(before[0].reading.placement) != bool(read.placement):
        reasons += (f"Of this row and row {before[0].line}, with one number, one has no nights.",)
    return Judged(RowOutcome.REFUSED if reasons else RowOutcome.ACCEPTED, reasons)


def _wrong_dates(read: Reading, today: date) -> tuple[str, ...]:
    if read.dated_on is None or read.received_on is None or read.pence is None:
        return ()
    objections = objections_to_invoice(
        kind=kind_of(read.pence),
        pence=read.pence,
        dated_on=read.dated_on,
        received_on=read.received_on,
        is_number_taken=False,
        today=today,
    )
    if read.paid_on and read.paid_on > today:
        objections.append("The payment cannot be later than today.")
    return tuple(objections)


def kind_of(pence: int) -> InvoiceKind:
    return InvoiceKind.CREDIT if pence < 0 else InvoiceKind.INVOICE


def _sum_of_a_day(entry: Entry) -> tuple[int, date | None, int | None]:
    return entry.provider or 0, entry.reading.dated_on, entry.reading.pence


def _notes(
    entry: Entry,
    before: list[Entry],
    alike: Mapping[tuple[int, date | None, int | None], Entry],
    here: Here,
) -> list[str]:
    """What a person should look at before the file is confirmed."""
    notes = [*entry.twins]
    if (entry.reading.pence or 0) < 0:
        notes.append("A credit note.")
    if before:
        notes.append(f"One invoice with row {before[0].line}.")
    key = _sum_of_a_day(entry)
    twin = alike.get(key)
    if twin and twin.numbered != entry.numbered:
        notes.append(f"The same supplier, date and amount as row {twin.line}.")
    provider, day, pence = key
    if day and pence and (reference := here.alike.get((provider, day, pence))):
        notes.append(f"The same supplier, date and amount as {reference}.")
    return notes


@dataclass(frozen=True)
class Payable:
    """An invoice that a row of payments names; ``objections`` say why it is not to be paid."""

    pence: int
    objections: tuple[str, ...] = ()
    paid: tuple[date, str] | None = None


def judge_payments(
    rows: Iterable[tuple[int, Reading, Payable | None]],
) -> list[Judged]:
    """Each row with the line on which it stands and the invoice that it names."""
    seen: dict[str, int] = {}
    found = []
    for line, read, invoice in rows:
        judged = _judge_payment(read, invoice, seen)
        if judged.outcome == RowOutcome.ACCEPTED:
            seen[read.ours.upper()] = line
        found.append(judged)
    return found


def _judge_payment(read: Reading, invoice: Payable | None, seen: Mapping[str, int]) -> Judged:
    if read.skipped:
        return Judged(RowOutcome.SKIPPED, (read.skipped,))
    if read.reasons:
        return Judged(RowOutcome.REFUSED, read.reasons)
    if invoice is None:
        return Judged(RowOutcome.REFUSED, ("No invoice has this reference.",))
    if invoice.paid == (read.paid_on, read.transaction):
        return Judged(RowOutcome.KNOWN, ("This payment is recorded already.",))
    if earlier := seen.get(read.ours.upper()):
        return Judged(RowOutcome.REPEATED, (f"Row {earlier} pays the same invoice.",))
    reasons = invoice.objections
    if read.pence is not None and read.pence != invoice.pence:
        reasons += ("The amount is not that of the invoice.",)
    return Judged(RowOutcome.REFUSED if reasons else RowOutcome.ACCEPTED, reasons)


def objections_to_commit(
    *, kind: ImportKind, is_staged: bool, accepted: int, is_uploader: bool, has_changed: bool
) -> list[str]:
    if not is_staged:
        return ["This file is decided already."]
    if has_changed:
        return ["What is here has changed since the preview. Look at it again."]
    objections = []
    if not accepted:
        objections.append("No row of the file is accepted.")
    if kind == ImportKind.HISTORY and is_uploader:
        objections.append("You brought these payments, so another person confirms them.")
    return objections


def objections_to_naming(*, is_staged: bool, is_known: bool, is_too_long: bool) -> list[str]:
    objections = objections_to_discarding(is_staged=is_staged)
    if is_known:
        objections.append("Somebody has said already whom this name means.")
    if is_too_long:  # a few signs are many letters without their form
        objections.append("This name is too long to be remembered. Correct it in the file.")
    return objections


def objections_to_discarding(*, is_staged: bool) -> list[str]:
    return [] if is_staged else ["This file is decided already."]
