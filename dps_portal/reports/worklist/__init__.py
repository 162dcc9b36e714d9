"""What needs a person, by when and why: the first thing seen after signing in (design §2)."""

from collections.abc import Callable
from datetime import date, datetime

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Permission

from . import care, market, money, procurement
from .task import Task

SOURCES: tuple[tuple[Permission, Callable[[User, datetime], list[Task]]], ...] = (
    (Permission.DECIDE_APPLICATION, market.applications),
    (Permission.ASSESS_APPLICATION, market.applications),
    (Permission.ASSESS_APPLICATION, market.reasons),
    (Permission.ANSWER_CLARIFICATION, procurement.debriefs),
    (Permission.EDIT_APPLICATION, market.drafts),
    (Permission.EDIT_APPLICATION, market.clarifications),
    (Permission.VIEW_INVITATIONS, procurement.invitations),
    (Permission.SUBMIT_BID, procurement.shorter_periods),
    (Permission.ANSWER_OFFER, care.offers),
    (Permission.VIEW_TENDERS, procurement.tenders),
    (Permission.SETTLE_CHALLENGE, procurement.standstills),
    (Permission.MAKE_REFERRAL, care.referrals),
    (Permission.RECORD_STAY, care.stays),
    (Permission.RECORD_STAY, care.absences),
    (Permission.RECORD_STAY, care.proposals),
    (Permission.APPROVE_FUNDING, care.requests),
    (Permission.REQUEST_FUNDING, care.own_requests),
    (Permission.MANAGE_PRIVACY, care.records),
    (Permission.CONFIRM_CEILING, money.ceilings),
    (Permission.HANDLE_INVOICES, money.invoices),
    (Permission.HANDLE_INVOICES, money.files),
    (Permission.CONFIRM_SERVICE, money.services_given),
    (Permission.SUBMIT_INVOICE, money.own_invoices),
    (Permission.ANSWER_QUESTION, procurement.questions),
    (Permission.REVIEW_CLAIM, market.registrations),
    (Permission.DECIDE_MEASURE, market.measures),
    (Permission.CHECK_COMPLIANCE, market.checks),
    (Permission.SUBMIT_APPLICATION, market.declarations),
    (Permission.EDIT_APPLICATION, market.documents),
    (Permission.SUBMIT_RETURN, market.returns),
)


def tasks_for(user: User, at: datetime) -> list[Task]:
    """Everything that waits for this person, the soonest first, the undated last."""
    chosen = dict.fromkeys(source for permission, source in SOURCES if user.may(permission))
    tasks = [task for source in chosen for task in source(user, at)]
    return sorted(tasks, key=lambda task: (task.due is None, task.due or date.min, task.what))
