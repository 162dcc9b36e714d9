"""What stands against an offer and its answer."""

from datetime import date

from placements.states import PlacementState, ReferralState

from .moves import objections_to_act, objections_to_move


def objections_to_option(
    *,
    state: ReferralState,
    agreement_is_running: bool,
    is_offered: bool,
    is_suitable: bool,
    is_cheapest: bool,
    why_not_cheapest: str,
    planned_admission: date,
    today: date,
) -> list[str]:
    """``is_offered``: on the lot on the planned day by admission or contract, and with a price.

    ``is_cheapest``: of those that are suitable and have not declined.
    """
    objections = objections_to_act("choose_option", state)
    if not agreement_is_running:
        objections.append("The agreement is not running, so no new placement can be made under it.")
    if planned_admission < today:
        objections.append("The planned admission is in the past.")
    if not is_offered:
        objections.append("The provider has no place on the lot, or no price, on the planned day.")
    elif not is_suitable:
        objections.append("This provider is marked as not suitable for the person.")
    elif not is_cheapest and not why_not_cheapest:
        objections.append("Say why this is chosen although a cheaper provider is suitable.")
    return objections


def objections_to_preparing(*, is_prepared: bool) -> list[str]:
    """A transfer to another provider: one at a time (R22)."""
    return ["A transfer is prepared already. Cancel it first."] if is_prepared else []


def objections_to_competition(
    *, state: ReferralState, is_running: bool, agreement_is_running: bool, is_past: bool
) -> list[str]:
    """``is_running``: one for this referral that has no winner yet."""
    objections = objections_to_act("choose_option", state)
    if not agreement_is_running:
        objections.append("The agreement is not running, so nobody can be invited under it.")
    if is_past:
        objections.append("The planned admission is in the past.")
    if is_running:
        objections.append("A competition for this placement is running already.")
    return objections


def objections_to_choosing(*, is_asked: bool, is_held: bool, is_won: bool) -> list[str]:
    """Of the competition for one placement: whether the agreement asks for it, and its end."""
    if is_held and not is_won:
        return ["The competition for this placement has no winner yet."]
    if is_asked and not is_held:
        return ["The agreement asks for a competition for each placement."]
    return []


def objections_to_answer(
    *,
    state: PlacementState,
    accepts: bool,
    earliest_admission: date | None,
    decline_kind: str,
    reason: str,
    today: date,
) -> list[str]:
    objections = objections_to_move(
        state, PlacementState.AWAITING_FUNDING if accepts else PlacementState.PROVIDER_DECLINED
    )
    if accepts and earliest_admission is None:
        objections.append("Say from which day the person can be admitted.")
    elif accepts and earliest_admission and earliest_admission < today:
        objections.append("The day from which the person can be admitted is in the past.")
    if not accepts and not decline_kind:
        objections.append("Choose why the placement is declined.")
    if not accepts and not reason:
        objections.append("Say why the placement is declined.")
    return objections


def objections_to_vacancy(*, is_on_lot: bool, earliest_on: date, today: date) -> list[str]:
    objections = []
    if not is_on_lot:
        objections.append("Your organisation has no place on this lot.")
    if earliest_on < today:
        objections.append("The earliest admission is in the past.")
    return objections
