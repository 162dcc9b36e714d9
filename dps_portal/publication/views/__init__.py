"""The public pages, and those of the council that publish on them."""

from .documents import (
    document,
    document_list,
    document_version,
    publish_document,
    publish_version,
)
from .exports import (
    award_pack,
    contracts_csv,
    open_data,
    record,
    record_package,
    release_feed,
    release_package,
    spend_csv,
)
from .opportunities import agreement, lot, opportunity
from .portal import accessibility, alive, privacy, ready, receipt_key, robots, sitemap
from .questions import answer_list, answer_question, ask_question, question_list
from .registers import admitted_providers, award_list, tender, tender_list
from .subscriptions import confirm_subscription, subscribe, unsubscribe

__all__ = [
    "accessibility",
    "admitted_providers",
    "agreement",
    "alive",
    "answer_list",
    "answer_question",
    "ask_question",
    "award_list",
    "award_pack",
    "confirm_subscription",
    "contracts_csv",
    "document",
    "document_list",
    "document_version",
    "lot",
    "open_data",
    "opportunity",
    "privacy",
    "publish_document",
    "publish_version",
    "question_list",
    "ready",
    "receipt_key",
    "record",
    "record_package",
    "release_feed",
    "release_package",
    "robots",
    "sitemap",
    "spend_csv",
    "subscribe",
    "tender",
    "tender_list",
    "unsubscribe",
]
