"""Whether an application may be started, edited, submitted and withdrawn now.

Each function returns every reason against the act; the service refuses with them and the page
shows them beside the act.
"""

from collections.abc import Iterable
from datetime import date

from providers.states import MOVES, ApplicationState

from .answers import Answers, sections


def objections_to_term(*, is_running: bool) -> list[str]:
    """A draft may be begun as long as the agreement runs, between rounds as well (R2.2)."""
    return [] if is_running else ["The agreement is not running, so it takes no applications."]


def objections_to_start(
    *,
    is_running: bool,
    has_live: bool,
    lots: int,
    admitted_to: Iterable[str],
    is_own_copy: bool = True,
) -> list[str]:
    """``lots``: how many are applied for; ``admitted_to``: those of them already held.

    ``is_own_copy``: whether what answers are taken over from, if anything, is the provider's own.
    """
    objections = objections_to_term(is_running=is_running)
    if has_live:
        objections.append("Your organisation already has an application under way.")
    if not is_own_copy:
        objections.append(
            "Answers are taken over from an application of your own organisation only."
        )
    return objections + objections_to_lots(lots=lots, admitted_to=admitted_to)


def objections_to_lots(*, lots: int, admitted_to: Iterable[str]) -> list[str]:
    objections = [] if lots else ["Choose at least one lot."]
    return objections + [f"Your organisation is already admitted to {lot}." for lot in admitted_to]


def objections_to_move(state: ApplicationState, to: ApplicationState) -> list[str]:
    if to in MOVES[state]:
        return []
    return [f"The application is marked “{state.label}”, which does not allow this."]


def objections_to_edit(state: ApplicationState) -> list[str]:
    return objections_to_move(state, ApplicationState.SUBMITTED)


def objections_to_change_of_lots(state: ApplicationState) -> list[str]:
    if state == ApplicationState.DRAFT:
        return []
    return ["The lots of an application stand once it is handed in."]


def objections_to_submission(
    *,
    state: ApplicationState,
    is_running: bool,
    counts_from: bool,
    unanswered: int,
    answers: Answers,
    today: date,
) -> list[str]:
    """Everything that is missing, at once; of an application that can't be submitted, only that.

    ``counts_from``: a round is open, or the next one is known, so that the time to decide has a
    start (R2.2). ``unanswered``: questions of the council that came with a return.
    """
    if objections := objections_to_move(state, ApplicationState.SUBMITTED):
        return objections
    objections = []
    if state == ApplicationState.DRAFT:
        objections = objections_to_term(is_running=is_running)
        if not objections and not counts_from:
            objections.append("No round for applications is open, and the next is not known yet.")
    if unanswered:
        objections.append("Answer each question with which the council returned the application.")
    return objections + [
        missing for section in sections(answers, today=today) for missing in section.missing
    ]


def objections_to_rate(
    *, weekly_pence: int, ceiling_weekly_pence: int, same_day_pence: int | None
) -> list[str]:
    """``same_day_pence``: the rate that already starts on that day."""
    objections = []
    if not 0 < weekly_pence <= ceiling_weekly_pence:
        objections.append("The weekly price must be above nothing and within the lot's ceiling.")
    if same_day_pence is not None and same_day_pence != weekly_pence:
        objections.append("Another price already starts on that day.")
    return objections
