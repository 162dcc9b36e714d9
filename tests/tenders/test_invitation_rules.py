"""Whether the agreement lets anybody be invited, asked when a tender is published."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from dps_portal.accounts.roles import Role
from dps_portal.agreements.models import Agreement, NoticeKind, NoticeTask
from dps_portal.refusals import Refused
from tenders import services
from tenders.models import Invitation
from tests.factories.accounts import UserFactory
from tests.factories.tenders import Competition

pytestmark = pytest.mark.django_db


@pytest.fixture
def one():
    """A draft that could be published but for its agreement."""
    competition = Competition(closes_in=timedelta(days=5))
    competition.tender = competition.drafted()
    return competition


def published(one):
    return services.publish_tender(tender=one.tender, by=one.officer, at=one.published_at)


def reasons(one):
    with pytest.raises(Refused) as refusal:
        published(one)
    assert not Invitation.objects.exists()
    return refusal.value.reasons


def change(one, **facts):
    Agreement.objects.filter(pk=one.lot.agreement_id).update(**facts)


def test_r1_4_nobody_is_invited_from_the_day_after_the_end(one):
    change(one, end=timezone.localdate(one.published_at))

    assert reasons(one)[0] == (
        "The system's validity is over, so nobody can be invited under it. Regulation 29 of the "
        "Provider Selection Regime spares a system only while its validity runs."
    )


def test_r2_4_nobody_is_invited_before_the_time_for_the_first_requests_is_over(one):
    NoticeTask.objects.create(
        agreement=one.lot.agreement,
        kind=NoticeKind.CONTRACT,
        what="Contract notice",
        reference="2026/S 1",
        due_on=timezone.localdate(one.published_at),
        published_on=timezone.localdate(one.published_at) - timedelta(days=29),
    )

    assert reasons(one) == ("The time for the first requests to join is not over yet.",)


def test_r2_6_nobody_is_invited_while_the_first_evaluation_lasts(one):
    day = timezone.localdate(one.published_at)
    change(one, initial_evaluation_until=day)
    assert reasons(one) == ("The first evaluation was given more time, and it is not over yet.",)

    change(one, initial_evaluation_until=day - timedelta(days=1))
    assert published(one).invitations.count() == 2


def test_r2_6_the_first_invitation_ends_the_choice(one, client):
    published(one)
    facts = {"until": timezone.localdate() + timedelta(days=9), "by": one.commissioner}

    with pytest.raises(Refused) as refusal:
        services.set_initial_evaluation(agreement=one.lot.agreement, **facts, at=timezone.now())

    told = "An invitation was sent already, so the first evaluation cannot be extended."
    assert refusal.value.reasons == (told,)
    client.force_login(UserFactory(roles=[Role.COMMISSIONER]))
    page = client.get(reverse("tenders:set_initial_evaluation", args=[one.lot.agreement.reference]))
    assert told in page.content.decode()
