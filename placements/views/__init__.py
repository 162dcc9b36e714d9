"""The pages of referrals, placements, funding and ceilings."""

from .budgets import (
    budget_list,
    budget_year,
    confirm_ceiling,
    confirm_close,
    propose_ceiling,
    propose_close,
)
from .funding import (
    change_request,
    decide_funding,
    funding_request,
    request_funding,
    request_list,
    withdraw_request,
)
from .matching import choose_option, judge_option, match_referral, start_competition
from .offers import answer_offer, offer, offer_list, offer_profile, state_vacancy
from .placements import (
    placement,
    placement_list,
    record_admission,
    record_exit,
)
from .referrals import (
    allocate_referral,
    make_referral,
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
    "change_request",
    "choose_option",
    "confirm_ceiling",
    "confirm_close",
    "decide_funding",
    "funding_request",
    "judge_option",
    "make_referral",
    "match_referral",
    "offer",
    "offer_list",
    "offer_profile",
    "person_identity",
    "placement",
    "placement_list",
    "propose_ceiling",
    "propose_close",
    "record_admission",
    "record_eligibility",
    "record_exit",
    "referral",
    "referral_list",
    "request_funding",
    "request_list",
    "start_competition",
    "start_matching",
    "state_vacancy",
    "submit_referral",
    "withdraw_request",
]
