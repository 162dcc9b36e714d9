"""A walk in a real browser."""

import pytest
from django.core.cache import cache
from django.db import connection

from .walk import Walk


@pytest.fixture
def walk(browser, live_server):
    """On a phone with scripts on SQLite, at a desk without them on PostgreSQL.

    What differs between the two is the browser's, so that each way is walked on one engine.
    """
    cache.clear()  # of the sign-ups of the walk before
    walk = Walk(browser, live_server, scripted=connection.vendor == "sqlite")
    yield walk
    walk.context.close()
