"""What people type on the pages of tenders, bids, scores and awards."""

from .bidding import (
    AnswerForm,
    AttachmentForm,
    BidAnswerForm,
    BidPriceForm,
    DebriefAnswerForm,
    DebriefForm,
    ExtensionForm,
    QuestionForm,
)
from .contracts import ContractListForm, ContractOptionForm
from .criteria import CriteriaFormSet
from .drafting import RehearsalForm, TenderForm
from .evaluation import (
    ApprovalForm,
    ChallengeForm,
    ExplanationForm,
    InterestForm,
    PointsForm,
    PriceDecisionForm,
    PriceQuestionForm,
    RecommendationForm,
    ReplacementForm,
    SettlementForm,
)
from .fields import AbandonForm, ConfirmForm, ListForm
from .shorter_periods import PeriodAnswerForm, ShorterPeriodForm

__all__ = [
    "AbandonForm",
    "AnswerForm",
    "ApprovalForm",
    "AttachmentForm",
    "BidAnswerForm",
    "BidPriceForm",
    "ChallengeForm",
    "ConfirmForm",
    "ContractListForm",
    "ContractOptionForm",
    "CriteriaFormSet",
    "DebriefAnswerForm",
    "DebriefForm",
    "ExplanationForm",
    "ExtensionForm",
    "InterestForm",
    "ListForm",
    "PeriodAnswerForm",
    "PointsForm",
    "PriceDecisionForm",
    "PriceQuestionForm",
    "QuestionForm",
    "RecommendationForm",
    "RehearsalForm",
    "ReplacementForm",
    "SettlementForm",
    "ShorterPeriodForm",
    "TenderForm",
]
