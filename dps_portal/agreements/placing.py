"""What an agreement settles for its placements: each setting, its bounds, and how it is said.

The defaults are those of money.md, where each is marked [assume].
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Setting:
    """A whole number of ``unit``, several where it is ``many``, or without a unit a yes or no."""

    name: str
    label: str
    unit: str = ""
    least: int = 1
    most: int = 366
    many: bool = False


GROUPS: Mapping[str, Sequence[Setting]] = {
    "How long a stay is funded": (
        Setting("first_funding_months", "First funding", "months", most=12),
        Setting("funding_stages", "First funding in stages instead", "weeks", most=52, many=True),
        Setting("extension_days", "Usual length of an extension", "days"),
        Setting("longest_stay_months", "Longest stay without a reason", "months", most=60),
        Setting("minimum_nights", "Nights charged at least", "nights", least=0, most=28),
    ),
    "What is paid during an absence, unless told otherwise": (
        Setting("absence_nights", "First nights", "nights", least=0),
        Setting("absence_percent", "Paid for them", "percent", least=0, most=100),
        Setting("later_absence_percent", "Paid after them", "percent", least=0, most=100),
        Setting("absence_check_night", "Night on which to look at it again", "nights"),
    ),
    "Working days for each step": (
        Setting("allocate_days", "Allocate a referral", "days", most=90),
        Setting("assess_days", "Assess it", "days", most=90),
        Setting("assess_urgent_days", "Assess it if it is urgent", "days", most=90),
        Setting("reply_days", "Answer of a provider", "days", most=90),
        Setting("decide_funding_days", "Decide on a funding request", "days", most=90),
        Setting("fact_days", "Record what a provider says has happened", "days", most=90),
        Setting("report_days", "Discharge report of a provider", "days", most=90),
    ),
    "Reviews after the admission": (
        Setting("first_review_weeks", "First review", "weeks", most=52),
        Setting("decision_review_weeks", "Review that decides", "weeks", most=52),
    ),
    "Alerts, outcomes and invoices": (
        Setting("alert_percents", "Alerts at these shares of the ceiling", "percent", 1, 100, True),
        Setting("withdrawal_is_unplanned", "A withdrawal by the provider counts as unplanned"),
        Setting("invoice_tolerance", "An invoice may differ from our cost by", "pence", 0, 10_000),
    ),
}
SETTINGS = tuple(one for group in GROUPS.values() for one in group)


def in_words(value: object) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return ", ".join(map(str, value)) or "None" if isinstance(value, list) else str(value)


def objections_to_settings(values: Mapping[str, Any], *, is_changed: bool) -> list[str]:
    """Bounds of a single figure are the form's; these are of figures beside each other."""
    checks = {
        "None of the settings is changed.": is_changed,
        "An urgent assessment cannot take longer than a routine one.": (
            values["assess_urgent_days"] <= values["assess_days"]
        ),
        "The review that decides cannot come before the first one.": (
            values["first_review_weeks"] < values["decision_review_weeks"]
        ),
        "Alerts must rise, and the last one is at 100 percent.": (
            values["alert_percents"] == sorted({*values["alert_percents"], 100})
        ),
    }
    return [objection for objection, holds in checks.items() if not holds]
