"""Telling people in time, and what is overdue. Each sweep may run at any time, twice or late:
what is owed is read from the rows as they stand, so nothing superseded is sent (T23).
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Permission, Role
from dps_portal.audit import trail
from dps_portal.clock import ONE_DAY
from dps_portal.notifications.services import notify
from placements import rules
from placements.models import FactProposal, FundingRequest, Placement, Referral
from placements.states import PlacementState

from .costs import last_exit
from .discharges import review_due

MANAGER_FROM = 7  # days before the end, from which managers hear of it as well


def remind_of_ending_funding(*, at: datetime) -> int:
    """Owe each reminder once; returns how many stays were newly reminded of.

    Sweeps that were missed are caught up with the nearest reminder only (T23).
    """
    today = timezone.localdate(at)
    horizon = today + timedelta(days=max(rules.REMIND_BEFORE))
    ending = Placement.objects.ending_by(horizon).select_related("referral__worker")
    return sum(_remind(placement, today, at) for placement in ending)


@transaction.atomic
def _remind(placement: Placement, today: date, at: datetime) -> bool:
    days = rules.reminder_due(funded_until=placement.funded_until, today=today)
    people = {placement.referral.worker}
    if days <= MANAGER_FROM:
        people |= set(
            User.objects.filter(
                is_active=True,
                grants__role=Role.ASSESSMENT_MANAGER,
                grants__ended_at=None,
            )
        )
    # A list, so that everyone is told before the first answer counts.
    told = [
        notify(
            person,
            "placements/emails/funding_ending.txt",
            at=at,
            key=f"funding-ending:{placement}:{placement.funded_until}:{days}:{person.ref}",
            due_on=placement.funded_until - timedelta(days=days),
            placement=placement,
            days=days,
            path=placement.get_absolute_url(),
        )
        for person in people
    ]
    if not any(told):
        return False
    trail.record("placement.funding_reminded", placement, by=None, at=at, days=days)
    return True


def remind_of_unfunded_stays(*, at: datetime) -> int:
    """Each day one message to a person, of all the stays that nobody funds any more.

    The first unfunded day has its own reminder. Returns how many messages are newly owed.
    """
    today = timezone.localdate(at)
    owed = 0
    for person in User.objects.with_permission(Permission.RECORD_STAY):
        unfunded = Placement.objects.visible_to(person).ending_by(today - ONE_DAY)
        if placements := list(unfunded.soonest_end_first()):
            owed += _owe(
                person,
                "unfunded_stays",
                at=at,
                key=f"unfunded-stays:{today}",
                due_on=today,
                placements=placements,
            )
    return owed


def remind_of_overdue_admissions(*, at: datetime) -> int:
    """One working day after the planned day, once for each planned day."""
    today = timezone.localdate(at)
    return sum(
        _owe(
            person,
            "admission_overdue",
            at=at,
            key=f"admission-overdue:{placement}:{placement.planned_admission}",
            due_on=due_on,
            placement=placement,
        )
        for person, placement in _caseloads(
            state=PlacementState.APPROVED, planned_admission__lt=today
        )
        if (due_on := rules.admission_overdue_on(placement.planned_admission)) <= today
    )


def remind_of_overdue_decisions(*, at: datetime) -> int:
    """The day after the last day to decide on a request, once for each time it was asked."""
    today = timezone.localdate(at)
    owed = 0
    for person in User.objects.with_permission(Permission.APPROVE_FUNDING):
        waiting = FundingRequest.objects.visible_to(person).submitted().exclude(requested_by=person)
        waiting = waiting.select_related("placement__referral__agreement")
        for request in waiting:
            last_day = request.decision_due_on()
            if last_day < today:
                owed += _owe(
                    person,
                    "decision_overdue",
                    at=at,
                    key=f"decision-overdue:{request}:{last_day}",
                    due_on=last_day + ONE_DAY,
                    request=request,
                    last_day=last_day,
                )
    return owed


def remind_of_stale_drafts(*, at: datetime) -> int:
    """Fourteen days before a draft is deleted, once, to the person who began it."""
    notice = timedelta(days=rules.DRAFT_NOTICE_DAYS)
    limit = timedelta(days=rules.DRAFT_DAYS)
    stale = Referral.objects.stale_drafts(rules.draft_is_stale_if_made_by(at + notice))
    return sum(
        _owe(
            referral.created_by,
            "draft_stale",
            at=at,
            key=f"draft-stale:{referral}",
            due_on=timezone.localdate(referral.created_at + limit - notice),
            referral=referral,
            deleted_on=timezone.localdate(referral.created_at + limit),
        )
        for referral in stale.filter(created_by__is_active=True).select_related("created_by")
    )


def remind_of_due_reviews(*, at: datetime) -> int:
    """On the day on which a review of somebody in place falls due, once for each such day."""
    today = timezone.localdate(at)
    return sum(
        _owe(
            person,
            "review_due",
            at=at,
            key=f"review-due:{placement}:{due_on}",
            due_on=due_on,
            placement=placement,
        )
        for person, placement in _caseloads(state=PlacementState.ADMITTED)
        if (due_on := review_due(placement)) and due_on <= today
    )


def remind_of_waiting_facts(*, at: datetime) -> int:
    """The day after what a provider says has happened was to be recorded, once for each word."""
    today = timezone.localdate(at)
    owed = 0
    for person in User.objects.with_permission(Permission.RECORD_STAY):
        said = FactProposal.objects.visible_to(person).unanswered()
        for proposal in said.select_related("placement__referral__agreement"):
            days = proposal.placement.referral.agreement.fact_days
            last_day = rules.due_on(timezone.localtime(proposal.proposed_at), days)
            if last_day < today:
                owed += _owe(
                    person,
                    "fact_waits",
                    at=at,
                    key=f"fact-waits:{proposal.pk}",
                    due_on=last_day + ONE_DAY,
                    placement=proposal.placement,
                    last_day=last_day,
                )
    return owed


def remind_of_late_reports(*, at: datetime) -> int:
    """The day after a provider's report on a discharge was due, once for each day of exit."""
    today = timezone.localdate(at)
    return sum(
        _owe(
            person,
            "report_late",
            at=at,
            key=f"report-late:{placement}:{last_day}",
            due_on=last_day + ONE_DAY,
            placement=placement,
            last_day=last_day,
        )
        for person, placement in _caseloads(
            state=PlacementState.DISCHARGED, report_received_on=None
        )
        if (last_day := _report_due(placement)) < today
    )


def _report_due(placement: Placement) -> date:
    days = placement.referral.agreement.report_days
    return rules.report_due(last_exit(placement).on, days)


def _caseloads(**where) -> Iterator[tuple[User, Placement]]:
    """Everyone who records stays, with each placement in their caseload that is like this."""
    for person in User.objects.with_permission(Permission.RECORD_STAY):
        rows = Placement.objects.visible_to(person).filter(**where)
        rows = rows.select_related("referral__agreement").prefetch_related("reviews", "exits")
        for placement in rows:
            yield person, placement


def _owe(person: User, event: str, *, key: str, **facts) -> bool:
    """Whether the message is newly owed."""
    template = f"placements/emails/{event}.txt"
    return notify(person, template, key=f"{key}:{person.ref}", **facts) is not None
