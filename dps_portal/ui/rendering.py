"""The program that turns HTML into a PDF, run by ``ui.pdf`` as a process of its own.

It knows nothing of the portal: no settings, no keys, no database. Its limits are set before the
first byte of the page is read, so that whatever a page does, only this process ends.
"""

import json
import logging
import re
import resource
import sys
import unicodedata
from pathlib import Path
from xml.etree.ElementTree import Element

FONT_SCHEME = "font:"
SVG = "{http://www.w3.org/2000/svg}"
# Longer words may break anywhere at fixed distances: to find where a line of them ends takes
# WeasyPrint a time that grows with the square of their length. A SHA-256 stays whole.
LONG_WORD = re.compile(r"\S{65,}")
# A mark stays with its letter.
PIECE = re.compile(r".{24}[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]*")
BREAK = "\u200b"
# Controls, halves of pairs, private and never assigned characters: no typeface has a sign for them,
# and one that is missing makes the file inaccessible.
NO_CHARACTER = frozenset({"Cc", "Cs", "Co", "Cn"})
KEPT = frozenset("\t\n\r")
REPLACEMENT = "?"
REFUSED, TOO_LARGE = 3, 4


class Steps(logging.Handler):
    """Tells the parent how far WeasyPrint is, a line a step (``Step 5 - Creating layout``)."""

    def emit(self, record: logging.LogRecord) -> None:
        tell("step", record.getMessage())


class Errors(logging.Handler):
    """WeasyPrint only logs what is wrong, such as an image without a description."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


def tell(kind: str, text: str) -> None:
    sys.stderr.write(f"{kind} {' '.join(text.split())[:200]}\n")
    sys.stderr.flush()


def limit(*, memory: int, seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def readable(html: str) -> str:
    odd = {ord(one) for one in set(html) - KEPT if unicodedata.category(one) in NO_CHARACTER}
    return html.translate(dict.fromkeys(odd, REPLACEMENT))


def break_long_words(page: Element) -> None:
    for element in page.iter():
        if element.tag != "style":
            element.text = broken(element.text)
        element.tail = broken(element.tail)


def broken(text: str | None) -> str | None:
    def break_word(found: re.Match) -> str:
        return PIECE.sub(lambda piece: piece[0] + BREAK, found[0])

    return text and LONG_WORD.sub(break_word, text)


def undescribed(page: Element) -> list[str]:
    """What a reader who hears the file would miss, and WeasyPrint does not mention."""
    faults = [] if page.findtext("head/title", "").strip() else ["the page has no title"]
    drawings = [one.findtext(f"{SVG}title", "").strip() for one in page.iter(f"{SVG}svg")]
    return faults + ["a drawing has no title"] * (not all(drawings))


def render(html: str, fonts: dict[str, str]) -> bytes | None:
    """A tagged PDF/UA-1 file, or nothing where the page is wrong; the reason is told."""
    from weasyprint import HTML  # noqa: PLC0415 - within the limits
    from weasyprint.urls import (  # noqa: PLC0415
        FatalURLFetchingError,
        URLFetcher,
        URLFetcherResponse,
    )

    class OwnFontsOnly(URLFetcher):
        """No network, no files, no data addresses: only the fonts that we ship."""

        def fetch(self, url, headers=None):
            path = fonts.get(url)
            if path is None:
                raise FatalURLFetchingError(f"refused: {url[:80]}")
            return URLFetcherResponse(url, Path(path).read_bytes())

    errors = Errors()
    logging.getLogger("weasyprint").addHandler(errors)
    progress = logging.getLogger("weasyprint.progress")
    progress.setLevel(logging.INFO)
    progress.addHandler(Steps())
    try:
        page = HTML(string=readable(html), base_url=None, url_fetcher=OwnFontsOnly())
        errors.messages += undescribed(page.etree_element)
        break_long_words(page.etree_element)
        content = page.write_pdf(pdf_variant="pdf/ua-1")
    except FatalURLFetchingError as refused:
        tell("refused", str(refused))
        return None
    if errors.messages:
        tell("refused", "; ".join(errors.messages))
        return None
    return content


def main() -> int:
    asked = json.loads(sys.argv[1])
    limit(memory=asked["memory"], seconds=asked["seconds"])
    try:
        content = render(sys.stdin.buffer.read().decode(), asked["fonts"])
    except (MemoryError, RecursionError):
        return TOO_LARGE
    if content is None:
        return REFUSED
    sys.stdout.buffer.write(content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
