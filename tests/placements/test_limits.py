"""Approval limits: seen by those who see the budget, set by finance, and none means none."""

import pytest
from django.db import IntegrityError
from django.urls import reverse

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Role
from dps_portal.audit.models import AuditEvent
from dps_portal.notifications.models import Notification
from dps_portal.refusals import Refused
from placements import services
from placements.models import ApprovalLimit
from placements.states import RequestState
from tests.factories.accounts import UserFactory
from tests.factories.placements import AT, Journey, council

pytestmark = pytest.mark.django_db

COST = 1_110_571  # 92 nights at £845.00 a week


@pytest.fixture
def people():
    return council(manager=None)


def set_limit(people, pence, *, who="manager", by="finance"):
    return services.set_approval_limit(
        person=people[who],
        limit_pence=pence,
        reason="Scheme of delegation, May 2026",
        by=people[by],
        at=AT,
    )


def test_limit_set_by_finance_is_what_a_decision_is_held_against(people):
    journey = Journey(people=people).budget(y2026=27_000_000)
    request = journey.requested()

    def decision():
        try:
            return journey.decide(request, by=User.objects.get(pk=people["manager"].pk)).state
        except Refused as refusal:
            return refusal.reasons

    found = [decision()]
    for pence in (COST - 1, None, COST):
        set_limit(people, pence)
        found.append(decision())

    none = ("You have no approval limit, so you cannot approve funding.",)
    above = ("The cost of this request is above your approval limit.",)
    assert found == [none, above, none, RequestState.APPROVED]


def test_setting_a_limit_is_recorded_and_told_without_the_amount(people):
    set_limit(people, 2_000_000)
    set_limit(people, None)

    assert list(ApprovalLimit.objects.order_by("pk").values_list("pence", flat=True)) == [
        2_000_000,
        None,
    ]
    events = AuditEvent.objects.filter(action="approval_limit.set").order_by("seq")
    assert [(event.actor, event.facts) for event in events] == [
        (people["finance"], {"was": None, "pence": 2_000_000}),
        (people["finance"], {"was": 2_000_000, "pence": None}),
    ]
    told = Notification.objects.filter(subject="Your approval limit has been changed")
    assert [message.to for message in told] == [people["manager"]] * 2
    assert all("20" not in message.body.replace("2026", "") for message in told)


def test_limit_is_refused_with_every_reason_and_leaves_no_trace(people):
    with pytest.raises(Refused) as refusal:
        set_limit(people, None, who="finance")

    assert refusal.value.reasons == (
        "Another person sets your limit.",
        "This person does not approve funding.",
        "This is the limit already.",
    )
    assert not ApprovalLimit.objects.exists()
    assert not AuditEvent.objects.exists()


def test_database_refuses_a_limit_that_somebody_sets_for_themselves(people):
    with pytest.raises(IntegrityError):
        ApprovalLimit.objects.create(
            person=people["manager"], pence=1, reason="-", set_by=people["manager"], set_at=AT
        )


def test_finance_sets_a_limit_by_its_page_and_sees_those_before(client, people):
    people["manager"].name = "Noor Vale"
    people["manager"].save()
    client.force_login(people["finance"])
    address = reverse("placements:set_approval_limit", args=[people["manager"].ref])

    listed = client.get(reverse("placements:approval_limit_list")).content.decode()
    assert f'{address}">Noor Vale</a></th>' in listed
    assert listed.count("None: cannot approve") == 1
    answers = {"limit_pence": "15,000.50", "reason": "Delegation 4"}
    listed = client.post(address, answers, follow=True).content.decode()

    assert "£15,000.50" in listed
    assert "None: cannot approve" not in listed
    assert "Delegation 4" in client.get(address).content.decode()
    refused = client.post(address, answers).content.decode()
    assert "This is the limit already." in refused


@pytest.mark.parametrize("role", [Role.COMMISSIONER, Role.ASSESSMENT_MANAGER, Role.AUDITOR])
def test_others_who_see_the_budget_see_limits_and_set_none(client, people, role):
    client.force_login(UserFactory(roles=[role]))

    listed = client.get(reverse("placements:approval_limit_list")).content.decode()
    address = reverse("placements:set_approval_limit", args=[people["manager"].ref])

    assert "None: cannot approve" in listed
    assert address not in listed
    assert client.get(address).status_code == 403


@pytest.mark.parametrize("number", [1, 3])
def test_list_of_limits_costs_the_same_however_long(client, django_assert_num_queries, number):
    for _ in range(number):
        UserFactory(roles=[Role.COMMISSIONER], approval_limit_pence=1)
    client.force_login(UserFactory(roles=[Role.FINANCE]))

    with django_assert_num_queries(8):
        listed = client.get(reverse("placements:approval_limit_list")).content.decode()

    assert listed.count("£0.01") == number
