"""What stands against other facts of a stay, their corrections, and closing it (money.md §4)."""

from collections.abc import Sequence
from datetime import date, timedelta

from placements.states import WAYS_BACK, FactKind, PlacementState, ProposalState

from .costs import Absence, Stay
from .funding import STAYED
from .moves import objections_to_move

MAY_PROPOSE = {
    FactKind.ARRIVAL: PlacementState.APPROVED,
    FactKind.ABSENCE: PlacementState.ADMITTED,
    FactKind.EXIT: PlacementState.ADMITTED,
}


def objections_to_state(state: PlacementState, allowed: Sequence[PlacementState]) -> list[str]:
    """Whether a placement is where this fact belongs."""
    if state in allowed:
        return []
    return [f"The placement is marked “{state.label}”, which does not allow this."]


def objections_to_stayed(state: PlacementState) -> list[str]:
    return objections_to_state(state, STAYED)


def objections_to_discharged(state: PlacementState) -> list[str]:
    return objections_to_state(state, [PlacementState.DISCHARGED])


def objections_to_voiding(*, is_standing: bool) -> list[str]:
    return [] if is_standing else ["This was corrected already."]


def objections_to_overlap(*, is_elsewhere: bool) -> list[str]:
    return ["The person was in another placement at that time."] if is_elsewhere else []


def objections_to_absence(absence: Absence, stay: Stay) -> list[str]:
    """Inside the stay and apart from the absences already recorded in it (money.md §1)."""
    objections = []
    if absence.end <= absence.start:
        objections.append("An absence has at least one night.")
    if absence.start < stay.admission or absence.end > stay.end:
        objections.append("The absence must lie inside the funded stay.")
    if any(absence.start < other.end and other.start < absence.end for other in stay.absences):
        objections.append("Another absence is already recorded for one of these nights.")
    return objections


def objections_to_answering(state: ProposalState) -> list[str]:
    return [] if state == ProposalState.OPEN else ["This has been answered already."]


def objections_to_first_paid_night(*, start: date, admission: date | None) -> list[str]:
    """A contribution may be agreed ahead, but not for nights before the stay."""
    if admission and start < admission:
        return ["The first night cannot be before the admission."]
    return []


def objections_to_report(*, received_on: date, exit_on: date | None, today: date) -> list[str]:
    objections = []
    if exit_on and received_on < exit_on:
        objections.append("The report cannot have come before the exit.")
    if received_on > today:
        objections.append("The report cannot come in the future.")
    return objections


def objections_to_non_arrival(
    *, state: PlacementState, planned: date, today: date, is_arrival_proposed: bool
) -> list[str]:
    """An admission and a non-arrival exclude each other."""
    objections = objections_to_move(state, PlacementState.NON_ARRIVAL)
    if planned > today:
        objections.append("The planned day of admission has not come yet. Cancel the placement.")
    if is_arrival_proposed:
        objections.append("The provider says that the person arrived. Reject that first.")
    return objections


def objections_to_day(*, day: date, first: date | None, today: date) -> list[str]:
    """A fact of a stay lies between its ``first`` day and today."""
    objections = []
    if first and day < first:
        objections.append("The day cannot be before the admission.")
    if day > today:
        objections.append("The day cannot be in the future.")
    return objections


def objections_to_corrected_admission(
    *,
    state: PlacementState,
    admission: date,
    agreement_start: date,
    exit_on: date | None,
    first_absence: date | None,
    funding_ends: date | None,
    is_elsewhere: bool,
    today: date,
) -> list[str]:
    """``funding_ends`` is when the first funding does, where later decisions hold its end."""
    objections = objections_to_stayed(state)
    if admission > today:
        objections.append("The admission cannot be in the future.")
    if admission < agreement_start:
        objections.append("The admission cannot be before the agreement began.")
    if exit_on and admission > exit_on:
        objections.append("The admission cannot be after the exit.")
    if first_absence and admission > first_absence:
        objections.append("An absence is recorded before that day. Correct it first.")
    if funding_ends and admission >= funding_ends:
        objections.append("The first funded period ends before that day.")
    return objections + objections_to_overlap(is_elsewhere=is_elsewhere)


def objections_to_reopening_placement(
    *, state: PlacementState, has_other_referral: bool, has_other_placement: bool
) -> list[str]:
    """The way back from where a placement ended; nothing that followed it may be in the way."""
    if objections := objections_to_state(state, tuple(WAYS_BACK)):
        return objections
    if has_other_referral:
        objections.append("The person has another open referral.")
    if has_other_placement:
        objections.append("Another placement has followed this one.")
    return objections


def objections_to_close(
    *,
    state: PlacementState,
    is_exit_coded: bool,
    has_report: bool,
    missing_scores: int,
    has_open_request: bool,
    is_reconciled: bool,
) -> list[str]:
    """What is still missing after the exit, all at once (§4)."""
    objections = objections_to_move(state, PlacementState.CLOSED)
    if objections:
        return objections
    checks = {
        "The reason of the exit is not one of the list. Correct the exit.": is_exit_coded,
        "The provider’s discharge report has not been received.": has_report,
        "The outcome scores have not been entered.": not missing_scores,
        "A request for funding is still waiting for a decision.": not has_open_request,
        "The ledger does not agree with what the placement costs.": is_reconciled,
    }
    return [objection for objection, holds in checks.items() if not holds]


def objections_to_proposing(
    kind: FactKind, *, state: PlacementState, is_open: bool, on: date, until: date | None
) -> list[str]:
    objections = objections_to_state(state, [MAY_PROPOSE[kind]])
    if is_open:
        objections.append("You have already told the council. It has not answered yet.")
    if until and until <= on:
        objections.append("An absence has at least one night.")
    return objections


def objections_to_dropping(*, is_in_place: bool) -> list[str]:
    """A request that a recorded admission made cannot be changed or taken back (R15)."""
    if not is_in_place:
        return []
    return ["A recorded admission made this request. It is approved, declined, or waits for money."]


def next_review(admission: date, held: int, *, weeks: Sequence[int]) -> date | None:
    """When the next review falls due, after so many of those in ``weeks`` were held (§9)."""
    return admission + timedelta(weeks=weeks[held]) if held < len(weeks) else None


def late_flags(
    *,
    state: PlacementState,
    planned: date,
    review_due: date | None,
    report_due: date | None,
    has_report: bool,
    absence_checks: Sequence[date],
    today: date,
) -> list[str]:
    """What is overdue on a placement, never stored (§4).

    ``absence_checks`` are the days to look again at absences that are not over (R19).
    """
    checks = {
        "Admission overdue": state == PlacementState.APPROVED and planned < today,
        "Long absence": state == PlacementState.ADMITTED
        and any(day <= today for day in absence_checks),
        "Review due": review_due is not None and review_due <= today,
        "Discharge report late": report_due is not None and not has_report and report_due < today,
    }
    return [flag for flag, holds in checks.items() if holds]
