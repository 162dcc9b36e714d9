"""What a financial year will come to, on three lines against its ceiling (money.md §7).

Every night in the year goes into one part, at the pence that the stay's telescoping series gives
it. A part is rounded once; a line is a sum of rounded parts, so lines and parts always agree.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from fractions import Fraction
from itertools import accumulate

from dps_portal.clock import ONE_DAY, year_start
from dps_portal.money import half_up

from .costs import NoPriceForDate, OneOff, Stay, days, price_on, split

NIGHTS_IN_WEEK = 7
ENOUGH_DISCHARGES = 20
CERTAIN = Fraction(1)


@dataclass(frozen=True)
class Assumptions:
    """The council's figures; those with a default are seeds of money.md §7 and R16."""

    show_rate: Fraction  # of people approved, how many arrive
    extension_rate: Fraction  # of stays that reach the end of their funding, how many go on
    further_admissions: Fraction  # in the rest of the year, of people not yet known
    mean_stay_nights: Fraction  # as actually stayed
    mean_weekly_pence: Fraction
    extension_nights: int = 28
    planned_rate: Fraction = Fraction(78, 100)
    unplanned_share: Fraction = Fraction(35, 100)  # of funded nights, used by unplanned leavers


@dataclass(frozen=True)
class Experience:
    """Past exits: the nights they stayed of the nights they were funded for."""

    discharges: int = 0
    actual_nights: int = 0
    funded_nights: int = 0


@dataclass(frozen=True)
class Holding:
    """A placement with approved money."""

    name: str
    stay: Stay
    is_admitted: bool
    one_offs: tuple[OneOff, ...] = ()


@dataclass(frozen=True)
class Asked:
    """A request not decided yet, and the stay as it would then be.

    Where a holding has the same ``name``, only what the request adds to it counts.
    """

    name: str
    stay: Stay
    chance: Fraction
    one_offs: tuple[OneOff, ...] = ()


@dataclass(frozen=True)
class YearFacts:
    """Of one financial year, as they stand on ``as_of``."""

    year: int
    as_of: date
    ceiling_pence: int
    holdings: tuple[Holding, ...] = ()
    requests: tuple[Asked, ...] = ()
    prior_years: tuple[OneOff, ...] = ()  # corrections of closed years, posted in this one (R23)
    experience: Experience = field(default_factory=Experience)

    @property
    def start(self) -> date:
        return year_start(self.year)

    @property
    def end(self) -> date:
        return year_start(self.year + 1)

    @property
    def horizon(self) -> int:
        """Nights of the year still to come."""
        return max((self.end - max(self.as_of, self.start)).days, 0)


class ForecastPart(StrEnum):
    PRIOR_YEARS = "prior_years"
    ACCRUED = "accrued"
    RESIDENTS = "residents"
    APPROVED = "approved"
    PENDING = "pending"
    EXTENSIONS = "extensions"
    UNIDENTIFIED = "unidentified"


PROMISED = (
    ForecastPart.PRIOR_YEARS,
    ForecastPart.ACCRUED,
    ForecastPart.RESIDENTS,
    ForecastPart.APPROVED,
)


@dataclass(frozen=True)
class Component:
    """One part of the forecast: in full, and as likely."""

    part: ForecastPart
    full_pence: int
    likely_pence: int


@dataclass(frozen=True)
class ForecastLine:
    """Where the year ends on one reading; ``path`` is the sum up to and with each night."""

    ceiling_pence: int
    path: tuple[tuple[date, int], ...]

    @property
    def pence(self) -> int:
        return self.path[-1][1]

    @property
    def headroom_pence(self) -> int:
        return self.ceiling_pence - self.pence

    @property
    def reached_on(self) -> date | None:
        """The first night that brings the line to its ceiling or beyond."""
        reached = (day for day, pence in self.path if pence and pence >= self.ceiling_pence)
        return next(reached, None)


@dataclass(frozen=True)
class Forecast:
    """``committed`` is legally promised; ``likely`` is expected; ``prudent`` leaves nothing out."""

    facts: YearFacts
    assumptions: Assumptions
    used_share: Fraction
    components: tuple[Component, ...]
    committed: ForecastLine
    likely: ForecastLine
    prudent: ForecastLine


@dataclass(frozen=True)
class Effect:
    """What one more approval would do to the year."""

    before: Forecast
    after: Forecast

    @property
    def added_pence(self) -> int:
        return self.after.committed.pence - self.before.committed.pence


def used_share(assumptions: Assumptions, experience: Experience) -> Fraction:
    """``u``, the share of funded nights that is used: as observed, once enough people have left."""
    if experience.discharges >= ENOUGH_DISCHARGES and experience.funded_nights:
        return Fraction(experience.actual_nights, experience.funded_nights)
    planned = assumptions.planned_rate
    return planned + (1 - planned) * assumptions.unplanned_share


def unidentified_demand(assumptions: Assumptions, *, nights: int, horizon: int) -> Fraction:
    """Pence, in the first ``nights`` of ``horizon``, of people who are not known yet.

    They arrive evenly, so that the beds in use grow for one mean stay and are level after it. Over
    the whole horizon: N × (S − S²/2H) × weekly/7, or N × H/2 × weekly/7 where S is beyond H.
    """
    stay = assumptions.mean_stay_nights
    growing = min(Fraction(nights), stay)
    bed_nights = growing * growing / 2 + stay * (nights - growing)
    arrivals = assumptions.further_admissions / horizon if horizon else Fraction(0)
    return arrivals * bed_nights * assumptions.mean_weekly_pence / NIGHTS_IN_WEEK


def forecast_year(facts: YearFacts, assumptions: Assumptions) -> Forecast:
    """The parts and lines of a year. Raises ``NoPriceForDate``."""
    used = used_share(assumptions, facts.experience)
    full: dict[ForecastPart, dict[date, Fraction]] = {
        part: defaultdict(Fraction) for part in ForecastPart
    }
    likely: dict[ForecastPart, dict[date, Fraction]] = {
        part: defaultdict(Fraction) for part in ForecastPart
    }
    for part, day, pence, weight in _amounts(facts, assumptions, used):
        if facts.start <= day < facts.end:
            full[part][day] += pence
            likely[part][day] += pence * weight
    so_far = {part: _so_far(facts, full[part]) for part in ForecastPart}
    likely_so_far = {part: _so_far(facts, likely[part]) for part in ForecastPart}
    return Forecast(
        facts=facts,
        assumptions=assumptions,
        used_share=used,
        components=tuple(
            Component(part, so_far[part][-1], likely_so_far[part][-1]) for part in ForecastPart
        ),
        committed=_line(facts, (so_far[part] for part in PROMISED)),
        likely=_line(facts, likely_so_far.values()),
        prudent=_line(facts, so_far.values()),
    )


def effect_of(facts: YearFacts, assumptions: Assumptions, *, approved: Holding) -> Effect:
    """With ``approved`` in place of the holding, and of the request, of its name."""
    after = replace(
        facts,
        holdings=(*(one for one in facts.holdings if one.name != approved.name), approved),
        requests=tuple(one for one in facts.requests if one.name != approved.name),
    )
    return Effect(forecast_year(facts, assumptions), forecast_year(after, assumptions))


Amount = tuple[ForecastPart, date, Fraction | int, Fraction]


def _amounts(facts: YearFacts, assumptions: Assumptions, used: Fraction) -> Iterator[Amount]:
    """(part, day, pence in full, share of it that is likely), of any year."""
    for charge in facts.prior_years:
        yield ForecastPart.PRIOR_YEARS, charge.on, charge.pence, CERTAIN
    held = {one.name: one for one in facts.holdings}
    ends_asked = {one.name: one.stay.funded_end for one in facts.requests}
    for one in facts.holdings:
        shows = CERTAIN if one.is_admitted else assumptions.show_rate
        yield from _held(one, facts.as_of, shows=shows, used=used)
        goes_on = ends_asked.get(one.name, one.stay.funded_end) > one.stay.funded_end
        if one.stay.discharge is None and not goes_on:  # what is asked for is not expected twice
            weight = assumptions.extension_rate * shows * used
            for day, pence in _extension(one.stay, assumptions.extension_nights):
                yield ForecastPart.EXTENSIONS, day, pence, weight
    for request in facts.requests:
        holding = held.get(request.name)
        here = holding is not None and holding.is_admitted
        chance = request.chance * (CERTAIN if here else assumptions.show_rate)
        yield from _pending(request, holding, chance=chance, used=used)
    start = max(facts.as_of, facts.start)
    earlier = Fraction(0)
    for number in range(facts.horizon):
        now = unidentified_demand(assumptions, nights=number + 1, horizon=facts.horizon)
        yield ForecastPart.UNIDENTIFIED, start + ONE_DAY * number, now - earlier, CERTAIN
        earlier = now


def _held(one: Holding, as_of: date, *, shows: Fraction, used: Fraction) -> Iterator[Amount]:
    """What has accrued is certain, and so is the notice of a person who left."""
    part = ForecastPart.RESIDENTS if one.is_admitted else ForecastPart.APPROVED
    weight = CERTAIN if one.stay.discharge else shows * used
    for day, pence in _by_night(one.stay).items():
        accrued = one.is_admitted and day < as_of
        yield (ForecastPart.ACCRUED, day, pence, CERTAIN) if accrued else (part, day, pence, weight)
    for charge in one.one_offs:
        accrued = one.is_admitted and charge.on < as_of
        yield ForecastPart.ACCRUED if accrued else part, charge.on, charge.pence, shows


def _extension(stay: Stay, nights: int) -> Iterator[tuple[date, Fraction]]:
    """The nights that would follow the funding, at the price in force on the first of them."""
    start = stay.funded_end
    weekly_pence = price_on(stay.prices, start)
    if weekly_pence is None:
        raise NoPriceForDate(start)
    for day in days(start, start + ONE_DAY * nights):
        yield day, Fraction(weekly_pence, NIGHTS_IN_WEEK)


def _pending(
    request: Asked, holding: Holding | None, *, chance: Fraction, used: Fraction
) -> Iterator[Amount]:
    old = _by_night(holding.stay) if holding else {}
    new = _by_night(request.stay)
    for day in sorted({*old, *new}):
        yield ForecastPart.PENDING, day, new.get(day, 0) - old.get(day, 0), chance * used
    for charge in request.one_offs:
        yield ForecastPart.PENDING, charge.on, charge.pence, chance


def _by_night(stay: Stay) -> dict[date, int]:
    return split(stay.nights(), lambda day: day)


def _so_far(facts: YearFacts, amounts: Mapping[date, Fraction]) -> list[int]:
    """The rounded sum up to and with each night of the year."""
    amounts_by_night = (amounts.get(day, Fraction(0)) for day in days(facts.start, facts.end))
    return [half_up(pence) for pence in accumulate(amounts_by_night)]


def _line(facts: YearFacts, parts: Iterable[list[int]]) -> ForecastLine:
    sums = (sum(pence) for pence in zip(*parts, strict=True))
    return ForecastLine(
        facts.ceiling_pence, tuple(zip(days(facts.start, facts.end), sums, strict=True))
    )
