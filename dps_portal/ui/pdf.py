"""From HTML to a PDF/UA-1 file that reached nothing but our own typeface."""

import logging
from pathlib import Path

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

FONT_SCHEME = "font:"
FONTS = frozenset(
    f"atkinson-hyperlegible-{script}-{weight}-normal.woff2"
    for script in ("latin", "latin-ext")
    for weight in (400, 700)
)


class RenderingError(Exception):
    """The file would be wrong: something was missing from it, or was refused."""


class _Errors(logging.Handler):
    """WeasyPrint only logs what is wrong, such as an image without a description."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


def page(template: str, context: dict) -> str:
    """The HTML of a template that extends ``pdf.html``."""
    return render_to_string(template, {**context, "fonts": sorted(FONTS)})


def to_pdf(html: str) -> bytes:
    """A tagged PDF/UA-1 file. Raises ``RenderingError``.

    WeasyPrint is imported here, since its system libraries may be absent where no report is made.
    Call this outside any transaction.
    """
    from weasyprint import HTML  # noqa: PLC0415
    from weasyprint.urls import (  # noqa: PLC0415
        FatalURLFetchingError,
        URLFetcher,
        URLFetcherResponse,
    )

    class OwnFontsOnly(URLFetcher):
        """No network, no files, no data addresses: only the fonts that we ship."""

        def fetch(self, url, headers=None):
            name = url.removeprefix(FONT_SCHEME)
            path = finders.find(f"vendor/{name}") if name in FONTS else None
            if not path:
                raise FatalURLFetchingError(f"refused: {url[:80]}")
            return URLFetcherResponse(url, Path(path).read_bytes())

    errors = _Errors()
    logger = logging.getLogger("weasyprint")
    logger.addHandler(errors)
    try:
        pdf = HTML(string=html, base_url=None, url_fetcher=OwnFontsOnly()).write_pdf(
            pdf_variant="pdf/ua-1"
        )
    except FatalURLFetchingError as refused:
        raise RenderingError(str(refused)) from refused
    finally:
        logger.removeHandler(errors)
    if errors.messages:
        raise RenderingError("; ".join(errors.messages))
    return pdf
