"""A later deadline: later only, by two people, told to all, and raced by bids (R2.11, T5)."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from dps_portal.audit.models import AuditEvent
from dps_portal.notifications.models import Notification
from dps_portal.refusals import Refused
from tenders import rules, services
from tenders.models import DeadlineExtension, Tender
from tenders.states import TenderState
from tests.factories.tenders import Competition, owner_of
from tests.tenders.test_views import boxes, send

OPEN_ONLY = "A deadline can be moved only while the tender is open for bids."


@pytest.fixture
def competition():
    one = Competition(closes_in=timedelta(days=5))
    one.published()
    return one


def ask(one, *, days=10, by=None):
    return services.ask_extension(
        tender=one.tender,
        closes_at=one.now + timedelta(days=days),
        reason="A document came late.",
        by=by or one.officer,
        at=one.now,
    )


def refused(act) -> tuple:
    with pytest.raises(Refused) as refusal:
        act()
    return refusal.value.reasons


@pytest.mark.django_db
def test_r2_11_two_people_move_the_deadline_and_everyone_is_told(competition):
    asked = ask(competition)
    agree = {"extension": asked, "at": competition.now}
    competition.tender.refresh_from_db()
    assert competition.tender.closes_at == competition.closes_at

    assert refused(lambda: services.agree_extension(by=competition.officer, **agree)) == (
        "You asked for this. Another person must agree.",
    )
    services.agree_extension(by=competition.commissioner, **agree)
    competition.tender.refresh_from_db()
    assert competition.tender.closes_at == competition.now + timedelta(days=10)
    told = Notification.objects.filter(subject__contains="is later")
    assert {one.email for one in told} == {owner_of(each).email for each in competition.providers}
    event = AuditEvent.objects.get(action="deadline.extended")
    assert event.facts["asked_by"] == competition.officer.ref
    assert refused(lambda: services.agree_extension(by=competition.commissioner, **agree)) == (
        "The deadline has been moved already.",
    )


@pytest.mark.django_db
def test_one_later_deadline_is_asked_for_at_a_time(competition):
    ask(competition)

    assert refused(lambda: ask(competition, by=competition.commissioner)) == (
        "A later deadline has been asked for already.",
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("days", "reason"),
    [
        (5, "A deadline is only ever moved to a later time."),
        (4, "A deadline is only ever moved to a later time."),
        (60, "Bids must close before the contract starts."),
    ],
)
def test_a_deadline_is_moved_later_but_not_into_the_contract(competition, days, reason):
    assert refused(lambda: ask(competition, days=days)) == (reason,)


@pytest.mark.parametrize("state", [one for one in TenderState if one != TenderState.PUBLISHED])
def test_only_an_open_tender_has_a_deadline_to_move(state):
    now = timezone.now()
    facts = {"state": state, "closes_at": now + timedelta(days=1), "now": now}

    assert rules.objections_to_agreeing(**facts, is_asker=False) == [OPEN_ONLY]
    assert rules.objections_to_extension(
        **facts, later=None, last_day=None, contract_start=now.date(), is_asked=False
    ) == [OPEN_ONLY]


@pytest.mark.django_db
def test_a_passed_deadline_is_not_moved_by_a_late_agreement(competition):
    asked = ask(competition)
    Tender.objects.update(closes_at=timezone.now())

    assert refused(
        lambda: services.agree_extension(
            extension=asked, by=competition.commissioner, at=competition.now
        )
    ) == (OPEN_ONLY,)


@pytest.mark.django_db
def test_the_database_refuses_an_earlier_deadline_and_one_person(competition):
    asked = ask(competition)
    rows = DeadlineExtension.objects.filter(pk=asked.pk)

    for wrong in (
        {"closes_at": asked.closed_at},
        {"agreed_by": asked.asked_by, "agreed_at": competition.now},
        {"agreed_by": competition.commissioner},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**wrong)


@pytest.mark.django_db
def test_it_is_asked_and_agreed_on_one_page(client, competition):
    tender = competition.tender
    day = timezone.localdate(competition.now) + timedelta(days=12)
    data = {**boxes("closes_on", day), "closes_time": "12:00", "reason": "A <late> document."}
    send(client, competition.officer, "extend_deadline", tender, **data)
    client.force_login(competition.officer)
    page = client.get(reverse("tenders:extend_deadline", args=[tender])).content.decode()
    assert "You asked for this. Another person must agree." in page
    owner = owner_of(competition.providers[0])
    client.force_login(owner)
    invited = reverse("tenders:invitation", args=[tender])
    assert "A &lt;late&gt; document." not in client.get(invited).content.decode()
    send(client, competition.commissioner, "extend_deadline", tender)
    tender.refresh_from_db()

    assert timezone.localtime(tender.closes_at).strftime("%H:%M") == "12:00"
    assert timezone.localdate(tender.closes_at) == day
    client.force_login(owner)
    assert "A &lt;late&gt; document." in client.get(invited).content.decode()


def at_instants(acts):
    """Each act in its own thread and connection at its own instant; the refused, any error."""
    refused, errors = {}, []

    def run(name, act, instant):
        time.sleep(max(0, (instant - timezone.now()).total_seconds()))
        try:
            act()
        except Refused as refusal:
            refused[name] = refusal.reasons
        except Exception as error:  # noqa: BLE001 - any error at all fails the test
            errors.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=act) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refused, errors


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("agreed_before", [0.2, -0.2])
def test_t5_bids_race_an_extension_and_none_is_late_or_wrongly_refused(agreed_before):
    """In by the deadline that then holds is in; everybody else is refused, and nobody else."""
    one = Competition(providers=8, closes_in=timedelta(days=5))
    one.published()
    for provider in one.providers:
        one.draft_bid(provider)
    asked = ask(one)
    old = timezone.now() + timedelta(seconds=1.5)
    Tender.objects.update(closes_at=old)

    def submit(provider):
        services.submit_bid(
            invitation=one.invitation(provider), by=owner_of(provider), at=timezone.now()
        )

    def agree():
        services.agree_extension(extension=asked, by=one.commissioner, at=timezone.now())

    refused, errors = at_instants(
        [
            ("agreement", agree, old - timedelta(seconds=agreed_before)),
            *(
                (provider, lambda one=provider: submit(one), old + timedelta(seconds=0.1 * place))
                for place, provider in enumerate(one.providers, start=-4)
            ),
        ]
    )

    assert errors == []
    is_agreed = "agreement" not in refused
    refused.pop("agreement", None)
    received = {p: services.own_bid(one.invitation(p)).submitted_at for p in one.providers}
    closes_at = Tender.objects.get(pk=one.tender.pk).closes_at
    assert closes_at == (asked.closes_at if is_agreed else old)
    assert {provider for provider, at in received.items() if at is None} == set(refused)
    assert all(at < closes_at for at in received.values() if at)
    assert (refused == {}) == is_agreed
