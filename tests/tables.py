"""The tables of a page as a reader sees them: by caption, head, and every row with its total."""

from dataclasses import dataclass

import tinyhtml5

HTML = "{http://www.w3.org/1999/xhtml}"


@dataclass(frozen=True)
class Shown:
    caption: str
    head: list[str]
    rows: list[list[str]]  # those of the foot last


def words_of(element) -> str:
    return " ".join("".join(element.itertext()).split())


def cells_of(row) -> list[str]:
    return [words_of(cell) for cell in row if cell.tag in {f"{HTML}td", f"{HTML}th"}]


def tables_and_headings(html: str) -> tuple[list[Shown], list[str]]:
    """Each in the order of the page; of headings those of the second level."""
    page = tinyhtml5.parse(html)
    tables = [
        Shown(
            words_of(table.find(f"{HTML}caption")),
            *(cells_of(row) for row in table.iterfind(f"{HTML}thead/{HTML}tr")),
            [
                cells_of(row)
                for part in ("tbody", "tfoot")
                for row in table.iterfind(f"{HTML}{part}/{HTML}tr")
            ],
        )
        for table in page.iter(f"{HTML}table")
    ]
    return tables, [words_of(heading) for heading in page.iter(f"{HTML}h2")]
