"""What stands against an offer and its answer."""

from datetime import date

from placements.states import (
    PlacementState,
    ReferralState,
)

from .moves import objections_to_move


def objections_to_option(
    *,
    state: ReferralState,
    agreement_is_running: bool,
    is_offered: bool,
    is_cheapest: bool,
    why_not_cheapest: str,
    planned_admission: date,
    today: date,
) -> list[str]:
    """``is_offered``: admitted to the lot on the planned day, with a price for every night."""
    objections = objections_to_move(state, ReferralState.PLACEMENT_PROPOSED)
    if not agreement_is_running:
        objections.append("The agreement is not running, so no new placement can be made under it.")
    if planned_admission < today:
        objections.append("The planned admission is in the past.")
    if not is_offered:
        objections.append("The provider has no place on the lot, or no price, on the planned day.")
    elif not is_cheapest and not why_not_cheapest:
        objections.append("Say why this is chosen although a cheaper provider is suitable.")
    return objections


def objections_to_answer(*, state: PlacementState, accepts: bool, reason: str) -> list[str]:
    objections = objections_to_move(
        state, PlacementState.AWAITING_FUNDING if accepts else PlacementState.PROVIDER_DECLINED
    )
    if not accepts and not reason:
        objections.append("Say why the placement is declined.")
    return objections
