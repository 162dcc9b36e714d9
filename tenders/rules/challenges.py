"""Challenges to an award during its standstill (R4.5, R4.9)."""

from datetime import date

from tenders.states import TenderState

from .moves import objections_to_interest


def objections_to_challenge(
    *,
    state: TenderState,
    has_interest: bool | None,
    received_on: date | None,
    noticed_on: date | None,
    today: date,
) -> list[str]:
    """``received_on`` is empty while the page is only shown."""
    objections = []
    if state != TenderState.STANDSTILL:
        objections.append("A challenge is recorded during the standstill, before the contract.")
    if received_on and received_on > today:
        objections.append("The challenge cannot have come in the future.")
    if received_on and noticed_on and received_on < noticed_on:
        objections.append("The challenge cannot have come before the letters were sent.")
    return objections + objections_to_interest(has_interest=has_interest)


def objections_to_settlement(
    *, is_settled: bool, is_recorder: bool, has_interest: bool | None
) -> list[str]:
    objections = []
    if is_settled:
        objections.append("This challenge is settled.")
    if is_recorder:
        objections.append("A challenge is settled by a person other than the one who recorded it.")
    return objections + objections_to_interest(has_interest=has_interest)
