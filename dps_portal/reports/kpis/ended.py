"""How stays ended."""

from collections.abc import Callable

from dps_portal.reports import rules
from dps_portal.reports.measures import EARLY_NIGHTS, MONTHS_FOR_RETURN, Departure
from dps_portal.reports.scorecards import Card

from .measure import Line, Measure, Rows, columns_of, figure, middle, share

COLOURS = {"Green": "green", "Amber": "yellow", "Red": "red"}
THRESHOLDS = (
    f"Green from {rules.GREEN_FROM}%, amber from {rules.AMBER_FROM}% to {rules.GREEN_FROM - 1}%, "
    f"red below {rules.AMBER_FROM}%."
)


def planned(card: Card) -> rules.Share:
    return rules.Share(card.outcome.planned, card.outcome.counted)


def interval(card: Card) -> str:
    between = card.outcome.interval
    return "" if between is None else "{} to {}".format(*between)


def colour(card: Card) -> str:
    return rules.planned_exit_colour(card.outcome.rate)


def tag(card: Card) -> list[Line]:
    """The colour in words, for those who do not see it."""
    return [{"text": colour(card), "tag": COLOURS[colour(card)]}] if colour(card) else []


def _planned_lines(card: Card) -> list[Line]:
    share = planned(card)
    first: Line = Rows(str(share), "planned_exits") if share.count else str(share)
    return [first, *([f"95% interval {interval(card)}%"] if share.of else []), *tag(card)]


def of_counted(what: str) -> Callable[[Card], rules.Share]:
    """How many of the stays that are counted have the property."""
    return lambda card: rules.Share(
        sum(getattr(one, what) for one in card.counted), len(card.counted)
    )


def _early(card: Card) -> rules.Share:
    return rules.Share(sum(one.is_early for one in card.unplanned), len(card.counted))


def _nights(card: Card) -> rules.Middle | None:
    return rules.middle(one.nights for one in card.counted if one.nights is not None)


def _left(card: Card) -> list[Departure]:
    """Who left the programme and not only this provider."""
    return [one for one in card.counted if not one.is_transfer]


def _back(card: Card) -> rules.Share:
    return rules.Share(sum(one.is_back for one in _left(card)), len(_left(card)))


def _back_lines(card: Card) -> list[Line]:
    """Without a percentage until six months are over for all."""
    share = _back(card)
    is_settled = all(one.back_by < card.today for one in _left(card))
    return [str(share) if is_settled else f"{share.count} of {share.of} so far"]


ENDED = (
    figure(
        "Admissions",
        "First nights in the quarter. A transfer from another provider is none.",
        lambda card: len(card.arrived),
        "admissions",
    ),
    Measure(
        "Planned exits",
        "Of the stays counted, those that ended as agreed by both sides. Counted are all that "
        "ended in the quarter but for deaths and closures; a withdrawal by the provider is "
        "unplanned if the agreement says so. The 95% interval says how far chance alone may move "
        "the rate.",
        _planned_lines,
        columns_of("Planned exits", planned)
        | {"Planned exits, 95% interval": interval, "Planned exits, colour": colour},
        threshold=THRESHOLDS,
    ),
    share(
        "Unplanned exits",
        "The others of the stays counted.",
        lambda card: rules.Share(card.outcome.unplanned, card.outcome.counted),
        "unplanned_exits",
    ),
    share(
        f"Unplanned in the first {EARLY_NIGHTS} days",
        "Of the stays counted, those that ended unplanned on one of these days. The day of "
        "admission is the first.",
        _early,
    ),
    figure(
        "Exits left out",
        "Deaths and closures, and withdrawals that the agreement does not count.",
        lambda card: card.outcome.excluded,
        "excluded_exits",
    ),
    middle(
        "Length of stay, mean nights",
        "Of the stays counted, from admission to exit; the night of the exit is none.",
        _nights,
        part="mean",
        of=("stay", "stays"),
    ),
    middle(
        "Length of stay, median nights",
        "As many of the stays counted were longer as were shorter.",
        _nights,
        part="median",
        of=("stay", "stays"),
    ),
    share(
        "Stayed to the end of the first funding",
        "Of the stays counted, those that lasted as long as was funded when the person came, "
        "however the funding changed later.",
        of_counted("reached_term"),
    ),
    Measure(
        f"Readmitted within {MONTHS_FOR_RETURN} months",
        "Of the stays counted but for transfers, those whose person was admitted again within six "
        "months of the exit, by any provider. So far, while six months are not over for all.",
        _back_lines,
        columns_of(f"Readmitted within {MONTHS_FOR_RETURN} months", _back),
    ),
)
