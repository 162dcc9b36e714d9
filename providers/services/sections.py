"""The answers of a draft, section by section. What is shared by applications is saved once."""

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.audit import trail
from dps_portal.documents.services import store
from dps_portal.refusals import refuse_if
from providers import rules
from providers.models import (
    Application,
    CqcLocation,
    EvidenceDocument,
    Location,
    LotApplication,
    Provider,
)
from providers.states import ApplicationState, EvidenceKind, Register


@transaction.atomic
def save_location(
    *,
    application: Application,
    register: Register = Register.CQC,
    cqc_location_id: str,
    name: str,
    postcode: str,
    by: User,
    at: datetime,
) -> Location:
    """Add a place. The directory's words win; one that it does not know is marked so."""
    application = lock_draft(application)
    cqc_location_id = rules.tidy(cqc_location_id)
    already = application.held_locations().filter(cqc_location_id=cqc_location_id).first()
    if already:
        return already
    listed = None
    if register == Register.CQC:
        listed = CqcLocation.objects.filter(location_id=cqc_location_id).first()
    refuse_if(
        rules.objections_to_location(
            register=register,
            cqc_location_id=cqc_location_id,
            name=listed.name if listed else name,
        )
    )
    location = Location.objects.create(
        provider=application.provider,
        register=register,
        cqc_location_id=cqc_location_id,
        name=listed.name if listed else name,
        postcode=listed.postcode if listed else postcode,
        in_directory=listed is not None,
        has_activity=listed.has_activity if listed else None,
        added_at=at,
    )
    _record("location_added", application, by, at, cqc_location_id=cqc_location_id)
    return location


@transaction.atomic
def remove_location(
    *, application: Application, location: Location, by: User, at: datetime
) -> None:
    """From every lot that can still be edited, too. What was handed in keeps it."""
    application = lock_draft(application)
    if not application.held_locations().filter(pk=location.pk).exists():
        return
    today = timezone.localdate(at)
    held = application.provider.admissions.held(today).filter(lot_application__locations=location)
    refuse_if(
        rules.objections_to_removal(
            name=location.name, admitted_with=[str(each.lot) for each in held.in_lot_order()]
        )
    )
    Location.objects.filter(pk=location.pk).update(ended_at=at)
    for lot_application in LotApplication.objects.filter(
        application__in=application.provider.applications.editable(), locations=location
    ):
        lot_application.locations.remove(location)
    _record("location_removed", application, by, at, cqc_location_id=location.cqc_location_id)


@transaction.atomic
def save_details(
    *,
    application: Application,
    address: str,
    turnover_pence: int | None,
    by: User,
    at: datetime,
) -> Application:
    """Confirm what is known of the organisation, and where it has its registered office."""
    application = lock_draft(application)
    application.provider.address = address
    application.provider.save()
    application.turnover_pence = turnover_pence
    application.details_confirmed_at = at
    application.save()
    _record("details_confirmed", application, by, at)
    return application


@transaction.atomic
def save_evidence(
    *,
    application: Application,
    kind: EvidenceKind,
    name: str,
    content: bytes,
    expires_on: date | None,
    by: User,
    at: datetime,
) -> EvidenceDocument:
    """The document of its kind from now on; the one before is kept and no longer counts.

    An admission may rest on it already: then the council checks it like a renewed one (R3.5).
    """
    application = lock_draft(application)
    evidence = replace_evidence(
        application.provider,
        kind,
        name=name,
        content=content,
        expires_on=expires_on,
        needs_check=application.provider.admissions.held(timezone.localdate(at)).exists(),
        by=by,
        at=at,
    )
    document = evidence.document
    _record(
        "evidence_saved", application, by, at, kind=kind, document=document, sha256=document.sha256
    )
    return evidence


def replace_evidence(
    provider: Provider,
    kind: EvidenceKind,
    *,
    name: str,
    content: bytes,
    expires_on: date | None,
    needs_check: bool = False,
    by: User,
    at: datetime,
) -> EvidenceDocument:
    """The document of its kind from now on, in the caller's transaction; the old one is kept."""
    document = store(name=name, content=content, by=by, at=at)
    provider.evidence.filter(kind=kind, ended_at=None).update(ended_at=at)
    return EvidenceDocument.objects.create(
        provider=provider,
        kind=kind,
        document=document,
        expires_on=expires_on,
        needs_check=needs_check,
        added_at=at,
    )


@transaction.atomic
def save_lot(
    *,
    lot_application: LotApplication,
    service_description: str,
    weekly_pence: int,
    locations: Collection[Location],
    by: User,
    at: datetime,
) -> LotApplication:
    """What is offered for one lot and where; the price is at or below its ceiling."""
    application = lock_draft(lot_application.application)
    lot_application = application.lots.select_related("lot").get(pk=lot_application.pk)
    lot_application.application = application
    lot_application.service_description = service_description
    lot_application.weekly_pence = weekly_pence
    lot_application.is_confirmed = True
    lot_application.locations.set(
        application.held_locations().filter(pk__in=[each.pk for each in locations])
    )
    refuse_if(rules.objections_to_offer(lot_application.offer()))
    lot_application.save()
    _record("lot_saved", application, by, at, lot=lot_application.lot.number)
    return lot_application


def lock_draft(application: Application) -> Application:
    """The provider is locked as well, since its places and documents serve every application."""
    application = (
        Application.objects.select_for_update(of=("self", "provider"))
        .select_related("provider", "agreement")
        .get(pk=application.pk)
    )
    refuse_if(rules.objections_to_edit(ApplicationState(application.state)))
    return application


def _record(what: str, application: Application, by: User, at: datetime, **facts) -> None:
    facts = {name: fact if isinstance(fact, bool) else str(fact) for name, fact in facts.items()}
    trail.record(f"application.{what}", application, by=by, at=at, **facts)
