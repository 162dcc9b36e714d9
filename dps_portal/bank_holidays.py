"""The calendars of the United Kingdom, from the bank holidays that GOV.UK publishes."""

from datetime import date

from govuk_bank_holidays.bank_holidays import BankHolidays

from .clock import Calendar

_PUBLISHED = BankHolidays(use_cached_holidays=True)


def _calendar(*divisions: str) -> Calendar:
    """A bank holiday in any of the divisions is not a working day."""
    days = {d: [h["date"] for h in _PUBLISHED.get_holidays(division=d)] for d in divisions}
    return Calendar(
        holidays=frozenset(day for dates in days.values() for day in dates),
        known_from=date(max(min(dates).year for dates in days.values()), 1, 1),
        known_until=date(min(max(dates).year for dates in days.values()), 12, 31),
    )


ENGLAND_AND_WALES = _calendar(BankHolidays.ENGLAND_AND_WALES)
UK_ANY = _calendar(
    BankHolidays.ENGLAND_AND_WALES, BankHolidays.SCOTLAND, BankHolidays.NORTHERN_IRELAND
)
CALENDARS = {"england-and-wales": ENGLAND_AND_WALES, "uk-any": UK_ANY}
