"""The annual ceiling by two people, and the alerts as commitments come near it."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Permission, Role
from dps_portal.agreements.models import Agreement
from dps_portal.audit import trail
from dps_portal.notifications.services import notify
from dps_portal.refusals import refuse_if
from placements import rules
from placements.models import BudgetRevision, BudgetYear, CeilingAlert
from placements.states import AlertLine, YearState

from .ledger import lock_years
from .queue import announce_affordable

WATCHERS = (Role.COMMISSIONER, Role.FINANCE, Role.ASSESSMENT_MANAGER)  # each may VIEW_BUDGET
ALERTS = {AlertLine.COMMITTED: "ceiling", AlertLine.LIKELY: "forecast"}


@transaction.atomic
def propose_ceiling(
    *,
    agreement: Agreement,
    year: int,
    ceiling_pence: int,
    decision_reference: str,
    by: User,
    at: datetime,
) -> BudgetRevision:
    """Propose the ceiling of a financial year; it holds once another person confirms it."""
    Agreement.objects.select_for_update().get(pk=agreement.pk)
    lock_years(agreement)
    waiting = agreement.budget_revisions.filter(year=year, confirmed_at=None)
    refuse_if(
        rules.objections_to_proposal(
            is_waiting=waiting.exists(), is_closed=is_closed(agreement, year)
        )
    )
    revision = BudgetRevision.objects.create(
        agreement=agreement,
        year=year,
        ceiling_pence=ceiling_pence,
        decision_reference=decision_reference,
        proposed_by=by,
        proposed_at=at,
    )
    for person in User.objects.with_permission(Permission.CONFIRM_CEILING).exclude(pk=by.pk):
        _tell(person, "ceiling_proposed", revision, at, path=revision.get_confirm_url())
    trail.record(
        "ceiling.proposed", revision, by=by, at=at, pence=ceiling_pence, ref=decision_reference
    )
    return revision


@transaction.atomic
def confirm_ceiling(*, revision: BudgetRevision, by: User, at: datetime) -> BudgetYear:
    """Put the proposed ceiling in force. Below what is committed is allowed, and flagged (R10)."""
    revision = (
        BudgetRevision.objects.select_for_update(of=("self",))
        .select_related("agreement", "proposed_by")
        .get(pk=revision.pk)
    )
    lock_years(revision.agreement)
    refuse_if(objections_to_confirmation(revision, by))
    revision.confirmed_by = by
    revision.confirmed_at = at
    revision.save()
    year, _ = BudgetYear.objects.update_or_create(
        agreement=revision.agreement,
        year=revision.year,
        defaults={"ceiling_pence": revision.ceiling_pence},
    )
    announce_affordable(revision.agreement, at=at)
    _tell(revision.proposed_by, "ceiling_confirmed", revision, at, path=year.get_absolute_url())
    trail.record(
        "ceiling.confirmed",
        revision,
        by=by,
        at=at,
        pence=revision.ceiling_pence,
        below_committed=year.headroom_pence < 0,
    )
    return year


def objections_to_confirmation(revision: BudgetRevision, by: User) -> list[str]:
    return rules.objections_to_confirmation(
        is_proposer=revision.proposed_by == by,
        is_confirmed=revision.confirmed_at is not None,
        is_closed=is_closed(revision.agreement, revision.year),
    )


def is_closed(agreement: Agreement, year: int) -> bool:
    return agreement.budget_years.filter(year=year, state=YearState.CLOSED).exists()


def _tell(person: User, event: str, revision: BudgetRevision, at: datetime, *, path: str) -> None:
    notify(person, f"placements/emails/{event}.txt", at=at, revision=revision, path=path)


def watch_ceilings(*, at: datetime) -> int:
    """Alert those who watch the money where commitments newly reach a threshold.

    Run by beat each minute: what matters is where the sum stands, not how it came there.
    Returns how many alerts were raised.
    """
    return sum(_watch(year, at) for year in BudgetYear.objects.order_by("pk"))


@transaction.atomic
def _watch(year: BudgetYear, at: datetime) -> bool:
    year = (
        BudgetYear.objects.select_for_update(of=("self",))
        .select_related("agreement")
        .get(pk=year.pk)
    )
    return raise_alert(
        year,
        AlertLine.COMMITTED,
        year.committed_pence,
        thresholds=year.agreement.alert_percents,
        at=at,
    )


def raise_alert(
    year: BudgetYear,
    line: AlertLine,
    pence: int,
    *,
    thresholds: Iterable[int],
    at: datetime,
) -> bool:
    """Tell of the highest threshold that the sum newly reaches; the caller has locked the year."""
    raised = year.alerts.filter(line=line)
    standing = raised.filter(rearmed_at=None)
    reached, rearmed = rules.ceiling_crossings(
        ceiling_pence=year.ceiling_pence,
        committed_pence=pence,
        alerted=set(standing.values_list("threshold", flat=True)),
        thresholds=thresholds,
    )
    standing.filter(threshold__in=rearmed).update(rearmed_at=at)
    for threshold in sorted(reached):
        epoch = raised.filter(threshold=threshold).count() + 1
        alert = CeilingAlert.objects.create(
            budget_year=year, line=line, threshold=threshold, epoch=epoch, at=at
        )
    if not reached:
        return False
    event = ALERTS[line]
    watchers = User.objects.filter(
        grants__role__in=WATCHERS, grants__ended_at=None, is_active=True
    ).distinct()
    for person in watchers:
        notify(
            person,
            f"placements/emails/{event}_reached.txt",
            at=at,
            key=f"{event}:{year.agreement}:{year.year}:{alert.threshold}:{alert.epoch}:{person.ref}",
            year=year,
            threshold=alert.threshold,
            path=year.get_absolute_url(),
        )
    trail.record(
        f"{event}.reached", year, by=None, at=at, threshold=alert.threshold, epoch=alert.epoch
    )
    return True
