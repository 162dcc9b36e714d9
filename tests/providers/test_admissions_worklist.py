"""What the life of an admission puts on people's work lists."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Role
from dps_portal.reports.worklist import tasks_for
from providers import services
from providers.models import RatingChange
from providers.states import EvidenceKind, MeasureKind
from tests.factories.accounts import UserFactory
from tests.factories.providers import PDF, decided, owner_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def admission(now):
    return decided(at=now).admission


def tasks(user, now):
    fresh = User.objects.get(pk=user.pk)
    return {(task.what, task.why, task.due) for task in tasks_for(fresh, now)}


def test_the_council_decides_checks_and_reviews(admission, now):
    provider, day = admission.provider, timezone.localdate(now)
    officer = UserFactory(roles=[Role.PROCUREMENT])
    commissioner = UserFactory(roles=[Role.COMMISSIONER])
    measure = services.recommend_measure(
        provider=provider,
        kind=MeasureKind.EXCLUSION,
        admissions=[],
        from_on=day,
        until_on=None,
        reason="Why.",
        by=officer,
        at=now,
    )
    services.renew_evidence(
        provider=provider,
        kind=EvidenceKind.SAFEGUARDING,
        name="new.pdf",
        content=PDF,
        expires_on=None,
        by=owner_of(provider),
        at=now,
    )
    RatingChange.objects.create(location=provider.locations.get(), after="inadequate", at=now)
    checks = {
        (f"Document of {provider}", "Check it", None),
        (f"Rating of a place of {provider}", "Review the change", None),
    }

    assert tasks(officer, now) == checks
    assert tasks(commissioner, now) == checks | {
        (f"Exclusion {measure}", "Decide on the recommendation", day)
    }


def test_the_owner_renews_the_declaration_and_documents(admission, now):
    provider, day = admission.provider, timezone.localdate(now)
    (asked,) = services.request_declarations(
        agreement=admission.lot.agreement, provider=provider, reason="Why.", by=None, at=now
    )
    soon = day + timedelta(days=10)
    provider.evidence.filter(kind=EvidenceKind.INSURANCE).update(expires_on=soon)

    assert tasks(owner_of(provider), now) == {
        ("Your declaration", "Renew it", asked.due_on),
        (EvidenceKind.INSURANCE.label, "Replace it: expires soon", soon),
    }
