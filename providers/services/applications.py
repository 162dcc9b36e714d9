"""An application from its start to its submission, and its time limit."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Permission
from dps_portal.agreements.models import Agreement, Lot
from dps_portal.audit import trail
from dps_portal.notifications.services import notify
from dps_portal.refusals import refuse_if
from providers import rules
from providers.models import Application, LotApplication, Provider
from providers.states import ApplicationState


@transaction.atomic
def start_application(
    *, provider: Provider, agreement: Agreement, lots: Iterable[Lot], by: User, at: datetime
) -> Application:
    """A draft for the lots chosen; one live application per provider and agreement."""
    provider = Provider.objects.select_for_update().get(pk=provider.pk)
    lots = sorted(lots, key=lambda lot: lot.number)
    refuse_if(objections_to_start(provider, agreement, lots, at))
    application = Application.objects.create(
        provider=provider, agreement=agreement, started_by=by, started_at=at
    )
    LotApplication.objects.bulk_create(
        LotApplication(application=application, lot=lot) for lot in lots
    )
    trail.record(
        "application.started", application, by=by, at=at, lots=[lot.number for lot in lots]
    )
    return application


def objections_to_start(
    provider: Provider, agreement: Agreement, lots: Iterable[Lot], at: datetime
) -> list[str]:
    """For the page, too: why these lots of the agreement can't be applied for now."""
    lots = list(lots)
    held = provider.admissions.filter(lot__in=lots, ended_on=None).in_lot_order()
    return rules.objections_to_start(
        **openness(agreement, at),
        has_live=provider.applications.live().filter(agreement=agreement).exists(),
        lots=len(lots),
        admitted_to=[str(admission.lot) for admission in held],
    )


def openness(agreement: Agreement, at: datetime) -> dict[str, bool]:
    """Whether the agreement runs on the London day of ``at``, and takes applications then."""
    rounds = agreement.rounds.filter(opens_at__lte=at, closes_at__gt=at)
    return {
        # The first round comes before the term; nobody joins after its end.
        "is_running": timezone.localdate(at) < agreement.end,
        "is_open": not agreement.regime.has_rounds or rounds.exists(),
    }


def objections_to_submission(application: Application, at: datetime) -> list[str]:
    """For the page, too: everything that stands in the way of submitting."""
    return rules.objections_to_submission(
        state=ApplicationState(application.state),
        **openness(application.agreement, at),
        answers=application.answers(),
        today=timezone.localdate(at),
    )


@transaction.atomic
def submit_application(*, application: Application, by: User, at: datetime) -> Application:
    """Hand it in. The time to decide starts; the day itself is not counted (R2.5)."""
    application = lock(application)
    refuse_if(objections_to_submission(application, at))
    application.state = ApplicationState.SUBMITTED
    application.submitted_by = by
    application.submitted_at = application.received_at = at
    application.decide_by = application.agreement.regime.decide_application.ends_on(
        timezone.localdate(at)
    )
    application.save()
    tell(application.provider.people(), "application_acknowledged", application, at)
    tell(assessors(), "application_submitted", application, at)
    trail.record(
        "application.submitted",
        application,
        by=by,
        at=at,
        decide_by=application.decide_by.isoformat(),
    )
    return application


@transaction.atomic
def withdraw_application(*, application: Application, by: User, at: datetime) -> Application:
    """Take back a draft or an undecided application; another may be started at once."""
    application = lock(application)
    refuse_if(
        rules.objections_to_move(ApplicationState(application.state), ApplicationState.WITHDRAWN)
    )
    application.state = ApplicationState.WITHDRAWN
    application.closed_at = at
    application.save()
    if application.submitted_at:
        tell(assessors(), "application_withdrawn", application, at)
    trail.record("application.withdrawn", application, by=by, at=at)
    return application


@transaction.atomic
def extend_decision(
    *, application: Application, reason: str, by: User, at: datetime
) -> Application:
    """The longer period of an individual case, counted from the same day (R2.5)."""
    application = lock(application)
    refuse_if(
        rules.objections_to_extension(
            state=ApplicationState(application.state),
            is_extended=bool(application.extension_reason),
            is_overdue=application.is_overdue(timezone.localdate(at)),
            reason=reason,
        )
    )
    application.extension_reason = reason
    application.decide_by = application.agreement.regime.decide_application_extended.ends_on(
        timezone.localdate(application.submitted_at)
    )
    application.save()
    tell(application.provider.people(), "decision_extended", application, at)
    trail.record(
        "application.decision_extended",
        application,
        by=by,
        at=at,
        decide_by=application.decide_by.isoformat(),
    )
    return application


def lock(application: Application) -> Application:
    return (
        Application.objects.select_for_update(of=("self",))
        .select_related("provider", "agreement")
        .get(pk=application.pk)
    )


def assessors():
    return User.objects.with_permission(Permission.ASSESS_APPLICATION)


def tell(people: Iterable[User], event: str, application: Application, at: datetime, **facts):
    """The words of ``event`` to each; the template chooses the address, by who they are."""
    for person in people:
        notify(
            person,
            f"providers/emails/{event}.txt",
            at=at,
            application=application,
            **facts,
        )
