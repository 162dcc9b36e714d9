"""Refusing an act that cannot be done now, with every reason at once."""

from collections.abc import Iterable


class Refused(Exception):
    """The act was not done; ``reasons`` are whole sentences for the person who asked."""

    def __init__(self, reasons: Iterable[str]) -> None:
        self.reasons = tuple(reasons)
        super().__init__(" ".join(self.reasons))


def refuse_if(reasons: Iterable[str]) -> None:
    """Raise ``Refused`` if there is any reason."""
    reasons = tuple(reasons)
    if reasons:
        raise Refused(reasons)
