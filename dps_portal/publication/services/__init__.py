"""What is published, asked and told to the public."""

from .documents import publish_document, publish_version
from .questions import answer_question, ask_question
from .subscriptions import (
    CONFIRM,
    CONFIRM_WITHIN,
    END,
    confirm_subscription,
    forget_addresses,
    subscribe,
    tell_of_open_rounds,
    unsubscribe,
)

__all__ = [
    "CONFIRM",
    "CONFIRM_WITHIN",
    "END",
    "answer_question",
    "ask_question",
    "confirm_subscription",
    "forget_addresses",
    "publish_document",
    "publish_version",
    "subscribe",
    "tell_of_open_rounds",
    "unsubscribe",
]
