"""A new member of the panel in the place of one who cannot score or moderate (SoD 6)."""

from tenders.states import TenderState

from .moves import CONFLICTED

REPLACEABLE = {TenderState.PUBLISHED, TenderState.OPENED}
EVALUATOR, MODERATOR = "score quality", "moderate scores"


def objections_to_replacement(
    *,
    state: TenderState,
    is_on_panel: bool,
    has_interest: bool | None,
    is_complete: bool,
    is_anyone_replaceable: bool,
) -> list[str]:
    objections = []
    if state not in REPLACEABLE:
        objections.append("The panel changes between the publication and the quality lock.")
    elif not is_anyone_replaceable and is_complete:
        objections.append("Every evaluator has scored; the panel no longer changes.")
    elif not is_anyone_replaceable:
        objections.append("Everyone on the panel has declared to have no interest.")
    if is_on_panel:
        objections.append("The panel is changed by a person who is not on it.")
    return objections + [CONFLICTED] * bool(has_interest)


def objections_to_exchange(
    *,
    has_leaver_declared_none: bool,
    job: str,
    may_joiner_do_it: bool,
    was_joiner_named: bool,
    has_joiner_interest: bool,
) -> list[str]:
    """Only for one with an interest, or without an answer; never to change a panel's mind.

    ``job`` is ``EVALUATOR`` or ``MODERATOR``.
    """
    objections = []
    if has_leaver_declared_none:
        objections.append(
            "Only who has an interest, or has declared nothing, is replaced; and no evaluator "
            "once all have scored."
        )
    if not may_joiner_do_it:
        objections.append(f"The new member may not {job}.")
    if was_joiner_named:
        objections.append("The new member is, or was, on this panel already.")
    if has_joiner_interest:
        objections.append("The new member has an interest in this tender.")
    return objections
