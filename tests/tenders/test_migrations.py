"""Migrations that meet rows of before: each runs over them in a database that has some.

On PostgreSQL a table cannot be altered while it has pending trigger events, which an empty
table never has.
"""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from tests.factories.accounts import UserFactory
from tests.factories.agreements import LotFactory

pytestmark = pytest.mark.django_db(transaction=True)

AT = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


def migrate(*targets):
    """The models as they are at that point."""
    executor = MigrationExecutor(connection)
    executor.migrate(targets)
    return MigrationExecutor(connection).loader.project_state(targets).apps


@pytest.fixture
def migrate_tenders():
    yield lambda name: migrate(("tenders", name))
    migrate(*MigrationExecutor(connection).loader.graph.leaf_nodes())


def make_tender(models, title):
    return models.get_model("tenders", "Tender").objects.create(
        reference=f"T-{title}",
        lot_id=LotFactory().pk,
        title=title,
        need="Ten places.",
        contract_start=date(2026, 8, 1),
        contract_end=date(2027, 8, 1),
        closes_at=AT,
        price_weight=40,
        drafted_by_id=UserFactory().pk,
        drafted_at=AT,
    )


def recommend(models, title, **facts):
    return models.get_model("tenders", "Award").objects.create(
        tender=make_tender(models, title),
        ranking=[],
        recommended_by_id=UserFactory().pk,
        recommended_at=AT,
        reason="Ranked first.",
        **facts,
    )


def rows(models, model):
    return list(models.get_model("tenders", model).objects.order_by("pk").values())


def test_what_was_approved_before_there_was_a_standstill_is_confirmed(migrate_tenders):
    before = migrate_tenders("0011_sealed_attachments_and_attempts")
    approver = UserFactory()
    recommend(before, "recommended")
    recommend(
        before,
        "approved",
        approved_by_id=approver.pk,
        approved_at=AT,
        consulted_on=AT.date(),
        consultation="Agreed.",
    )
    recommended, approved = rows(before, "Award")

    after = migrate_tenders("0012_standstill")

    nothing = {"standstill_last_day": None, "confirmed_by_id": None, "confirmed_at": None}
    assert rows(after, "Award") == [
        recommended | nothing,
        approved | nothing | {"confirmed_by_id": approver.pk, "confirmed_at": AT},
    ]


def test_a_moderator_named_before_one_could_leave_stays_and_can_be_replaced(migrate_tenders):
    before = migrate_tenders("0017_shorter_periods")
    tender = make_tender(before, "drafted")
    panel = before.get_model("tenders", "PanelMember").objects
    for is_moderator in (False, True):
        panel.create(tender=tender, user_id=UserFactory().pk, is_moderator=is_moderator)
    members = rows(before, "PanelMember")

    after = migrate_tenders("0018_a_moderator_can_leave")

    assert rows(after, "PanelMember") == members
    panel = after.get_model("tenders", "PanelMember").objects
    successor = {"tender_id": tender.pk, "user_id": UserFactory().pk, "is_moderator": True}
    with pytest.raises(IntegrityError), transaction.atomic():
        panel.create(**successor)
    panel.filter(is_moderator=True).update(left_at=AT)
    panel.create(**successor)
