"""What stands against a ceiling, and against closing a year: two people each (R10, R23)."""

from collections.abc import Iterable

from placements.states import YearState

from .year_end import Check

SETTLED = "The year is closed, so its ceiling stays as it was."


def objections_to_proposal(*, is_waiting: bool, is_closed: bool) -> list[str]:
    objections = []
    if is_waiting:
        objections.append("A ceiling for this year is already waiting to be confirmed.")
    if is_closed:
        objections.append(SETTLED)
    return objections


def objections_to_confirmation(
    *, is_proposer: bool, is_confirmed: bool, is_closed: bool
) -> list[str]:
    objections = []
    if is_confirmed:
        objections.append("This ceiling is already confirmed.")
    if is_proposer:
        objections.append("You proposed this ceiling, so another person confirms it.")
    if is_closed:
        objections.append(SETTLED)
    return objections


# By the name of the check that is open.
NOT_CLOSED = {
    "over": "The year is not over yet.",
    "earlier": "An earlier year of the agreement is still open, and is closed first.",
    "next_ceiling": "The next year needs a ceiling first, to take later corrections.",
    "exits": "A stay has nights in the year that nobody has funded or ended.",
    "requests": "A funding request about nights of the year is still undecided.",
    "ledger": "Ledger, placements and years do not agree to the penny.",
    "carried": "What the next year holds for a stay that runs on is not what it costs.",
}


def objections_to_closing(*, state: YearState, checks: Iterable[Check]) -> list[str]:
    """A year is closed once its facts are in, its books agree, and the next can take corrections.

    Corrections are posted in the earliest open year, so years are closed in their order (R23).
    """
    if state == YearState.CLOSED:
        return ["This year is closed already."]
    return [NOT_CLOSED[check.name] for check in checks if check.stops and not check.is_done]


def objections_to_confirming_close(*, state: YearState, is_proposer: bool) -> list[str]:
    objections = []
    if state == YearState.OPEN:
        objections.append("Nobody has proposed to close this year.")
    if is_proposer:
        objections.append("You proposed to close this year, so another person confirms it.")
    return objections
