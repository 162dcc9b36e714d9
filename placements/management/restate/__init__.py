"""Worked examples of placements and money, computed afresh for ``manage.py cost_stay``."""

from .answers import answer

__all__ = ["answer"]
