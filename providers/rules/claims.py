"""What may come of a registration whose number is taken."""

from providers.states import ClaimOutcome


def objections_to_claim(*, has_open_claim: bool) -> list[str]:
    return (
        ["The council is looking at your registration. You can register again when it has decided."]
        if has_open_claim
        else []
    )


def objections_to_claim_review(
    *, is_reviewed: bool, is_own: bool, outcome: ClaimOutcome, reason: str, is_match: bool
) -> list[str]:
    """``is_match``: the organisation chosen has one of the numbers of the registration."""
    objections = []
    if is_reviewed:
        objections.append("This registration is reviewed already.")
    if is_own:
        objections.append("Nobody reviews their own registration.")
    if outcome == ClaimOutcome.REFUSED and not reason.strip():
        objections.append("Enter the reason for the refusal.")
    if outcome == ClaimOutcome.SAME and not is_match:
        objections.append("Select the organisation that has one of these numbers.")
    return objections
