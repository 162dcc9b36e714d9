"""One row of the list."""

from dataclasses import dataclass
from datetime import date

MOST = 50  # rows of one kind


@dataclass(frozen=True)
class Task:
    what: str
    url: str
    why: str
    due: date | None
