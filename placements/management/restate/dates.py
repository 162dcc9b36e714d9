"""Dates: deadlines, reminders, months, and facts that contradict each other."""

from datetime import datetime, time, timedelta
from typing import Any

from dps_portal.bank_holidays import ENGLAND_AND_WALES
from dps_portal.clock import ONE_DAY, BeyondCalendar, add_months
from dps_portal.json_command import Field
from placements.rules import NoPriceForDate, total

from .reading import MOST_NIGHTS, period, stay

REMINDERS = (28, 14, 7, 0)
OK = {"result": "OK"}


def deadline(inputs: Field) -> dict[str, Any]:
    """Working days from the day that counts as the day of receipt (money.md §9)."""
    received: datetime = inputs.get("received_local").moment()
    cutoff = inputs.find("cutoff")
    calendar = inputs.find("calendar")
    if calendar:
        calendar.choice("England and Wales")
    try:
        effective = ENGLAND_AND_WALES.received_on(
            received, cutoff=clock_time(cutoff) if cutoff else time(13)
        )
        due = ENGLAND_AND_WALES.due(
            effective, inputs.get("working_days").integer(least=1, most=2_000)
        )
    except BeyondCalendar as error:
        raise inputs.get("received_local").wrong(str(error)) from error
    return {"effective_date": effective.isoformat(), "due_date": due.isoformat()}


def clock_time(field: Field) -> time:
    try:
        return time.fromisoformat(field.text())
    except ValueError as error:
        raise field.wrong("must be a time such as 13:00") from error


def reminders(inputs: Field) -> dict[str, Any]:
    until = inputs.get("funded_until").date()
    asked = inputs.find("days_before")
    steps = [one.integer(most=366) for one in asked.items()] if asked else REMINDERS
    return {"reminders": [(until - timedelta(days=step)).isoformat() for step in steps]}


def first_funding(inputs: Field) -> dict[str, Any]:
    """Calendar months from the admission, clipped to the end of the month, or nights (R4)."""
    start = inputs.get("admission").date()
    months, nights = inputs.find("months"), inputs.find("nights")
    end = add_months(start, months.integer(most=120) if months else 0)
    end += ONE_DAY * (nights.integer(most=MOST_NIGHTS) if nights else 0)
    return {"funded_until": end.isoformat(), "nights": (end - start).days}


def overlap(inputs: Field) -> dict[str, Any]:
    """Half-open stays that touch do not overlap (V07)."""
    (start, end), (new_start, new_end) = period(inputs.get("existing")), period(inputs.get("new"))
    return {"result": "OVERLAP"} if start < new_end and new_start < end else OK


def price_for_every_night(inputs: Field) -> dict[str, Any]:
    try:
        total(stay(inputs).nights())
    except NoPriceForDate as missing:
        return {"result": f"NO_PRICE_FOR_DATE {missing.day.isoformat()}"}
    return OK


def discharge_after_admission(inputs: Field) -> dict[str, Any]:
    if inputs.get("discharge").date() < inputs.get("admission").date():
        return {"result": "DISCHARGE_BEFORE_ADMISSION"}
    return OK


def second_discharge(inputs: Field) -> dict[str, Any]:
    """The same fact twice is one fact; a different one needs a correction (money.md §4)."""
    event = inputs.get("event")
    word, _, told = event.text().partition(" ")
    if word != "discharge":
        raise event.wrong("must be a discharge and its date")
    same = Field(told, event.path).date() == inputs.get("existing_discharge").date()
    return OK if same else {"result": "CONFLICT_ALREADY_DISCHARGED"}
