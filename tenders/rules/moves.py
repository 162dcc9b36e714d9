"""Which moves a tender can make, and who is shut out of it.

Each function returns every reason against the act; the service refuses with them and the page
shows them beside the act.
"""

from tenders.states import MOVES, TenderState

CONFLICTED = "You have declared an interest in this tender."
UNDECLARED = "Declare first whether you have an interest in this tender."


def objections_to_move(state: TenderState, to: object) -> list[str]:
    """Why ``state`` may not become ``to``."""
    if to in MOVES[state]:
        return []
    return [f"The tender is marked “{state.label}”, which does not allow this."]


def objections_to_interest(*, has_interest: bool | None) -> list[str]:
    """``None`` is nothing declared yet; who has not answered is treated as shut out (R4.2)."""
    if has_interest is None:
        return [UNDECLARED]
    return [CONFLICTED] if has_interest else []


def objections_to_declaration(*, state: TenderState, declared: bool | None) -> list[str]:
    """An interest found out later can be added; one declared is never taken back."""
    if state == TenderState.DRAFT:
        return ["Interests are declared once the tender is published."]
    return [CONFLICTED] if declared else []


def objections_to_abandonment(*, state: TenderState, is_asker: bool) -> list[str]:
    objections = objections_to_move(state, TenderState.ABANDONED)
    if is_asker:
        objections.append("You asked for this. Another person must agree.")
    return objections
