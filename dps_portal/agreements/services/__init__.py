"""Every act on an agreement that writes."""

from .loading import load_agreement
from .notices import open_round, owe_quarterly_notice, record_notice, remind_of_notices
from .profile import (
    change_rule,
    is_locked,
    set_award_criteria,
    set_initial_evaluation,
    set_lot_criteria,
    set_rules,
)
from .settings import set_placement_settings
from .validity import (
    change_validity,
    end_early,
    exercise_option,
    next_deadline,
    remind_of_countdown,
)

__all__ = [
    "change_rule",
    "change_validity",
    "end_early",
    "exercise_option",
    "is_locked",
    "load_agreement",
    "next_deadline",
    "open_round",
    "owe_quarterly_notice",
    "record_notice",
    "remind_of_countdown",
    "remind_of_notices",
    "set_award_criteria",
    "set_initial_evaluation",
    "set_lot_criteria",
    "set_placement_settings",
    "set_rules",
]
