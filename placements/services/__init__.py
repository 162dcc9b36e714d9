"""The acts on referrals, placements and money: the only place that writes."""

from .allocation import allocate_referral, transfer_caseload, unallocate_referral
from .assessments import countersign_referral, record_eligible, record_not_eligible
from .cancellations import cancel_placement
from .ceilings import confirm_ceiling, propose_ceiling, watch_ceilings
from .closing import hold_referral, reopen_referral, resume_referral, withdraw_referral
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
    discard_draft,
    discard_stale_drafts,
    make_referral,
    save_answers,
    start_matching,
    submit_referral,
)
from .reminders import remind_of_ending_funding
from .stays import record_admission, record_exit

__all__ = [
    "allocate_referral",
    "answer_offer",
    "cancel_placement",
    "choose_option",
    "confirm_ceiling",
    "countersign_referral",
    "decide_funding",
    "discard_draft",
    "discard_stale_drafts",
    "draft_extension",
    "draft_initial",
    "hold_referral",
    "is_long_stay",
    "make_referral",
    "match_options",
    "objections_to_decision",
    "person_identity",
    "position",
    "propose_ceiling",
    "quote",
    "record_admission",
    "record_eligible",
    "record_exit",
    "record_not_eligible",
    "remind_of_ending_funding",
    "reopen_referral",
    "request_extension",
    "request_funding",
    "resume_referral",
    "save_answers",
    "start_matching",
    "submit_referral",
    "transfer_caseload",
    "unallocate_referral",
    "watch_ceilings",
    "withdraw_referral",
]
