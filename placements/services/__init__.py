"""The acts on referrals, placements and money: the only place that writes."""

from .absences import correct_absence, record_absence, record_contribution
from .accruals import accruals
from .allocation import allocate_referral, transfer_caseload, unallocate_referral
from .assessments import countersign_referral, record_eligible, record_not_eligible
from .ceilings import confirm_ceiling, objections_to_confirmation, propose_ceiling, watch_ceilings
from .closing import hold_referral, reopen_referral, resume_referral, withdraw_referral
from .competitions import start_competition
from .consents import record_consent
from .corrections import correct_admission, correct_exit, reopen_placement, void_placement
from .costs import (
    absence_of,
    accrues_until,
    is_in_place,
    last_exit,
    lot_on,
    one_offs_of,
    position,
    shares_of,
    stay_of,
)
from .discharges import (
    close_placement,
    objections_to_close,
    record_outcomes,
    record_report,
    record_review,
    review_due,
)
from .dues import Match, claims_on, dues_of, lines_with_costs, match_of, objections_to_dues
from .exposure import exposure
from .forecasts import keep_forecast, set_assumptions, watch_forecasts
from .funding import decide_funding, is_long_stay, objections_to_decision
from .imports import (
    Suppliers,
    check_import,
    commit_import,
    discard_import,
    name_supplier,
    stage_import,
)
from .invoice_reminders import remind_of_due_invoices
from .invoices import (
    confirm_service,
    dispute_invoice,
    enter_invoice,
    match_invoice,
    objections_to_confirming,
    objections_to_disputing,
    reject_invoice,
    set_invoice_lines,
    settle_dispute,
    submit_invoice,
)
from .ledger import costs_of, held_of, postings_into, year_states
from .limits import set_approval_limit
from .matching import answer_offer, choose_option, judge_option, remind_of_offers
from .options import Option, cheapest_pence, competition_of, match_options
from .outlooks import assumed_of, assumptions_of, effects_of, outlook, outlook_of
from .payment_times import TimesRow, payment_times
from .payments import (
    approve_invoice,
    make_payment_batch,
    objections_to_approval,
    objections_to_paying,
    pay_invoice,
)
from .people import correct_identity, find_person, person_identity, person_names
from .profiles import Words
from .proposals import open_proposal, propose_fact, reject_proposal
from .queue import sweep_queues
from .quotes import draft_request, quote, usual_end_of
from .reconciliation import compare_ledger, compare_ledger_at_rest, reconcile
from .records import as_json, as_text
from .referrals import discard_draft, make_referral, save_answers, start_matching, submit_referral
from .reminders import (
    remind_of_due_reviews,
    remind_of_ending_funding,
    remind_of_late_reports,
    remind_of_overdue_admissions,
    remind_of_overdue_decisions,
    remind_of_stale_drafts,
    remind_of_unfunded_stays,
    remind_of_waiting_facts,
)
from .requests import (
    change_request,
    discard_request,
    funded,
    is_fixed,
    objections_to_request,
    request_funding,
    save_request,
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
from .unused import cancel_placement, record_non_arrival
from .vacancies import lots_of, state_vacancy
from .year_checks import carry_over, closing_checklist
from .year_end import confirm_close, objections_to_closing, propose_close

__all__ = [
    "Match",
    "Option",
    "Suppliers",
    "TimesRow",
    "Words",
    "absence_of",
    "accruals",
    "accrues_until",
    "allocate_referral",
    "answer_offer",
    "approve_invoice",
    "as_json",
    "as_text",
    "assumed_of",
    "assumptions_of",
    "break_glass",
    "cancel_placement",
    "carry_over",
    "change_readers",
    "change_request",
    "cheapest_pence",
    "check_import",
    "choose_option",
    "claims_on",
    "close_placement",
    "closing_checklist",
    "commit_import",
    "compare_ledger",
    "compare_ledger_at_rest",
    "competition_of",
    "confirm_ceiling",
    "confirm_close",
    "confirm_service",
    "correct_absence",
    "correct_admission",
    "correct_exit",
    "correct_identity",
    "costs_of",
    "countersign_referral",
    "decide_funding",
    "decide_subject_request",
    "delete_stale_drafts",
    "discard_draft",
    "discard_import",
    "discard_request",
    "dispute_invoice",
    "download_export",
    "draft_request",
    "dues_of",
    "effects_of",
    "enter_invoice",
    "exposure",
    "find_person",
    "funded",
    "held_of",
    "hold_record",
    "hold_referral",
    "is_fixed",
    "is_in_place",
    "is_long_stay",
    "judge_option",
    "keep_forecast",
    "last_exit",
    "lift_restriction",
    "lines_with_costs",
    "lot_on",
    "lots_of",
    "make_payment_batch",
    "make_referral",
    "match_invoice",
    "match_of",
    "match_options",
    "name_supplier",
    "objections_to_approval",
    "objections_to_close",
    "objections_to_closing",
    "objections_to_confirmation",
    "objections_to_confirming",
    "objections_to_decision",
    "objections_to_disputing",
    "objections_to_dues",
    "objections_to_erasure",
    "objections_to_paying",
    "objections_to_request",
    "one_offs_of",
    "open_proposal",
    "outlook",
    "outlook_of",
    "pay_invoice",
    "payment_times",
    "person_identity",
    "person_names",
    "position",
    "postings_into",
    "propose_ceiling",
    "propose_close",
    "propose_fact",
    "quote",
    "reconcile",
    "record_absence",
    "record_admission",
    "record_consent",
    "record_contribution",
    "record_eligible",
    "record_exit",
    "record_non_arrival",
    "record_not_eligible",
    "record_outcomes",
    "record_report",
    "record_review",
    "record_sight",
    "reject_invoice",
    "reject_proposal",
    "release_hold",
    "remind_of_due_invoices",
    "remind_of_due_reviews",
    "remind_of_ending_funding",
    "remind_of_late_reports",
    "remind_of_offers",
    "remind_of_overdue_admissions",
    "remind_of_overdue_decisions",
    "remind_of_stale_drafts",
    "remind_of_unfunded_stays",
    "remind_of_waiting_facts",
    "reopen_placement",
    "reopen_referral",
    "request_erasure",
    "request_export",
    "request_funding",
    "restrict_person",
    "resume_referral",
    "review_break_glass",
    "review_due",
    "save_answers",
    "save_request",
    "set_approval_limit",
    "set_assumptions",
    "set_invoice_lines",
    "settle_dispute",
    "shares_of",
    "stage_import",
    "start_competition",
    "start_matching",
    "state_vacancy",
    "stay_of",
    "submit_invoice",
    "submit_referral",
    "sweep_queues",
    "transfer_caseload",
    "unallocate_referral",
    "usual_end_of",
    "void_placement",
    "watch_ceilings",
    "watch_forecasts",
    "withdraw_referral",
    "withdraw_request",
    "year_states",
]
