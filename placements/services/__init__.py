"""The acts on referrals, placements and money: the only place that writes."""

from .allocation import allocate_referral, transfer_caseload, unallocate_referral
from .assessments import countersign_referral, record_eligible, record_not_eligible
from .cancellations import cancel_placement
from .ceilings import confirm_ceiling, propose_ceiling, watch_ceilings
from .closing import hold_referral, reopen_referral, resume_referral, withdraw_referral
from .consents import record_consent
from .costs import last_exit, one_offs_of, position, stay_of
from .funding import decide_funding, is_long_stay, objections_to_decision
from .matching import answer_offer, choose_option, match_options
from .people import correct_identity, find_person, person_identity
from .queue import sweep_queues
from .quotes import draft_request, quote, usual_end_of
from .reconciliation import compare_ledger, reconcile
from .records import as_json, as_text
from .referrals import discard_draft, make_referral, save_answers, start_matching, submit_referral
from .reminders import remind_of_ending_funding
from .requests import (
    change_request,
    funded,
    objections_to_request,
    request_funding,
    withdraw_request,
)
from .restrictions import (
    break_glass,
    change_readers,
    lift_restriction,
    record_sight,
    restrict_person,
    review_break_glass,
)
from .retention import delete_stale_drafts, hold_record, objections_to_erasure, release_hold
from .stays import record_admission, record_exit
from .subject_requests import (
    decide_subject_request,
    download_export,
    request_erasure,
    request_export,
)
from .year_end import confirm_close, objections_to_closing, propose_close

__all__ = [
    "allocate_referral",
    "answer_offer",
    "as_json",
    "as_text",
    "break_glass",
    "cancel_placement",
    "change_readers",
    "change_request",
    "choose_option",
    "compare_ledger",
    "confirm_ceiling",
    "confirm_close",
    "correct_identity",
    "countersign_referral",
    "decide_funding",
    "decide_subject_request",
    "delete_stale_drafts",
    "discard_draft",
    "download_export",
    "draft_request",
    "find_person",
    "funded",
    "hold_record",
    "hold_referral",
    "is_long_stay",
    "last_exit",
    "lift_restriction",
    "make_referral",
    "match_options",
    "objections_to_closing",
    "objections_to_decision",
    "objections_to_erasure",
    "objections_to_request",
    "one_offs_of",
    "person_identity",
    "position",
    "propose_ceiling",
    "propose_close",
    "quote",
    "reconcile",
    "record_admission",
    "record_consent",
    "record_eligible",
    "record_exit",
    "record_not_eligible",
    "record_sight",
    "release_hold",
    "remind_of_ending_funding",
    "reopen_referral",
    "request_erasure",
    "request_export",
    "request_funding",
    "restrict_person",
    "resume_referral",
    "review_break_glass",
    "save_answers",
    "start_matching",
    "stay_of",
    "submit_referral",
    "sweep_queues",
    "transfer_caseload",
    "unallocate_referral",
    "usual_end_of",
    "watch_ceilings",
    "withdraw_referral",
    "withdraw_request",
]
