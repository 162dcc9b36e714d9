"""What the provider said in its return, beside what we count."""

from collections.abc import Callable

from dps_portal.money import MINUS
from dps_portal.reports.scorecards import Card

from .measure import NOTHING, Line, Measure, figure


def _returned(name: str) -> Callable[[Card], int | None]:
    return lambda card: card.returned and getattr(card.returned, name)


def _difference(card: Card) -> int | None:
    return card.returned and card.returned.nights_stayed - card.nights


def _difference_lines(card: Card) -> list[Line]:
    more = _difference(card)
    if more is None:
        return [NOTHING]
    return [f"+{more}" if more > 0 else f"{MINUS}{-more}" if more else "0"]


RETURNED = (
    figure(
        "Return",
        "Due ten working days after the quarter. The figures below are those that stand now.",
        lambda card: card.return_state,
    ),
    figure(
        "Nights stayed, as returned",
        "By the people we placed.",
        _returned("nights_stayed"),
    ),
    figure(
        "Nights stayed, our count",
        "From our records: up to the night before the exit, without nights away.",
        lambda card: card.nights,
    ),
    Measure(
        "Nights stayed, difference",
        "What was returned less our count. Ask where it is not 0.",
        _difference_lines,
        {"Nights stayed, difference": _difference},
    ),
    *(
        figure(name, means, _returned(field))
        for field, name, means in (
            ("complaints", "Complaints", "By or about the people we placed."),
            ("safeguarding_concerns", "Safeguarding concerns", "Raised in the quarter."),
            ("serious_incidents", "Serious incidents", "In the quarter."),
            ("staff_vacancies", "Staff vacancies", "Posts on the last day of the quarter."),
        )
    ),
)
