"""Publishing documents: versions are added, nothing is ever replaced or taken away (R2.9)."""

from datetime import datetime

from django.db import transaction
from django.utils.text import slugify

from dps_portal.accounts.models import User
from dps_portal.agreements.models import Agreement, AgreementDocument, DocumentVersion, Lot
from dps_portal.audit import trail
from dps_portal.documents.services import store
from dps_portal.publication import rules
from dps_portal.refusals import refuse_if

SLUG_LENGTH = 60


@transaction.atomic
def publish_document(
    *,
    agreement: Agreement,
    lot: Lot | None,
    title: str,
    note: str,
    name: str,
    content: bytes,
    by: User,
    at: datetime,
) -> DocumentVersion:
    """A new document with its first version."""
    agreement = Agreement.objects.select_for_update(of=("self",)).get(pk=agreement.pk)
    held = agreement.documents
    slug = slugify(title)[:SLUG_LENGTH].strip("-") or f"document-{held.count() + 1}"
    refuse_if(rules.objections_to_document(is_title_taken=held.filter(slug=slug).exists()))
    document = held.create(lot=lot, title=title, slug=slug)
    return _add_version(document, note=note, name=name, content=content, by=by, at=at)


@transaction.atomic
def publish_version(
    *,
    document: AgreementDocument,
    note: str,
    name: str,
    content: bytes,
    by: User,
    at: datetime,
) -> DocumentVersion:
    """The next version; those before it stay where they are."""
    Agreement.objects.select_for_update(of=("self",)).get(pk=document.agreement_id)
    return _add_version(document, note=note, name=name, content=content, by=by, at=at)


def _add_version(document, *, note, name, content, by, at) -> DocumentVersion:
    newest = document.versions.select_related("file").order_by("-number").first()
    file = store(name=name, content=content, by=by, at=at)
    is_same = newest is not None and newest.file.sha256 == file.sha256
    refuse_if(rules.objections_to_version(is_same_file=is_same))
    version = document.versions.create(
        number=newest.number + 1 if newest else 1,
        file=file,
        note=note,
        published_by=by,
        published_at=at,
    )
    trail.record(
        "document.published",
        document.agreement,
        by=by,
        at=at,
        document=document.slug,
        version=version.number,
        sha256=file.sha256,
    )
    return version
