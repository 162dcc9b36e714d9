"""Everyone who meets the criteria is admitted, however many there are (R2.3)."""

from datetime import date

import pytest

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Role
from dps_portal.agreements.models import Agreement, Lot
from dps_portal.refusals import Refused
from providers import services
from providers.models import (
    Admission,
    Application,
    AssessorInterest,
    LotApplication,
    LotAssessment,
    Membership,
    Provider,
    Rate,
)
from providers.states import ApplicationState, Criterion, Finding, Outcome
from tests.factories.accounts import UserFactory
from tests.factories.agreements import LotFactory
from tests.factories.providers import AT

pytestmark = pytest.mark.django_db

APPLICANTS = 500


def put_to(commissioner, lot, number) -> list[LotApplication]:
    """Applications that were found to meet every criterion, as the services leave them."""
    officer = UserFactory(roles=[Role.PROCUREMENT])
    providers = Provider.objects.bulk_create(
        Provider(name=f"Haven House {n}", company_number=f"{10_000_000 + n}", registered_at=AT)
        for n in range(number)
    )
    owners = User.objects.bulk_create(
        User(email=f"owner{n}@example.org", name=f"Owner {n}") for n in range(number)
    )
    Membership.objects.bulk_create(
        Membership(provider=provider, user=owner, is_owner=True, joined_at=AT)
        for provider, owner in zip(providers, owners, strict=True)
    )
    applications = Application.objects.bulk_create(
        Application(
            provider=provider,
            agreement=lot.agreement,
            state=ApplicationState.SUBMITTED,
            started_by=owner,
            started_at=AT,
            submitted_by=owner,
            submitted_at=AT,
            answered_at=AT,
            received_at=AT,
            decide_by=date(2026, 12, 15),
        )
        for provider, owner in zip(providers, owners, strict=True)
    )
    AssessorInterest.objects.bulk_create(
        AssessorInterest(application=each, person=commissioner, has_conflict=False, at=AT)
        for each in applications
    )
    lots = LotApplication.objects.bulk_create(
        LotApplication(
            application=each,
            lot=lot,
            service_description="Twelve weeks of structured rehabilitation.",
            weekly_pence=84_500,
            recommendation=Outcome.ADMITTED,
            recommendation_reason="As assessed.",
            recommended_by=officer,
            recommended_at=AT,
        )
        for each in applications
    )
    LotAssessment.objects.bulk_create(
        LotAssessment(
            lot_application=each,
            assessor=officer,
            criterion=criterion,
            finding=Finding.MET,
            reason="Checked.",
            at=AT,
        )
        for each in lots
        for criterion in Criterion
    )
    return lots


def test_r2_3_five_hundred_who_qualify_are_all_admitted():
    """Nor can the last of them be refused, whoever came before."""
    commissioner = UserFactory(roles=[Role.COMMISSIONER])
    lot = LotFactory()
    *first, last = put_to(commissioner, lot, APPLICANTS)

    def decide(lot_application, outcome=Outcome.ADMITTED):
        return services.decide_lot(
            lot_application=lot_application,
            outcome=outcome,
            reason="Every criterion is met.",
            by=commissioner,
            at=AT,
        )

    for lot_application in first:
        decide(lot_application)
    with pytest.raises(Refused) as refusal:
        decide(last, Outcome.REFUSED)
    decide(last)

    assert refusal.value.reasons == ("Every criterion is met, so the provider cannot be refused.",)
    assert Admission.objects.current(AT.date()).filter(lot=lot).count() == APPLICANTS
    assert Rate.objects.filter(lot=lot).count() == APPLICANTS
    assert not LotApplication.objects.exclude(outcome=Outcome.ADMITTED).exists()
    assert not Application.objects.exclude(state=ApplicationState.DECIDED).exists()
    assert LotApplication.objects.filter(letter__contains="has decided to admit").count() == (
        APPLICANTS
    )


def test_r2_3_nothing_can_hold_a_limit_or_a_rank():
    """The criteria are of one applicant alone, and no lot or agreement knows a number."""
    assert list(Criterion) == [
        *("standing", "finance", "registration", "insurance", "service", "price")
    ]
    names = {
        field.name
        for model in (Agreement, Lot, Application, LotApplication, Admission)
        for field in model._meta.get_fields()
    }
    assert not [
        name
        for name in names
        for word in ("max_", "limit", "cap_", "rank", "score", "places", "fee")
        if word in name
    ]
