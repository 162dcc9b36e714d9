"""What stands against a ceiling, proposed by one person and confirmed by another."""


def objections_to_proposal(*, is_waiting: bool) -> list[str]:
    return ["A ceiling for this year is already waiting to be confirmed."] if is_waiting else []


def objections_to_confirmation(*, is_proposer: bool, is_confirmed: bool) -> list[str]:
    objections = []
    if is_confirmed:
        objections.append("This ceiling is already confirmed.")
    if is_proposer:
        objections.append("You proposed this ceiling, so another person confirms it.")
    return objections
