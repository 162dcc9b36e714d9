"""How long people waited, and what was recorded in time."""

from collections.abc import Callable

from dps_portal.reports import rules
from dps_portal.reports.measures import Timeliness
from dps_portal.reports.scorecards import Card

from .ended import of_counted
from .measure import Line, Measure, Rows, columns_of, middle, share


def _waits(what: str) -> Callable[[Card], rules.Middle | None]:
    def read(card: Card) -> rules.Middle | None:
        days = (getattr(one, what) for one in card.arrived)
        return rules.middle(number for number in days if number is not None)

    return read


def _in_time(name: str, means: str, figure: str, read: Callable[[Card], Timeliness]) -> Measure:
    def share(card: Card) -> rules.Share:
        return rules.Share(read(card).on_time, read(card).count)

    def lines(card: Card) -> list[Line]:
        late = read(card).late
        return [str(share(card)), *([Rows(f"{late} late", figure)] if late else [])]

    return Measure(name, means, lines, columns_of(name, share))


RECORDS = (
    middle(
        "Referral to funding decision, median days",
        "Of those admitted in the quarter, from the day the referral was received to the approval "
        "of the first funding. The council’s time, not the provider’s.",
        _waits("days_to_decision"),
        part="median",
        of=("person", "people"),
    ),
    middle(
        "Funding decision to admission, median days",
        "Of the same people, from that approval to the first night.",
        _waits("days_to_admission"),
        part="median",
        of=("person", "people"),
    ),
    _in_time(
        "Answers to offers in time",
        "Of the offers to be answered by a day in the quarter. One without an answer is late once "
        "that day has passed.",
        "replies_late",
        lambda card: card.replies_in_time,
    ),
    _in_time(
        "Discharge reports in time",
        "Of the stays that ended in the quarter. One without a report is late once the report was "
        "due.",
        "discharge_reports_late",
        lambda card: card.reports_in_time,
    ),
    share(
        "Outcome scores at start and exit",
        "Of the stays counted, those with all three scales of the Treatment Outcomes Profile. Both "
        "ends of a scale are entered together, so one without the other is not recorded.",
        of_counted("is_scored"),
    ),
    share(
        "Aftercare agreed at exit",
        "Of the stays counted, those for which the exit says so.",
        of_counted("aftercare_agreed"),
    ),
)
