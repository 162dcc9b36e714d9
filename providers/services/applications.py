"""An application from its start to its submission, and its time limit."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Permission
from dps_portal.agreements.models import Agreement, Lot
from dps_portal.audit import trail
from dps_portal.money import gbp
from dps_portal.notifications.services import notify_each
from dps_portal.refusals import refuse_if
from providers import rules
from providers.models import Application, Declaration, LotApplication, Provider, Submission
from providers.states import ApplicationState, ExtensionGround

from .admissions import lock_provider
from .declarations import take_over_grounds


@transaction.atomic
def start_application(
    *,
    provider: Provider,
    agreement: Agreement,
    lots: Iterable[Lot],
    copied_from: Application | None = None,
    by: User,
    at: datetime,
) -> Application:
    """A draft for the lots chosen; one live application per provider and agreement.

    Answers taken over from an earlier application count once they are looked at (R10.6).
    """
    provider = lock_provider(provider)
    lots = sorted(lots, key=lambda lot: lot.number)
    refuse_if(objections_to_start(provider, agreement, lots, at, copied_from=copied_from))
    application = Application.objects.create(
        provider=provider,
        agreement=agreement,
        copied_from=copied_from,
        started_by=by,
        started_at=at,
    )
    LotApplication.objects.bulk_create(
        LotApplication(application=application, lot=lot) for lot in lots
    )
    if copied_from:
        _take_over(application, copied_from)
    trail.record(
        "application.started",
        application,
        by=by,
        at=at,
        lots=[lot.number for lot in lots],
        copied_from=copied_from and copied_from.reference,
    )
    return application


def _take_over(application: Application, earlier: Application) -> None:
    application.turnover_pence = earlier.turnover_pence
    application.save()
    earlier_declaration = Declaration.objects.filter(application=earlier).first()
    take_over_grounds(earlier_declaration, application=application)
    there = {each.lot_id: each for each in earlier.lots.prefetch_related("locations")}
    held = set(application.held_locations().values_list("pk", flat=True))
    for one in application.lots.filter(lot__in=there):
        before = there[one.lot_id]
        one.service_description = before.service_description
        one.weekly_pence = before.weekly_pence
        one.is_confirmed = False
        one.save()
        one.locations.set(held & {each.pk for each in before.locations.all()})


def objections_to_start(
    provider: Provider,
    agreement: Agreement,
    lots: Iterable[Lot],
    at: datetime,
    *,
    copied_from: Application | None = None,
) -> list[str]:
    """For the page, too: why these lots of the agreement can't be applied for now."""
    lots = list(lots)
    return rules.objections_to_start(
        is_running=is_running(agreement, at),
        has_live=provider.applications.live().filter(agreement=agreement).exists(),
        lots=len(lots),
        admitted_to=_admitted_to(provider, lots, at),
        is_own_copy=copied_from is None or copied_from.provider_id == provider.pk,
    )


def _admitted_to(provider: Provider, lots: Iterable[Lot], at: datetime) -> list[str]:
    held = provider.admissions.held(timezone.localdate(at)).filter(lot__in=lots).in_lot_order()
    return [str(admission.lot) for admission in held]


def is_running(agreement: Agreement, at: datetime) -> bool:
    """The first round comes before the term; nobody joins after its end (R2.2)."""
    return timezone.localdate(at) < agreement.hard_stop


def counts_from(agreement: Agreement, at: datetime) -> datetime | None:
    """When the time to decide on a request made at ``at`` starts (R2.2, R2.5).

    At once while applications are open; else when the next round opens; ``None`` if no round is
    known.
    """
    if not agreement.regime.has_rounds:
        return at
    rounds = agreement.rounds.filter(closes_at__gt=at).order_by("opens_at")
    opens = rounds.values_list("opens_at", flat=True).first()
    return opens and max(opens, at)


@transaction.atomic
def choose_lots(
    *, application: Application, lots: Iterable[Lot], by: User, at: datetime
) -> Application:
    """Add and drop lots of a draft. What was typed for a lot that stays is kept."""
    application = lock(application)
    lots = sorted(lots, key=lambda lot: lot.number)
    refuse_if(
        rules.objections_to_change_of_lots(ApplicationState(application.state))
        or rules.objections_to_lots(
            lots=len(lots), admitted_to=_admitted_to(application.provider, lots, at)
        )
    )
    application.lots.exclude(lot__in=lots).delete()
    there = set(application.lots.values_list("lot", flat=True))
    LotApplication.objects.bulk_create(
        LotApplication(application=application, lot=lot) for lot in lots if lot.pk not in there
    )
    numbers = [lot.number for lot in lots]
    trail.record("application.lots_chosen", application, by=by, at=at, lots=numbers)
    return application


def objections_to_submission(application: Application, at: datetime) -> list[str]:
    """For the page, too: everything that stands in the way of submitting."""
    return rules.objections_to_submission(
        state=ApplicationState(application.state),
        is_running=is_running(application.agreement, at),
        counts_from=counts_from(application.agreement, at) is not None,
        unanswered=application.clarifications.filter(
            asks_correction=True, answered_at=None
        ).count(),
        answers=application.answers(),
        today=timezone.localdate(at),
    )


@transaction.atomic
def submit_application(*, application: Application, by: User, at: datetime) -> Application:
    """Hand it in, or hand it in again after a correction.

    The time to decide starts with the first; the day itself is not counted (R2.5). A request
    made between rounds counts from the opening of the next one (R2.2).
    """
    application = lock(application)
    refuse_if(objections_to_submission(application, at))
    is_correction = application.state == ApplicationState.RETURNED
    if not is_correction:
        application.submitted_by = by
        application.submitted_at = at
        application.received_at = counts_from(application.agreement, at)
        application.decide_by = application.agreement.regime.decide_application.ends_on(
            timezone.localdate(application.received_at)
        )
    answers = snapshot(application)
    application.state = ApplicationState.SUBMITTED
    application.answered_at = at
    application.save()
    Submission.objects.create(application=application, by=by, at=at, answers=answers)
    application.declaration.declared_by = by
    application.declaration.declared_at = at
    application.declaration.save()
    if not is_correction:
        tell(application.provider.people(), "application_acknowledged", application, at)
    event = "application_corrected" if is_correction else "application_submitted"
    tell(assessors(), event, application, at)
    trail.record(
        "application.corrected" if is_correction else "application.submitted",
        application,
        by=by,
        at=at,
        decide_by=application.decide_by.isoformat(),
    )
    return application


def snapshot(application: Application) -> dict[str, str]:
    """The answers in words, question by question, as they are handed in."""
    declaration = application.declaration
    said = {
        "Registered office": application.provider.address,
        "Turnover": "" if application.turnover_pence is None else gbp(application.turnover_pence),
        "Declared by": declaration.declared_by_name,
    }
    for place in application.held_locations():
        said[f"Location {place.cqc_location_id}"] = place.name
    for each in declaration.grounds_in_order():
        said[f"Ground: {each.get_ground_display()}"] = "\n".join(
            [
                str(each.happened_on or ""),
                each.what_happened,
                each.compensation,
                each.cooperation,
                each.measures,
                f"{each.document.name}, {each.document.sha256}" if each.document else "",
            ]
        )
    for each in application.held_evidence():
        said[each.get_kind_display()] = (
            f"{each.document.name}, expires {each.expires_on or 'never'}, {each.document.sha256}"
        )
    for each in application.lots_in_order():
        said[f"{each.lot}: service"] = each.service_description
        said[f"{each.lot}: weekly price"] = gbp(each.weekly_pence)
        said[f"{each.lot}: locations"] = ", ".join(place.name for place in each.offer().places)
    return said


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
    *,
    application: Application,
    ground: ExtensionGround,
    reason: str,
    by: User,
    at: datetime,
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
    application.extension_ground = ground
    application.extension_reason = reason
    application.decide_by = application.agreement.regime.decide_application_extended.ends_on(
        timezone.localdate(application.received_at)
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
    """The words of ``event`` to each but those to whom the application is closed (R4.2)."""
    closed = conflicted(application)
    open_to = [person for person in people if person.pk not in closed]
    template = f"providers/emails/{event}.txt"
    notify_each(open_to, template, at=at, application=application, **facts)


def conflicted(application: Application) -> set[int]:
    """Those who declared a conflict of interest."""
    people = application.interests.filter(has_conflict=True).values_list("person", flat=True)
    return set(people)
