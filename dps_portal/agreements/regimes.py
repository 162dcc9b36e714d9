"""The law as data: statutory periods and permitted moves, each with its citation (design §3)."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from dps_portal.bank_holidays import ENGLAND_AND_WALES
from dps_portal.clock import Calendar

# PCR 2015 systems: validity may not change after the first, none lives past the second (R1.2).
VALIDITY_FREEZE = date(2026, 2, 23)
BACKSTOP = date(2029, 2, 23)


@dataclass(frozen=True)
class Period:
    """A number of days after a day that is not itself counted."""

    days: int
    working: bool
    calendar: Calendar

    def ends_on(self, start: date) -> date:
        """A period of calendar days that ends on a non-working day runs to the next working day."""
        if self.working:
            return self.calendar.due(start, self.days)
        return self.calendar.on_or_after(start + timedelta(days=self.days))


@dataclass(frozen=True)
class Regime:
    key: str
    name: str
    has_rounds: bool  # applications only while a published round is open
    decide_application: Period
    decide_application_extended: Period
    refresh_declaration: Period
    give_reasons_days: int
    minimum_tender: Period
    standstill: Period | None
    voluntary_standstill: Period  # where the council chooses one
    first_requests: Period | None  # the least time for the first requests, after the notice

    def as_published(self, *, has_rounds: bool | None, **days: int | None) -> "Regime":
        """With the figures that a notice published; ``None`` leaves the regime's own (R1.3)."""
        figures = {
            name: replace(getattr(self, name), days=figure)
            for name, figure in days.items()
            if figure is not None
        }
        return replace(
            self, has_rounds=self.has_rounds if has_rounds is None else has_rounds, **figures
        )


STRICT = Regime(
    key="PCR_2015_REG_34",
    name="PCR 2015 regulation 34",
    has_rounds=False,  # reg 34(2), (15): open for the whole term
    # reg 34(16)-(17); R2.5
    decide_application=Period(10, working=True, calendar=ENGLAND_AND_WALES),
    decide_application_extended=Period(15, working=True, calendar=ENGLAND_AND_WALES),
    # reg 34(25); R2.13
    refresh_declaration=Period(5, working=True, calendar=ENGLAND_AND_WALES),
    # reg 55(2); R4.4
    give_reasons_days=15,
    # reg 34(11); R2.11
    minimum_tender=Period(10, working=False, calendar=ENGLAND_AND_WALES),
    # reg 86(5)(c): none for contracts under a DPS; R4.5
    standstill=None,
    # regs 86(2), 87(2): 10 days after the sending, to midnight at the end of a working day; R4.5
    voluntary_standstill=Period(10, working=False, calendar=ENGLAND_AND_WALES),
    # reg 34(9): 30 days from the dispatch of the notice; R2.4
    first_requests=Period(30, working=False, calendar=ENGLAND_AND_WALES),
)
# regs 74-76: the council's own procedure, as its notice published it; R1.3
LIGHT_TOUCH = replace(
    STRICT,
    key="PCR_2015_LIGHT_TOUCH",
    name="PCR 2015 light touch, as published",
    has_rounds=True,
    first_requests=None,  # any reasonable period that was published (reg 76(6))
)
REGIMES = {regime.key: regime for regime in (STRICT, LIGHT_TOUCH)}
