"""Bids and questions while the tender is open."""

from collections.abc import Iterable
from datetime import date, datetime

from tenders.states import TenderState

from .prices import BESIDES, Quote


def words(text: str) -> int:
    return len(text.split())


def objections_to_bidding(
    *, state: TenderState, closes_at: datetime, now: datetime, is_admitted: bool
) -> list[str]:
    """``now`` is the database's time under the tender's lock; the deadline itself is too late."""
    objections = []
    if state != TenderState.PUBLISHED:
        objections.append("This tender is not open for bids.")
    elif now >= closes_at:
        objections.append("The deadline for bids has passed.")
    if not is_admitted:
        objections.append("Your organisation is not admitted to this lot.")
    return objections


def objections_to_price(
    *,
    weekly_pence: int,
    ceiling_pence: int | None,
    list_pence: int | None,
    fixed_pence: int | None,
) -> list[str]:
    """Bidders may only go down from their price list (R10.3), and never over the ceiling.

    ``ceiling_pence`` is empty where a price above it counts at the ceiling. A fixed price is the
    council's own, whatever the bidder's list says.
    """
    if fixed_pence is not None:
        return ["The price of this tender is fixed."] * (weekly_pence != fixed_pence)
    objections = []
    if weekly_pence <= 0:
        objections.append("The weekly price must be more than nothing.")
    if ceiling_pence is not None and weekly_pence > ceiling_pence:
        objections.append("The weekly price is above the ceiling of the lot.")
    if list_pence is not None and weekly_pence > list_pence:
        objections.append("The weekly price is above the one on your price list.")
    return objections


def objections_to_besides(quote: Quote, *, ceiling_pence: int) -> list[str]:
    """What a stay costs besides its weeks must leave a price, even at the ceiling (R7.11)."""
    if quote.compared_weeks is None:
        return []
    if min(quote.parts[name] for name in BESIDES) < 0:
        return ["The supplement, the charges and the discount must each be nothing or more."]
    counted = quote.at(min(quote.weekly_pence, ceiling_pence))
    return ["The discount must be less than the rest of the price."] * (counted.compared_pence <= 0)


def objections_to_answers(*, answers: Iterable[tuple[str, str, int]]) -> list[str]:
    """``answers`` are the name of the criterion, the text, and the most words allowed."""
    return [
        f"The answer on “{name}” is longer than its word limit."
        for name, text, limit in answers
        if words(text) > limit
    ]


def objections_to_overwriting(*, is_seen: bool, is_same: bool) -> list[str]:
    """Nobody replaces what they have not seen (T14); writing the same again harms nobody."""
    if is_seen or is_same:
        return []
    return ["Somebody in your organisation has saved something else since you opened this page."]


def objections_to_attaching(*, held: int, allowed: int) -> list[str]:
    """``held`` are the files that the draft has for the question."""
    if not allowed:
        return ["This question takes no files."]
    if held >= allowed:
        return ["This question has as many files as it takes. Remove one first."]
    return []


def objections_to_size(*, size: int, most: int) -> list[str]:
    return [] if size <= most else ["The file must be 1 MB or smaller."]


def objections_to_gaps(
    *, answers: Iterable[tuple[str, str]], weekly_pence: int | None
) -> list[str]:
    """What a bid lacks before it can be submitted."""
    objections = [
        f"The question on “{name}” is not answered." for name, text in answers if not text
    ]
    if weekly_pence is None:
        objections.append("The weekly price is missing.")
    return objections


def objections_to_withdrawal(*, has_bid: bool) -> list[str]:
    return [] if has_bid else ["There is no bid to withdraw."]


def objections_to_extension(
    *,
    state: TenderState,
    closes_at: datetime,
    now: datetime,
    later: datetime | None,
    last_day: date | None,
    contract_start: date,
    is_asked: bool,
) -> list[str]:
    """Later only, while bids may still come in, for all (R2.11; targets §4, row 14).

    ``now`` is the database's time under the tender's lock. ``later`` and its London day are empty
    while the page is only shown.
    """
    objections = []
    if state != TenderState.PUBLISHED or now >= closes_at:
        objections.append("A deadline can be moved only while the tender is open for bids.")
    if is_asked:
        objections.append("A later deadline has been asked for already.")
    if later is not None and later <= closes_at:
        objections.append("A deadline is only ever moved to a later time.")
    if last_day is not None and last_day >= contract_start:
        objections.append("Bids must close before the contract starts.")
    return objections


def objections_to_agreeing(
    *, state: TenderState, closes_at: datetime, now: datetime, is_asker: bool
) -> list[str]:
    """Once the old deadline has passed, bids are closed and stay so."""
    objections = []
    if state != TenderState.PUBLISHED or now >= closes_at:
        objections.append("A deadline can be moved only while the tender is open for bids.")
    if is_asker:
        objections.append("You asked for this. Another person must agree.")
    return objections
