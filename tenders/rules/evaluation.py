"""From the opening to the quality lock."""

from collections.abc import Iterable
from datetime import datetime

from tenders.states import TenderState

from .bidding import words
from .moves import objections_to_interest, objections_to_move

WIDE_SPREAD = 2  # points between evaluators from which the discussion is noted (R7.6)
FEWEST_WORDS = 10  # of such a note


def objections_to_opening(
    *,
    state: TenderState,
    closes_at: datetime,
    now: datetime,
    may_open: bool,
    has_interest: bool | None,
    has_approved: bool,
    are_all_commissioners: bool,
) -> list[str]:
    """``may_open``: at this moment, whatever held when the page was asked for (SoD 11).

    ``are_all_commissioners``: with this person, every approver so far is one (SoD 7).
    """
    objections = objections_to_move(state, TenderState.OPENED)
    if not objections and now < closes_at:
        objections.append("Bids may be opened only after the closing time.")
    if not may_open:
        objections.append("You are no longer one of the officers who open bids.")
    if has_approved:
        objections.append("You have approved the opening. Another officer must approve it too.")
    elif are_all_commissioners:
        objections.append("One of the two officers must be from outside commissioning.")
    return objections + objections_to_interest(has_interest=has_interest)


def objections_to_points(*, points: int, scale_max: int) -> list[str]:
    return [] if 0 <= points <= scale_max else ["The score is not on the published scale."]


def objections_to_scoring(
    *, state: TenderState, scores: bool, has_interest: bool | None, is_complete: bool
) -> list[str]:
    """``scores``: the person is an evaluator on this panel."""
    if not scores:
        return ["Only the evaluators on the panel score this tender."]
    objections = []
    if state != TenderState.OPENED:
        objections.append("The answers can be scored only between the opening and the lock.")
    elif is_complete:
        objections.append("Every evaluator has scored; the scores no longer change.")
    return objections + objections_to_interest(has_interest=has_interest)


def objections_to_moderation(
    *, state: TenderState, moderates: bool, has_interest: bool | None, is_complete: bool
) -> list[str]:
    """``moderates``: the person is the moderator of this panel."""
    if not moderates:
        return ["Only the moderator of the panel does this."]
    objections = []
    if state != TenderState.OPENED:
        objections.append("Scores can be moderated only between the opening and the lock.")
    elif not is_complete:
        objections.append("Not every evaluator has scored every answer.")
    return objections + objections_to_interest(has_interest=has_interest)


def objections_to_consensus(*, points: Iterable[int], reason: str) -> list[str]:
    """Scores far apart need a note of the discussion, not a word (R7.6)."""
    given = list(points)
    if max(given) - min(given) >= WIDE_SPREAD and words(reason) < FEWEST_WORDS:
        return [
            "The evaluators were far apart. Note what was discussed, in "
            f"{FEWEST_WORDS} words or more."
        ]
    return []


def objections_to_lock(
    *,
    state: TenderState,
    is_on_panel: bool,
    has_interest: bool | None,
    is_scored: bool,
    missing: int,
    bids: int,
    is_model_intact: bool,
) -> list[str]:
    """``missing`` answers have no consensus score, or one from before an evaluator withdrew."""
    objections = objections_to_move(state, TenderState.QUALITY_LOCKED)
    if is_on_panel:
        objections.append("Prices are revealed by a person who is not on the panel.")
    if not bids:
        objections.append("There is no bid to evaluate.")
    if bids and not is_scored:
        objections.append("Not every evaluator has scored every answer.")
    if missing:
        objections.append("Not every answer has a consensus score.")
    return (
        objections
        + objections_to_model(is_intact=is_model_intact)
        + objections_to_interest(has_interest=has_interest)
    )


def objections_to_model(*, is_intact: bool) -> list[str]:
    """The weights and criteria must be those whose hash was published (R7.1)."""
    return [] if is_intact else ["The evaluation model is not the one that was published."]
