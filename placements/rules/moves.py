"""Whether a state may become another; every act asks this first."""

from placements.states import (
    PLACEMENT_MOVES,
    REFERRAL_ACTS,
    REFERRAL_MOVES,
    REQUEST_MOVES,
    PlacementState,
    ReferralState,
    RequestState,
)


def objections_to_move(
    state: ReferralState | PlacementState | RequestState, to: object
) -> list[str]:
    """Why ``state`` may not become ``to``; both of one kind."""
    if isinstance(state, ReferralState):
        noun, allowed = "referral", to in REFERRAL_MOVES[state]
    elif isinstance(state, PlacementState):
        noun, allowed = "placement", to in PLACEMENT_MOVES[state]
    else:
        noun, allowed = "request", to in REQUEST_MOVES[state]
    return [] if allowed else [_not_now(noun, state)]


def objections_to_act(act: str, state: ReferralState) -> list[str]:
    """Whether a person may do this to a referral now; ``act`` is the name of the service."""
    return [] if state in REFERRAL_ACTS[act] else [_not_now("referral", state)]


def _not_now(noun: str, state: ReferralState | PlacementState | RequestState) -> str:
    return f"The {noun} is marked “{state.label}”, which does not allow this."
