"""Every act of this app that writes."""

from .admissions import leave_dps, objections_to_leaving, set_price, set_rate
from .applications import (
    choose_lots,
    counts_from,
    extend_decision,
    objections_to_start,
    objections_to_submission,
    start_application,
    submit_application,
    withdraw_application,
)
from .decisions import decide_lot, recommend_lot, record_assessment
from .declarations import (
    make_declaration,
    save_declaration,
    save_ground,
    save_grounds,
    take_over_grounds,
)
from .directory import import_cqc_locations
from .organisations import add_member, objections_to_membership, register_provider
from .sections import (
    remove_location,
    replace_evidence,
    save_details,
    save_evidence,
    save_location,
    save_lot,
)

__all__ = [
    "add_member",
    "choose_lots",
    "counts_from",
    "decide_lot",
    "extend_decision",
    "import_cqc_locations",
    "make_declaration",
    "objections_to_membership",
    "objections_to_start",
    "objections_to_submission",
    "recommend_lot",
    "record_assessment",
    "register_provider",
    "remove_location",
    "replace_evidence",
    "save_declaration",
    "save_details",
    "save_evidence",
    "save_ground",
    "save_grounds",
    "save_location",
    "save_lot",
    "set_rate",
    "start_application",
    "submit_application",
    "take_over_grounds",
    "withdraw_application",
]
