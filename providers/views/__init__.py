"""The pages of this app."""

from .admissions import leave_dps, price_list, provider, provider_list, set_price
from .applications import (
    application,
    choose_lots,
    start_application,
    submit_application,
    withdraw_application,
)
from .clarifications import (
    answer_clarification,
    answer_reasons,
    ask_clarification,
    assess_ground,
    decision_letter,
    declare_interest,
    reasons_list,
    recall_application,
    request_reasons,
)
from .compliance import compliance_list, review_rating
from .declarations import ground_document, ground_list, save_declaration, save_ground
from .evidence import check_evidence, evidence_overview, renew_evidence
from .measures import decide_measure, measure, measure_list, recommend_measure
from .organisations import (
    evidence_document,
    own_provider,
    register_provider,
)
from .refreshes import (
    answer_request,
    declaration_request,
    renew_grounds,
    request_declarations,
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
    "answer_clarification",
    "answer_reasons",
    "answer_request",
    "application",
    "application_list",
    "application_review",
    "ask_clarification",
    "assess_ground",
    "assess_lot",
    "check_evidence",
    "choose_lots",
    "compliance_list",
    "decide_lot",
    "decide_measure",
    "decision_letter",
    "declaration_request",
    "declare_interest",
    "evidence_document",
    "evidence_list",
    "evidence_overview",
    "extend_decision",
    "ground_document",
    "ground_list",
    "leave_dps",
    "location_list",
    "measure",
    "measure_list",
    "own_provider",
    "price_list",
    "provider",
    "provider_list",
    "reasons_list",
    "recall_application",
    "recommend_lot",
    "recommend_measure",
    "register_provider",
    "remove_location",
    "renew_evidence",
    "renew_grounds",
    "request_declarations",
    "request_reasons",
    "review_rating",
    "save_declaration",
    "save_details",
    "save_evidence",
    "save_ground",
    "save_location",
    "save_lot",
    "set_price",
    "start_application",
    "submit_application",
    "withdraw_application",
]
