"""One test, two sizes: the one of every check, and the full one of ``make bench``."""

import pytest


def sized(name: str, *, check: int, bench: int):
    """Parametrise ``name``; the larger size runs only where the marker ``bench`` is asked for."""
    return pytest.mark.parametrize(name, [check, pytest.param(bench, marks=pytest.mark.bench)])
