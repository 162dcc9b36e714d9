"""The acts on referrals, placements and money: the only place that writes."""

from .ceilings import confirm_ceiling, propose_ceiling, watch_ceilings
from .closing import confirm_close, objections_to_closing, propose_close
from .costs import one_offs_of, position, stay_of
from .forecasts import keep_forecast, set_assumptions, watch_forecasts
from .funding import decide_funding, is_long_stay, objections_to_decision
from .matching import answer_offer, choose_option, match_options
from .outlooks import assumed_of, assumptions_of, effects_of, outlook, outlook_of
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
from .reminders import (
    remind_of_ending_funding,
    remind_of_overdue_admissions,
    remind_of_overdue_decisions,
    remind_of_stale_drafts,
    remind_of_unfunded_stays,
)
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
    "assumed_of",
    "assumptions_of",
    "change_request",
    "choose_option",
    "compare_ledger",
    "confirm_ceiling",
    "confirm_close",
    "decide_funding",
    "draft_request",
    "effects_of",
    "funded",
    "is_long_stay",
    "keep_forecast",
    "make_referral",
    "match_options",
    "objections_to_closing",
    "objections_to_decision",
    "objections_to_request",
    "one_offs_of",
    "outlook",
    "outlook_of",
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
    "remind_of_overdue_admissions",
    "remind_of_overdue_decisions",
    "remind_of_stale_drafts",
    "remind_of_unfunded_stays",
    "request_funding",
    "set_assumptions",
    "start_matching",
    "stay_of",
    "submit_referral",
    "sweep_queues",
    "usual_end_of",
    "watch_ceilings",
    "watch_forecasts",
    "withdraw_request",
]
