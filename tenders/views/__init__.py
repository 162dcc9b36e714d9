"""The pages of tenders, invitations, evaluation and awards."""

from .agreements import set_initial_evaluation
from .attachments import attach_file, own_file, remove_file
from .awards import approve_award, confirm_award, decision_record, ranking, recommend_award
from .bids import bid_content, receipt, submit_bid, withdraw_bid
from .challenges import record_challenge, settle_challenge
from .clarifications import answer_clarification, ask_clarification
from .contracts import contract, contract_list, exercise_contract_option
from .deadlines import extend_deadline
from .debriefs import answer_debrief, request_debrief
from .drafting import (
    abandon_tender,
    copy_tender,
    create_tender,
    draft_from_template,
    edit_tender,
    publish_tender,
    rehearse,
    set_criteria,
    template_list,
)
from .drafts import bid_task_list, edit_answer, edit_price
from .invitations import invitation, invitation_list
from .letters import letter, letter_pdf, sent_letter, sent_letter_pdf
from .low_prices import ask_explanation, decide_price, explain_price
from .moderation import lock_quality, moderate_response, moderate_scores
from .openings import attachment, bid, declare_interest, open_bids
from .panel import replace_member
from .procurement_report import procurement_report
from .scores import score_bids, score_response
from .shorter_periods import answer_shorter_period, ask_shorter_period
from .tenders import tender, tender_list

__all__ = [
    "abandon_tender",
    "answer_clarification",
    "answer_debrief",
    "answer_shorter_period",
    "approve_award",
    "ask_clarification",
    "ask_explanation",
    "ask_shorter_period",
    "attach_file",
    "attachment",
    "bid",
    "bid_content",
    "bid_task_list",
    "confirm_award",
    "contract",
    "contract_list",
    "copy_tender",
    "create_tender",
    "decide_price",
    "decision_record",
    "declare_interest",
    "draft_from_template",
    "edit_answer",
    "edit_price",
    "edit_tender",
    "exercise_contract_option",
    "explain_price",
    "extend_deadline",
    "invitation",
    "invitation_list",
    "letter",
    "letter_pdf",
    "lock_quality",
    "moderate_response",
    "moderate_scores",
    "open_bids",
    "own_file",
    "procurement_report",
    "publish_tender",
    "ranking",
    "receipt",
    "recommend_award",
    "record_challenge",
    "rehearse",
    "remove_file",
    "replace_member",
    "request_debrief",
    "score_bids",
    "score_response",
    "sent_letter",
    "sent_letter_pdf",
    "set_criteria",
    "set_initial_evaluation",
    "settle_challenge",
    "submit_bid",
    "template_list",
    "tender",
    "tender_list",
    "withdraw_bid",
]
