"""The acts of a mini-competition: the only place that writes."""

from .attachments import attach_file, objections_to_attaching, own_file, remove_file
from .attempts import own_attempts
from .awards import (
    approve_award,
    objections_to_approval,
    objections_to_recommendation,
    recommend_award,
)
from .bids import (
    criteria_of,
    list_price,
    objections_to_bidding,
    objections_to_submission,
    receipt_text,
    seal_bid,
    sealed_content,
    submit_bid,
    withdraw_bid,
)
from .clarifications import answer_clarification, ask_clarification
from .contracts import exercise_contract_option, notice_of, objections_to_contract_option
from .deadlines import (
    agree_extension,
    ask_extension,
    objections_to_agreeing,
    objections_to_extension,
)
from .debriefs import (
    answer_debrief,
    objections_to_debrief,
    objections_to_debrief_answer,
    remind_of_debriefs,
    request_debrief,
)
from .drafts import edit_answer, edit_price, version_of
from .letters import letter_pdf
from .low_prices import (
    ask_explanation,
    decide_price,
    explain_price,
    objections_to_asking,
    objections_to_deciding,
    objections_to_explaining,
)
from .model import evaluation_model, model_in_words, scoring_model
from .openings import declare_interest, objections_to_opening, open_bids
from .own_copies import OwnBid, own_bid
from .procurement_report import procurement_report, procurement_report_pdf
from .ranking import Place, expected_winners, margins, ranking, unexplained
from .rehearsal import Rehearsal, invented_bids, rehearse
from .scores import (
    lock_quality,
    moderate_response,
    objections_to_lock,
    objections_to_moderation,
    objections_to_scoring,
    score_response,
)
from .tenders import (
    abandon_tender,
    create_tender,
    earliest_closing_day,
    edit_tender,
    interest_of,
    invitees,
    is_anything_invited,
    objections_to_abandonment,
    objections_to_publication,
    publish_tender,
    set_criteria,
    set_initial_evaluation,
    warnings_of,
)

__all__ = [
    "OwnBid",
    "Place",
    "Rehearsal",
    "abandon_tender",
    "agree_extension",
    "answer_clarification",
    "answer_debrief",
    "approve_award",
    "ask_clarification",
    "ask_explanation",
    "ask_extension",
    "attach_file",
    "create_tender",
    "criteria_of",
    "decide_price",
    "declare_interest",
    "earliest_closing_day",
    "edit_answer",
    "edit_price",
    "edit_tender",
    "evaluation_model",
    "exercise_contract_option",
    "expected_winners",
    "explain_price",
    "interest_of",
    "invented_bids",
    "invitees",
    "is_anything_invited",
    "letter_pdf",
    "list_price",
    "lock_quality",
    "margins",
    "model_in_words",
    "moderate_response",
    "notice_of",
    "objections_to_abandonment",
    "objections_to_agreeing",
    "objections_to_approval",
    "objections_to_asking",
    "objections_to_attaching",
    "objections_to_bidding",
    "objections_to_contract_option",
    "objections_to_debrief",
    "objections_to_debrief_answer",
    "objections_to_deciding",
    "objections_to_explaining",
    "objections_to_extension",
    "objections_to_lock",
    "objections_to_moderation",
    "objections_to_opening",
    "objections_to_publication",
    "objections_to_recommendation",
    "objections_to_scoring",
    "objections_to_submission",
    "open_bids",
    "own_attempts",
    "own_bid",
    "own_file",
    "procurement_report",
    "procurement_report_pdf",
    "publish_tender",
    "ranking",
    "receipt_text",
    "recommend_award",
    "rehearse",
    "remind_of_debriefs",
    "remove_file",
    "request_debrief",
    "score_response",
    "scoring_model",
    "seal_bid",
    "sealed_content",
    "set_criteria",
    "set_initial_evaluation",
    "submit_bid",
    "unexplained",
    "version_of",
    "warnings_of",
    "withdraw_bid",
]
