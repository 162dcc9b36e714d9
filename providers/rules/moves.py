"""Whether an application may be started, submitted, assessed and decided now.

Each function returns every reason against the act; the service refuses with them and the page
shows them beside the act.
"""

from collections.abc import Iterable
from datetime import date

from providers.states import MOVES, ApplicationState, Criterion, Finding, Outcome

from .answers import Answers, sections

Findings = Iterable[tuple[Criterion, Finding]]


def objections_to_term(*, is_running: bool) -> list[str]:
    """A draft may be begun as long as the agreement runs, between rounds as well (R2.2)."""
    return [] if is_running else ["The agreement is not running, so it takes no applications."]


def objections_to_start(
    *, is_running: bool, has_live: bool, lots: int, admitted_to: Iterable[str]
) -> list[str]:
    """``lots``: how many are applied for; ``admitted_to``: those of them already held."""
    objections = objections_to_term(is_running=is_running)
    if has_live:
        objections.append("Your organisation already has an application under way.")
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


def objections_to_review(*, state: ApplicationState, is_decided: bool) -> list[str]:
    """Whether a lot can still be assessed, recommended and decided."""
    if is_decided:
        return ["This lot is already decided."]
    return objections_to_move(state, ApplicationState.DECIDED)


def objections_to_assessment(
    *, state: ApplicationState, is_decided: bool, reasons: Iterable[str]
) -> list[str]:
    """``reasons``: the one given for each finding."""
    objections = objections_to_review(state=state, is_decided=is_decided)
    reasons = list(reasons)
    if not reasons:
        objections.append("Record at least one finding.")
    if not all(reasons):
        objections.append("Give a reason for every finding.")
    return objections


def objections_to_outcome(findings: Findings, outcome: Outcome) -> list[str]:
    """Everyone who meets the criteria is admitted, and nobody else (R2.3).

    Where assessors differ, a criterion is met only if none of them found otherwise.
    """
    findings = set(findings)
    assessed = {criterion for criterion, _ in findings}
    objections = [
        f"“{criterion.label}” is not assessed yet."
        for criterion in Criterion
        if criterion not in assessed
    ]
    objections += [
        f"“{criterion.label}” still needs clarification."
        for criterion in Criterion
        if (criterion, Finding.CLARIFY) in findings
    ]
    if objections:
        return objections
    unmet = [criterion for criterion in Criterion if (criterion, Finding.NOT_MET) in findings]
    if outcome == Outcome.ADMITTED:
        return [f"“{criterion.label}” is not met." for criterion in unmet]
    return [] if unmet else ["Every criterion is met, so the provider cannot be refused."]


def objections_to_recommendation(
    *,
    state: ApplicationState,
    is_decided: bool,
    findings: Findings,
    outcome: Outcome,
    reason: str,
) -> list[str]:
    if objections := objections_to_review(state=state, is_decided=is_decided):
        return objections
    objections = objections_to_outcome(findings, outcome)
    return objections if reason else [*objections, "Give the reason."]


def objections_to_decision(
    *,
    state: ApplicationState,
    is_decided: bool,
    is_recommended: bool,
    is_recommender: bool,
    findings: Findings,
    outcome: Outcome,
    reason: str,
) -> list[str]:
    """``is_recommender``: the person who decides made the recommendation."""
    if objections := objections_to_review(state=state, is_decided=is_decided):
        return objections
    if not is_recommended:
        return ["There is no recommendation to decide on yet."]
    objections = objections_to_outcome(findings, outcome)
    if is_recommender:
        objections.append("A person other than the one who recommended decides.")
    return objections if reason else [*objections, "Give the reason."]


def objections_to_extension(
    *, state: ApplicationState, is_extended: bool, is_overdue: bool, reason: str
) -> list[str]:
    """Once, with a reason, before the first period has run out (R2.5)."""
    if objections := objections_to_move(state, ApplicationState.DECIDED):
        return objections
    objections = []
    if is_extended:
        objections.append("The time to decide was already extended.")
    elif is_overdue:
        objections.append("The time to decide has run out, so it can no longer be extended.")
    return objections if reason else [*objections, "Give the reason."]


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
