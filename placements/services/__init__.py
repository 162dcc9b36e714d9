"""The acts on referrals, placements and money: the only place that writes."""

from .ceilings import confirm_ceiling, propose_ceiling, watch_ceilings
from .consents import record_consent
from .funding import (
    decide_funding,
    is_long_stay,
    objections_to_decision,
    request_extension,
    request_funding,
)
from .ledger import position
from .matching import answer_offer, choose_option, match_options
from .people import correct_identity, find_person, person_identity
from .quotes import draft_extension, draft_initial, quote
from .records import as_json, as_text
from .referrals import (
    allocate_referral,
    make_referral,
    record_eligibility,
    start_matching,
    submit_referral,
)
from .reminders import remind_of_ending_funding
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

__all__ = [
    "allocate_referral",
    "answer_offer",
    "as_json",
    "as_text",
    "break_glass",
    "change_readers",
    "choose_option",
    "confirm_ceiling",
    "correct_identity",
    "decide_funding",
    "decide_subject_request",
    "delete_stale_drafts",
    "download_export",
    "draft_extension",
    "draft_initial",
    "find_person",
    "hold_record",
    "is_long_stay",
    "lift_restriction",
    "make_referral",
    "match_options",
    "objections_to_decision",
    "objections_to_erasure",
    "person_identity",
    "position",
    "propose_ceiling",
    "quote",
    "record_admission",
    "record_consent",
    "record_eligibility",
    "record_exit",
    "record_sight",
    "release_hold",
    "remind_of_ending_funding",
    "request_erasure",
    "request_export",
    "request_extension",
    "request_funding",
    "restrict_person",
    "review_break_glass",
    "start_matching",
    "submit_referral",
    "watch_ceilings",
]
