"""Re-performance commands: JSON in, JSON out, and exit 2 naming the field that is wrong."""

import json
import sys
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dps_portal import money

LONGEST_NUMBER = 40


class BadInput(Exception):
    """A field of the input is wrong; the message begins with its path."""


class Field:
    """A place in the input that knows its path, so that every complaint can name it."""

    def __init__(self, value: Any, path: str = "") -> None:
        self.value = value
        self.path = path

    def wrong(self, why: str) -> BadInput:
        return BadInput(f"{self.path or 'input'}: {why}")

    def get(self, name: str) -> "Field":
        """The member ``name``, which must be there."""
        member = self.find(name)
        if member is None:
            raise Field(None, f"{self.path}.{name}".lstrip(".")).wrong("is missing")
        return member

    def find(self, name: str) -> "Field | None":
        """The member ``name``, or ``None`` where it is absent or null."""
        value = self.object().get(name)
        return None if value is None else Field(value, f"{self.path}.{name}".lstrip("."))

    def object(self) -> dict[str, Any]:
        return self._typed(dict, "must be an object")

    def items(self) -> list["Field"]:
        """The members of a list, each with its own path."""
        values = self._typed(list, "must be a list")
        return [Field(value, f"{self.path}[{place}]") for place, value in enumerate(values)]

    def members(self) -> list[tuple[str, "Field"]]:
        return [
            (name, Field(v, f"{self.path}.{name}".lstrip("."))) for name, v in self.object().items()
        ]

    def only(self, *names: str) -> None:
        """Refuse members of other names."""
        for name, member in self.members():
            if name not in names:
                raise member.wrong("is not a known field")

    def text(self) -> str:
        return self._typed(str, "must be text")

    def choice(self, *options: str) -> str:
        if self.value not in options or not isinstance(self.value, str):
            raise self.wrong(f"must be one of {', '.join(options)}")
        return self.value

    def truth(self) -> bool:
        return self._typed(bool, "must be true or false")

    def integer(self, *, least: int = 0, most: int = 1_000_000) -> int:
        if isinstance(self.value, bool) or not isinstance(self.value, int):
            raise self.wrong("must be a whole number")
        if not least <= self.value <= most:
            raise self.wrong(f"must be from {least} to {most}")
        return self.value

    def decimal(self) -> Decimal:
        """A finite number, written as a JSON number or as text such as ``"12.5"``."""
        text = str(self.value)
        plain = text.removeprefix("-").replace(".", "", 1)
        if (
            isinstance(self.value, bool)
            or not isinstance(self.value, int | Decimal | str)
            or not (plain.isascii() and plain.isdigit())
            or len(text) > LONGEST_NUMBER
        ):
            raise self.wrong("must be a number")
        return Decimal(text)

    def pence(self) -> int:
        try:
            return money.pence(self.text())
        except ValueError as error:
            raise self.wrong(str(error)) from error

    def date(self) -> date:
        try:
            return date.fromisoformat(self.text())
        except ValueError as error:
            raise self.wrong("must be a date such as 2026-12-22") from error

    def moment(self) -> datetime:
        try:
            return datetime.fromisoformat(self.text())
        except ValueError as error:
            raise self.wrong("must be a date and time such as 2026-12-22T13:00") from error

    def _typed(self, kind: type, why: str) -> Any:
        if not isinstance(self.value, kind):
            raise self.wrong(why)
        return self.value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise BadInput(f"{name}: is given twice")
    return dict(pairs)


def _not_a_number(name: str) -> Any:
    raise BadInput(f"input: {name} is not a number")


class JsonCommand(BaseCommand):
    """Reads FILE, or standard input for ``-``, and prints what ``answer`` makes of it."""

    requires_system_checks = []
    answer: Callable[[Field], Any]

    def add_arguments(self, parser):
        parser.add_argument("file", help="a JSON file, or - for standard input")

    def handle(self, *, file, **options):
        try:
            text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
            given = json.loads(
                text,
                parse_float=Decimal,
                parse_constant=_not_a_number,
                object_pairs_hook=_unique,
            )
            result = self.answer(Field(given))
        except BadInput as error:
            raise CommandError(str(error), returncode=2) from error
        except (OSError, ValueError, RecursionError) as error:
            raise CommandError(f"input: cannot be read as JSON: {error}", returncode=2) from error
        self.stdout.write(json.dumps(result, indent=1, ensure_ascii=False))
