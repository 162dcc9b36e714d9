"""Reading a file of invoices or payments as it comes: bytes, head, cells, amounts and dates.

Nothing is guessed: what could be read in two ways is refused with the reason.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from dps_portal import money
from dps_portal.clock import ONE_DAY
from placements.states import ImportKind

Value = TypeVar("Value")

MOST_BYTES = 2 * 1024 * 1024
MOST_ROWS = 5_000
LONGEST_CELL = 500
YEARS = range(1900, 2101)
HEAD_WITHIN = 20  # rows: some files begin with a title
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
TOTALS = ("total", "grand total", "subtotal", "sub total", "overall total")
GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?", re.ASCII)
PLAIN = re.compile(r"\d{1,12}(?:\.\d{1,2})?", re.ASCII)
ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00)?)?", re.ASCII)
BRITISH = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?: 00:00(?::00)?)?", re.ASCII)
WRITTEN = re.compile(r"(\d{1,2})[ -]([a-z]{3,9})[ -](\d{4})", re.ASCII | re.IGNORECASE)

# Each thing that a column can be, with what the head calls it: letters and digits only.
COLUMNS = {
    "supplier": {
        *("supplier", "suppliername", "vendor", "vendorname", "beneficiary", "beneficiaryname"),
        *("payee", "payeename", "provider", "providername", "creditor", "merchant", "name"),
    },
    "number": {
        *("invoicenumber", "invoiceno", "invoice", "invoiceref", "invoicereference"),
        *("supplierinvoicenumber", "documentnumber", "documentno", "supplierreference"),
        *("suppliersnumber", "creditnotenumber"),
    },
    "dated_on": {"invoicedate", "dateofinvoice", "documentdate", "taxdate", "date", "datedon"},
    "received_on": {"receiveddate", "datereceived", "receivedon", "received", "dateofreceipt"},
    "pence": {
        *("amount", "netamount", "netamountgbp", "amountgbp", "net", "netvalue", "value"),
        *("invoiceamount", "paymentamount", "amountnet", "netpounds", "amountpaid", "netgbp"),
    },
    "placement": {"placement", "placementreference", "placementref", "clientreference"},
    "start": {"firstnight", "from", "datefrom", "periodfrom", "startdate", "start"},
    "end": {"lastnight", "to", "dateto", "periodto"},
    "paid_on": {
        *("paymentdate", "dateofpayment", "paiddate", "datepaid", "paidon", "cleareddate"),
        "clearingdate",
    },
    "transaction": {
        *("transactionnumber", "transactionno", "transaction", "transactionreference"),
        *("paymentreference", "paymentnumber", "bacsreference", "clearingnumber"),
    },
    "ours": {"ourreference", "ourref", "portalreference"},
}
REFERENCE = re.compile(r"PL-[0-9A-Z]{1,12}")
OF_NIGHTS = {"placement", "start", "end"}
NAMES = {
    "supplier": "the supplier",
    "number": "the number of the invoice",
    "dated_on": "the date of the invoice",
    "received_on": "the date of receipt",
    "pence": "the net amount",
    "placement": "the placement",
    "start": "the first night",
    "end": "the last night",
    "paid_on": "the date of payment",
    "transaction": "the transaction number",
    "ours": "our reference",
}
NEEDED = {
    ImportKind.INVOICES: ("supplier", "number", "dated_on", "pence"),
    ImportKind.HISTORY: ("supplier", "paid_on", "transaction", "pence"),
    ImportKind.PAYMENTS: ("ours", "paid_on", "transaction"),
}
LONGEST = {"supplier": 200, "number": 40, "transaction": 40, "placement": 16, "ours": 16}
DATES = ("dated_on", "received_on", "start", "end", "paid_on")


class Unreadable(Exception):
    """The file, or a cell of it, cannot be read; the message says why, to the person."""


@dataclass(frozen=True)
class Table:
    """``rows`` are the line of the file and the cells as they stand there, under ``head``.

    Of the columns that are not read nothing is kept: they may say who somebody is.
    """

    encoding: str
    head: tuple[str, ...]
    columns: dict[str, int]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Reading:
    """What was read of a row; ``skipped`` says why it is none, ``reasons`` what is wrong in it."""

    supplier: str = ""
    number: str = ""
    dated_on: date | None = None
    received_on: date | None = None
    pence: int | None = None
    placement: str = ""
    start: date | None = None
    end: date | None = None
    paid_on: date | None = None
    transaction: str = ""
    ours: str = ""
    skipped: str = ""
    reasons: tuple[str, ...] = ()


def text_of(content: bytes) -> tuple[str, str]:
    """The text, and the encoding it was in; raises ``Unreadable``."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif content.startswith(b"\xef\xbb\xbf"):
        encodings = ["utf-8-sig"]
    else:
        encodings = ["utf-8", "cp1252", "latin-1"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        return text, encoding
    raise Unreadable("This is not a text file. Save the sheet as CSV and try again.")


def header_key(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def read_table(content: bytes, kind: ImportKind) -> Table:
    """Find the head and the rows below it, wherever and in whatever order; raises ``Unreadable``.

    Semicolons and tabs part cells as well as commas do.
    """
    if len(content) > MOST_BYTES:
        raise Unreadable("The file is larger than 2 MB. Split it.")
    text, encoding = text_of(content)
    lines = list(_lines(text))
    place = next((at for at, (_, cells) in enumerate(lines[:HEAD_WITHIN]) if _is_head(cells)), None)
    if place is None:
        raise Unreadable("The file has no row of headings that says which column is which.")
    head = lines[place][1]
    columns = columns_of(head, kind)
    missing = [NAMES[one] for one in NEEDED[kind] if one not in columns]
    if missing:
        raise Unreadable(f"The file has no column for {' and '.join(missing)}.")
    rows = lines[place + 1 :]
    if len(rows) > MOST_ROWS:
        raise Unreadable("The file has more than 5,000 rows. Split it.")
    kept = set(columns.values())
    place = columns.get("placement")
    only = ((line, _only(cells, kept, len(head), place)) for line, cells in rows)
    return Table(encoding, head, columns, tuple(only))


def _only(
    cells: tuple[str, ...], kept: set[int], width: int, placement: int | None
) -> tuple[str, ...]:
    """Without what stands in other columns; a mark for what stands in none, or is no reference."""

    def only(place: int, cell: str) -> str:
        if place == placement and cell and not REFERENCE.fullmatch(cell.upper()):
            return "…"  # it may be the name of a person
        return cell if place in kept else "…" if cell and place >= width else ""

    return tuple(only(place, cell) for place, cell in enumerate(cells))


def _lines(text: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for cells in reader:
            yield reader.line_num, tuple(cell.strip() for cell in cells)
    except csv.Error as error:
        raise Unreadable(f"Line {reader.line_num} cannot be read as CSV.") from error


def _is_head(cells: tuple[str, ...]) -> bool:
    keys = {header_key(cell) for cell in cells}
    named = ("pence", "supplier", "ours", "paid_on")
    return sum(bool(keys & COLUMNS[name]) for name in named) > 1


def columns_of(cells: Sequence[str], kind: ImportKind) -> dict[str, int]:
    """Which column is what; a plain date is that of the payment, except among invoices.

    Only invoices to be paid say for which nights they are: what else stands in such columns may
    name a person, and nothing of it is kept. Raises ``Unreadable`` where two columns could be the
    same thing.
    """
    found: dict[str, int] = {}
    for place, cell in enumerate(cells):
        key = header_key(cell)
        is_payment_date = kind != ImportKind.INVOICES and key == "date"
        field = (
            "paid_on"
            if is_payment_date
            else next((name for name, keys in COLUMNS.items() if key in keys), "")
        )
        if not field or (field in OF_NIGHTS and kind != ImportKind.INVOICES):
            continue
        if field in found:
            raise Unreadable(
                f"Two columns are {NAMES[field]}: “{cells[found[field]]}” and “{cell}”."
            )
        found[field] = place
    return found


def amount_of(text: str) -> int:
    """Pence from ``£1,234.00``, ``-12.5``, ``(12.50)`` or ``12.50CR``; raises ``Unreadable``.

    A comma is a mark of thousands. What may use it for pence, such as ``1.234,00``, is refused.
    """
    typed = "".join(text.split()).replace(money.MINUS, "-").upper()
    bare = typed.replace("£", "", 1).replace("GBP", "", 1)
    negative = False
    for start, end in (("(", ")"), ("-", ""), ("", "-"), ("", "CR")):
        if bare.startswith(start) and bare.endswith(end) and len(bare) > len(start + end):
            negative = True
            bare = bare.removeprefix(start).removesuffix(end)
            break
    if not (GROUPED.fullmatch(bare) or PLAIN.fullmatch(bare)):
        if re.search(r"\d", bare) and re.fullmatch(r"[\d.,]+", bare):
            raise Unreadable(f"“{text}” is not clearly pounds and pence. Write it like 1234.50.")
        raise Unreadable(f"“{text}” is not an amount in pounds.")
    pence = money.pence(bare.replace(",", ""))
    return -pence if negative else pence


def date_of(text: str) -> date:
    """ISO, or day before month with a year of four digits; raises ``Unreadable``."""
    typed = " ".join(text.split())
    if found := ISO.fullmatch(typed):
        year, month, day = (int(one) for one in found.groups())
    elif found := BRITISH.fullmatch(typed):
        year, month, day = int(found[4]), int(found[3]), int(found[1])
    elif (found := WRITTEN.fullmatch(typed)) and found[2][:3].lower() in MONTHS:
        year, month = int(found[3]), MONTHS.index(found[2][:3].lower()) + 1
        day = int(found[1])
    else:
        raise Unreadable(f"“{text}” is not a date like 31/12/2026, with a year of four digits.")
    if year not in YEARS:  # such as 31/12/9999 for “open”
        raise Unreadable(f"“{text}” is not between {YEARS[0]} and {YEARS[-1]}.")
    try:
        return date(year, month, day)
    except ValueError:
        raise Unreadable(f"“{text}” is not a real date.") from None


def read_row(table: Table, cells: tuple[str, ...], kind: ImportKind) -> Reading:
    """One row, with everything that is wrong in it."""
    got = {
        name: cells[place] if place < len(cells) else "" for name, place in table.columns.items()
    }
    if skipped := _why_skipped(table, cells, got):
        return Reading(skipped=skipped)
    reasons = [
        f"{sentence(NAMES[name])} is missing." for name in NEEDED[kind] if not got[name]
    ] + _misshapen(table, cells, got)
    values: dict[str, date | None] = {}
    for name in DATES:
        values[name] = _read(date_of, got.get(name, ""), reasons)
    pence = _read(amount_of, got.get("pence", ""), reasons)
    if pence == 0:
        reasons.append("The amount is nothing.")
    return _reading(got, values, pence, reasons, kind)


def sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _why_skipped(table: Table, cells: tuple[str, ...], got: dict[str, str]) -> str:
    """Rows that are none: a total says so, and has no date of its own."""
    if not any(cells):
        return "The row is empty."
    if got == {name: table.head[place] for name, place in table.columns.items()}:
        return "The headings again."
    says = any(" ".join(cell.casefold().strip(":").split()).startswith(TOTALS) for cell in cells)
    has_date = any(re.search(r"\d", got.get(name, "")) for name in DATES)
    return "A total." if says and not has_date else ""


def _misshapen(table: Table, cells: tuple[str, ...], got: dict[str, str]) -> list[str]:
    reasons = []
    if any(cells[len(table.head) :]):
        reasons.append("The row has more cells than the head: is an amount without its quotes?")
    if any(len(cell) > LONGEST_CELL for cell in cells):
        reasons.append("A cell is too long: is a quotation mark never closed?")
    reasons += [
        f"{sentence(NAMES[name])} is longer than {most} characters."
        for name, most in LONGEST.items()
        if len(got.get(name, "")) > most
    ]
    return reasons


def _read(read: Callable[[str], Value], text: str, reasons: list[str]) -> Value | None:
    try:
        return read(text) if text else None
    except Unreadable as unreadable:
        reasons.append(str(unreadable))
        return None


def _reading(
    got: dict[str, str],
    values: dict[str, date | None],
    pence: int | None,
    reasons: list[str],
    kind: ImportKind,
) -> Reading:
    """With the dates and the number that a file leaves out because another column says them."""
    text = {name: got.get(name, "")[:most] for name, most in LONGEST.items()}
    is_history = kind == ImportKind.HISTORY
    dated = values["dated_on"] or (values["paid_on"] if is_history else None)
    return Reading(
        supplier=text["supplier"],
        number=text["number"] or (text["transaction"] if is_history else ""),
        dated_on=dated,
        received_on=values["received_on"] or dated,
        pence=pence,
        placement=text["placement"],
        start=values["start"],
        end=values["end"] and values["end"] + ONE_DAY,
        paid_on=values["paid_on"],
        transaction=text["transaction"],
        ours=text["ours"],
        reasons=tuple(reasons),
    )
