"""Every act of this app that writes."""

from .admissions import leave_dps, review_rating, set_price, set_rate
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
from .evidence import check_evidence, remind_of_expiring_evidence, renew_evidence
from .measures import (
    decide_measure,
    objections_to_deciding,
    recommend_measure,
    remind_of_open_suspensions,
    unassessed_grounds,
)
from .organisations import add_member, objections_to_membership, register_provider
from .refreshes import (
    answer_request,
    providers_to_ask,
    remind_of_declarations,
    request_declarations,
    request_yearly_declarations,
)
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
    "answer_request",
    "check_evidence",
    "choose_lots",
    "counts_from",
    "decide_lot",
    "decide_measure",
    "extend_decision",
    "import_cqc_locations",
    "leave_dps",
    "make_declaration",
    "objections_to_deciding",
    "objections_to_membership",
    "objections_to_start",
    "objections_to_submission",
    "providers_to_ask",
    "recommend_lot",
    "recommend_measure",
    "record_assessment",
    "register_provider",
    "remind_of_declarations",
    "remind_of_expiring_evidence",
    "remind_of_open_suspensions",
    "remove_location",
    "renew_evidence",
    "replace_evidence",
    "request_declarations",
    "request_yearly_declarations",
    "review_rating",
    "save_declaration",
    "save_details",
    "save_evidence",
    "save_ground",
    "save_grounds",
    "save_location",
    "save_lot",
    "set_price",
    "set_rate",
    "start_application",
    "submit_application",
    "take_over_grounds",
    "unassessed_grounds",
    "withdraw_application",
]
