"""What stands against a request for money, and against a decision on it."""

from collections.abc import Iterable
from datetime import date

from dps_portal.clock import add_months, year_label
from placements.states import PlacementState

from .ceiling import is_within_limit
from .moves import objections_to_move

EXTENSION_DAYS = 28  # what an extension asks for unless told otherwise (R16)
LONGEST_STAY_MONTHS = 6  # beyond this in all, the approver says why (R16)


def objections_to_funding_request(*, state: PlacementState, has_open_request: bool) -> list[str]:
    objections = objections_to_move(state, PlacementState.APPROVED)
    if has_open_request:
        objections.append("A request for this placement is already waiting for a decision.")
    return objections


def objections_to_extension(
    *,
    state: PlacementState,
    has_open_request: bool,
    has_price: bool = True,
    start: date | None = None,
    end: date | None = None,
) -> list[str]:
    """R16, R17. Without dates: whether an extension may be asked for at all."""
    if objections := objections_to_move(state, PlacementState.DISCHARGED):
        return objections
    if has_open_request:
        objections.append("A request for this placement is already waiting for a decision.")
    if not has_price:
        objections.append("The provider has no price for the first night of the extension.")
    if start and end and end <= start:
        objections.append("An extension must end later than the funding that is in place.")
    return objections


def is_long_stay(*, first_night: date, end: date) -> bool:
    """Longer in all than an approver may agree to without saying why (R16)."""
    return end > add_months(first_night, LONGEST_STAY_MONTHS)


def objections_to_decider(
    *, is_requester: bool, made_referral: bool, limit_pence: int | None, cost_pence: int
) -> list[str]:
    """Whether this person may approve: not their own case, and within their limit (R24)."""
    objections = []
    if is_requester:
        objections.append("You asked for this funding, so another person decides on it.")
    if made_referral:
        objections.append("You made this referral, so another person decides on its funding.")
    if limit_pence is None:
        objections.append("You have no approval limit, so you cannot approve funding.")
    elif not is_within_limit(cost_pence, limit_pence):
        objections.append("The cost of this request is above your approval limit.")
    return objections


def objections_to_ceilings(
    *, years_without_ceiling: Iterable[int], years_without_room: Iterable[int]
) -> list[str]:
    """One sentence for each financial year that stands in the way (R10, B04)."""
    return [
        *(f"No ceiling has been set for {year_label(year)}." for year in years_without_ceiling),
        *(f"There is not enough money left in {year_label(year)}." for year in years_without_room),
    ]


def objections_to_approval(*, is_long: bool, is_admitted_to_lot: bool, reason: str) -> list[str]:
    objections = []
    if not is_admitted_to_lot:
        objections.append("The provider has no place on the lot on the first night.")
    if is_long and not reason:
        objections.append("Say why the stay is longer than the usual maximum.")
    return objections


def objections_to_refusal(*, is_requester: bool, made_referral: bool, reason: str) -> list[str]:
    """Declining a request, or making it wait for money."""
    objections = []
    if is_requester or made_referral:
        objections.append("This is your own case, so another person decides on its funding.")
    if not reason:
        objections.append("Give a reason.")
    return objections


def objections_to_figures(*, are_current: bool) -> list[str]:
    """Whether the cost that was checked is still the cost under the lock (R12)."""
    return [] if are_current else ["The placement has just changed. Look at the figures again."]
