"""The decisions of a mini-competition, on plain values."""

from .award import objections_to_approval, objections_to_recommendation, objections_to_winner
from .bidding import (
    objections_to_answer,
    objections_to_answers,
    objections_to_bidding,
    objections_to_clarification,
    objections_to_gaps,
    objections_to_price,
    objections_to_withdrawal,
)
from .contracts import (
    contract_value,
    keep_until,
    last_day_of,
    objections_to_contract_option,
)
from .debriefs import objections_to_debrief, objections_to_debrief_answer
from .drafting import (
    FEWEST_EVALUATORS,
    ROUNDING,
    TIE_BREAK,
    objections_to_change,
    objections_to_criteria,
    objections_to_deadline,
    objections_to_panel,
    objections_to_publication,
    objections_to_terms,
)
from .evaluation import (
    objections_to_consensus,
    objections_to_lock,
    objections_to_model,
    objections_to_moderation,
    objections_to_opening,
    objections_to_points,
    objections_to_scoring,
)
from .moves import objections_to_abandonment, objections_to_declaration
from .scoring import FORMULAS, TIE_BREAKS, Model, Offer, Result, rank_bids, two_places

__all__ = [
    "FEWEST_EVALUATORS",
    "FORMULAS",
    "ROUNDING",
    "TIE_BREAK",
    "TIE_BREAKS",
    "Model",
    "Offer",
    "Result",
    "contract_value",
    "keep_until",
    "last_day_of",
    "objections_to_abandonment",
    "objections_to_answer",
    "objections_to_answers",
    "objections_to_approval",
    "objections_to_bidding",
    "objections_to_change",
    "objections_to_clarification",
    "objections_to_consensus",
    "objections_to_contract_option",
    "objections_to_criteria",
    "objections_to_deadline",
    "objections_to_debrief",
    "objections_to_debrief_answer",
    "objections_to_declaration",
    "objections_to_gaps",
    "objections_to_lock",
    "objections_to_model",
    "objections_to_moderation",
    "objections_to_opening",
    "objections_to_panel",
    "objections_to_points",
    "objections_to_price",
    "objections_to_publication",
    "objections_to_recommendation",
    "objections_to_scoring",
    "objections_to_terms",
    "objections_to_winner",
    "objections_to_withdrawal",
    "rank_bids",
    "two_places",
]
