"""Impossible rows are refused by the database itself; rows are seen only by whom they concern."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError

from dps_portal.accounts.roles import Role
from providers.models import (
    Admission,
    Application,
    EvidenceDocument,
    LotApplication,
    Provider,
    Rate,
)
from providers.states import ApplicationState, RateSource
from tests.factories.accounts import UserFactory
from tests.factories.providers import (
    AT,
    ProviderFactory,
    decided,
    declared,
    draft,
    owner_of,
    recommended,
    submitted,
    whole_draft,
)

pytestmark = pytest.mark.django_db


def refused_by(name):
    return pytest.raises(IntegrityError, match=name)


def test_provider_has_a_number():
    with refused_by("provider_has_a_number"):
        ProviderFactory(company_number=None)


def test_company_number_is_unique():
    with pytest.raises(IntegrityError):
        ProviderFactory(company_number=ProviderFactory().company_number)


def test_person_is_a_member_of_one_provider():
    owner = owner_of(draft().provider)
    with pytest.raises(IntegrityError):
        ProviderFactory().memberships.create(user=owner, is_owner=True, joined_at=AT)


def test_one_live_application_per_provider():
    one = draft()
    with pytest.raises(IntegrityError):
        Application.objects.create(
            provider=one.provider,
            agreement=one.agreement,
            started_by=one.started_by,
            started_at=AT,
        )


def test_submitted_application_is_whole():
    with refused_by("application_submitted_is_whole"):
        Application.objects.filter(pk=draft().pk).update(state=ApplicationState.SUBMITTED)


def test_lot_is_applied_for_once():
    lot_application = draft().lots.get()
    with pytest.raises(IntegrityError):
        LotApplication.objects.create(
            application=lot_application.application, lot=lot_application.lot
        )


def test_lot_price_is_positive():
    with refused_by("lot_price_positive"):
        draft().lots.update(weekly_pence=0)


def test_lot_decision_is_whole():
    with refused_by("lot_decision_is_whole"):
        submitted().lots.update(outcome="admitted")


def test_lot_is_decided_by_another_person():
    lot_application = recommended()
    with refused_by("lot_decided_by_another_person"):
        LotApplication.objects.filter(pk=lot_application.pk).update(
            outcome="admitted",
            decided_by=lot_application.recommended_by,
            decided_at=AT,
            letter="Admitted.",
        )


def test_provider_is_admitted_once_per_lot():
    held = decided()
    other = submitted()
    with pytest.raises(IntegrityError):
        Admission.objects.create(
            provider=held.application.provider,
            lot=held.lot,
            lot_application=other.lots.get(),
            admitted_on=AT.date(),
        )


@pytest.mark.parametrize(("pence", "day"), [(0, date(2027, 1, 1)), (80_000, AT.date())])
def test_rate_is_positive_and_the_only_one_of_its_day(pence, day):
    held = decided()
    with pytest.raises(IntegrityError):
        Rate.objects.create(
            provider=held.application.provider,
            lot=held.lot,
            effective_from=day,
            weekly_pence=pence,
            source=RateSource.PRICE_LIST,
        )


def test_document_of_a_kind_is_held_once():
    held = whole_draft().held_evidence().first()
    held.pk = None
    with pytest.raises(IntegrityError):
        held.save(force_insert=True)


# ── Admissions on a day ──────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("facts", "is_current"),
    [
        ({}, True),
        ({"admitted_on": date(2026, 12, 2)}, False),
        ({"ended_on": date(2026, 12, 1)}, False),
        ({"ended_on": date(2026, 12, 2)}, True),
        ({"suspended_from": date(2026, 12, 1)}, False),
        ({"suspended_from": date(2026, 12, 2)}, True),
        ({"suspended_from": date(2026, 11, 1), "suspended_until": date(2026, 12, 1)}, True),
        ({"suspended_from": date(2026, 11, 1), "suspended_until": date(2026, 12, 2)}, False),
    ],
)
def test_admission_is_current_while_it_is_neither_ended_nor_suspended(facts, is_current):
    decided()
    Admission.objects.update(**facts)

    assert Admission.objects.current(date(2026, 12, 1)).exists() is is_current


# ── Who sees what ────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def commissioner():
    return UserFactory(roles=[Role.COMMISSIONER])


def test_provider_sees_itself_and_the_council_sees_all(commissioner):
    one, other = draft(), draft()

    assert list(Provider.objects.visible_to(owner_of(one.provider))) == [one.provider]
    assert set(Provider.objects.visible_to(commissioner)) == {one.provider, other.provider}
    assert not Provider.objects.visible_to(UserFactory(roles=[Role.ASSESSOR])).exists()


def test_draft_is_the_providers_alone(commissioner):
    one, sent = draft(), submitted()

    assert list(Application.objects.visible_to(owner_of(one.provider))) == [one]
    assert list(Application.objects.visible_to(commissioner)) == [sent]
    assert not Application.objects.visible_to(UserFactory(roles=[Role.ASSESSOR])).exists()


def test_person_who_left_sees_nothing():
    one = draft()
    owner = owner_of(one.provider)
    one.provider.memberships.update(ended_at=AT)

    assert not Provider.objects.visible_to(owner).exists()
    assert not Application.objects.visible_to(owner).exists()
    assert not EvidenceDocument.objects.visible_to(owner).exists()


def test_council_sees_the_documents_an_application_was_submitted_with(commissioner):
    whole_draft()
    sent = submitted()
    declared(sent, commissioner)
    seen = EvidenceDocument.objects.visible_to(commissioner)
    assert set(seen) == set(sent.held_evidence())

    later = sent.held_evidence().first()
    sent.provider.evidence.filter(pk=later.pk).update(ended_at=AT + timedelta(days=1))
    later.pk, later.added_at = None, AT + timedelta(days=1)
    later.document = later.document.__class__.objects.create(
        name="new.pdf",
        media_type="application/pdf",
        size=1,
        sha256="0" * 64,
        scan_state="not_configured",
        uploaded_at=AT,
    )
    later.save(force_insert=True)

    assert later not in seen.all()
    assert set(seen.all()) == set(sent.held_evidence())
