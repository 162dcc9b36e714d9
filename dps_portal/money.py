"""Money is integer pence. Rounding happens here and nowhere else (design D4)."""

import re
from fractions import Fraction

MINUS = "\u2212"
POUNDS = re.compile(r"(-?)(\d{1,12})(?:\.(\d{1,2}))?", re.ASCII)


def half_up(amount: Fraction) -> int:
    """The nearest whole number; a half goes away from zero, so a credit mirrors its charge."""
    over, under = abs(amount.numerator), amount.denominator
    magnitude = (2 * over + under) // (2 * under)
    return -magnitude if amount < 0 else magnitude


def pence(pounds: str) -> int:
    """Pence from pounds written as ``"845"``, ``"845.5"`` or ``"-845.00"``.

    Raises ``ValueError`` for anything else, so that no amount is ever guessed.
    """
    match = POUNDS.fullmatch(pounds)
    if not match:
        raise ValueError(f"{pounds!r} is not an amount in pounds and pence")
    sign, whole, part = match.groups()
    amount = int(whole) * 100 + int((part or "").ljust(2, "0"))
    return -amount if sign else amount


def pounds(amount: int) -> str:
    """``845.00`` from 84,500 pence, for files and vectors; pages use ``|gbp``."""
    return f"{'-' if amount < 0 else ''}{abs(amount) // 100}.{abs(amount) % 100:02d}"


def gbp(amount: int) -> str:
    """``£1,845.00`` from 184,500 pence; a credit is ``−£1.00``."""
    return f"{MINUS if amount < 0 else ''}£{abs(amount) // 100:,}.{abs(amount) % 100:02d}"
