"""Closing a financial year: proposed by a commissioner, confirmed by finance (money.md R23, §8)."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Permission
from dps_portal.audit import trail
from dps_portal.notifications.services import notify
from dps_portal.refusals import refuse_if
from placements import rules
from placements.models import BudgetYear
from placements.states import YearState

from .ledger import lock_years
from .year_checks import closing_checklist


def objections_to_closing(year: BudgetYear, today: date) -> list[str]:
    """What of the year is not settled yet; the page lists it before anybody proposes."""
    return rules.objections_to_closing(
        state=YearState(year.state), checks=closing_checklist(year, today)
    )


@transaction.atomic
def propose_close(*, year: BudgetYear, by: User, at: datetime) -> BudgetYear:
    """Say that every fact of the year is in; it stays open until another person confirms."""
    year = _lock(year)
    refuse_if(objections_to_closing(year, timezone.localdate(at)))
    year.state = YearState.CLOSING
    year.closing_proposed_by = by
    year.closing_proposed_at = at
    year.save()
    for person in User.objects.with_permission(Permission.CONFIRM_CEILING).exclude(pk=by.pk):
        notify(
            person,
            "placements/emails/closing_proposed.txt",
            at=at,
            year=year,
            path=year.get_checklist_url(),
        )
    trail.record("year.closing_proposed", year, by=by, at=at, committed=year.committed_pence)
    return year


@transaction.atomic
def confirm_close(*, year: BudgetYear, by: User, at: datetime) -> BudgetYear:
    """Close the year: from now on what concerns its nights is posted in the next open one."""
    year = _lock(year)
    is_proposer = year.closing_proposed_by_id == by.pk
    refuse_if(
        rules.objections_to_confirming_close(state=YearState(year.state), is_proposer=is_proposer)
        + objections_to_closing(year, timezone.localdate(at))
    )
    year.state = YearState.CLOSED
    year.closed_by = by
    year.closed_at = at
    year.save()
    trail.record("year.closed", year, by=by, at=at, committed=year.committed_pence)
    return year


def _lock(year: BudgetYear) -> BudgetYear:
    """With every year of the agreement, so that no money moves while the books are compared."""
    lock_years(year.agreement)
    return BudgetYear.objects.select_related("agreement", "closing_proposed_by").get(pk=year.pk)
