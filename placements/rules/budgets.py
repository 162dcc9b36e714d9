"""What stands against a ceiling, and against closing a year: two people each (R10, R23)."""

from placements.states import YearState

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


def objections_to_closing(
    *, state: YearState, is_over: bool, has_next: bool, live: int, undecided: int
) -> list[str]:
    """A year is closed once its facts are in: ``live`` stays lack an exit before its end.

    ``undecided`` requests touch it, and the next year must be there to take corrections (R23).
    """
    objections = []
    if state == YearState.CLOSED:
        return ["This year is closed already."]
    if not is_over:
        objections.append("The year is not over yet.")
    if not has_next:
        objections.append("The next year needs a ceiling first, to take later corrections.")
    if live:
        objections.append("A stay has nights in the year that nobody has funded or ended.")
    if undecided:
        objections.append("A funding request about nights of the year is still undecided.")
    return objections


def objections_to_confirming_close(*, state: YearState, is_proposer: bool) -> list[str]:
    objections = []
    if state == YearState.OPEN:
        objections.append("Nobody has proposed to close this year.")
    if is_proposer:
        objections.append("You proposed to close this year, so another person confirms it.")
    return objections
