"""Handing out a private file: always as a download, never shown inline."""

import io
import logging

from django.http import FileResponse, Http404

from .models import Document

logger = logging.getLogger(__name__)


def download(document: Document) -> FileResponse:
    """The file as an attachment; 404 while it is held. The caller has checked who asks."""
    if not document.is_available:
        raise Http404
    if (content := document.content()) is None:
        logger.error("The file of document %s is gone or was changed on disk.", document.pk)
        raise Http404
    return as_download(content, name=document.name, media_type=document.media_type)


def as_download(content: bytes, *, name: str, media_type: str) -> FileResponse:
    response = FileResponse(
        io.BytesIO(content), as_attachment=True, filename=name, content_type=media_type
    )
    response["Content-Security-Policy"] = "sandbox; default-src 'none'; frame-ancestors 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    return response
