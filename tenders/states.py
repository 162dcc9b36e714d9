"""The life of a tender: its states and the moves between them."""

from django.db.models import TextChoices


class TenderState(TextChoices):
    DRAFT = "draft", "Draft"  # an author writes it
    PUBLISHED = "published", "Published"  # a second person publishes; closes by the clock alone
    OPENED = "opened", "Opened, quality being scored"  # two officers open
    QUALITY_LOCKED = "quality_locked", "Quality locked, prices revealed"  # procurement locks
    RECOMMENDED = "recommended", "Award recommended"  # procurement recommends
    AWARDED = "awarded", "Awarded"  # the commissioner approves
    ABANDONED = "abandoned", "Abandoned"  # two people, with a reason


MOVES = {
    TenderState.DRAFT: {TenderState.PUBLISHED, TenderState.ABANDONED},
    TenderState.PUBLISHED: {TenderState.OPENED, TenderState.ABANDONED},
    TenderState.OPENED: {TenderState.QUALITY_LOCKED, TenderState.ABANDONED},
    TenderState.QUALITY_LOCKED: {TenderState.RECOMMENDED, TenderState.ABANDONED},
    TenderState.RECOMMENDED: {TenderState.AWARDED, TenderState.ABANDONED},
    TenderState.AWARDED: set(),
    TenderState.ABANDONED: set(),
}


class ContractState(TextChoices):
    """Read off the dates; nobody moves a contract."""

    NOT_BEGUN = "not_begun", "Not begun"
    RUNNING = "running", "Running"
    ENDED = "ended", "Ended"


class PriceFormula(TextChoices):
    """How a price becomes a score (R7.2); the arithmetic is in ``rules``."""

    LOWEST_RATIO = "LOWEST_RATIO", "Lowest price divided by price"
    QUALITY_ONLY = "QUALITY_ONLY", "Quality only, at a fixed price"
