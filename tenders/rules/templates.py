"""Drafts to start from: figures and questions that stand beside each other well (R7.1, R7.12).

They are only a start. What does not fit the agreement's published ranges is objected to, as in
any draft. The lot, the need, prices, dates and people are the drafter's own.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from tenders.states import AwardBasis, PriceFormula, Rounding, TieBreak

SCALE = (
    "No answer, or one that is not acceptable",
    "Poor: major gaps or doubts",
    "Partial: some of what is asked, with gaps",
    "Acceptable: what is asked, with few details or examples",
    "Good: what is asked, in detail and with examples",
    "Excellent: more than is asked, with evidence of results",
)


@dataclass(frozen=True)
class Asked:
    """A criterion of a template; ``heading`` is the name that the agreement published."""

    heading: str
    weight: int
    question: str
    guidance: str
    word_limit: int = 500


@dataclass(frozen=True)
class Template:
    key: str
    name: str
    purpose: str
    price_weight: int
    price_formula: PriceFormula
    criteria: tuple[Asked, ...]
    compared_weeks: int | None = None
    award_basis: AwardBasis = AwardBasis.SINGLE
    award_threshold: int | None = None
    tie_break: TieBreak = TieBreak.QUALITY
    rounding: Rounding = Rounding.NONE
    minimum_question_score: int = 2
    scale: tuple[str, ...] = SCALE

    @property
    def terms(self) -> dict[str, object]:
        """What it fills in of a draft's terms."""
        return {
            "price_weight": self.price_weight,
            "price_formula": self.price_formula,
            "compared_weeks": self.compared_weeks,
            "award_basis": self.award_basis,
            "award_threshold": self.award_threshold,
            "tie_break": self.tie_break,
            "rounding": self.rounding,
            "minimum_question_score": self.minimum_question_score,
            "score_scale_max": len(self.scale) - 1,
            "scale": self.scale,
        }


PROGRAMME = (
    "Describe the programme, and the people who would deliver it.",
    "A structured programme; qualifications and staffing by day and night; how progress is "
    "measured; results of the last two years.",
)
SAFETY = (
    "Describe how people are kept safe.",
    "Nights and weekends; medicines; risk of relapse, overdose and self-harm; how incidents are "
    "reported and what was learnt from one.",
)
AFTERCARE = (
    "Describe how recovery goes on after the stay.",
    "When aftercare is agreed; housing, family and work; the handover to local services; what "
    "happens if somebody leaves early.",
)
ACCESS = (
    "Describe for whom there are places, and how soon.",
    "Time from referral to admission; mobility, language, culture and belief; contact with family.",
)
SOCIAL_VALUE = (
    "Describe what the contract would add for people and places in the area.",
    "Work and training for people in recovery; volunteers; local supply. Only what comes of this "
    "contract counts.",
)

STANDARD = Template(
    key="standard",
    name="Standard competition",
    purpose="For a number of places over some months. Prices are scored by their place in a range "
    "that we publish, so no bid changes the score of another.",
    price_weight=40,
    price_formula=PriceFormula.SET_RANGE,
    criteria=(
        Asked("Clinical quality", 25, *PROGRAMME),
        Asked("Safeguarding", 15, *SAFETY),
        Asked("Aftercare and recovery", 10, *AFTERCARE),
        Asked("Access and inclusion", 5, *ACCESS, word_limit=300),
        Asked("Social value", 5, *SOCIAL_VALUE, word_limit=300),
    ),
)
FIXED_PRICE = Template(
    key="fixed-price",
    name="Fixed price, quality decides",
    purpose="For needs of a similar kind, where we publish what a week costs. Every bid earns the "
    "whole weight of the price, so only the answers tell bids apart.",
    price_weight=30,
    price_formula=PriceFormula.QUALITY_ONLY,
    criteria=(
        Asked("Clinical quality", 30, *PROGRAMME),
        Asked("Safeguarding", 20, *SAFETY),
        Asked("Aftercare and recovery", 15, *AFTERCARE),
        Asked("Access and inclusion", 5, *ACCESS, word_limit=300),
    ),
)
SEVERAL = Template(
    key="several",
    name="Several providers above a threshold",
    purpose="For a demand that no single provider can meet. Every bid whose total reaches the "
    "threshold is awarded a contract.",
    price_weight=35,
    price_formula=PriceFormula.SET_RANGE,
    award_basis=AwardBasis.ABOVE_THRESHOLD,
    award_threshold=60,
    criteria=(
        Asked("Clinical quality", 25, *PROGRAMME),
        Asked("Safeguarding", 15, *SAFETY),
        Asked("Aftercare and recovery", 15, *AFTERCARE),
        Asked("Access and inclusion", 10, *ACCESS),
    ),
)
ONE_PLACE = Template(
    key="one-place",
    name="One person’s placement",
    purpose="For a single place, soon. Few and short questions. Prices are compared over the whole "
    "stay. The need is described without anything that could point to the person.",
    price_weight=30,
    price_formula=PriceFormula.LOWEST_RATIO,
    compared_weeks=12,
    tie_break=TieBreak.FIRST_CRITERION,
    criteria=(
        Asked("Clinical quality", 35, *PROGRAMME, word_limit=300),
        Asked("Safeguarding", 15, *SAFETY, word_limit=200),
        Asked("Access and inclusion", 15, *ACCESS, word_limit=200),
        Asked("Aftercare and recovery", 5, *AFTERCARE, word_limit=200),
    ),
)
TEMPLATES: Mapping[str, Template] = {
    each.key: each for each in (STANDARD, FIXED_PRICE, SEVERAL, ONE_PLACE)
}
