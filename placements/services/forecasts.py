"""Setting what a forecast assumes, keeping a forecast, and the alarm where it meets its ceiling."""

from dataclasses import asdict
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.agreements.models import Agreement
from dps_portal.audit import trail
from dps_portal.clock import financial_year
from dps_portal.refusals import refuse_if
from placements import rules
from placements.models import BudgetYear, ForecastAssumptions, ForecastRun
from placements.states import AlertLine, YearState

from .ceilings import raise_alert
from .outlooks import Outlook, assumed_of, assumptions_of, outlook

CEILING = (100,)


@transaction.atomic
def set_assumptions(
    *, agreement: Agreement, figures: dict[str, int], reason: str, by: User, at: datetime
) -> ForecastAssumptions:
    """Add a version of the figures; what was kept before stays as it is."""
    Agreement.objects.select_for_update().get(pk=agreement.pk)
    versions = assumptions_of(agreement)
    now = {one.name: one.value for one in assumed_of(versions)}
    refuse_if(rules.objections_to_assumptions(is_changed=figures != now))
    version = ForecastAssumptions.objects.create(
        agreement=agreement,
        version=len(versions) + 1,
        figures=figures,
        reason=reason,
        set_by=by,
        set_at=at,
    )
    changed = {name: value for name, value in figures.items() if value != now[name]}
    trail.record(
        "forecast.assumptions_set", agreement, by=by, at=at, version=version.version, **changed
    )
    return version


@transaction.atomic
def keep_forecast(*, year: BudgetYear, by: User, at: datetime) -> ForecastRun:
    """Freeze the forecast as it is now, with all that it assumes."""
    run = _keep(year, outlook(year, timezone.localdate(at)), by, at)
    trail.record("forecast.kept", run, by=by, at=at)
    return run


def watch_forecasts(*, at: datetime) -> int:
    """Once a London day keep the forecast of each year that is not over, and raise the alarm.

    A day that was missed is not made up for: what counts is where the year stands now (T23).
    Returns how many were kept.
    """
    today = timezone.localdate(at)
    kept = ForecastRun.objects.filter(made_by=None, as_of=today)
    years = BudgetYear.objects.filter(year__gte=financial_year(today))
    years = years.exclude(state=YearState.CLOSED).exclude(pk__in=kept.values("budget_year"))
    return sum(_watch(year, at) for year in years.select_related("agreement").order_by("pk"))


def _watch(year: BudgetYear, at: datetime) -> bool:
    """The forecast is made before the year is locked: decisions on money need not wait for it."""
    today = timezone.localdate(at)
    now = outlook(year, today)
    with transaction.atomic():
        year = (
            BudgetYear.objects.select_for_update(of=("self",))
            .select_related("agreement")
            .get(pk=year.pk)
        )
        if year.forecasts.filter(made_by=None, as_of=today).exists():
            return False
        _keep(year, now, None, at)
        raise_alert(year, AlertLine.LIKELY, now.likely.pence, thresholds=CEILING, at=at)
    return True


def _keep(year: BudgetYear, now: Outlook, by: User | None, at: datetime) -> ForecastRun:
    return ForecastRun.objects.create(
        budget_year=year,
        as_of=now.as_of,
        assumptions=[asdict(one) for one in now.assumed],
        results=now.results(),
        made_by=by,
        made_at=at,
    )
