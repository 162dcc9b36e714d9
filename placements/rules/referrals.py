"""What stands against beginning a referral: every reason, for the service and the page."""


def objections_to_same_person(*, same_birthday: bool) -> list[str]:
    if same_birthday:
        return []
    return ["This number belongs to a person with another date of birth. Check both."]


def objections_to_open_referral(*, visible_reference: str | None) -> list[str]:
    """For a person whose referral is open: named only to those who may see that case."""
    if visible_reference:
        return [f"This person already has an open referral, {visible_reference}."]
    return ["This person already has an open referral with the team. Ask your manager."]
