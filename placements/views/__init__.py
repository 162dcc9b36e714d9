"""The pages of referrals, placements, funding and ceilings."""

from .allocation import (
    allocate_referral,
    caseload,
    caseload_list,
    transfer_caseload,
    unallocate_referral,
)
from .budgets import budget_list, budget_year, confirm_ceiling, propose_ceiling
from .cases import (
    countersign_referral,
    hold_referral,
    record_eligible,
    record_not_eligible,
    reopen_referral,
    resume_referral,
    withdraw_referral,
)
from .funding import (
    decide_funding,
    funding_request,
    request_extension,
    request_funding,
    request_list,
)
from .matching import choose_option, match_referral
from .placements import (
    answer_offer,
    cancel_placement,
    offer,
    offer_list,
    placement,
    placement_list,
    record_admission,
    record_exit,
)
from .referrals import (
    discard_draft,
    make_referral,
    person_identity,
    referral,
    referral_list,
    save_answers,
    start_matching,
    submit_referral,
)

__all__ = [
    "allocate_referral",
    "answer_offer",
    "budget_list",
    "budget_year",
    "cancel_placement",
    "caseload",
    "caseload_list",
    "choose_option",
    "confirm_ceiling",
    "countersign_referral",
    "decide_funding",
    "discard_draft",
    "funding_request",
    "hold_referral",
    "make_referral",
    "match_referral",
    "offer",
    "offer_list",
    "person_identity",
    "placement",
    "placement_list",
    "propose_ceiling",
    "record_admission",
    "record_eligible",
    "record_exit",
    "record_not_eligible",
    "referral",
    "referral_list",
    "reopen_referral",
    "request_extension",
    "request_funding",
    "request_list",
    "resume_referral",
    "save_answers",
    "start_matching",
    "submit_referral",
    "transfer_caseload",
    "unallocate_referral",
    "withdraw_referral",
]
