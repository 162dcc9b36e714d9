"""The acts on referrals, placements and money: the only place that writes."""

from .absences import correct_absence, record_absence, record_contribution
from .ceilings import confirm_ceiling, propose_ceiling, watch_ceilings
from .closing import confirm_close, objections_to_closing, propose_close
from .corrections import correct_admission, correct_exit, reopen_placement
from .costs import is_in_place, last_exit, one_offs_of, position, stay_of
from .discharges import (
    close_placement,
    objections_to_close,
    record_outcomes,
    record_report,
    record_review,
    review_due,
)
from .exposure import exposure
from .funding import decide_funding, is_long_stay, objections_to_decision
from .matching import answer_offer, choose_option, match_options
from .people import person_identity
from .proposals import open_proposal, propose_fact, reject_proposal
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
from .unused import cancel_placement, record_non_arrival

__all__ = [
    "allocate_referral",
    "answer_offer",
    "cancel_placement",
    "change_request",
    "choose_option",
    "close_placement",
    "compare_ledger",
    "confirm_ceiling",
    "confirm_close",
    "correct_absence",
    "correct_admission",
    "correct_exit",
    "decide_funding",
    "draft_request",
    "exposure",
    "funded",
    "is_in_place",
    "is_long_stay",
    "last_exit",
    "make_referral",
    "match_options",
    "objections_to_close",
    "objections_to_closing",
    "objections_to_decision",
    "objections_to_request",
    "one_offs_of",
    "open_proposal",
    "person_identity",
    "position",
    "propose_ceiling",
    "propose_close",
    "propose_fact",
    "quote",
    "reconcile",
    "record_absence",
    "record_admission",
    "record_contribution",
    "record_eligibility",
    "record_exit",
    "record_non_arrival",
    "record_outcomes",
    "record_report",
    "record_review",
    "reject_proposal",
    "remind_of_ending_funding",
    "reopen_placement",
    "request_funding",
    "review_due",
    "start_matching",
    "stay_of",
    "submit_referral",
    "sweep_queues",
    "usual_end_of",
    "watch_ceilings",
    "withdraw_request",
]
