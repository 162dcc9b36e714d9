"""The recommendation and the decision."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime

from tenders.states import TenderState

from .bidding import words
from .evaluation import FEWEST_WORDS, objections_to_model
from .moves import objections_to_interest, objections_to_move

UNDECLARED = "{} has been asked to renew its declaration, and still has time to."


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


def objections_to_winners(
    *,
    chosen: Sequence[str],
    expected: Sequence[str],
    places: int | None,
    excluded: Collection[str],
    not_admitted: Iterable[str],
    unexplained: Iterable[str],
    departure: str,
    draw: str,
) -> list[str]:
    """Bids by the provider's name; ``expected`` are those of the published basis (SoD 12).

    ``places`` is how many it awards, or nothing where it awards to all; more are expected than
    that only where the published tie-break leaves a tie. ``unexplained`` prices are abnormally
    low and not yet accepted or rejected.
    """
    objections = [] if chosen else ["Choose at least one bid."]
    objections += [
        f"{name} is excluded and cannot be awarded." for name in chosen if name in excluded
    ]
    objections += [f"{name} is no longer admitted to the lot." for name in not_admitted]
    objections += [
        f"The price of {name} is abnormally low. Ask for an explanation and decide on it first."
        for name in unexplained
    ]
    if is_parted_by_lot(chosen=chosen, expected=expected, places=places):
        if words(draw) < FEWEST_WORDS:
            objections.append(
                "Equal bids are parted by drawing a lot. Record when, how and before whom it was "
                f"drawn, in {FEWEST_WORDS} words or more."
            )
    elif set(chosen) != set(expected) and words(departure) < FEWEST_WORDS:
        objections.append(
            f"The published basis names {_listed(expected)}. Choose as it says, or record why "
            f"not, in {FEWEST_WORDS} words or more; the person who decides must agree in writing."
        )
    return objections


def is_parted_by_lot(*, chosen: Sequence[str], expected: Sequence[str], places: int | None) -> bool:
    """Whether the choice is among more equal bids than there are places, and of nobody else."""
    is_tied = places is not None and len(expected) > places
    return is_tied and len(chosen) == places and set(chosen) < set(expected)


def _listed(names: Sequence[str]) -> str:
    return " and ".join(names) if names else "nobody"


def objections_to_approval(
    *,
    state: TenderState,
    is_on_panel: bool,
    is_recommender: bool,
    has_interest: bool | None,
    not_admitted: Iterable[str],
    undeclared: Iterable[str],
    overdue: Collection[str],
    consulted_on: date | None,
    departure: str,
    agreed: str | None,
    overdue_reason: str | None,
    today: date,
) -> list[str]:
    """``undeclared`` still have time to renew their declaration, ``overdue`` let it pass (R2.13).

    ``consulted_on``, ``agreed`` and ``overdue_reason`` are empty while the page is only shown.
    """
    # Where no standstill may begin, none may be cut short either.
    objections = objections_to_move(state, TenderState.STANDSTILL)
    if is_recommender:
        objections.append("An award is approved by a person other than the one who recommended it.")
    if is_on_panel:
        objections.append("An award is approved by a person who is not on the panel.")
    objections += [f"{name} is no longer admitted to the lot." for name in not_admitted]
    objections += [UNDECLARED.format(name) for name in undeclared]
    if overdue and overdue_reason is not None and words(overdue_reason) < FEWEST_WORDS:
        objections.append(
            f"The declaration of {_listed(sorted(overdue))} is overdue. Suspend first, or record "
            f"why the award goes on without it, in {FEWEST_WORDS} words or more."
        )
    if departure and agreed is not None and words(agreed) < FEWEST_WORDS:
        objections.append(
            "The recommendation departs from the published basis. Record why you agree, in "
            f"{FEWEST_WORDS} words or more."
        )
    if consulted_on and consulted_on > today:
        objections.append("The consultation cannot be in the future.")
    return objections + objections_to_interest(has_interest=has_interest)


def objections_to_confirmation(
    *,
    state: TenderState,
    is_on_panel: bool,
    is_recommender: bool,
    has_interest: bool | None,
    not_admitted: Iterable[str],
    undeclared: Iterable[str],
    overdue: Iterable[str],
    is_in_standstill: bool,
    is_challenged: bool,
) -> list[str]:
    """Of an award that was approved with a standstill (R4.5).

    ``overdue`` are declarations that the approval gave no reason to go on without.
    """
    if state != TenderState.STANDSTILL:
        return ["Only an award that was approved with a standstill is confirmed."]
    objections = []
    if is_in_standstill:
        objections.append("The standstill is not over yet.")
    if is_challenged:
        objections.append("A challenge to the award is not settled yet.")
    if is_recommender:
        objections.append(
            "An award is confirmed by a person other than the one who recommended it."
        )
    if is_on_panel:
        objections.append("An award is confirmed by a person who is not on the panel.")
    objections += [f"{name} is no longer admitted to the lot." for name in not_admitted]
    objections += [UNDECLARED.format(name) for name in undeclared]
    objections += [
        f"The declaration of {name} is overdue. It is renewed, or the provider suspended, before "
        "the contract is made."
        for name in overdue
    ]
    return objections + objections_to_interest(has_interest=has_interest)


# ── Abnormally low prices (R7.9) ─────────────────────────────────────────────────────────────


def objections_to_asking(
    *,
    state: TenderState,
    is_on_panel: bool,
    has_interest: bool | None,
    is_asked: bool,
    due_at: datetime | None,
    at: datetime,
) -> list[str]:
    """``due_at`` is empty while the page is only shown."""
    objections = _objections_outside(state)
    if is_on_panel:
        objections.append("Prices are checked by a person who is not on the panel.")
    if is_asked:
        objections.append("An explanation of this price has been asked for.")
    if due_at and due_at <= at:
        objections.append("The time to explain must lie ahead.")
    return objections + objections_to_interest(has_interest=has_interest)


def objections_to_explaining(*, state: TenderState, is_decided: bool) -> list[str]:
    objections = _objections_outside(state)
    if is_decided:
        objections.append("This price has been decided on.")
    return objections


def objections_to_deciding(
    *,
    state: TenderState,
    is_on_panel: bool,
    has_interest: bool | None,
    is_asked: bool,
    is_answered: bool,
    is_due: bool,
    is_decided: bool,
) -> list[str]:
    """Only once the bidder has answered, or let the time pass."""
    objections = _objections_outside(state)
    if is_on_panel:
        objections.append("Prices are checked by a person who is not on the panel.")
    if not is_asked:
        objections.append("A price is decided on only after an explanation was asked for.")
    elif not is_answered and not is_due:
        objections.append("The bidder still has time to explain.")
    if is_decided:
        objections.append("This price has been decided on.")
    return objections + objections_to_interest(has_interest=has_interest)


def _objections_outside(state: TenderState) -> list[str]:
    if state == TenderState.QUALITY_LOCKED:
        return []
    return ["Prices are checked between the quality lock and the recommendation."]
