"""What passes between council and provider while an application is looked at, and after it."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.audit import trail
from dps_portal.refusals import refuse_if
from providers import rules
from providers.models import (
    Application,
    AssessorInterest,
    Clarification,
    Declaration,
    DeclaredGround,
    LotApplication,
    ReasonsRequest,
    Submission,
)
from providers.states import ApplicationState, SelfCleaning

from .admissions import lock_provider
from .applications import assessors, lock, snapshot, tell

ANSWER_DAYS = 5  # working days to answer a clarification, unless another day is set
LEAST_ANSWER_DAYS = 2


def objections_to_reviewer(application: Application, user: User) -> list[str]:
    """Whether the person has declared no conflict of interest in the application (R4.2)."""
    declared = application.interests.filter(person=user).first()
    return rules.objections_to_reviewer(declared and declared.has_conflict)


@transaction.atomic
def declare_interest(
    *, application: Application, has_conflict: bool, details: str, by: User, at: datetime
) -> AssessorInterest:
    """Once, before anything is read. A conflict closes the application to the person (R4.2)."""
    application = lock(application)
    refuse_if(
        ["You have declared already."] * application.interests.filter(person=by).exists()
        + ["Say what the conflict of interest is."] * (has_conflict and not details)
    )
    interest = AssessorInterest.objects.create(
        application=application,
        person=by,
        has_conflict=has_conflict,
        details=details if has_conflict else "",
        at=at,
    )
    if has_conflict:
        tell(assessors().exclude(pk=by.pk), "conflict_declared", application, at)
    trail.record(
        "application.interest_declared", application, by=by, at=at, has_conflict=has_conflict
    )
    return interest


@transaction.atomic
def assess_ground(
    *, ground: DeclaredGround, finding: SelfCleaning, reason: str, by: User, at: datetime
) -> DeclaredGround:
    """Whether what was done about a declared ground suffices, with the reason (R3.2)."""
    application = ground.declaration.application
    if application:
        application = lock(application)
    else:
        lock_provider(ground.declaration.provider)
    declaration = Declaration.objects.select_related("provider").get(pk=ground.declaration_id)
    objections = ["Give the reason."] * (not reason)
    objections += ["The declaration is not made yet."] * (declaration.declared_at is None)
    if application:
        objections += objections_to_reviewer(application, by)
        objections += rules.objections_to_review(
            state=ApplicationState(application.state), is_decided=False
        )
    refuse_if(objections)
    ground = declaration.grounds.get(pk=ground.pk)
    ground.finding = finding
    ground.finding_reason = reason
    ground.assessed_by = by
    ground.assessed_at = at
    ground.save()
    trail.record(
        "declaration.ground_assessed",
        application or declaration.provider,
        by=by,
        at=at,
        ground=ground.ground,
        finding=finding,
    )
    return ground


def earliest_answer(application: Application, at: datetime) -> date:
    """The first day by which an answer may be asked for."""
    calendar = application.agreement.regime.decide_application.calendar
    return calendar.due(timezone.localdate(at), LEAST_ANSWER_DAYS)


def usual_answer(application: Application, at: datetime) -> date:
    calendar = application.agreement.regime.decide_application.calendar
    return calendar.due(timezone.localdate(at), ANSWER_DAYS)


@transaction.atomic
def ask_clarification(
    *,
    application: Application,
    lot_application: LotApplication | None,
    question: str,
    due_on: date,
    asks_correction: bool,
    by: User,
    at: datetime,
) -> Clarification:
    """Ask the provider, about one lot or the whole. The time to decide runs on (R2.5, R3.6).

    With ``asks_correction`` the provider may change its answers until it hands them in again.
    """
    application = lock(application)
    refuse_if(
        objections_to_reviewer(application, by)
        or rules.objections_to_clarification(
            state=ApplicationState(application.state),
            question=question,
            due_on=due_on,
            earliest=earliest_answer(application, at),
        )
    )
    clarification = Clarification.objects.create(
        application=application,
        lot_application=lot_application,
        asks_correction=asks_correction,
        question=question,
        asked_by=by,
        asked_at=at,
        due_on=due_on,
    )
    if asks_correction:
        application.state = ApplicationState.RETURNED
        application.save()
    tell(
        application.provider.people(),
        "clarification_asked",
        application,
        at,
        clarification=clarification,
    )
    trail.record(
        "application.returned" if asks_correction else "application.clarification_asked",
        application,
        by=by,
        at=at,
        clarification=clarification.pk,
        due_on=due_on.isoformat(),
    )
    return clarification


@transaction.atomic
def answer_clarification(
    *, clarification: Clarification, answer: str, by: User, at: datetime
) -> Clarification:
    application = lock(clarification.application)
    clarification = application.clarifications.select_related("asked_by").get(pk=clarification.pk)
    refuse_if(
        rules.objections_to_answer(
            state=ApplicationState(application.state),
            is_answered=clarification.answered_at is not None,
            answer=answer,
        )
    )
    clarification.answer = answer
    clarification.answered_by = by
    clarification.answered_at = at
    clarification.save()
    tell([clarification.asked_by], "clarification_answered", application, at)
    trail.record(
        "application.clarification_answered",
        application,
        by=by,
        at=at,
        clarification=clarification.pk,
    )
    return clarification


def objections_to_recall(application: Application, by: User, at: datetime) -> list[str]:
    due_on = application.correction_due_on()
    return objections_to_reviewer(application, by) or rules.objections_to_recall(
        state=ApplicationState(application.state),
        is_due_over=due_on is None or due_on < timezone.localdate(at),
    )


@transaction.atomic
def recall_application(*, application: Application, by: User, at: datetime) -> Application:
    """Go on with the answers as they stand, once the time to correct them is over (R3.6)."""
    application = lock(application)
    refuse_if(objections_to_recall(application, by, at))
    answers = snapshot(application)
    application.state = ApplicationState.SUBMITTED
    application.answered_at = at
    application.save()
    Submission.objects.create(application=application, by=by, at=at, answers=answers)
    tell(application.provider.people(), "application_recalled", application, at)
    trail.record("application.recalled", application, by=by, at=at)
    return application


@transaction.atomic
def request_reasons(*, lot_application: LotApplication, by: User, at: datetime) -> ReasonsRequest:
    """The council answers within 15 days of the request, its day not counted (R4.4)."""
    application = lock(lot_application.application)
    lot_application = application.lots.select_related("lot").get(pk=lot_application.pk)
    refuse_if(
        rules.objections_to_reasons_request(
            outcome=lot_application.outcome,
            is_requested=ReasonsRequest.objects.filter(lot_application=lot_application).exists(),
        )
    )
    days = application.agreement.regime.give_reasons_days
    request = ReasonsRequest.objects.create(
        lot_application=lot_application,
        requested_by=by,
        requested_at=at,
        due_on=timezone.localdate(at) + timedelta(days=days),
    )
    tell(assessors(), "reasons_requested", application, at, request=request)
    trail.record(
        "application.reasons_requested",
        application,
        by=by,
        at=at,
        lot=lot_application.lot.number,
        due_on=request.due_on.isoformat(),
    )
    return request


@transaction.atomic
def answer_reasons(
    *, request: ReasonsRequest, answer: str, by: User, at: datetime
) -> ReasonsRequest:
    application = lock(request.lot_application.application)
    request = ReasonsRequest.objects.select_related("lot_application__lot").get(pk=request.pk)
    refuse_if(
        objections_to_reviewer(application, by)
        or rules.objections_to_reasons(is_answered=request.answered_at is not None, answer=answer)
    )
    request.answer = answer
    request.answered_by = by
    request.answered_at = at
    request.save()
    lot = request.lot_application.lot
    tell(application.provider.people(), "reasons_given", application, at, lot=lot)
    trail.record("application.reasons_given", application, by=by, at=at, lot=lot.number)
    return request
