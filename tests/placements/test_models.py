"""What the database itself refuses."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.db.utils import DatabaseError

from placements.models import (
    BudgetRevision,
    BudgetYear,
    FundingRequest,
    LedgerEntry,
    Placement,
    Referral,
    Term,
)
from tests.factories.placements import AT, Journey

pytestmark = pytest.mark.django_db


@pytest.fixture
def journey():
    return Journey().budget(y2026=27_000_000)


def refused(rows, **facts):
    """Whether the database itself says no to the update."""
    try:
        with transaction.atomic():
            rows.update(**facts)
    except IntegrityError:
        return True
    return False


def test_one_open_referral_per_person(journey):
    first = journey.draft()

    with pytest.raises(IntegrityError):
        Referral.objects.create(
            agreement=first.agreement,
            person=first.person,
            source="Elsewhere",
            created_by=first.created_by,
            created_at=AT,
        )


def test_eligible_referral_has_its_facts(journey):
    journey.matching()

    for missing in ({"lot": None}, {"care_act_assessed_on": None}, {"has_consent": False}):
        assert refused(Referral.objects.all(), **missing)


def test_closed_referral_has_a_reason(journey):
    journey.draft()

    assert refused(Referral.objects.all(), state="closed", closed_at=AT)
    assert not refused(Referral.objects.all(), state="closed", closed_at=AT, closed_reason="Done")


def test_admitted_placement_has_its_dates(journey):
    journey.approved()

    assert refused(Placement.objects.all(), state="admitted")
    assert refused(Placement.objects.all(), weekly_pence=0)


def test_funding_is_decided_by_another_person(journey):
    request = journey.requested()

    assert refused(FundingRequest.objects.all(), decided_by=request.requested_by, decided_at=AT)
    assert refused(FundingRequest.objects.all(), state="approved")
    assert refused(FundingRequest.objects.all(), end=request.start)


def test_one_open_request_per_placement(journey):
    request = journey.requested()
    request.pk, request.reference = None, "FR-OTHER"

    with pytest.raises(IntegrityError):
        request.save(force_insert=True)


def test_term_has_a_night_and_a_price(journey):
    journey.approved()

    assert refused(Term.objects.all(), end=date(2026, 6, 10))
    assert refused(Term.objects.all(), weekly_pence=0)


def test_ceiling_is_not_negative_and_confirmed_by_another_person(journey):
    revision = BudgetRevision.objects.create(
        agreement=journey.agreement,
        year=2026,
        ceiling_pence=1,
        decision_reference="CAB",
        proposed_by=journey.people["commissioner"],
        proposed_at=AT,
    )
    mine = BudgetRevision.objects.filter(pk=revision.pk)

    assert refused(BudgetYear.objects.all(), ceiling_pence=-1)
    assert refused(mine, confirmed_by=revision.proposed_by, confirmed_at=AT)


def test_ledger_takes_new_entries_only(journey):
    journey.approved()

    with pytest.raises(DatabaseError), transaction.atomic():
        LedgerEntry.objects.update(pence=1)
    with pytest.raises(DatabaseError), transaction.atomic():
        LedgerEntry.objects.all().delete()
    assert LedgerEntry.objects.get().pence == 1_110_571
