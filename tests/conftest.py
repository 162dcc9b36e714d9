"""What every test stands on: plain static files, tables that can be emptied, a good order."""

import gc
import logging
import os
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction
from django.db.backends.base.operations import BaseDatabaseOperations

pytest_plugins = ["tests.hostile"]
CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"),
    *("--disable-component-update", "--disable-sync"),
)


@pytest.fixture(scope="module")
def browser():
    if not CHROMIUM.exists():
        pytest.skip("needs Chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


def pytest_configure(config):
    # That a page was refused is no news here.
    logging.getLogger("django.request").setLevel(logging.ERROR)
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    BaseDatabaseOperations.execute_sql_flush = _empty


# Rows that the flush makes again after itself.
ALWAYS = {"django_content_type", "auth_permission"}


def _empty(operations, _sql):
    """Let the test runner, and it alone, empty the tables that refuse to be emptied.

    Only those with rows: to truncate all of PostgreSQL's takes longer than most tests.
    """
    connection = operations.connection
    with transaction.atomic(), connection.cursor() as cursor:
        tables = set(connection.introspection.django_table_names(only_existing=True)) - ALWAYS
        ask = "SELECT '{0}' WHERE EXISTS (SELECT 1 FROM {0})"
        cursor.execute(" UNION ALL ".join(ask.format(table) for table in tables))
        full = [table for (table,) in cursor.fetchall()]
        triggers = []
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
        else:
            cursor.execute("SELECT name, sql, tbl_name FROM sqlite_master WHERE type = 'trigger'")
            triggers = [(name, sql) for name, sql, table in cursor.fetchall() if table in full]
        for name, _ in triggers:
            cursor.execute(f"DROP TRIGGER {name}")
        for table in full:
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608 - a table of our own
        for _, sql in triggers:
            cursor.execute(sql)
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = DEFAULT")


def pytest_collection_finish():
    """What is imported by now stays: to go over it again and again takes a tenth of the time."""
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


@pytest.hookimpl(tryfirst=True)  # before pytest-django puts what commits after what does not
def pytest_collection_modifyitems(items):
    """Of the tests that commit, the long ones first, so that no worker is left with them alone."""
    items.sort(key=lambda item: item.get_closest_marker("journey") is None)


def pytest_sessionfinish(session):
    """In CI a skipped test is a failed run: a part that cannot run is not a part that passed."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") == "true" and reporter and reporter.stats.get("skipped"):
        reporter.write_line("A test was skipped, and in CI that is a failure.", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
