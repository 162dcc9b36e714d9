"""Whether an act on a tender, a bid, a score or an award may be done now.

Each function returns every reason against the act; the service refuses with them and the page
shows them beside the act.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from tenders.states import MOVES, TenderState

FEWEST_EVALUATORS = 2  # of quality, for a small panel as published (R7.5)
WIDE_SPREAD = 2  # points between evaluators from which the discussion is noted (R7.6)
FEWEST_WORDS = 10  # of such a note
FULL_WEIGHT = 100
SHORTEST_TIME = timedelta(days=10)  # to bid in (R2.11)
# Published with every tender (R7.7, R7.8).
TIE_BREAK = ("higher_quality", "lower_price")
ROUNDING = "Exact fractions throughout; shown to two decimals, half up; ties judged unrounded."
CONFLICTED = "You have declared an interest in this tender."
UNDECLARED = "Declare first whether you have an interest in this tender."


def words(text: str) -> int:
    return len(text.split())


def objections_to_move(state: TenderState, to: object) -> list[str]:
    """Why ``state`` may not become ``to``."""
    if to in MOVES[state]:
        return []
    return [f"The tender is marked “{state.label}”, which does not allow this."]


def objections_to_interest(*, has_interest: bool | None) -> list[str]:
    """``None`` is nothing declared yet; who has not answered is treated as shut out (R4.2)."""
    if has_interest is None:
        return [UNDECLARED]
    return [CONFLICTED] if has_interest else []


def objections_to_declaration(*, state: TenderState, declared: bool | None) -> list[str]:
    """An interest found out later can be added; one declared is never taken back."""
    if state == TenderState.DRAFT:
        return ["Interests are declared once the tender is published."]
    return [CONFLICTED] if declared else []


# ── Drafting and publishing ──────────────────────────────────────────────────────────────────


def objections_to_change(state: TenderState) -> list[str]:
    """Weights, criteria and terms never change after publication (targets §4, SoD 8)."""
    if state == TenderState.DRAFT:
        return []
    return ["Only a draft can be changed. Abandon the tender and publish another one."]


def objections_to_terms(
    *,
    contract: tuple[date, date],
    agreement: tuple[date, date],
    closes_on: date,
    price_weight: int,
    price_weights: tuple[int, int],
    scale_max: int,
    minimum_score: int | None,
) -> list[str]:
    """``contract`` and ``agreement`` are half-open; ``price_weights`` are published (R2.12)."""
    objections = []
    start, end = contract
    if end <= start:
        objections.append("The contract must end after it starts.")
    if start < agreement[0] or end > agreement[1]:
        objections.append("The contract must lie within the term of the agreement.")
    if closes_on >= start:
        objections.append("Bids must close before the contract starts.")
    if not price_weights[0] <= price_weight <= price_weights[1]:
        objections.append("The price weight is outside the range that the agreement published.")
    if minimum_score is not None and minimum_score > scale_max:
        objections.append("The minimum score is above the highest score.")
    return objections


def objections_to_criteria(
    *, names: Sequence[str], weights: Iterable[int], price_weight: int
) -> list[str]:
    objections = []
    if not names:
        objections.append("There must be at least one criterion.")
    if len({name.casefold() for name in names}) < len(names):
        objections.append("Each criterion needs a name of its own.")
    if names and sum(weights) + price_weight != FULL_WEIGHT:
        objections.append("The weights of the criteria and of the price must add up to 100.")
    return objections


def objections_to_panel(
    *, evaluators: int, has_moderator: bool, moderator_scores: bool
) -> list[str]:
    objections = []
    if evaluators < FEWEST_EVALUATORS:
        objections.append(f"The panel needs at least {FEWEST_EVALUATORS} evaluators.")
    if not has_moderator:
        objections.append("The panel needs a moderator.")
    if moderator_scores:
        objections.append("The moderator may not be one of the evaluators.")
    return objections


def objections_to_deadline(*, at: datetime, closes_at: datetime, earliest_day: date) -> list[str]:
    """Ten days to bid, in full, and to the end of the statutory period (R2.11).

    ``earliest_day`` is the day on which the period ends; both moments are in London time.
    """
    is_short = closes_at - at < SHORTEST_TIME or closes_at.date() < earliest_day
    return ["The closing date leaves bidders too little time."] if is_short else []


def objections_to_publication(
    *, state: TenderState, is_drafter: bool, invitees: int, others: Iterable[str]
) -> list[str]:
    """``others`` are the objections to the terms, criteria, panel and deadline."""
    objections = objections_to_move(state, TenderState.PUBLISHED)
    if is_drafter:
        objections.append("A tender is published by a person other than the one who drafted it.")
    if not invitees:
        objections.append("No provider is admitted to this lot.")
    return [*objections, *others]


# ── Bidding ──────────────────────────────────────────────────────────────────────────────────


def objections_to_bidding(
    *, state: TenderState, closes_at: datetime, now: datetime, is_admitted: bool
) -> list[str]:
    """``now`` is the database's time under the tender's lock; the deadline itself is too late."""
    objections = []
    if state != TenderState.PUBLISHED:
        objections.append("This tender is not open for bids.")
    elif now >= closes_at:
        objections.append("The deadline for bids has passed.")
    if not is_admitted:
        objections.append("Your organisation is not admitted to this lot.")
    return objections


def objections_to_price(
    *, weekly_pence: int | None, ceiling_pence: int, list_pence: int | None
) -> list[str]:
    """Bidders may only go down from their price list (R10.3), and never over the ceiling."""
    if weekly_pence is None:
        return []
    objections = []
    if weekly_pence <= 0:
        objections.append("The weekly price must be more than nothing.")
    if weekly_pence > ceiling_pence:
        objections.append("The weekly price is above the ceiling of the lot.")
    if list_pence is not None and weekly_pence > list_pence:
        objections.append("The weekly price is above the one on your price list.")
    return objections


def objections_to_answers(*, answers: Iterable[tuple[str, str, int]]) -> list[str]:
    """``answers`` are the name of the criterion, the text, and the most words allowed."""
    return [
        f"The answer on “{name}” is longer than its word limit."
        for name, text, limit in answers
        if words(text) > limit
    ]


def objections_to_gaps(
    *, answers: Iterable[tuple[str, str]], weekly_pence: int | None
) -> list[str]:
    """What a bid lacks before it can be submitted."""
    objections = [
        f"The question on “{name}” is not answered." for name, text in answers if not text
    ]
    if weekly_pence is None:
        objections.append("The weekly price is missing.")
    return objections


def objections_to_withdrawal(*, has_bid: bool) -> list[str]:
    return [] if has_bid else ["There is no bid to withdraw."]


def objections_to_clarification(
    *, state: TenderState, closes_at: datetime, at: datetime
) -> list[str]:
    if state == TenderState.PUBLISHED and at < closes_at:
        return []
    return ["Questions can be asked only while the tender is open for bids."]


def objections_to_answer(*, state: TenderState, is_answered: bool) -> list[str]:
    objections = []
    if state != TenderState.PUBLISHED:
        objections.append("Questions can be answered only before the bids are opened.")
    if is_answered:
        objections.append("This question has been answered.")
    return objections


# ── Opening ──────────────────────────────────────────────────────────────────────────────────


def objections_to_opening(
    *,
    state: TenderState,
    closes_at: datetime,
    now: datetime,
    has_interest: bool | None,
    has_approved: bool,
    are_all_commissioners: bool,
) -> list[str]:
    """``are_all_commissioners``: with this person, every approver so far is one (SoD 7)."""
    objections = objections_to_move(state, TenderState.OPENED)
    if not objections and now < closes_at:
        objections.append("Bids may be opened only after the closing time.")
    if has_approved:
        objections.append("You have approved the opening. Another officer must approve it too.")
    elif are_all_commissioners:
        objections.append("One of the two officers must be from outside commissioning.")
    return objections + objections_to_interest(has_interest=has_interest)


# ── Scoring, moderation, lock ────────────────────────────────────────────────────────────────


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
    """``missing`` answers have no consensus score yet."""
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


# ── Award ────────────────────────────────────────────────────────────────────────────────────


def objections_to_recommendation(
    *, state: TenderState, is_on_panel: bool, has_interest: bool | None, is_model_intact: bool
) -> list[str]:
    objections = objections_to_move(state, TenderState.RECOMMENDED)
    if is_on_panel:
        objections.append("An award is recommended by a person who is not on the panel.")
    return (
        objections
        + objections_to_model(is_intact=is_model_intact)
        + objections_to_interest(has_interest=has_interest)
    )


def objections_to_winner(*, rank: int | None, is_admitted: bool) -> list[str]:
    """``rank`` is ``None`` for an excluded bid; only the first can be recommended (SoD 12)."""
    objections = []
    if rank != 1:
        objections.append("Only the bid ranked first can be recommended.")
    if not is_admitted:
        objections.append("This provider is no longer admitted to the lot.")
    return objections


def objections_to_approval(
    *,
    state: TenderState,
    is_on_panel: bool,
    is_recommender: bool,
    has_interest: bool | None,
    is_admitted: bool,
    consulted_on: date | None,
    today: date,
) -> list[str]:
    """``consulted_on`` is empty while the page is only shown."""
    objections = objections_to_move(state, TenderState.AWARDED)
    if is_recommender:
        objections.append("An award is approved by a person other than the one who recommended it.")
    if is_on_panel:
        objections.append("An award is approved by a person who is not on the panel.")
    if not is_admitted:
        objections.append("This provider is no longer admitted to the lot.")
    if consulted_on and consulted_on > today:
        objections.append("The consultation cannot be in the future.")
    return objections + objections_to_interest(has_interest=has_interest)


def objections_to_abandonment(*, state: TenderState, is_asker: bool) -> list[str]:
    objections = objections_to_move(state, TenderState.ABANDONED)
    if is_asker:
        objections.append("You asked for this. Another person must agree.")
    return objections
