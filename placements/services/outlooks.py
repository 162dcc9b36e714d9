"""What a year will come to, read from the rows; page, CSV and kept run all show this one value."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from fractions import Fraction

from django.utils import timezone

from dps_portal.agreements.models import Agreement
from dps_portal.clock import ONE_DAY, add_months, in_words, year_label, year_start
from dps_portal.money import half_up
from placements import rules
from placements.models import BudgetYear, ForecastAssumptions, ForecastRun, FundingRequest

from .costs import one_offs_of
from .year_facts import asked_of, read_year

MONTHS = 12
PARTS = {
    rules.ForecastPart.PRIOR_YEARS: "Corrections of closed years",
    rules.ForecastPart.ACCRUED: "Nights stayed so far",
    rules.ForecastPart.RESIDENTS: "Nights to come of people in place",
    rules.ForecastPart.APPROVED: "Approved, not admitted yet",
    rules.ForecastPart.PENDING: "Requests not decided yet",
    rules.ForecastPart.EXTENSIONS: "Extensions not asked for yet",
    rules.ForecastPart.UNIDENTIFIED: "People not known yet",
}


@dataclass(frozen=True)
class Assumed:
    """A figure as it is in force, and where it comes from."""

    name: str
    label: str
    unit: str
    value: int
    source: str


@dataclass(frozen=True)
class Line:
    """One reading of the year; ``months`` is the sum at the end of each."""

    name: str
    pence: int
    headroom_pence: int
    reached_on: date | None
    months: tuple[int, ...]


@dataclass(frozen=True)
class Part:
    name: str
    full_pence: int
    likely_pence: int


@dataclass(frozen=True)
class Outlook:
    year: int
    as_of: date
    ceiling_pence: int
    used_per_mille: int  # of funded nights
    discharges: int  # behind it, where they are enough
    lines: tuple[Line, ...]
    parts: tuple[Part, ...]
    assumed: tuple[Assumed, ...]

    @property
    def label(self) -> str:
        return year_label(self.year)

    @property
    def used_percent(self) -> Fraction:
        return Fraction(self.used_per_mille, 10)

    @property
    def committed(self) -> Line:
        return self.lines[0]

    @property
    def likely(self) -> Line:
        return self.lines[1]

    @property
    def months(self) -> list[str]:
        start = year_start(self.year)
        return [f"{add_months(start, number):%b}" for number in range(MONTHS)]

    @property
    def series(self) -> list[tuple[str, list[int]]]:
        """Of the chart, which starts at nothing: the three lines and the ceiling they meet."""
        lines = [(line.name, [max(pence, 0) for pence in line.months]) for line in self.lines]
        return [*lines, ("Ceiling", [self.ceiling_pence] * MONTHS)]

    def results(self) -> dict:
        """All but the assumptions, as JSON values; ``outlook_of`` makes it again."""
        facts = asdict(self)
        del facts["assumed"]
        return json.loads(json.dumps(facts, default=str))


def outlook_of(run: ForecastRun) -> Outlook:
    """The forecast of a run, just as it was kept."""
    facts = run.results

    def line(name, pence, headroom_pence, reached_on, months) -> Line:
        day = date.fromisoformat(reached_on) if reached_on else None
        return Line(name, pence, headroom_pence, day, tuple(months))

    return Outlook(
        **{
            **facts,
            "as_of": run.as_of,
            "lines": tuple(line(**one) for one in facts["lines"]),
            "parts": tuple(Part(**part) for part in facts["parts"]),
            "assumed": tuple(Assumed(**one) for one in run.assumptions),
        }
    )


def outlook(budget: BudgetYear, as_of: date) -> Outlook:
    """The year as it stands, as seen from ``as_of``."""
    assumed = assumed_of(assumptions_of(budget.agreement))
    facts, assumptions = read_year(budget, as_of, {one.name: one.value for one in assumed})
    return _told(rules.forecast_year(facts, assumptions), assumed)


@dataclass(frozen=True)
class YearEffect:
    """What approving a request would do to one year."""

    before: Outlook
    after: Outlook


def effects_of(
    request: FundingRequest, years: Iterable[BudgetYear], as_of: date
) -> list[YearEffect]:
    """One ``YearEffect`` for each of the ``years``; the request counts as certain after it."""
    assumed = assumed_of(assumptions_of(request.placement.referral.agreement))
    figures = {one.name: one.value for one in assumed}
    asked = asked_of(request.placement, request, figures)
    if asked is None:
        return []
    approved = rules.Holding(
        asked.name,
        asked.stay,
        is_admitted=request.placement.admission is not None,
        one_offs=(*one_offs_of(request.placement), *asked.one_offs),
    )
    effects = []
    for budget in years:
        facts, assumptions = read_year(budget, as_of, figures)
        effect = rules.effect_of(facts, assumptions, approved=approved)
        effects.append(YearEffect(_told(effect.before, assumed), _told(effect.after, assumed)))
    return effects


def assumptions_of(agreement: Agreement) -> list[ForecastAssumptions]:
    """Every version, the first one first."""
    return list(agreement.assumptions.select_related("set_by").order_by("version"))


def assumed_of(versions: Iterable[ForecastAssumptions]) -> tuple[Assumed, ...]:
    """Each figure in force, with the version that last changed it, or the source of its seed."""
    values, sources = dict(rules.SEEDS), {one.name: one.source for one in rules.FIGURES}
    for version in versions:
        for name, value in version.figures.items():
            if value != values[name]:
                day = timezone.localdate(version.set_at)
                values[name] = value
                sources[name] = (
                    f"Version {version.version}, {version.set_by.name}, "
                    f"{in_words(day)}: {version.reason}"
                )
    return tuple(
        Assumed(one.name, one.label, one.unit, values[one.name], sources[one.name])
        for one in rules.FIGURES
    )


def _told(told: rules.Forecast, assumed: tuple[Assumed, ...]) -> Outlook:
    facts = told.facts
    lines = {"Committed": told.committed, "Likely": told.likely, "Prudent": told.prudent}
    is_observed = facts.experience.discharges >= rules.ENOUGH_DISCHARGES
    return Outlook(
        year=facts.year,
        as_of=facts.as_of,
        ceiling_pence=facts.ceiling_pence,
        used_per_mille=half_up(told.used_share * 1000),
        discharges=facts.experience.discharges if is_observed else 0,
        lines=tuple(
            Line(
                name,
                line.pence,
                line.headroom_pence,
                line.reached_on,
                _at_month_ends(facts.year, dict(line.path)),
            )
            for name, line in lines.items()
        ),
        parts=tuple(
            Part(PARTS[one.part], one.full_pence, one.likely_pence) for one in told.components
        ),
        assumed=assumed,
    )


def _at_month_ends(year: int, path: Mapping[date, int]) -> tuple[int, ...]:
    start = year_start(year)
    return tuple(path[add_months(start, number) - ONE_DAY] for number in range(1, MONTHS + 1))
