"""The evaluation model of a tender: what is published, hashed, and scored by (R7.1)."""

from collections.abc import Iterable
from fractions import Fraction

from django.db.models import QuerySet
from django.utils import timezone

from dps_portal import sealing
from dps_portal.agreements.models import AwardCriterion
from tenders import rules
from tenders.models import Criterion, Tender
from tenders.states import CeilingRule, TieBreak

OF_CRITERION = ("name", "weight", "question", "guidance", "word_limit", "minimum_score")
MAY_HAVE = ("attachments", "heading__name")  # published, and hashed, only where there are some
OF_TENDER = (
    *("price_weight", "price_formula", "range_low_pence", "range_high_pence", "benchmark_pence"),
    *(
        "fixed_pence",
        "low_price_percent",
        "ceiling_rule",
        "rounding",
        "award_basis",
        "award_places",
    ),
    *("award_threshold", "score_scale_max", "scale", "minimum_question_score"),
)


def evaluation_model(tender: Tender) -> dict:
    """Everything that decides who wins, as it is published and hashed."""
    return {
        "tender": tender.reference,
        "agreement": tender.lot.agreement.reference,
        "lot": tender.lot.number,
        "need": tender.need,
        "contract": [tender.contract_start.isoformat(), tender.contract_end.isoformat()],
        **({"options": [tender.options, tender.option_months]} if tender.options else {}),
        **({"compared_weeks": tender.compared_weeks} if tender.compared_weeks else {}),
        "ceiling_weekly_pence": tender.lot.ceiling_weekly_pence,
        "tie_break": TieBreak(tender.tie_break).order,
        "criteria": [
            {
                name.removesuffix("__name"): value
                for name, value in facts.items()
                if name not in MAY_HAVE or value
            }
            for facts in tender.criteria.order_by("position").values(*OF_CRITERION, *MAY_HAVE)
        ],
        **{name: getattr(tender, name) for name in OF_TENDER},
    }


def is_model_intact(tender: Tender) -> bool:
    return sealing.digest(evaluation_model(tender)) == tender.model_hash


def scoring_model(tender: Tender, criteria: Iterable[Criterion]) -> rules.Model:
    """The same for the arithmetic; ``criteria`` in their order."""
    criteria = list(criteria)
    minimum, threshold = tender.minimum_question_score, tender.award_threshold
    has_range = tender.range_low_pence is not None
    return rules.Model(
        price_weight=Fraction(tender.price_weight),
        criteria=tuple((each.name, Fraction(each.weight)) for each in criteria),
        scale_max=Fraction(tender.score_scale_max),
        minimum_score=None if minimum is None else Fraction(minimum),
        minima=tuple(
            None if each.minimum_score is None else Fraction(each.minimum_score)
            for each in criteria
        ),
        ceiling_pence=tender.lot.ceiling_weekly_pence,
        counts_at_ceiling=tender.ceiling_rule == CeilingRule.CAP,
        formula=tender.price_formula,
        range_pence=(tender.range_low_pence, tender.range_high_pence) if has_range else None,
        benchmark_pence=tender.benchmark_pence,
        rounding=tender.rounding,
        tie_break=TieBreak(tender.tie_break).order,
        basis=tender.award_basis,
        places=tender.award_places or 1,
        threshold=None if threshold is None else Fraction(threshold),
    )


def model_in_words(tender: Tender) -> list[str]:
    model = scoring_model(tender, tender.criteria.order_by("position"))
    return [
        *rules.model_in_words(model, tender.fixed_pence, tender.compared_weeks),
        f"A price more than {tender.low_price_percent}% below the mean of the others has to be "
        "explained before it counts. It is rejected only if the explanation does not account "
        "for it (regulation 69).",
    ]


def objections_to_terms(tender: Tender) -> list[str]:
    agreement = tender.lot.agreement
    return [
        *rules.objections_to_terms(
            contract=(tender.contract_start, tender.contract_end),
            agreement=(agreement.start, agreement.end),
            closes_on=timezone.localdate(tender.closes_at),
            price_weight=tender.price_weight,
            price_weights=(agreement.price_weight_min, agreement.price_weight_max),
            scale_max=tender.score_scale_max,
            scale=tender.scale,
            minimum_score=tender.minimum_question_score,
            options=(tender.options, tender.option_months),
        ),
        *rules.objections_to_price_model(
            formula=tender.price_formula,
            price_weight=tender.price_weight,
            ceiling_pence=tender.lot.ceiling_weekly_pence,
            range_pence=(tender.range_low_pence, tender.range_high_pence),
            benchmark_pence=tender.benchmark_pence,
            fixed_pence=tender.fixed_pence,
            compared_weeks=tender.compared_weeks,
        ),
        *rules.objections_to_basis(
            basis=tender.award_basis,
            places=tender.award_places,
            threshold=tender.award_threshold,
        ),
    ]


def objections_to_criteria(tender: Tender, criteria: Iterable[Criterion]) -> list[str]:
    criteria = list(criteria)
    headings = list(headings_of(tender))
    names = {heading.pk: heading.name for heading in headings}
    return [
        *rules.objections_to_criteria(
            names=[criterion.name for criterion in criteria],
            weights=[criterion.weight for criterion in criteria],
            minima=[criterion.minimum_score for criterion in criteria],
            price_weight=tender.price_weight,
            scale_max=tender.score_scale_max,
        ),
        *rules.objections_to_headings(
            criteria=[(each.name, names.get(each.heading_id), each.weight) for each in criteria],
            published={heading.name: heading.weights for heading in headings},
        ),
    ]


def objections_to_saved_criteria(tender: Tender) -> list[str]:
    """What stands against those of a draft, which a template or another agreement may bring."""
    criteria = list(tender.criteria.all())
    return objections_to_criteria(tender, criteria) if criteria else []


def headings_of(tender: Tender) -> QuerySet[AwardCriterion]:
    """What the agreement published to score by; perhaps nothing."""
    return tender.lot.agreement.award_criteria.order_by("position", "pk")
