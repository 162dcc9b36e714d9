"""The chain of events: append-only, and any change to it is found (T12)."""

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from dps_portal.audit import trail
from dps_portal.audit.models import GENESIS, AuditEvent, AuditHead
from dps_portal.audit.verification import Verification, verify
from tests.factories.accounts import UserFactory
from tests.factories.agreements import AgreementFactory

pytestmark = pytest.mark.django_db

AT = datetime(2026, 5, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def events():
    """Three events of one agreement."""
    user, agreement = UserFactory(), AgreementFactory()
    return [
        trail.record("agreement.changed", agreement, by=user, at=AT, step=step)
        for step in (1, 2, 3)
    ]


@pytest.fixture
def unguarded(events):
    """The same, to someone who can switch the database's own guard off."""
    table = AuditEvent._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
        else:
            for act in ("UPDATE", "DELETE"):
                cursor.execute(f"DROP TRIGGER {table}_no_{act}")
    return events


def test_event_holds_the_hash_of_the_one_before(events):
    assert [event.prev_hash for event in events] == [GENESIS, events[0].hash, events[1].hash]
    assert [event.seq for event in events] == [1, 2, 3]
    assert AuditHead.objects.get().hash == events[2].hash


def test_whole_chain_verifies(events):
    assert verify() == Verification(events=3, head=events[2].hash, broken_at=None)


def test_empty_chain_verifies():
    assert verify() == Verification(events=0, head=GENESIS, broken_at=None)


def test_actor_and_subject_are_kept_as_text(events):
    event = AuditEvent.objects.get(seq=1)

    assert (event.actor_ref, event.subject_type, event.subject_ref, event.facts) == (
        event.actor.ref,
        "agreements.agreement",
        AgreementFactory._meta.model.objects.get().reference,
        {"step": 1},
    )


def test_acts_of_the_system_name_no_person():
    assert trail.record("a.b", AgreementFactory(), by=None, at=AT).actor_ref == "system"


@pytest.mark.django_db(transaction=True)
def test_event_outside_a_transaction_is_an_error():
    with pytest.raises(RuntimeError):
        trail.record("a.b", UserFactory(), by=None, at=AT)


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: rows.update(action="agreement.forgotten"),
        lambda rows: rows._raw_delete("default"),
    ],
    ids=["update", "delete"],
)
def test_database_refuses_to_change_the_trail(events, change):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        change(AuditEvent.objects.filter(seq=2))

    assert verify().broken_at is None


@pytest.mark.parametrize(
    "forged",
    [
        {"action": "agreement.forgotten"},
        {"facts": {"step": 9}},
        {"actor_ref": "U-SOMEBODY"},
        {"subject_ref": "other"},
        {"at": datetime(2026, 5, 1, 9, 0, 1, tzinfo=UTC)},
        {"hash": "f" * 64},
    ],
    ids=lambda forged: next(iter(forged)),
)
def test_altered_event_is_found(unguarded, forged):
    AuditEvent.objects.filter(seq=2).update(**forged)

    assert verify().broken_at == 2


def test_altered_event_with_a_hash_made_again_is_found_at_the_next(unguarded):
    event = unguarded[1]
    event.refresh_from_db()
    event.facts = {"step": 9}
    event.hash = event.digest()
    event.save()

    assert verify().broken_at == 3


def test_deleted_event_is_found(unguarded):
    AuditEvent.objects.filter(seq=2)._raw_delete("default")

    assert verify().broken_at == 2


def test_cut_tail_is_found(unguarded):
    AuditEvent.objects.filter(seq=3)._raw_delete("default")

    assert verify() == Verification(events=2, head=unguarded[1].hash, broken_at=3)


def test_lost_head_is_found(events):
    AuditHead.objects.all().delete()

    assert verify().broken_at == 4
