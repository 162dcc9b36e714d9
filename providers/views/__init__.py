"""The pages of this app."""

from .applications import (
    application,
    choose_lots,
    start_application,
    submit_application,
    withdraw_application,
)
from .declarations import ground_document, ground_list, save_declaration, save_ground
from .organisations import (
    evidence_document,
    own_provider,
    provider,
    provider_list,
    register_provider,
)
from .reviews import (
    application_list,
    application_review,
    assess_lot,
    decide_lot,
    extend_decision,
    recommend_lot,
)
from .sections import (
    evidence_list,
    location_list,
    remove_location,
    save_details,
    save_evidence,
    save_location,
    save_lot,
)

__all__ = [
    "application",
    "application_list",
    "application_review",
    "assess_lot",
    "choose_lots",
    "decide_lot",
    "evidence_document",
    "evidence_list",
    "extend_decision",
    "ground_document",
    "ground_list",
    "location_list",
    "own_provider",
    "provider",
    "provider_list",
    "recommend_lot",
    "register_provider",
    "remove_location",
    "save_declaration",
    "save_details",
    "save_evidence",
    "save_ground",
    "save_location",
    "save_lot",
    "start_application",
    "submit_application",
    "withdraw_application",
]
