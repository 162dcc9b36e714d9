"""The acts on referrals, placements and money: the only place that writes."""

from .ceilings import confirm_ceiling, propose_ceiling, watch_ceilings
from .closing import confirm_close, objections_to_closing, propose_close
from .costs import one_offs_of, position, stay_of
from .funding import decide_funding, is_long_stay, objections_to_decision
from .matching import answer_offer, choose_option, match_options
from .people import person_identity
from .queue import sweep_queues
from .quotes import draft_request, quote, usual_end_of
from .reconciliation import compare_ledger, reconcile
from .referrals import (
    allocate_referral,
    make_referral,
    record_eligibility,
    start_matching,
    submit_referral,
)
from .reminders import remind_of_ending_funding
from .requests import (
    change_request,
    funded,
    objections_to_request,
    request_funding,
    withdraw_request,
)
from .stays import record_admission, record_exit

__all__ = [
    "allocate_referral",
    "answer_offer",
    "change_request",
    "choose_option",
    "compare_ledger",
    "confirm_ceiling",
    "confirm_close",
    "decide_funding",
    "draft_request",
    "funded",
    "is_long_stay",
    "make_referral",
    "match_options",
    "objections_to_closing",
    "objections_to_decision",
    "objections_to_request",
    "one_offs_of",
    "person_identity",
    "position",
    "propose_ceiling",
    "propose_close",
    "quote",
    "reconcile",
    "record_admission",
    "record_eligibility",
    "record_exit",
    "remind_of_ending_funding",
    "request_funding",
    "start_matching",
    "stay_of",
    "submit_referral",
    "sweep_queues",
    "usual_end_of",
    "watch_ceilings",
    "withdraw_request",
]
