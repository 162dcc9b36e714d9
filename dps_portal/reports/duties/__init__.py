"""Separation of duties, rule by rule: what could have broken it, and what did (targets §4).

There must be no exception: the services refuse each, and constraints refuse most of them again.
"""

from collections.abc import Iterable

from .duty import Duty, Finding
from .others import of_roles_and_panels
from .pairs import PAIRS


def duties() -> list[Duty]:
    """Every rule, in the order in which the page lists them."""
    return [*(pair.duty() for pair in PAIRS), *of_roles_and_panels()]


def examine(rules: Iterable[Duty]) -> list[Finding]:
    """Two queries for each rule: in one, a database would look into every row by itself."""
    return [
        Finding(duty, duty.rows.count(), duty.rows.filter(duty.breach).count()) for duty in rules
    ]
