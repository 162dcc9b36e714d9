"""``manage.py working_days FILE``: when a number of working days is over (design §6)."""

from dps_portal.bank_holidays import CALENDARS
from dps_portal.clock import BeyondCalendar
from dps_portal.json_command import Field, JsonCommand

MOST_DAYS = 10_000


def due(asked: Field) -> dict[str, str]:
    """``{"due": "2027-01-08"}``; ``counts_first_day`` counts a first working day as day one."""
    asked.only("from", "days", "calendar", "counts_first_day", "due")
    start = asked.get("from").date()
    days = asked.get("days").integer(least=1, most=MOST_DAYS)
    calendar = CALENDARS[asked.get("calendar").choice(*CALENDARS)]
    counts_first_day = asked.find("counts_first_day")
    try:
        day = (
            calendar.nth_working_day(days, counting_from=start)
            if counts_first_day and counts_first_day.truth()
            else calendar.due(start, days)
        )
    except BeyondCalendar as error:
        raise asked.get("from").wrong(str(error)) from error
    return {"due": day.isoformat()}


class Command(JsonCommand):
    help = "Computes working-day deadlines from a JSON object, or a list of them."

    def answer(self, given: Field):
        if isinstance(given.value, list):
            return [due(asked) for asked in given.items()]
        return due(given)
