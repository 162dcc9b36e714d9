"""What people type on the pages of tenders, bids, scores and awards."""

from .bidding import AnswerForm, BidForm, QuestionForm
from .drafting import CriteriaFormSet, RehearsalForm, TenderForm
from .evaluation import ApprovalForm, InterestForm, PointsForm, RecommendationForm
from .fields import AbandonForm, ConfirmForm, ListForm

__all__ = [
    "AbandonForm",
    "AnswerForm",
    "ApprovalForm",
    "BidForm",
    "ConfirmForm",
    "CriteriaFormSet",
    "InterestForm",
    "ListForm",
    "PointsForm",
    "QuestionForm",
    "RecommendationForm",
    "RehearsalForm",
    "TenderForm",
]
