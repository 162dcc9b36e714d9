"""What stands against recording a fact of a stay, and what falls due while it lasts."""

from datetime import date

from dps_portal.clock import add_months
from placements.states import ExitStatus, PlacementState

from .moves import objections_to_move

ENDING_DAYS = 28  # funding is called ending from this many days before (money.md §4)
REMIND_BEFORE = (28, 14, 7, 0)


def objections_to_admission(
    *,
    state: PlacementState,
    recorded: date | None,
    admission: date,
    agreement_start: date,
    left_from: date | None,
    is_elsewhere: bool,
    today: date,
) -> list[str]:
    """The day is a fact: any day that can be true is taken, whatever the ceiling (R11).

    ``left_from`` is the admission to the placement that ends with this one, of a transfer.
    """
    if recorded and recorded != admission:
        return ["Another admission date is already recorded. Use a correction to change it."]
    objections = objections_to_move(state, PlacementState.ADMITTED)
    if admission > today:
        objections.append("The admission cannot be in the future.")
    if admission < agreement_start:
        objections.append("The admission cannot be before the agreement began.")
    if left_from and admission < left_from:
        objections.append("The person had not come yet to the placement that ends with this one.")
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
    return [
        *objections_to_move(state, PlacementState.DISCHARGED),
        *objections_to_exit_day(
            status=status, notice_nights=notice_nights, admission=admission, day=day, today=today
        ),
    ]


def objections_to_exit_day(
    *,
    status: ExitStatus,
    notice_nights: int,
    admission: date | None,
    day: date,
    today: date,
) -> list[str]:
    """Whether a stay can have ended so, whether recorded for the first time or corrected."""
    objections = []
    if day > today:
        objections.append("The exit cannot be in the future.")
    if admission and day < admission:
        objections.append("The exit cannot be before the admission.")
    if notice_nights and status != ExitStatus.UNPLANNED:
        objections.append("Notice nights are paid only after an unplanned exit.")
    return objections


def funding_flag(*, state: PlacementState, funded_until: date | None, today: date) -> str | None:
    """``unfunded`` from the first night without money, ``ending`` in the 28 days before it."""
    if state != PlacementState.ADMITTED or funded_until is None:
        return None
    days = (funded_until - today).days
    if days <= 0:
        return "unfunded"
    return "ending" if days <= ENDING_DAYS else None


def reminder_due(*, funded_until: date, today: date) -> int | None:
    """The nearest reminder that is due: earlier ones that were missed are not sent late (T23)."""
    days = (funded_until - today).days
    return min((before for before in REMIND_BEFORE if days <= before), default=None)


def reanchored(start: date, end: date, *, to: date, in_nights: bool = False) -> date:
    """Where a period ends that begins on ``to`` and is as long: in months if it is whole ones.

    ``in_nights``: it was counted in weeks, so that 28 nights of a February are no month.
    """
    if in_nights:
        return to + (end - start)
    months = 1
    while add_months(start, months) < end:
        months += 1
    if add_months(start, months) == end:
        return add_months(to, months)
    return to + (end - start)
