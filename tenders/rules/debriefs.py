"""Further reasons on request (R4.4, PCR 55(2))."""

from .moves import objections_to_interest


def objections_to_debrief(*, is_waiting: bool) -> list[str]:
    return ["Your last request has not been answered yet."] * is_waiting


def objections_to_debrief_answer(*, is_answered: bool, has_interest: bool | None) -> list[str]:
    answered = ["This request is answered already."] * is_answered
    return answered + objections_to_interest(has_interest=has_interest)
