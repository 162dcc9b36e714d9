"""What stands against a request for money, and against a decision on it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate

from dps_portal.clock import add_months, year_label
from placements.states import PlacementState, RequestKind, RequestState

from .ceiling import is_within_limit
from .moves import objections_to_move

# A shortening takes nights away, and a one-off is no weekly price.
PRICELESS = frozenset({RequestKind.SHORTENING, RequestKind.ONE_OFF})
STAYED = (PlacementState.ADMITTED, PlacementState.DISCHARGED)
MAY_ASK = {  # in which states of the placement each kind may be asked for
    RequestKind.INITIAL: (PlacementState.AWAITING_FUNDING,),
    RequestKind.EXTENSION: (PlacementState.ADMITTED,),
    RequestKind.RETROSPECTIVE: STAYED,
    RequestKind.BAND_CHANGE: (PlacementState.ADMITTED,),
    RequestKind.PRICE_CHANGE: (PlacementState.ADMITTED,),
    RequestKind.SHORTENING: (PlacementState.ADMITTED,),
    RequestKind.CORRECTION: STAYED,
    RequestKind.ONE_OFF: (
        PlacementState.APPROVED,
        *STAYED,
        PlacementState.NON_ARRIVAL,
        PlacementState.CANCELLED,
    ),
}


@dataclass(frozen=True)
class Funded:
    """What a request is held against: the stay as it is funded now; ``exit_on`` if it is over."""

    state: PlacementState
    has_open_request: bool
    first_night: date | None = None
    funded_until: date | None = None
    exit_on: date | None = None


def objections_to_kind(kind: RequestKind, state: PlacementState) -> list[str]:
    """Whether the placement takes requests of this kind; a draft needs no more."""
    if state in MAY_ASK[kind]:
        return []
    return [f"The placement is marked “{state.label}”, which does not allow this."]


def objections_to_asking(kind: RequestKind, funded: Funded, *, has_price: bool = True) -> list[str]:
    """Whether a request of this kind may be made at all."""
    if objections := objections_to_kind(kind, funded.state):
        return objections
    if funded.has_open_request:
        objections.append("A request for this placement is already waiting for a decision.")
    if not has_price:
        objections.append("The provider has no price on the lot for the first night of this.")
    return objections


def objections_to_period(
    kind: RequestKind, funded: Funded, *, start: date, end: date, today: date
) -> list[str]:
    """Whether the nights asked about, from ``start`` up to ``end``, are ones this kind can change.

    An extension goes on where the funding ends (R16); a new price or lot holds from a day on
    (R17, R18), and only a correction reaches back (C41).
    """
    if kind in {RequestKind.INITIAL, RequestKind.ONE_OFF}:
        return []
    first, until = funded.first_night, funded.funded_until
    if first is None or until is None:
        return ["Nothing is funded yet."]
    match kind:
        case RequestKind.EXTENSION:
            checks = {"An extension must end later than the funding that is in place.": end > start}
        case RequestKind.RETROSPECTIVE:
            stayed = min(funded.exit_on or today, today)
            checks = {
                "There are no nights without funding so far.": until < stayed,
                "Only nights already stayed can be funded afterwards.": end <= max(stayed, until),
                "The period must end later than the funding that is in place.": end > start,
            }
        case RequestKind.SHORTENING:
            checks = {
                "The new end must be earlier than the funding that is in place.": start < until,
                "The new end must leave at least one night.": start > first,
                "The new end cannot be in the past. Record the exit instead.": start >= today,
            }
        case RequestKind.CORRECTION:
            checks = {
                "A correction must have at least one night.": start < end,
                "A correction must lie within the funded nights.": first <= start and end <= until,
            }
        case _:
            checks = {
                "The first night must be one that is funded.": first <= start < until,
                "A new price cannot start in the past. Ask for a correction instead.": (
                    kind == RequestKind.BAND_CHANGE or start >= today
                ),
            }
    return [objection for objection, holds in checks.items() if not holds]


def objections_to_price(*, weekly_pence: int, ceiling_pence: int | None) -> list[str]:
    """No price is above what the lot's ceiling allows (design §3, ``Rate``)."""
    if ceiling_pence is not None and weekly_pence > ceiling_pence:
        return ["The weekly price is above the ceiling of the lot."]
    return []


def usual_end(*, first_night: date, funded_until: date, stages: Sequence[int], days: int) -> date:
    """Until when an extension is asked for unless told otherwise: the next stage, or so many days.

    ``stages`` are the weeks committed one after another, of the agreement (R16).
    """
    ends = (first_night + timedelta(weeks=weeks) for weeks in accumulate(stages))
    later = (end for end in ends if end > funded_until)
    return next(later, funded_until + timedelta(days=days))


def is_long_stay(*, first_night: date, end: date, months: int) -> bool:
    """Longer in all than an approver may agree to without saying why (R16)."""
    return end > add_months(first_night, months)


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


def objections_to_draft(*, state: RequestState, is_requester: bool) -> list[str]:
    """Saving a draft again, or discarding it."""
    return [
        *objections_to_move(state, RequestState.DRAFT),
        *objections_to_withdrawing(is_requester=is_requester),
    ]


def objections_to_withdrawing(*, is_requester: bool) -> list[str]:
    return [] if is_requester else ["Only the person who asked for it can withdraw or change it."]
