"""Suspension, reinstatement and exclusion: recommended by one person, decided by another."""

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Permission
from dps_portal.audit import trail
from dps_portal.refusals import refuse_if
from providers import rules
from providers.models import Admission, Measure, Provider, unassessed_grounds
from providers.states import MeasureKind

from .admissions import lock_provider, tell


def _concerned(
    provider: Provider, kind: MeasureKind, chosen: Collection[Admission], at: datetime
) -> list[Admission]:
    """The admissions that a measure is about; an exclusion always ends all of them."""
    held = provider.admissions.held(timezone.localdate(at)).in_lot_order()
    if kind == MeasureKind.EXCLUSION:
        return list(held)
    return list(held.filter(pk__in=[each.pk for each in chosen]))


def _concerned_now(measure: Measure, at: datetime) -> list[Admission]:
    return _concerned(measure.provider, MeasureKind(measure.kind), measure.admissions.all(), at)


@transaction.atomic
def recommend_measure(
    *,
    provider: Provider,
    kind: MeasureKind,
    admissions: Collection[Admission],
    from_on: date,
    until_on: date | None,
    reason: str,
    by: User,
    at: datetime,
) -> Measure:
    """Put it to those who decide. The provider hears of it only if it is approved."""
    provider = lock_provider(provider)
    today = timezone.localdate(at)
    admissions = _concerned(provider, kind, admissions, at)
    waiting = Admission.objects.filter(
        pk__in=[each.pk for each in admissions], measures__is_approved=None, measures__isnull=False
    )
    refuse_if(
        rules.objections_to_recommended_measure(
            from_on=from_on,
            today=today,
            reason=reason,
            waiting=[str(each.lot) for each in waiting.in_lot_order().distinct()],
            others=rules.objections_to_measure(
                kind,
                [each.holding() for each in admissions],
                from_on=from_on,
                until_on=until_on,
                today=today,
            ),
        )
    )
    measure = Measure.objects.create(
        provider=provider,
        kind=kind,
        from_on=from_on,
        until_on=until_on,
        reason=reason,
        recommended_by=by,
        recommended_at=at,
    )
    measure.admissions.set(admissions)
    deciders = User.objects.with_permission(Permission.DECIDE_MEASURE).exclude(pk=by.pk)
    tell(deciders, "measure_recommended", measure.get_absolute_url(), at=at, measure=measure)
    _record("recommended", measure, by, at, lots=[each.lot.number for each in admissions])
    return measure


def objections_to_deciding(
    measure: Measure,
    *,
    is_approved: bool,
    reason: str,
    by: User,
    at: datetime,
) -> list[str]:
    """For the page, too: everything against the decision as things stand."""
    today = timezone.localdate(at)
    admissions = _concerned_now(measure, at)
    grounds = []
    if measure.kind == MeasureKind.EXCLUSION:
        grounds = unassessed_grounds(today, providers=[measure.provider])
    return rules.objections_to_decided_measure(
        is_decided=measure.is_approved is not None,
        is_recommender=measure.recommended_by_id == by.pk,
        is_approved=is_approved,
        reason=reason,
        unassessed=[each.get_ground_display() for each in grounds],
        others=rules.objections_to_measure(
            MeasureKind(measure.kind),
            [each.holding() for each in admissions],
            from_on=max(measure.from_on, today),
            until_on=measure.until_on,
            today=today,
        ),
    )


@transaction.atomic
def decide_measure(
    *, measure: Measure, is_approved: bool, reason: str, by: User, at: datetime
) -> Measure:
    """Approve or turn down. An approved one is told to the provider in the same transaction.

    It has its effect from its day on, or from today where that day has passed meanwhile.
    """
    lock_provider(measure.provider)
    measure = Measure.objects.select_related("provider", "recommended_by").get(pk=measure.pk)
    refuse_if(objections_to_deciding(measure, is_approved=is_approved, reason=reason, by=by, at=at))
    measure.is_approved = is_approved
    measure.decision_reason = reason
    measure.decided_by = by
    measure.decided_at = at
    path = measure.get_absolute_url()
    if is_approved:
        measure.from_on = max(measure.from_on, timezone.localdate(at))
        admissions = _concerned_now(measure, at)
        measure.admissions.set(admissions)
        for admission in admissions:
            _apply(measure, admission)
        tell(measure.provider.people(), "measure_taken", path, at=at, measure=measure)
    measure.save()
    tell([measure.recommended_by], "measure_decided", path, at=at, measure=measure)
    _record("decided", measure, by, at, is_approved=is_approved)
    return measure


def _apply(measure: Measure, admission: Admission) -> None:
    if measure.kind == MeasureKind.SUSPENSION:
        admission.suspended_from = measure.from_on
        admission.suspended_until = measure.until_on
        admission.suspension_reason = measure.decision_reason
    elif measure.kind == MeasureKind.EXCLUSION:
        admission.ended_on = measure.from_on
        admission.end_reason = measure.decision_reason
    elif admission.suspended_from >= measure.from_on:  # it has not begun, and never does
        admission.suspended_from = admission.suspended_until = None
        admission.suspension_reason = ""
    else:
        admission.suspended_until = measure.from_on
    admission.save()


def remind_of_open_suspensions(*, at: datetime) -> int:
    """Each month, those who decide look again at suspensions that nothing ends by itself."""
    today = timezone.localdate(at)
    rows = (
        Admission.objects.held(today)
        .filter(suspended_from__lte=today, suspended_until=None)
        .values_list("provider", "suspended_from")
        .distinct()
        .order_by("provider", "suspended_from")
    )
    return sum(
        _remind(Provider.objects.get(pk=provider), since, at)
        for provider, since in rows
        if rules.whole_months(since, today)
    )


@transaction.atomic
def _remind(provider: Provider, since: date, at: datetime) -> bool:
    months = rules.whole_months(since, timezone.localdate(at))
    told = tell(
        User.objects.with_permission(Permission.DECIDE_MEASURE),
        "suspension_open",
        provider.get_absolute_url(),
        at=at,
        key=f"suspension:{provider}:{since}:{months}",
        provider=provider,
    )
    if told:
        trail.record("provider.suspension_reminded", provider, by=None, at=at, months=months)
    return told


def _record(what: str, measure: Measure, by: User, at: datetime, **facts) -> None:
    trail.record(
        f"measure.{what}",
        measure,
        by=by,
        at=at,
        provider=measure.provider.reference,
        kind=measure.kind,
        from_on=measure.from_on.isoformat(),
        **facts,
    )
