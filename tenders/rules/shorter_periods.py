"""A closing date that is earlier than the usual one, by everyone's agreement (R2.11, R10.4)."""

from datetime import datetime

from tenders.states import TenderState


def objections_to_asking_period(
    *,
    state: TenderState,
    is_short: bool,
    closes_at: datetime,
    at: datetime,
    unasked: int,
    is_declined: bool,
) -> list[str]:
    """``unasked`` are those who would be invited and were not asked about this very moment."""
    if state != TenderState.DRAFT:
        return ["A shorter time is agreed before the tender is published."]
    if closes_at <= at:
        return ["The closing date has passed."]
    if not is_short:
        return ["The closing date leaves bidders their usual time, so nobody has to agree to it."]
    if is_declined:
        return ["One of those asked has declined this closing date. Choose another."]
    return [] if unasked else ["Everyone who would be invited has been asked."]


def objections_to_answering_period(
    *, state: TenderState, is_current: bool, is_answered: bool
) -> list[str]:
    if is_answered:
        return ["Your organisation has answered."]
    if state != TenderState.DRAFT:
        return ["The tender is no longer a draft, so nothing is left to agree."]
    if not is_current:
        return ["The closing date has changed since. You are asked again if you have to agree."]
    return []
