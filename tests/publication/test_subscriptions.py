"""“Tell me when it opens”: a confirmed address is told once for each round."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.urls import reverse

from dps_portal.audit.models import AuditEvent
from dps_portal.notifications.models import Notification
from dps_portal.publication import services, tasks
from dps_portal.publication.models import Subscription
from tests.factories.agreements import AgreementFactory
from tests.factories.publication import AT, subscribed

pytestmark = pytest.mark.django_db

ADDRESS = "Robin@Example.org"


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


@pytest.fixture
def agreement():
    return AgreementFactory(regime_key="PCR_2015_LIGHT_TOUCH")


def form_of(agreement):
    return reverse("publication:subscribe", args=[agreement.reference])


def ask(client, agreement, email=ADDRESS, **facts):
    return client.post(form_of(agreement), {"email": email}, **facts)


def links(message) -> list[str]:
    """The confirmation or the opportunity, then the link to stop."""
    return re.findall(r"http://localhost:8000(\S+)", message.body)


def open_round(agreement, *, opens=AT):
    return agreement.rounds.create(opens_at=opens, closes_at=opens + timedelta(days=15))


# ── Asking ───────────────────────────────────────────────────────────────────────────────────
def test_address_counts_once_its_holder_has_pressed_the_button(client, agreement):
    ask(client, agreement)
    link = links(Notification.objects.get())[0]
    subscription = Subscription.objects.get()

    assert subscription.email == "robin@example.org"
    assert "Confirm my address" in client.get(link).text
    subscription.refresh_from_db()
    assert subscription.confirmed_at is None  # a scanner that follows the link confirms nothing
    assert "We will tell you when applications open" in client.post(link).text
    subscription.refresh_from_db()
    assert subscription.confirmed_at is not None


def test_confirming_twice_has_one_effect(client, agreement):
    ask(client, agreement)
    link = links(Notification.objects.get())[0]
    client.post(link)
    client.post(link)

    assert AuditEvent.objects.filter(action="subscription.confirmed").count() == 1


def test_answer_is_the_same_whether_or_not_the_address_is_known(client, agreement):
    subscribed(agreement, email="known@example.org")

    def answer(email):
        cache.clear()
        response = ask(client, agreement, email, follow=True)
        return [str(message) for message in response.context["messages"]]

    assert answer("known@example.org") == answer("unknown@example.org")


def test_one_mail_a_day_to_confirm(client, agreement):
    for at in (AT, AT + timedelta(hours=2), AT + timedelta(days=1)):
        services.subscribe(agreement=agreement, email=ADDRESS, at=at)

    assert Notification.objects.count() == 2
    assert Subscription.objects.count() == 1


def test_link_dies_after_three_days(client, agreement):
    with time_machine.travel(AT, tick=False) as clock:
        ask(client, agreement)
        link = links(Notification.objects.get())[0]
        clock.shift(timedelta(days=3, seconds=1))
        response = client.post(link)

    assert (response.status_code, "This link no longer works" in response.text) == (404, True)
    assert Subscription.objects.get().confirmed_at is None


@pytest.mark.parametrize("page", ["confirm_subscription", "unsubscribe"])
@pytest.mark.parametrize("token", ["rubbish", "MQ:1abcde:x", "🏥", "%00", "a" * 3000])
def test_link_that_is_not_ours_is_not_found(client, page, token):
    path = reverse(f"publication:{page}", args=[token])

    assert [client.get(path).status_code, client.post(path).status_code] == [404, 404]


def test_link_to_stop_does_not_confirm(client, agreement):
    ask(client, agreement)
    stop = links(Notification.objects.get())[1]
    path = stop.replace("/unsubscribe/", "/confirm/")

    assert client.post(path).status_code == 404


@pytest.mark.parametrize(
    "email", ["", "no-address", "a@b", "a\0@example.org", f"{'a' * 320}@example.org", "<b>@x.org"]
)
def test_address_that_is_none_is_said(client, agreement, email):
    page = ask(client, agreement, email)

    assert (page.status_code, "There is a problem" in page.text) == (200, True)
    assert Subscription.objects.count() == 0


def test_one_place_cannot_send_links_without_end(client, agreement):
    for number in range(20):
        assert ask(client, agreement, f"a{number}@example.org").status_code == 302
    page = ask(client, agreement, "a21@example.org")

    assert "Too many addresses were sent from here." in page.text
    assert Subscription.objects.count() == 20


def test_agreement_that_is_always_open_offers_none(client):
    strict = AgreementFactory()

    assert client.get(form_of(strict)).status_code == 404
    assert "Tell me when" not in client.get(reverse("publication:opportunity")).text


# ── Telling ──────────────────────────────────────────────────────────────────────────────────
def test_confirmed_address_is_told_once_a_round(agreement):
    subscribed(agreement)
    services.subscribe(agreement=agreement, email="unconfirmed@example.org", at=AT)
    gone = subscribed(agreement, email="gone@example.org")
    services.unsubscribe(subscription=gone, at=AT)
    subscribed(AgreementFactory(), email="elsewhere@example.org")
    first, second = open_round(agreement), open_round(agreement, opens=AT + timedelta(days=90))
    Notification.objects.all().delete()

    moments = [
        first.opens_at - timedelta(seconds=1),
        first.opens_at,
        first.opens_at + timedelta(days=14),
        second.opens_at,
        second.closes_at,
    ]
    assert [services.tell_of_open_rounds(at=at) for at in moments] == [0, 1, 0, 1, 0]
    assert set(Notification.objects.values_list("email", flat=True)) == {"a@example.org"}
    assert AuditEvent.objects.filter(action="round.opening_told").count() == 2


def test_opening_missed_by_downtime_is_told_late_unless_the_round_is_over(agreement):
    subscribed(agreement)
    round_ = open_round(agreement)

    assert services.tell_of_open_rounds(at=round_.closes_at) == 0
    assert services.tell_of_open_rounds(at=round_.closes_at - timedelta(minutes=1)) == 1


def test_agreement_without_rounds_or_unpublished_tells_nobody():
    for facts in ({}, {"regime_key": "PCR_2015_LIGHT_TOUCH", "published": False}):
        agreement = AgreementFactory(**facts)
        subscribed(agreement)
        open_round(agreement)

    assert services.tell_of_open_rounds(at=AT) == 0


def test_every_mail_has_a_link_to_stop(client, agreement):
    subscribed(agreement)
    open_round(agreement)
    services.tell_of_open_rounds(at=AT)

    for message in Notification.objects.all():
        stop = links(message)[1]
        Subscription.objects.update(ended_at=None)
        assert "Stop these e-mails" in client.get(stop).text
        assert Subscription.objects.get().ended_at is None
        assert "We no longer write to you" in client.post(stop).text
        assert Subscription.objects.get().ended_at is not None


def test_who_stopped_can_come_back(agreement):
    subscription = services.unsubscribe(subscription=subscribed(agreement), at=AT)
    services.confirm_subscription(subscription=subscription, at=AT)

    assert list(Subscription.objects.to_tell()) == [subscription]


def test_addresses_that_are_unconfirmed_or_ended_are_forgotten_after_three_days(agreement):
    kept = subscribed(agreement)
    services.subscribe(agreement=agreement, email="b@example.org", at=AT)
    services.unsubscribe(subscription=subscribed(agreement, email="c@example.org"), at=AT)
    back = subscribed(agreement, email="d@example.org")
    services.unsubscribe(subscription=back, at=AT)
    services.subscribe(agreement=agreement, email=back.email, at=AT + timedelta(days=3))

    assert services.forget_addresses(at=AT + timedelta(days=3)) == 0
    assert services.forget_addresses(at=AT + timedelta(days=3, seconds=1)) == 2
    assert set(Subscription.objects.all()) == {kept, back}


def test_sweeps_ask_the_clock(agreement):
    subscribed(agreement)
    open_round(agreement)
    with time_machine.travel(AT, tick=False):
        assert (tasks.tell_of_open_rounds(), tasks.forget_addresses()) == (1, 0)
