"""What the council finds, recommends and decides for each lot, and the price that follows."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Permission
from dps_portal.audit import trail
from dps_portal.refusals import refuse_if
from providers import rules
from providers.models import Admission, LotApplication, LotAssessment
from providers.states import ApplicationState, Criterion, Finding, Outcome, RateSource

from .admissions import lock_provider, set_rate
from .applications import lock, tell
from .reviews import objections_to_reviewer


@transaction.atomic
def record_assessment(
    *,
    lot_application: LotApplication,
    findings: Mapping[Criterion, tuple[Finding, str]],
    by: User,
    at: datetime,
) -> LotApplication:
    """``by``'s own findings, each with its reason. They withdraw a recommendation made before."""
    lot_application = _lock_lot(lot_application)
    refuse_if(
        objections_to_reviewer(lot_application.application, by)
        or rules.objections_to_assessment(
            **_where(lot_application), reasons=[reason for _, reason in findings.values()]
        )
    )
    for criterion, (finding, reason) in findings.items():
        LotAssessment.objects.update_or_create(
            lot_application=lot_application,
            assessor=by,
            criterion=criterion,
            defaults={"finding": finding, "reason": reason, "at": at},
        )
    lot_application.recommendation = ""
    lot_application.recommendation_reason = ""
    lot_application.recommended_by = lot_application.recommended_at = None
    lot_application.save()
    found = {criterion.value: finding.value for criterion, (finding, _) in findings.items()}
    _record("lot_assessed", lot_application, by, at, findings=found)
    return lot_application


@transaction.atomic
def recommend_lot(
    *, lot_application: LotApplication, outcome: Outcome, reason: str, by: User, at: datetime
) -> LotApplication:
    """Put the lot to those who decide, once nothing is open."""
    lot_application = _lock_lot(lot_application)
    refuse_if(
        objections_to_reviewer(lot_application.application, by)
        or rules.objections_to_recommendation(
            **_where(lot_application),
            is_recommended=bool(lot_application.recommendation),
            unassessed_grounds=_unassessed(lot_application, at),
            findings=lot_application.findings(),
            outcome=outcome,
            reason=reason,
        )
    )
    lot_application.recommendation = outcome
    lot_application.recommendation_reason = reason
    lot_application.recommended_by = by
    lot_application.recommended_at = at
    lot_application.save()
    deciders = User.objects.with_permission(Permission.DECIDE_APPLICATION).exclude(pk=by.pk)
    tell(deciders, "lot_recommended", lot_application.application, at, lot=lot_application.lot)
    _record("lot_recommended", lot_application, by, at, outcome=outcome)
    return lot_application


@transaction.atomic
def decide_lot(
    *, lot_application: LotApplication, outcome: Outcome, reason: str, by: User, at: datetime
) -> LotApplication:
    """Admit or refuse; the provider is told with the reason in the same transaction (R2.7).

    An admission holds at once, at the weekly price of the application.
    """
    lot_application = _lock_lot(lot_application)
    application = lot_application.application
    refuse_if(
        objections_to_reviewer(application, by)
        or rules.objections_to_decision(
            **_where(lot_application),
            unassessed_grounds=_unassessed(lot_application, at),
            is_recommended=bool(lot_application.recommendation),
            is_recommender=lot_application.recommended_by_id == by.pk,
            findings=lot_application.findings(),
            outcome=outcome,
            reason=reason,
        )
    )
    lot_application.outcome = outcome
    lot_application.outcome_reason = reason
    lot_application.decided_by = by
    lot_application.decided_at = at
    lot_application.letter = _letter(lot_application)
    lot_application.save()
    if not application.lots.filter(outcome="").exists():
        application.state = ApplicationState.DECIDED
        application.closed_at = at
        application.save()
    if outcome == Outcome.ADMITTED:
        _admit(lot_application, by, at)
    tell(application.provider.people(), "lot_decided", application, at, decided=lot_application)
    _record("lot_decided", lot_application, by, at, outcome=outcome)
    return lot_application


def _admit(lot_application: LotApplication, by: User, at: datetime) -> None:
    """Prices of an earlier admission that have not begun never will: the applied one counts."""
    today = timezone.localdate(at)
    provider, lot = lock_provider(lot_application.application.provider), lot_application.lot
    lapsed = provider.rates.filter(lot=lot, source=RateSource.PRICE_LIST, effective_from__gte=today)
    days = [rate.effective_from.isoformat() for rate in lapsed.order_by("effective_from")]
    if days:
        trail.record("provider.prices_lapsed", provider, by=by, at=at, lot=lot.number, days=days)
        lapsed.delete()
    Admission.objects.create(
        provider=provider, lot=lot, lot_application=lot_application, admitted_on=today
    )
    set_rate(
        provider=provider,
        lot=lot,
        effective_from=today,
        weekly_pence=lot_application.weekly_pence,
        source=RateSource.PRICE_LIST,
        by=by,
        at=at,
    )


def _lock_lot(lot_application: LotApplication) -> LotApplication:
    """The application's lock covers its lots, so that the last decision knows it is the last."""
    application = lock(lot_application.application)
    fresh = application.lots.select_related("lot").get(pk=lot_application.pk)
    fresh.application = application
    return fresh


def _letter(lot_application: LotApplication) -> str:
    """The words as sent: the outcome, the criteria that were not met, the reason (R2.7, R4.4)."""
    unmet = {
        criterion.label
        for criterion, finding in lot_application.findings()
        if finding == Finding.NOT_MET
    }
    facts = {
        "decided": lot_application,
        "application": lot_application.application,
        "unmet": sorted(unmet),
        "reasons_days": lot_application.application.agreement.regime.give_reasons_days,
    }
    return render_to_string("providers/letters/lot_decided.txt", facts).strip()


def _unassessed(lot_application: LotApplication, at: datetime) -> int:
    """Live declared grounds whose self-cleaning nobody has assessed (R3.2)."""
    grounds = lot_application.application.answers().grounds
    return len(rules.unassessed(grounds, today=timezone.localdate(at)))


def _where(lot_application: LotApplication) -> dict[str, object]:
    return {
        "state": ApplicationState(lot_application.application.state),
        "is_decided": bool(lot_application.outcome),
    }


def _record(what: str, lot_application: LotApplication, by: User, at: datetime, **facts) -> None:
    facts = {"lot": lot_application.lot.number, **facts}
    trail.record(f"application.{what}", lot_application.application, by=by, at=at, **facts)
