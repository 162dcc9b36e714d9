"""When things happen in the story."""

from datetime import UTC, date, datetime, time


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=UTC)
