"""Taking in private files."""

import hashlib
from datetime import datetime

from django.core.files.base import ContentFile

from dps_portal.accounts.models import User
from dps_portal.refusals import refuse_if

from .models import Document, ScanState
from .sniffing import media_type

NAME_LENGTH = 200


def store(*, name: str, content: bytes, by: User | None, at: datetime) -> Document:
    """Keep the file if its content is of an allowed kind; refuse with the reason otherwise.

    The caller's transaction covers the row. A rolled-back act leaves at most a file without a
    row, which nobody can reach.
    """
    kind, objections = media_type(name, content)
    refuse_if(objections)
    return keep(name=name, media_type=kind, content=content, by=by, at=at)


def keep(*, name: str, media_type: str, content: bytes, by: User | None, at: datetime) -> Document:
    """Keep a file that the portal itself made."""
    document = Document(
        name=name.replace("\\", "/").rsplit("/", 1)[-1][-NAME_LENGTH:],
        media_type=media_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        scan_state=ScanState.NOT_CONFIGURED,
        uploaded_by=by,
        uploaded_at=at,
    )
    document.file.save(document.name, ContentFile(content), save=False)
    document.save(force_insert=True)
    return document
