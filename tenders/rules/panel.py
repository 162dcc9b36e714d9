"""A new evaluator in the place of one who cannot score (SoD 6)."""

from tenders.states import TenderState

from .moves import CONFLICTED

REPLACEABLE = {TenderState.PUBLISHED, TenderState.OPENED}


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
        objections.append("An evaluator is replaced between the publication and the quality lock.")
    elif is_complete:
        objections.append("Every evaluator has scored; the panel no longer changes.")
    elif not is_anyone_replaceable:
        objections.append("Every evaluator on the panel has declared to have no interest.")
    if is_on_panel:
        objections.append("An evaluator is replaced by a person who is not on the panel.")
    return objections + [CONFLICTED] * bool(has_interest)


def objections_to_exchange(
    *,
    has_leaver_declared_none: bool,
    may_joiner_score: bool,
    was_joiner_named: bool,
    has_joiner_interest: bool,
) -> list[str]:
    """Only for one with an interest, or without an answer; never to change a panel's mind."""
    objections = []
    if has_leaver_declared_none:
        objections.append(
            "Only an evaluator who has an interest, or has declared nothing, is replaced."
        )
    if not may_joiner_score:
        objections.append("The new evaluator may not score quality.")
    if was_joiner_named:
        objections.append("The new evaluator is, or was, on this panel already.")
    if has_joiner_interest:
        objections.append("The new evaluator has an interest in this tender.")
    return objections
