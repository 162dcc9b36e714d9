"""The one migration of each app stands for those that were before it (targets T27)."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

pytestmark = pytest.mark.django_db


def test_who_ran_every_step_has_nothing_left_to_run():
    squashed = MigrationExecutor(connection).loader.replacements
    for (app, _), migration in squashed.items():
        MigrationRecorder.Migration.objects.filter(app=app).delete()
        for former in migration.replaces:
            MigrationRecorder(connection).record_applied(*former)

    executor = MigrationExecutor(connection)

    assert len(squashed) == 8
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []
