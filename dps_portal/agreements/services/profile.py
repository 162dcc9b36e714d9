"""The rules by which an agreement works: set before its notice, locked after it (R1.3)."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.agreements import rules
from dps_portal.agreements.models import Agreement, Deviation, Handling, Lot
from dps_portal.agreements.regimes import REGIMES
from dps_portal.audit import trail
from dps_portal.refusals import Refused, refuse_if

PUBLISHED = (
    *rules.FIGURES,
    *("opens_in_rounds", "lapsed_evidence", "inadequate_rating", "placement_competition"),
)


def lock_agreement(agreement: Agreement) -> Agreement:
    return Agreement.objects.select_for_update().get(pk=agreement.pk)


def is_locked(agreement: Agreement) -> bool:
    """Whether the contract notice is out, with its reference."""
    return agreement.contract_notice() is not None


def _objections_to_rules(agreement: Agreement) -> list[str]:
    return rules.objections_to_rules(
        REGIMES[agreement.regime_key],
        opens_in_rounds=agreement.opens_in_rounds,
        figures={rule: getattr(agreement, rule) for rule in rules.FIGURES},
    )


@transaction.atomic
def set_rules(*, agreement: Agreement, by: User, at: datetime, **values) -> Agreement:
    """Before the contract notice is recorded. ``None`` for a figure is the regime's own."""
    agreement = lock_agreement(agreement)
    for rule in PUBLISHED:
        setattr(agreement, rule, values[rule])
    refuse_if(rules.objections_to_lock(is_locked(agreement)) or _objections_to_rules(agreement))
    agreement.save()
    trail.record("agreement.rules_set", agreement, by=by, at=at, **values)
    return agreement


@transaction.atomic
def change_rule(
    *,
    agreement: Agreement,
    rule: str,
    value: int | str | bool | None,
    reason: str,
    no_breach: str,
    by: User,
    at: datetime,
) -> Deviation:
    """After the notice. The caller tells all participants in the same transaction (R1.3)."""
    refuse_if(rules.objections_to_value(rule, value, handlings=Handling.values))
    agreement = lock_agreement(agreement)
    before = getattr(agreement, rule)
    setattr(agreement, rule, value)
    refuse_if(
        rules.objections_to_deviation(
            is_locked=is_locked(agreement), reason=reason, no_breach=no_breach
        )
        + _objections_to_rules(agreement)
        + ["The rule has this value already."] * (before == value)
    )
    agreement.save()
    deviation = Deviation.objects.create(
        agreement=agreement,
        rule=rule,
        before="" if before is None else str(before),
        after="" if value is None else str(value),
        reason=reason,
        no_breach=no_breach,
        by=by,
        at=at,
    )
    trail.record(
        "agreement.rule_changed", agreement, by=by, at=at, rule=rule, before=before, after=value
    )
    return deviation


@transaction.atomic
def set_lot_criteria(
    *,
    lot: Lot,
    minimum_turnover_pence: int | None,
    turnover_justification: str,
    by: User,
    at: datetime,
) -> Lot:
    """The economic standing that a lot asks for, before the notice (R3.3)."""
    agreement = lock_agreement(lot.agreement)
    lot = agreement.lots.get(pk=lot.pk)
    refuse_if(
        rules.objections_to_lock(is_locked(agreement))
        or rules.objections_to_turnover(
            minimum_pence=minimum_turnover_pence,
            ceiling_weekly_pence=lot.ceiling_weekly_pence,
            justification=turnover_justification,
        )
    )
    lot.minimum_turnover_pence = minimum_turnover_pence
    lot.turnover_justification = turnover_justification
    lot.save()
    trail.record(
        "agreement.lot_criteria_set",
        agreement,
        by=by,
        at=at,
        lot=lot.number,
        minimum_turnover_pence=minimum_turnover_pence,
    )
    return lot


@transaction.atomic
def set_award_criteria(
    *, agreement: Agreement, criteria: Iterable[dict], by: User, at: datetime
) -> Agreement:
    """What tenders may score by, before the notice (R2.12). A criterion is known by its name."""
    agreement = lock_agreement(agreement)
    criteria = list(criteria)
    names = [each["name"] for each in criteria]
    refuse_if(
        rules.objections_to_lock(is_locked(agreement))
        or rules.objections_to_award_criteria(
            names=names,
            weights=[(each["weight_min"], each["weight_max"]) for each in criteria],
            price_weights=(agreement.price_weight_min, agreement.price_weight_max),
        )
    )
    try:
        agreement.award_criteria.exclude(name__in=names).delete()
    except ProtectedError as error:
        raise Refused(["A tender is scored by a criterion that you left out."]) from error
    for position, facts in enumerate(criteria, start=1):
        agreement.award_criteria.update_or_create(
            name=facts["name"], defaults=facts | {"position": position}
        )
    trail.record("agreement.award_criteria_set", agreement, by=by, at=at, criteria=criteria)
    return agreement


@transaction.atomic
def set_initial_evaluation(
    *,
    agreement: Agreement,
    until: date | None,
    is_anything_invited: bool,
    by: User,
    at: datetime,
) -> Agreement:
    """More time for the first evaluation, while nobody is invited (R2.6).

    The caller knows of invitations; it locks the agreement before it looks.
    """
    agreement = lock_agreement(agreement)
    refuse_if(
        rules.objections_to_initial_evaluation(
            is_anything_invited=is_anything_invited,
            is_past=until is not None and until <= timezone.localdate(at),
        )
    )
    agreement.initial_evaluation_until = until
    agreement.save()
    trail.record(
        "agreement.initial_evaluation_set",
        agreement,
        by=by,
        at=at,
        until=until and until.isoformat(),
    )
    return agreement
