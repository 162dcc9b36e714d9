"""When an extension option may be exercised (R6.2)."""

from datetime import date


def objections_to_option(
    *, is_exercised: bool, on: date, exercise_by: date, continues_term: bool, evidence: str
) -> list[str]:
    objections = []
    if is_exercised:
        objections.append("This option has been exercised already.")
    if on > exercise_by:
        objections.append("The last day to exercise this option has passed.")
    if not is_exercised and not continues_term:
        objections.append("This option does not follow on from the present end of the term.")
    if not evidence.strip():
        objections.append("Say where the decision is recorded.")
    return objections
