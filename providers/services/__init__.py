"""Every act of this app that writes."""

from .applications import (
    extend_decision,
    objections_to_start,
    objections_to_submission,
    start_application,
    submit_application,
    withdraw_application,
)
from .decisions import decide_lot, recommend_lot, record_assessment, set_rate
from .directory import import_cqc_locations
from .organisations import add_member, objections_to_membership, register_provider
from .sections import (
    remove_location,
    save_declaration,
    save_details,
    save_evidence,
    save_location,
    save_lot,
)

__all__ = [
    "add_member",
    "decide_lot",
    "extend_decision",
    "import_cqc_locations",
    "objections_to_membership",
    "objections_to_start",
    "objections_to_submission",
    "recommend_lot",
    "record_assessment",
    "register_provider",
    "remove_location",
    "save_declaration",
    "save_details",
    "save_evidence",
    "save_location",
    "save_lot",
    "set_rate",
    "start_application",
    "submit_application",
    "withdraw_application",
]
