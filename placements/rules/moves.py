"""Whether an act on a referral, a placement, a request or a ceiling may be done now.

Each function returns every reason against the act; the service refuses with them and the page
shows them beside the act.
"""

from collections.abc import Iterable
from datetime import date

from dps_portal.clock import add_months, year_label
from placements.states import (
    PLACEMENT_MOVES,
    REFERRAL_MOVES,
    REQUEST_MOVES,
    ExitStatus,
    PlacementState,
    ReferralState,
    RequestState,
)

from .ceiling import is_within_limit

EXTENSION_DAYS = 28  # what an extension asks for unless told otherwise (R16)
LONGEST_STAY_MONTHS = 6  # beyond this in all, the approver says why (R16)
ENDING_DAYS = 28  # funding is called ending from this many days before (money.md §4)


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
    return [] if allowed else [f"The {noun} is marked “{state.label}”, which does not allow this."]


def objections_to_same_person(*, same_birthday: bool) -> list[str]:
    if same_birthday:
        return []
    return ["This number belongs to a person with another date of birth. Check both."]


def objections_to_open_referral(*, visible_reference: str | None) -> list[str]:
    """For a person whose referral is open: named only to those who may see that case."""
    if visible_reference:
        return [f"This person already has an open referral, {visible_reference}."]
    return ["This person already has an open referral with the team. Ask your manager."]


def objections_to_eligibility(
    *,
    state: ReferralState,
    to: ReferralState,
    assessed_on: Iterable[date | None],
    has_consent: bool,
    has_lot: bool,
    reason: str,
    today: date,
) -> list[str]:
    """``assessed_on`` holds the dates of the Care Act assessment and the clinical review."""
    objections = objections_to_move(state, to)
    if to == ReferralState.ELIGIBLE:
        days = list(assessed_on)
        if not all(days):
            objections.append("Both the Care Act assessment and the clinical review need a date.")
        if any(day and day > today for day in days):
            objections.append("An assessment cannot have a date in the future.")
        if not has_consent:
            objections.append("The person's consent is needed to look for a placement.")
        if not has_lot:
            objections.append("Recommend a lot.")
    elif not reason:
        objections.append("Say why the person is not eligible.")
    return objections


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


def objections_to_admission(
    *,
    state: PlacementState,
    recorded: date | None,
    admission: date,
    agreement_start: date,
    is_elsewhere: bool,
    today: date,
) -> list[str]:
    """The day is a fact: any day that can be true is taken, whatever the ceiling (R11)."""
    if recorded and recorded != admission:
        return ["Another admission date is already recorded. Use a correction to change it."]
    objections = objections_to_move(state, PlacementState.ADMITTED)
    if admission > today:
        objections.append("The admission cannot be in the future.")
    if admission < agreement_start:
        objections.append("The admission cannot be before the agreement began.")
    if is_elsewhere:
        objections.append("The person was in another placement on that night.")
    return objections


def objections_to_exit(
    *,
    state: PlacementState,
    is_recorded: bool,
    status: ExitStatus,
    notice_nights: int,
    admission: date | None,
    day: date,
    today: date,
) -> list[str]:
    """``is_recorded``: another exit is on record already (V10). Notice follows R13."""
    if is_recorded:
        return ["Another exit is already recorded. Use a correction to change it."]
    objections = objections_to_move(state, PlacementState.DISCHARGED)
    if day > today:
        objections.append("The exit cannot be in the future.")
    if admission and day < admission:
        objections.append("The exit cannot be before the admission.")
    if notice_nights and status != ExitStatus.UNPLANNED:
        objections.append("Notice nights are paid only after an unplanned exit.")
    return objections


def objections_to_proposal(*, is_waiting: bool) -> list[str]:
    return ["A ceiling for this year is already waiting to be confirmed."] if is_waiting else []


def objections_to_confirmation(*, is_proposer: bool, is_confirmed: bool) -> list[str]:
    objections = []
    if is_confirmed:
        objections.append("This ceiling is already confirmed.")
    if is_proposer:
        objections.append("You proposed this ceiling, so another person confirms it.")
    return objections


def funding_flag(*, state: PlacementState, funded_until: date | None, today: date) -> str | None:
    """``unfunded`` from the first night without money, ``ending`` in the 28 days before it."""
    if state != PlacementState.ADMITTED or funded_until is None:
        return None
    days = (funded_until - today).days
    if days <= 0:
        return "unfunded"
    return "ending" if days <= ENDING_DAYS else None


REMIND_BEFORE = (28, 14, 7, 0)


def reminder_due(*, funded_until: date, today: date) -> int | None:
    """The nearest reminder that is due: earlier ones that were missed are not sent late (T23)."""
    days = (funded_until - today).days
    return min((before for before in REMIND_BEFORE if days <= before), default=None)


def months_between(start: date, end: date) -> int:
    """How many calendar months a period made by ``add_months`` has."""
    months = 1
    while add_months(start, months) < end:
        months += 1
    return months
