"""What a provider declares of itself, in an application or on request (R2.13, R3.1, R3.2)."""

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.forms.models import model_to_dict

from dps_portal.accounts.models import User
from dps_portal.audit import trail
from dps_portal.documents.services import store
from dps_portal.refusals import refuse_if
from providers import rules
from providers.models import Application, Declaration, DeclarationRequest, DeclaredGround
from providers.states import ExclusionGround

from .admissions import lock_provider
from .sections import lock_draft

TOLD = ("ground", "happened_on", "what_happened", "compensation", "cooperation", "measures")


@transaction.atomic
def save_declaration(
    *,
    application: Application,
    grounds: Collection[ExclusionGround],
    declared_by_name: str,
    by: User,
    at: datetime,
) -> Declaration:
    """The declaration of an application; there is one as soon as something is declared."""
    application = lock_draft(application)
    declaration, _ = Declaration.objects.get_or_create(
        application_id=application.pk, defaults={"provider_id": application.provider_id}
    )
    return save_grounds(
        declaration=declaration, grounds=grounds, declared_by_name=declared_by_name, by=by, at=at
    )


@transaction.atomic
def save_grounds(
    *,
    declaration: Declaration,
    grounds: Collection[ExclusionGround],
    declared_by_name: str,
    by: User,
    at: datetime,
) -> Declaration:
    """Which exclusion grounds apply; what is told of those that stay is kept (R3.1)."""
    declaration = _lock(declaration)
    declaration.has_grounds = bool(grounds)
    declaration.declared_by_name = declared_by_name
    declaration.save()
    declaration.grounds.exclude(ground__in=grounds).delete()
    there = set(declaration.grounds.values_list("ground", flat=True))
    DeclaredGround.objects.bulk_create(
        DeclaredGround(declaration=declaration, ground=ground)
        for ground in grounds
        if ground not in there
    )
    _record("grounds_saved", declaration, by, at, grounds=sorted(grounds))
    return declaration


@transaction.atomic
def save_ground(
    *,
    ground: DeclaredGround,
    happened_on: date,
    what_happened: str,
    compensation: str,
    cooperation: str,
    measures: str,
    file: tuple[str, bytes] | None,
    by: User,
    at: datetime,
) -> DeclaredGround:
    """What happened and what was done about it. A finding on earlier words no longer counts.

    ``file``: name and content of a document that shows it; ``None`` keeps the one there is.
    """
    declaration = _lock(ground.declaration)
    ground = declaration.grounds.get(pk=ground.pk)
    ground.happened_on = happened_on
    ground.what_happened = what_happened
    ground.compensation = compensation
    ground.cooperation = cooperation
    ground.measures = measures
    if file:
        name, content = file
        ground.document = store(name=name, content=content, by=by, at=at)
    ground.finding = ground.finding_reason = ""
    ground.assessed_by = ground.assessed_at = None
    ground.save()
    _record("ground_saved", declaration, by, at, ground=ground.ground)
    return ground


@transaction.atomic
def make_declaration(*, declaration: Declaration, by: User, at: datetime) -> Declaration:
    """Answer a request for renewal. An application's declaration is made as it is submitted."""
    declaration = _lock(declaration)
    refuse_if(
        rules.missing_in_declaration(
            has_grounds=declaration.has_grounds,
            grounds=[each.rule() for each in declaration.grounds_in_order()],
            declared_by_name=declaration.declared_by_name,
        )
    )
    declaration.declared_by = by
    declaration.declared_at = at
    declaration.save()
    _record("made", declaration, by, at)
    return declaration


def take_over_grounds(
    earlier: Declaration | None,
    *,
    application: Application | None = None,
    request: DeclarationRequest | None = None,
) -> Declaration | None:
    """The grounds told before, to be looked at and declared anew; in the caller's transaction."""
    if earlier is None:
        return None
    declaration = Declaration.objects.create(
        provider_id=earlier.provider_id,
        application=application,
        request=request,
        has_grounds=earlier.has_grounds,
    )
    DeclaredGround.objects.bulk_create(
        DeclaredGround(
            declaration=declaration,
            document_id=each.document_id,
            **model_to_dict(each, fields=TOLD),
        )
        for each in earlier.grounds.all()
    )
    return declaration


def _lock(declaration: Declaration) -> Declaration:
    """An application's is locked with it, so that nothing changes behind what is handed in."""
    if declaration.application:
        lock_draft(declaration.application)
    else:
        lock_provider(declaration.provider)
    declaration = Declaration.objects.select_related("provider", "application").get(
        pk=declaration.pk
    )
    if not declaration.application:
        refuse_if(["The declaration is made already."] if declaration.declared_at else [])
    return declaration


def _record(what: str, declaration: Declaration, by: User, at: datetime, **facts) -> None:
    of = declaration.application or declaration.provider
    trail.record(f"declaration.{what}", of, by=by, at=at, declaration=declaration.pk, **facts)
