"""Which calculation a vector asks for, by its group and the shape of its inputs."""

from collections.abc import Callable
from typing import Any

from dps_portal.json_command import Field

from . import ceilings, dates, figures, forecasts, stays

Answer = Callable[[Field], dict[str, Any]]

# In order: the first whose members are all there is the one.
SHAPES: dict[str, tuple[tuple[tuple[str, ...], Answer], ...]] = {
    "accrual": (
        (("provider_daily_rate",), figures.invoice),
        (("steps",), stays.steps),
        (("admission", "periods"), stays.parts),
        (("admission",), stays.accrual),
    ),
    "ceiling": (
        (("committed_sequence",), ceilings.alerts),
        (("approvers",), ceilings.approvers),
        (("before", "after"), ceilings.fact),
        (("request",), ceilings.decision),
    ),
    "forecast": (
        (("horizon_nights",), forecasts.demand),
        (("placements",), forecasts.forecast),
    ),
    "kpi": (
        (("discharges",), figures.planned_exits),
        (("episodes",), figures.admissions),
        (("original_due",), figures.lateness),
        (("counts",), figures.publication),
    ),
    "deadline": ((("received_local",), dates.deadline), (("funded_until",), dates.reminders)),
    "validation": (
        (("existing_discharge",), dates.second_discharge),
        (("existing",), dates.overlap),
        (("rates",), dates.price_for_every_night),
        (("discharge",), dates.discharge_after_admission),
    ),
    "stay": (
        (("steps",), stays.steps),
        (("first", "second"), stays.transfer),
        (("before", "after"), stays.closed_year),
        (("headroom",), stays.longest_extension),
        (("state", "one_offs"), stays.with_one_offs),
        (("state", "as_of"), stays.overstay),
        (("contribution",), stays.contribution),
        (("admission", "months"), dates.first_funding),
        (("admission", "nights"), dates.first_funding),
        (("admission", "periods"), stays.parts),
        (("admission",), stays.plain),
    ),
}
STAY_GROUPS = (
    *("basic", "fy", "calendar", "discharge", "admission", "extension", "price", "absence"),
    *("contribution", "basis", "transfer", "closed-year"),
)


def answer(vector: Field) -> dict[str, Any]:
    """The vector's id with its ``expected``, computed. Raises ``BadInput`` naming the field."""
    group = vector.get("group").choice(*STAY_GROUPS, *(name for name in SHAPES if name != "stay"))
    inputs = vector.get("inputs")
    shapes = SHAPES["stay" if group in STAY_GROUPS else group]
    for members, compute in shapes:
        if all(inputs.find(name) is not None for name in members):
            return {"id": vector.get("id").text(), "expected": compute(inputs)}
    raise inputs.get(shapes[-1][0][0]).wrong("is missing")
