"""The recommendation and the decision."""

from datetime import date

from tenders.states import TenderState

from .evaluation import objections_to_model
from .moves import objections_to_interest, objections_to_move


def objections_to_recommendation(
    *, state: TenderState, is_on_panel: bool, has_interest: bool | None, is_model_intact: bool
) -> list[str]:
    objections = objections_to_move(state, TenderState.RECOMMENDED)
    if is_on_panel:
        objections.append("An award is recommended by a person who is not on the panel.")
    return (
        objections
        + objections_to_model(is_intact=is_model_intact)
        + objections_to_interest(has_interest=has_interest)
    )


def objections_to_winner(*, rank: int | None, is_admitted: bool) -> list[str]:
    """``rank`` is ``None`` for an excluded bid; only the first can be recommended (SoD 12)."""
    objections = []
    if rank != 1:
        objections.append("Only the bid ranked first can be recommended.")
    if not is_admitted:
        objections.append("This provider is no longer admitted to the lot.")
    return objections


def objections_to_approval(
    *,
    state: TenderState,
    is_on_panel: bool,
    is_recommender: bool,
    has_interest: bool | None,
    is_admitted: bool,
    consulted_on: date | None,
    today: date,
) -> list[str]:
    """``consulted_on`` is empty while the page is only shown."""
    objections = objections_to_move(state, TenderState.AWARDED)
    if is_recommender:
        objections.append("An award is approved by a person other than the one who recommended it.")
    if is_on_panel:
        objections.append("An award is approved by a person who is not on the panel.")
    if not is_admitted:
        objections.append("This provider is no longer admitted to the lot.")
    if consulted_on and consulted_on > today:
        objections.append("The consultation cannot be in the future.")
    return objections + objections_to_interest(has_interest=has_interest)
