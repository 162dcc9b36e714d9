"""Tests that commit, on tables that refuse to be emptied."""

import pytest
from django.db import connection


@pytest.fixture
def real_transactions(_append_only_again, transactional_db):
    """As ``transactional_db``, and the append-only tables let themselves be flushed after it."""
    yield
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
        else:
            for name, _ in triggers(cursor):
                cursor.execute(f"DROP TRIGGER {name}")


@pytest.fixture
def _append_only_again(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        standing = triggers(cursor)
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("RESET session_replication_role")
        for _, sql in standing:
            cursor.execute(sql)


def triggers(cursor):
    if connection.vendor == "postgresql":
        return []
    cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    return cursor.fetchall()
