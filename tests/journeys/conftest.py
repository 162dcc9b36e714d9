"""A walk in a real browser, with scripts and without."""

from .walk import DESKTOP, walking

walk = walking(DESKTOP)
