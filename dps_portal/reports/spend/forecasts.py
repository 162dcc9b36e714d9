"""What a spend report says of the rest of its year: the forecast, or why there is none."""

from dps_portal.ui.tables import DAY, GBP, VALUE, Chart, Column, Table, shown
from placements.services.outlooks import Assumed, Outlook

from .values import SpendReport


def forecast(outlook: Outlook) -> list[Table]:
    used = shown(outlook.used_per_mille // 10) + f".{outlook.used_per_mille % 10}%"
    behind = (
        f"as observed of {outlook.discharges} people who have left"
        if outlook.discharges
        else "as assumed below"
    )
    return [
        Table(
            "forecast",
            f"Forecast of {outlook.label}",
            (
                Column("Line"),
                Column("At the end of the year", GBP),
                Column("Headroom", GBP),
                Column("Ceiling reached on", DAY),
            ),
            tuple(
                (line.name, line.pence, line.headroom_pence, line.reached_on)
                for line in outlook.lines
            ),
            note=f"Of funded nights {used} are used, {behind}. Committed is promised, likely is "
            "expected, prudent leaves nothing out.",
            chart=Chart(
                "line",
                f"Where {outlook.label} is heading",
                "The sum of each forecast line at the end of each month, and the ceiling; the "
                "figures are in the table by month.",
                tuple(outlook.months),
                tuple((name, tuple(values)) for name, values in outlook.series),
            ),
        ),
        Table(
            "forecast_months",
            "Forecast by month: the sum so far",
            (Column("Month"), *(Column(line.name, GBP) for line in outlook.lines)),
            tuple(
                (month, *(line.months[place] for line in outlook.lines))
                for place, month in enumerate(outlook.months)
            ),
        ),
        Table(
            "forecast_parts",
            "What the forecast is made of",
            (Column("Part"), Column("In full", GBP), Column("As likely", GBP)),
            tuple((part.name, part.full_pence, part.likely_pence) for part in outlook.parts),
            total=(
                "Total",
                sum(part.full_pence for part in outlook.parts),
                sum(part.likely_pence for part in outlook.parts),
            ),
        ),
        Table(
            "assumptions",
            "What the forecast assumes",
            (Column("Assumption"), Column("Value", VALUE), Column("Source", VALUE)),
            tuple((one.label, assumed(one), one.source) for one in outlook.assumed),
        ),
    ]


def no_forecast(report: SpendReport) -> Table:
    return Table(
        "forecast",
        f"Forecast of {report.label}",
        (Column("Line"), Column("At the end of the year", GBP)),
        (),
        empty=f"{report.label} is closed: it is spent as its totals say, and nothing is forecast. "
        "Corrections made since are counted in the year in which they were posted.",
    )


def assumed(one: Assumed) -> str:
    """``78%``, ``28 nights``, ``£0.00``."""
    match one.unit:
        case "pence":
            return shown(one.value, GBP)
        case "percent":
            return f"{one.value}%"
    return f"{one.value:,} {one.unit}"
