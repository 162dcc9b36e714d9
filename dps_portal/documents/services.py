"""Taking in private files, and holding them until the virus scan has passed them."""

import hashlib
from datetime import datetime, timedelta

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction

from dps_portal.accounts.models import User
from dps_portal.audit import trail
from dps_portal.notifications.services import notify
from dps_portal.refusals import refuse_if

from .models import Document, ScanState
from .scanning import Unscanned, is_clean
from .sniffing import media_type

NAME_LENGTH = 200
CLAIM = timedelta(minutes=5)  # longer than a scan may take


def store(*, name: str, content: bytes, by: User | None, at: datetime) -> Document:
    """Keep the file if its content is of an allowed kind; refuse with the reason otherwise.

    Where a scanner is configured it is held until clean. The caller's transaction covers the row.
    A rolled-back act leaves at most a file without a row, which nobody can reach.
    """
    name = plain_name(name)
    kind, objections = media_type(name, content)
    refuse_if(objections)
    return hold(name=name, media_type=kind, content=content, by=by, at=at)


def hold(*, name: str, media_type: str, content: bytes, by: User | None, at: datetime) -> Document:
    """As ``store``, for a file whose kind was looked at when it came: it is not refused again."""
    state = ScanState.PENDING if settings.CLAMAV else ScanState.NOT_CONFIGURED
    return _keep(plain_name(name), media_type, content, state, by=by, at=at)


def keep(*, name: str, media_type: str, content: bytes, by: User | None, at: datetime) -> Document:
    """Keep a file that the portal itself made: it is not scanned."""
    return _keep(plain_name(name), media_type, content, ScanState.NOT_CONFIGURED, by=by, at=at)


def scan(document: Document, *, at: datetime) -> bool:
    """Have a waiting file scanned; ``False`` if another worker has it or it is settled.

    Claimed by a conditional update and scanned outside any transaction. Whatever goes wrong is
    ``Unscanned``: the file stays held and is tried again (fail closed).
    """
    this = Document.objects.filter(pk=document.pk)
    if not this.to_scan(at).update(scan_claimed_until=at + CLAIM):
        return False
    try:
        if (content := document.content()) is None:
            raise Unscanned("the file on disk is gone or is not the one that was uploaded")
        passed = is_clean(content, scanner=settings.CLAMAV)
    except Unscanned:
        this.update(scan_claimed_until=at)
        raise
    if passed:
        this.waiting().update(scan_state=ScanState.CLEAN, scan_claimed_until=None)
    else:
        _refuse(document, at=at)
    return True


@transaction.atomic
def _refuse(document: Document, *, at: datetime) -> None:
    """The row stays as the record; the content goes, and whoever uploaded it is told."""
    held = Document.objects.waiting().filter(pk=document.pk)
    if not held.update(scan_state=ScanState.INFECTED, scan_claimed_until=None):
        return
    if document.uploaded_by:
        notify(
            document.uploaded_by,
            "documents/emails/document_refused.txt",
            at=at,
            key=f"document_refused:{document.pk}",
            document=document,
        )
    file = document.file
    transaction.on_commit(lambda: file.storage.delete(file.name))
    trail.record("document.refused", document, by=None, at=at, sha256=document.sha256)


def plain_name(name: str) -> str:
    """A file's own name: no folders, nothing that cannot be seen (RTL override, line breaks)."""
    own = name.replace("\\", "/").rsplit("/", 1)[-1]
    seen = "".join(each if each.isprintable() else " " * each.isspace() for each in own)
    return " ".join(seen.split())[-NAME_LENGTH:]


def _keep(
    name: str, kind: str, content: bytes, state: ScanState, *, by: User | None, at: datetime
) -> Document:
    document = Document(
        name=name,
        media_type=kind,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        scan_state=state,
        uploaded_by=by,
        uploaded_at=at,
    )
    document.file.save(name, ContentFile(content), save=False)
    document.save(force_insert=True)
    return document
