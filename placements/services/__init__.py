"""The acts on referrals, placements and money: the only place that writes."""

from .ceilings import confirm_ceiling, propose_ceiling, watch_ceilings
from .closing import confirm_close, objections_to_closing, propose_close
from .competitions import start_competition
from .costs import one_offs_of, position, stay_of
from .funding import decide_funding, is_long_stay, objections_to_decision
from .matching import answer_offer, choose_option, judge_option, remind_of_offers
from .options import Option, cheapest_pence, competition_of, match_options
from .people import person_identity
from .profiles import Words
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
from .vacancies import lots_of, state_vacancy

__all__ = [
    "Option",
    "Words",
    "allocate_referral",
    "answer_offer",
    "change_request",
    "cheapest_pence",
    "choose_option",
    "compare_ledger",
    "competition_of",
    "confirm_ceiling",
    "confirm_close",
    "decide_funding",
    "draft_request",
    "funded",
    "is_long_stay",
    "judge_option",
    "lots_of",
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
    "remind_of_offers",
    "request_funding",
    "start_competition",
    "start_matching",
    "state_vacancy",
    "stay_of",
    "submit_referral",
    "sweep_queues",
    "usual_end_of",
    "watch_ceilings",
    "withdraw_request",
]
