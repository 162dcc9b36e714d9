"""The money of a dashboard: a year against its ceiling, and over its months."""

from django.urls import reverse

from dps_portal.accounts.roles import Permission
from dps_portal.clock import financial_year, year_label
from dps_portal.money import gbp
from dps_portal.reports import dashboard as figures
from placements.models import BudgetYear

from .asked import Asked
from .board import NONE, BoardTable, amount, numbers


def money(asked: Asked) -> dict | None:
    """Of the financial year of the period's last day, over all lots."""
    if not asked.user.may(Permission.VIEW_BUDGET):
        return None
    year = financial_year(asked.last)
    budget = (
        BudgetYear.objects.visible_to(asked.user)
        .filter(agreement=asked.agreement, year=year)
        .select_related("agreement")
        .first()
    )
    if budget is None:
        return {"label": year_label(year), "tables": []}
    found = figures.money(budget, asked.today)
    urls = {
        "ceiling": budget.get_absolute_url(),
        "spend": f"{reverse('reports:spend')}?year={year}",
        "forecast": reverse("placements:forecast", args=[budget.agreement.reference, year]),
    }
    return {
        "label": budget.label,
        "budget": budget,
        "money": found,
        "ceiling": [("Ceiling", found.ceiling)],
        "tiles": _tiles(found, urls),
        "tables": [_against_ceiling(found, urls), _over_year(found, urls)],
    }


def _tiles(money, urls):
    told = [
        ("Ceiling", money.ceiling, "ceiling"),
        ("Committed", money.committed, "spend"),
        ("Of it, nights so far", money.accrued, "spend"),
        ("Headroom", money.headroom, "ceiling"),
        ("Likely by the year’s end", money.likely, "forecast"),
    ]
    return [
        {"label": label, "figure": gbp(pence), "url": urls[leads_to]}
        for label, pence, leads_to in told
    ]


def _against_ceiling(money, urls):
    rows = [[name, amount(values[0], urls["spend"], name.lower())] for name, values in money.gauge]
    return BoardTable(
        "year",
        "The year against its ceiling: figures",
        numbers("Amount"),
        [*rows, ["Ceiling", amount(money.ceiling, urls["ceiling"], "ceiling of the year")]],
    )


def _over_year(money, urls):
    """The figures of the chart; after the month of today nothing is spent."""
    leads_to = {figures.SPENT: "spend", "Ceiling": "ceiling"}
    rows = [
        [
            month,
            *(
                amount(
                    values[place],
                    urls[leads_to.get(name, "forecast")],
                    f"{name.lower()} by the end of {month}",
                )
                if place < len(values)
                else NONE
                for name, values in money.series
            ),
        ]
        for place, month in enumerate(money.months)
    ]
    return BoardTable(
        "months",
        "Over the year: figures",
        ["Month", *numbers(*(name for name, _ in money.series))[1:]],
        rows,
    )
