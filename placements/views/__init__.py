"""The pages of referrals, placements, funding and ceilings."""

from .budgets import budget_list, budget_year, confirm_ceiling, propose_ceiling
from .funding import (
    decide_funding,
    funding_request,
    request_extension,
    request_funding,
    request_list,
)
from .placements import (
    answer_offer,
    offer,
    offer_list,
    placement,
    placement_list,
    record_admission,
    record_exit,
)
from .referrals import (
    allocate_referral,
    choose_option,
    make_referral,
    match_referral,
    person_identity,
    record_eligibility,
    referral,
    referral_list,
    start_matching,
    submit_referral,
)

__all__ = [
    "allocate_referral",
    "answer_offer",
    "budget_list",
    "budget_year",
    "choose_option",
    "confirm_ceiling",
    "decide_funding",
    "funding_request",
    "make_referral",
    "match_referral",
    "offer",
    "offer_list",
    "person_identity",
    "placement",
    "placement_list",
    "propose_ceiling",
    "record_admission",
    "record_eligibility",
    "record_exit",
    "referral",
    "referral_list",
    "request_extension",
    "request_funding",
    "request_list",
    "start_matching",
    "submit_referral",
]
