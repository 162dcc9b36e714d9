"""Whether an application may be assessed, clarified, recommended and decided now, and by whom."""

from collections.abc import Iterable
from datetime import date

from providers.states import ApplicationState, Criterion, Finding, Outcome

from .moves import objections_to_move

Findings = Iterable[tuple[Criterion, Finding]]


def objections_to_reviewer(has_conflict: bool | None) -> list[str]:
    """``None``: the person has not declared yet (R4.2)."""
    if has_conflict is None:
        return ["Declare first whether you have an interest in this application."]
    return ["You declared a conflict of interest, so another person does this."] * has_conflict


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


def objections_to_grounds(unassessed: int) -> list[str]:
    """Self-cleaning is considered before anything is decided (R3.2, PCR 57(13)-(17))."""
    return ["Assess the self-cleaning of each declared ground first."] if unassessed else []


def objections_to_another(is_recommended: bool) -> list[str]:
    """One recommendation stands until new findings withdraw it."""
    return ["There is a recommendation already. New findings withdraw it."] * is_recommended


def objections_to_recommendation(
    *,
    state: ApplicationState,
    is_decided: bool,
    is_recommended: bool,
    unassessed_grounds: int,
    findings: Findings,
    outcome: Outcome,
    reason: str,
) -> list[str]:
    objections = objections_to_review(state=state, is_decided=is_decided)
    if objections := objections or objections_to_another(is_recommended):
        return objections
    objections = objections_to_grounds(unassessed_grounds)
    objections += objections_to_outcome(findings, outcome)
    return objections if reason else [*objections, "Give the reason."]


def objections_to_decision(
    *,
    state: ApplicationState,
    is_decided: bool,
    is_recommended: bool,
    is_recommender: bool,
    unassessed_grounds: int,
    findings: Findings,
    outcome: Outcome,
    reason: str,
) -> list[str]:
    """``is_recommender``: the person who decides made the recommendation."""
    if objections := objections_to_review(state=state, is_decided=is_decided):
        return objections
    if not is_recommended:
        return ["There is no recommendation to decide on yet."]
    objections = objections_to_grounds(unassessed_grounds)
    objections += objections_to_outcome(findings, outcome)
    if is_recommender:
        objections.append("A person other than the one who recommended decides.")
    return objections if reason else [*objections, "Give the reason."]


def objections_to_extension(
    *, state: ApplicationState, is_extended: bool, is_overdue: bool, reason: str
) -> list[str]:
    """Once, with a reason, before the first period has run out (R2.5)."""
    if state not in {ApplicationState.SUBMITTED, ApplicationState.RETURNED}:
        return ["The application is not waiting for a decision."]
    objections = []
    if is_extended:
        objections.append("The time to decide was already extended.")
    elif is_overdue:
        objections.append("The time to decide has run out, so it can no longer be extended.")
    return objections if reason else [*objections, "Give the reason."]


def objections_to_clarification(
    *, state: ApplicationState, question: str, due_on: date, earliest: date
) -> list[str]:
    """A question leaves the provider time to answer it (R3.6)."""
    objections = objections_to_move(state, ApplicationState.RETURNED)
    if not question:
        objections.append("Write the question.")
    if due_on < earliest:
        objections.append("Give the provider at least two working days to answer.")
    return objections


def objections_to_answer(*, state: ApplicationState, is_answered: bool, answer: str) -> list[str]:
    if is_answered:
        return ["This question is answered already."]
    if state not in {ApplicationState.SUBMITTED, ApplicationState.RETURNED}:
        return ["The application is closed, so nothing more is asked."]
    return [] if answer else ["Write an answer."]


def objections_to_recall(*, state: ApplicationState, is_due_over: bool) -> list[str]:
    """Without an answer in time the council goes on with the answers as they stand (R3.6)."""
    if state != ApplicationState.RETURNED:
        return ["The application is not with the provider."]
    return [] if is_due_over else ["The provider still has time to answer."]


def objections_to_reasons_request(*, outcome: str, is_requested: bool) -> list[str]:
    """On request a refused applicant is given the reasons (R4.4, PCR 55(2))."""
    if outcome != Outcome.REFUSED:
        return ["Reasons can be asked for where a lot was refused."]
    return ["The reasons were asked for already."] * is_requested


def objections_to_reasons(*, is_answered: bool, answer: str) -> list[str]:
    if is_answered:
        return ["This request is answered already."]
    return [] if answer else ["Write the reasons."]
