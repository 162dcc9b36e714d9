"""The pages of tenders, invitations, evaluation and awards."""

from .agreements import set_initial_evaluation
from .awards import approve_award, letter, ranking, recommend_award, sent_letter
from .drafting import (
    abandon_tender,
    create_tender,
    edit_tender,
    publish_tender,
    rehearse,
    set_criteria,
)
from .evaluation import (
    bid,
    declare_interest,
    lock_quality,
    moderate_response,
    moderate_scores,
    open_bids,
    score_bids,
    score_response,
)
from .invitations import (
    ask_clarification,
    edit_bid,
    invitation,
    invitation_list,
    receipt,
    submit_bid,
    withdraw_bid,
)
from .low_prices import ask_explanation, decide_price, explain_price
from .tenders import answer_clarification, tender, tender_list

__all__ = [
    "abandon_tender",
    "answer_clarification",
    "approve_award",
    "ask_clarification",
    "ask_explanation",
    "bid",
    "create_tender",
    "decide_price",
    "declare_interest",
    "edit_bid",
    "edit_tender",
    "explain_price",
    "invitation",
    "invitation_list",
    "letter",
    "lock_quality",
    "moderate_response",
    "moderate_scores",
    "open_bids",
    "publish_tender",
    "ranking",
    "receipt",
    "recommend_award",
    "rehearse",
    "score_bids",
    "score_response",
    "sent_letter",
    "set_criteria",
    "set_initial_evaluation",
    "submit_bid",
    "tender",
    "tender_list",
    "withdraw_bid",
]
