"""The forecast of a year: its committed floor, and with assumptions its parts and three lines."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from dps_portal.clock import financial_year
from dps_portal.json_command import Field
from dps_portal.money import half_up, pounds
from placements.rules import (
    Asked,
    Assumptions,
    Experience,
    Forecast,
    ForecastLine,
    Holding,
    YearFacts,
    before,
    by_year,
    effect_of,
    forecast_year,
    position,
    unidentified_demand,
)

from .reading import MOST_NIGHTS, fraction, one_offs, positive, share, stay

UNASSUMED = Assumptions(Fraction(1), Fraction(0), Fraction(0), Fraction(0), Fraction(0))


def forecast(inputs: Field) -> dict[str, Any]:
    """Always what is promised (F01); the rest where ``assumptions`` are given (money.md §7)."""
    given = facts(inputs)
    assumed = inputs.find("assumptions")
    assumptions = assumptions_of(assumed) if assumed else UNASSUMED
    told = forecast_year(given, assumptions)
    rows = [floor(one, given) for one in given.holdings]
    answer = {
        "rows": [
            {name: text if name == "placement" else pounds(text) for name, text in row.items()}
            for row in rows
        ],
        "accrued": pounds(sum(row["accrued"] for row in rows)),
        "remaining": pounds(sum(row["remaining"] for row in rows)),
        "committed_outturn": pounds(told.committed.pence),
        "headroom": pounds(told.committed.headroom_pence),
    }
    if assumed:
        answer |= lines(told)
    asked = inputs.find("request")
    if asked:
        effect = effect_of(given, assumptions, approved=holding(asked, given.as_of))
        answer["with_request"] = {"added": pounds(effect.added_pence), **lines(effect.after)}
    return answer


def demand(inputs: Field) -> dict[str, Any]:
    """Unidentified demand alone, over a horizon in nights."""
    horizon = inputs.get("horizon_nights").integer(least=1, most=MOST_NIGHTS)
    pence = unidentified_demand(assumptions_of(inputs), nights=horizon, horizon=horizon)
    return {"unidentified": pounds(half_up(pence))}


def facts(inputs: Field) -> YearFacts:
    as_of = inputs.get("as_of").date()
    requests, past = inputs.find("requests"), inputs.find("experience")
    return YearFacts(
        year=financial_year(as_of),
        as_of=as_of,
        ceiling_pence=positive(inputs.get("ceiling")),
        holdings=tuple(holding(row, as_of) for row in inputs.get("placements").items()),
        requests=tuple(
            Asked(
                name=row.get("placement").text(),
                stay=stay(row.get("state")),
                chance=share(row.get("probability")),
                one_offs=one_offs(row.find("one_offs")),
            )
            for row in (requests.items() if requests else ())
        ),
        prior_years=one_offs(inputs.find("prior_years")),
        experience=Experience(
            *(past.get(name).integer() for name in ("discharges", "actual_nights", "funded_nights"))
        )
        if past
        else Experience(),
    )


def holding(row: Field, as_of: date) -> Holding:
    """Without ``admitted``, a person is in place once the day of admission has come."""
    one, admitted = stay(row.get("state")), row.find("admitted")
    return Holding(
        name=row.get("placement").text(),
        stay=one,
        is_admitted=admitted.truth() if admitted else one.admission <= as_of,
        one_offs=one_offs(row.find("one_offs")),
    )


def assumptions_of(given: Field) -> Assumptions:
    """Rates from 0 to 1; what is not given has no effect, or is the seed of money.md."""
    members = {
        "show_rate": share,
        "extension_rate": share,
        "planned_rate": share,
        "unplanned_share": share,
        "further_admissions": fraction,
        "mean_stay_nights": fraction,
    }
    read = {name: of(found) for name, of in members.items() if (found := given.find(name))}
    if weekly := given.find("weekly"):
        read["mean_weekly_pence"] = Fraction(positive(weekly))
    if nights := given.find("extension_nights"):
        read["extension_nights"] = nights.integer(most=MOST_NIGHTS)
    return replace(UNASSUMED, **read)


def floor(one: Holding, given: YearFacts) -> dict[str, Any]:
    """What one placement has used of the year, and what is still promised."""
    years = position(one.stay, one.one_offs)
    in_year = years.get(given.year, 0)
    charged = [charge for charge in one.one_offs if charge.on < given.as_of]
    accrued = 0
    if one.is_admitted:
        accrued = by_year(before(one.stay.nights(), given.as_of)).get(given.year, 0)
        accrued += position(None, charged).get(given.year, 0)
    return {
        "placement": one.name,
        "in_year": in_year,
        "accrued": accrued,
        "remaining": in_year - accrued,
        "next_year": years.get(given.year + 1, 0),
    }


def lines(told: Forecast) -> dict[str, Any]:
    return {
        "u": f"{half_up(told.used_share * 1000) / Decimal(1000)}",
        "components": {
            one.part: {"full": pounds(one.full_pence), "likely": pounds(one.likely_pence)}
            for one in told.components
        },
        "lines": {
            "committed": line(told.committed),
            "likely": line(told.likely),
            "prudent": line(told.prudent),
        },
    }


def line(told: ForecastLine) -> dict[str, Any]:
    return {
        "outturn": pounds(told.pence),
        "headroom": pounds(told.headroom_pence),
        "ceiling_reached_on": told.reached_on.isoformat() if told.reached_on else None,
    }
