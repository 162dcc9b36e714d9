"""Handing out a private file: always as a download, never shown inline."""

from django.http import FileResponse, Http404

from .models import Document


def download(document: Document) -> FileResponse:
    """The file as an attachment; 404 while it is held. The caller has checked who asks."""
    if not document.is_available:
        raise Http404
    response = FileResponse(
        document.file.open("rb"),
        as_attachment=True,
        filename=document.name,
        content_type=document.media_type,
    )
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
