"""A report value as JSON and back, and the digest by which any change of it shows."""

import hashlib
import json
from typing import TypeVar

from cattrs.preconf.json import make_converter

T = TypeVar("T")
_converter = make_converter()


def freeze(value: object) -> dict:
    return json.loads(_converter.dumps(value))


def thaw(kind: type[T], figures: object) -> T:
    """The value just as it was frozen."""
    return _converter.structure(figures, kind)


def digest_of(figures: dict) -> str:
    text = json.dumps(figures, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
