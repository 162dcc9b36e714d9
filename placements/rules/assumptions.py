"""The council's figures behind a forecast: what each says, its seed, and what they come to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from .costs import Stay
from .forecast import Assumptions, YearFacts

PERCENT = 100
UNSET = "Not agreed yet, so it changes nothing"


@dataclass(frozen=True)
class Figure:
    """One assumption as a whole number of its ``unit``: percent, nights, people or pence."""

    name: str
    label: str
    unit: str
    seed: int
    source: str  # of the seed


FIGURES = (
    Figure("submitted", "Requests waiting for a decision that are approved", "percent", 100, UNSET),
    Figure("returned", "Returned requests that are approved in the end", "percent", 100, UNSET),
    Figure("deferred", "Requests waiting for money that are funded", "percent", 100, UNSET),
    Figure("show", "People with approved funding who arrive", "percent", 100, UNSET),
    Figure(
        "planned",
        "Stays that end as planned",
        "percent",
        78,
        "The tender’s target for planned exits, until 20 people have left",
    ),
    Figure(
        "unplanned_share",
        "Funded nights used by a person who leaves unplanned",
        "percent",
        35,
        "Placeholder of the design, until 20 people have left",
    ),
    Figure("extension", "Stays at the end of their funding that are extended", "percent", 0, UNSET),
    Figure("extension_nights", "Length of an extension", "nights", 28, "Usual extension, 4 weeks"),
    Figure("admissions", "New admissions in a whole year", "people", 0, UNSET),
    Figure("mean_stay", "Mean stay", "nights", 91, "First funding of three months"),
    Figure("mean_weekly", "Mean weekly price", "pence", 0, UNSET),
)
SEEDS = {figure.name: figure.seed for figure in FIGURES}


def assumptions_from(figures: Mapping[str, int], facts: YearFacts) -> Assumptions:
    """What the figures come to for the year; admissions are spread evenly over its nights."""

    def share(name: str) -> Fraction:
        return Fraction(figures[name], PERCENT)

    nights = (facts.end - facts.start).days
    return Assumptions(
        show_rate=share("show"),
        extension_rate=share("extension"),
        further_admissions=Fraction(figures["admissions"] * facts.horizon, nights),
        mean_stay_nights=Fraction(figures["mean_stay"]),
        mean_weekly_pence=Fraction(figures["mean_weekly"]),
        extension_nights=figures["extension_nights"],
        planned_rate=share("planned"),
        unplanned_share=share("unplanned_share"),
    )


def chance(figures: Mapping[str, int], state: str) -> Fraction:
    """How likely an open request in the ``state`` is to be approved."""
    return Fraction(figures[state], PERCENT)


def no_stay(day: date) -> Stay:
    """A stay without a night, for charges that have no other."""
    return Stay(day, day, (), discharge=day, min_charge_nights=0)


def objections_to_assumptions(*, is_changed: bool) -> list[str]:
    return [] if is_changed else ["None of the figures is changed."]
