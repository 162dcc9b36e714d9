"""A walk in a real browser, with scripts and without."""

import pytest
from django.core.cache import cache

from .walk import Walk


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def walk(request, browser, live_server):
    cache.clear()  # of the sign-ups of the walk before
    walk = Walk(browser, live_server, scripted=request.param)
    yield walk
    walk.context.close()
