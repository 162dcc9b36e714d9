"""The life of a tender: its states and the moves between them."""

from django.db.models import TextChoices


class TenderState(TextChoices):
    DRAFT = "draft", "Draft"  # an author writes it
    PUBLISHED = "published", "Published"  # a second person publishes; closes by the clock alone
    OPENED = "opened", "Opened, quality being scored"  # two officers open
    QUALITY_LOCKED = "quality_locked", "Quality locked, prices revealed"  # procurement locks
    RECOMMENDED = "recommended", "Award recommended"  # procurement recommends
    STANDSTILL = "standstill", "Standstill"  # the commissioner approves with one
    AWARDED = "awarded", "Awarded"  # the commissioner approves, or confirms after a standstill
    ABANDONED = "abandoned", "Abandoned"  # two people, with a reason


MOVES = {
    TenderState.DRAFT: {TenderState.PUBLISHED, TenderState.ABANDONED},
    TenderState.PUBLISHED: {TenderState.OPENED, TenderState.ABANDONED},
    TenderState.OPENED: {TenderState.QUALITY_LOCKED, TenderState.ABANDONED},
    TenderState.QUALITY_LOCKED: {TenderState.RECOMMENDED, TenderState.ABANDONED},
    TenderState.RECOMMENDED: {
        TenderState.STANDSTILL,
        TenderState.AWARDED,
        TenderState.ABANDONED,
    },
    TenderState.STANDSTILL: {TenderState.AWARDED, TenderState.ABANDONED},
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
    PCT_OF_LEADER = "PCT_OF_LEADER", "Percent above the lowest price"
    SET_RANGE = "SET_RANGE", "Place in a range that we publish"
    MEAN = "MEAN", "Distance from the mean of all prices"
    BENCHMARK = "BENCHMARK", "Benchmark price divided by price"
    QUALITY_ONLY = "QUALITY_ONLY", "Quality only, at a fixed price"


class CeilingRule(TextChoices):
    """What a price over the ceiling of the lot does to its bid (R7.10)."""

    REJECT = "REJECT", "The bid is excluded"
    CAP = "CAP", "The bid counts, and is paid, at the ceiling"


class Rounding(TextChoices):
    """The stage of the arithmetic that is rounded to two decimals, half up (R7.8)."""

    NONE = "NONE", "Exact fractions; rounded for display only"
    PRICE = "PRICE", "The price score is rounded to two decimals"
    TOTAL = "TOTAL", "The total is rounded to two decimals, ties included"


class TieBreak(TextChoices):
    """What settles equal totals, in this order; a lot is drawn where it does not (R7.7)."""

    QUALITY = "QUALITY", "Higher quality score, then lower price"
    PRICE = "PRICE", "Lower price, then higher quality score"
    FIRST_CRITERION = "FIRST_CRITERION", "Score on the first criterion, then lower price"

    @property
    def order(self) -> tuple[str, ...]:
        """The names that the arithmetic knows."""
        return {
            "QUALITY": ("higher_quality", "lower_price"),
            "PRICE": ("lower_price", "higher_quality"),
            "FIRST_CRITERION": ("first_criterion", "lower_price"),
        }[self.value]


class AwardBasis(TextChoices):
    SINGLE = "SINGLE", "The best bid"
    TOP_N = "TOP_N", "The best few bids"
    ABOVE_THRESHOLD = "ABOVE_THRESHOLD", "Every bid whose total reaches a threshold"
