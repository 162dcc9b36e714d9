"""The acts on referrals, placements and money: the only place that writes."""

from .ceilings import confirm_ceiling, propose_ceiling, watch_ceilings
from .funding import (
    decide_funding,
    is_long_stay,
    objections_to_decision,
    request_extension,
    request_funding,
)
from .ledger import position
from .matching import answer_offer, choose_option, match_options
from .people import person_identity
from .quotes import draft_extension, draft_initial, quote
from .referrals import (
    allocate_referral,
    make_referral,
    record_eligibility,
    start_matching,
    submit_referral,
)
from .reminders import remind_of_ending_funding
from .stays import record_admission, record_exit

__all__ = [
    "allocate_referral",
    "answer_offer",
    "choose_option",
    "confirm_ceiling",
    "decide_funding",
    "draft_extension",
    "draft_initial",
    "is_long_stay",
    "make_referral",
    "match_options",
    "objections_to_decision",
    "person_identity",
    "position",
    "propose_ceiling",
    "quote",
    "record_admission",
    "record_eligibility",
    "record_exit",
    "remind_of_ending_funding",
    "request_extension",
    "request_funding",
    "start_matching",
    "submit_referral",
    "watch_ceilings",
]
