"""``verify_audit``: the chain and the ledger, as an auditor runs it (design §6)."""

import pytest
from django.core.management import CommandError, call_command

from dps_portal.audit.models import AuditEvent, AuditHead
from placements.models import BudgetYear
from tests.factories.placements import Journey

pytestmark = pytest.mark.django_db


@pytest.fixture
def journey():
    journey = Journey().budget(y2026=27_000_000)
    journey.approved()
    return journey


def failure():
    with pytest.raises(CommandError) as failed:
        call_command("verify_audit")
    assert failed.value.returncode == 1
    return str(failed.value)


def test_whole_books_give_counts_and_head(journey, capsys):
    call_command("verify_audit")

    assert capsys.readouterr().out.splitlines() == [
        f"events: {AuditEvent.objects.count()}",
        f"head: {AuditHead.objects.get().hash}",
        "ledger entries: 1",
        "years: 1",
        "placements: 1",
        "The trail and the ledger are whole.",
    ]


def test_empty_books_are_whole(capsys):
    call_command("verify_audit")

    assert capsys.readouterr().out.endswith("The trail and the ledger are whole.\n")


def test_broken_trail_is_named_by_its_first_event(journey):
    last = AuditEvent.objects.count()
    AuditHead.objects.update(hash="f" * 64)

    assert failure() == f"The trail is broken at event {last + 1}."


def test_year_that_differs_from_its_entries_is_named(journey):
    BudgetYear.objects.update(committed_pence=5)

    assert failure() == (
        f"The year {journey.agreement} 2026/27 holds 5 pence, its entries 1110571."
    )


def test_placement_that_differs_from_its_entries_is_named(journey):
    placement = journey.lot.placements.get()
    placement.terms.update(weekly_pence=1)

    assert failure() == (
        f"The placement {placement} costs -1110558 pence more in 2026/27 than its entries hold."
    )
