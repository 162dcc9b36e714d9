"""Questions about a tender: until when, and that nobody can tell who asked."""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from dps_portal.clock import Calendar
from dps_portal.identifiers import hints_in, identifiers_in
from tenders.states import TenderState

WORKING_DAYS = 3  # for the answers, before bids close
LEGAL_FORM = re.compile(r"[\s,]+(?:ltd|limited|llp|plc|cic|cio|c\.i\.c)\.?$", re.IGNORECASE)


def last_question_day(closes_on: date, calendar: Calendar) -> date:
    """The third working day before the day on which bids close."""
    day, left = closes_on, WORKING_DAYS
    while left:
        day -= timedelta(days=1)
        left -= calendar.is_working_day(day)
    return day


def questions_until(
    *, published_at: datetime, closes_at: datetime, third_day_before: datetime
) -> datetime:
    """When questions end: never before half of the time for bidding is over. All in UTC."""
    return max(third_day_before, published_at + (closes_at - published_at) / 2)


def objections_to_clarification(
    *, state: TenderState, closes_at: datetime, questions_until: datetime | None, at: datetime
) -> list[str]:
    """``questions_until`` is itself too late; a draft has none."""
    if state != TenderState.PUBLISHED or questions_until is None or at >= closes_at:
        return ["Questions can be asked only while the tender is open for bids."]
    if at >= questions_until:
        return [
            "The time for questions is over, so that every answer comes before the deadline. You "
            "can still bid."
        ]
    return []


def objections_to_answer(*, state: TenderState, is_answered: bool) -> list[str]:
    objections = []
    if state != TenderState.PUBLISHED:
        objections.append("Questions can be answered only before the bids are opened.")
    if is_answered:
        objections.append("This question has been answered.")
    return objections


def names_in(text: str, names: Iterable[str]) -> list[str]:
    """Those of ``names`` that the text mentions, with or without their legal form."""
    return [
        name
        for name in names
        if re.search(rf"(?<!\w){re.escape(LEGAL_FORM.sub('', name))}(?!\w)", text, re.IGNORECASE)
    ]


def objections_to_wording(texts: Iterable[str], *, invited: Iterable[str]) -> list[str]:
    """What is sent to everyone names no invitee, who may have asked, and nobody's number.

    Whether the one that is named asked is not told, since those who answer do not know it.
    """
    text, invited = "\n".join(texts), list(invited)
    return [
        *(
            f"{found} Take it out: everyone who was invited reads this."
            for found in identifiers_in(text)
        ),
        *(
            f"“{name}” is invited to this tender. Leave it out: nobody must be able to tell who "
            "asked."
            for name in names_in(text, invited)
        ),
    ]


def warnings_of_question(text: str, *, invited: Iterable[str]) -> list[str]:
    """What an officer should look at before everyone reads the question."""
    return [*objections_to_wording([text], invited=invited), *hints_in(text)]
