"""Less than the usual time only if all who are invited agree to that very moment (R2.11, R10.4)."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from dps_portal.agreements.models import Lot
from dps_portal.audit.models import AuditEvent
from dps_portal.notifications.models import Notification
from dps_portal.refusals import Refused
from dps_portal.reports.worklist import tasks_for
from providers.models import Admission
from tenders import rules, services
from tenders.models import Invitation, PeriodAnswer, ShorterPeriod, Tender
from tenders.states import TenderState
from tests.factories.tenders import Competition, owner_of, provider_on
from tests.tenders.test_views import page, send, shown

TOO_LITTLE = "The closing date leaves bidders too little time."
NOT_ALL = "Not everyone who would be invited has agreed to the shorter time."
USUAL = "The closing date leaves bidders their usual time, so nobody has to agree to it."


@pytest.fixture
def one(db):
    """A draft that closes in a week, for nine providers."""
    competition = Competition(providers=9)
    competition.tender = draft(competition, days=7)
    return competition


def draft(competition, *, days, **facts):
    competition.published_at = competition.now  # a draft of today
    return competition.drafted(closes_at=competition.now + timedelta(days=days), **facts)


def refused(act) -> tuple:
    with pytest.raises(Refused) as refusal:
        act()
    return refusal.value.reasons


def ask(one, *, at=None):
    return services.ask_shorter_period(
        tender=one.tender, reason="A place is needed soon.", by=one.drafter, at=at or one.now
    )


def answer(one, *providers, has_agreed=True):
    for provider in providers:
        services.answer_shorter_period(
            answer=PeriodAnswer.objects.about(current(one)).get(provider=provider),
            has_agreed=has_agreed,
            by=owner_of(provider),
            at=one.now,
        )


def current(one):
    return Tender.objects.select_related("lot__agreement").get(pk=one.tender.pk)


def publish(one):
    return services.publish_tender(tender=one.tender, by=one.officer, at=one.now)


def move(one, **facts):
    Tender.objects.filter(pk=one.tender.pk).update(**facts)


# ── Everyone, and to the very moment ─────────────────────────────────────────────────────────


def test_r2_11_seven_days_with_one_of_nine_not_agreed_are_refused_and_with_all_nine_accepted(one):
    assert refused(lambda: publish(one)) == (TOO_LITTLE,)
    ask(one)
    answer(one, *one.providers[:8])
    assert refused(lambda: publish(one)) == (TOO_LITTLE, NOT_ALL)

    answer(one, one.providers[8])

    tender = publish(one)
    assert tender.state == TenderState.PUBLISHED
    assert Invitation.objects.filter(tender=tender).count() == 9


def test_r2_11_a_changed_moment_needs_agreement_anew_even_a_minute_later(one):
    ask(one)
    answer(one, *one.providers)
    agreed_to = one.tender.closes_at

    for changed in (timedelta(minutes=1), -timedelta(days=1)):
        move(one, closes_at=agreed_to + changed)
        assert refused(lambda: publish(one)) == (TOO_LITTLE,)
    move(one, closes_at=agreed_to)
    assert publish(one).state == TenderState.PUBLISHED


def test_agreement_for_one_lot_does_not_stand_for_another(one):
    ask(one)
    answer(one, *one.providers)
    other = Lot.objects.create(
        agreement=one.lot.agreement,
        number=9_999,
        title="Enhanced",
        specification="More.",
        ceiling_weekly_pence=1,
    )
    Admission.objects.filter(provider__in=one.providers).update(lot=other)
    move(one, lot=other)

    assert refused(lambda: publish(one)) == (TOO_LITTLE,)


def test_r2_11_whoever_is_admitted_since_has_to_agree_too(one):
    ask(one)
    answer(one, *one.providers)
    late = provider_on(one.lot, name="Newcomer")

    assert refused(lambda: publish(one)) == (TOO_LITTLE, NOT_ALL)
    ask(one)
    assert PeriodAnswer.objects.filter(has_agreed=None).get().provider == late
    answer(one, late)
    assert publish(one).state == TenderState.PUBLISHED
    assert Notification.objects.filter(subject__contains="A shorter time for bids").count() == 10


def test_who_would_not_be_invited_need_not_agree(one):
    ask(one)
    answer(one, *one.providers[:8])
    Admission.objects.filter(provider=one.providers[8]).update(ended_on=date(2026, 1, 1))

    assert publish(one).state == TenderState.PUBLISHED


def test_agreement_does_not_bring_back_a_moment_that_has_passed(one):
    ask(one)
    answer(one, *one.providers)
    late = one.tender.closes_at

    assert refused(lambda: services.publish_tender(tender=one.tender, by=one.officer, at=late)) == (
        TOO_LITTLE,
    )


def test_r1_3_a_shorter_time_that_the_agreement_published_asks_nobody(one):
    """The light touch publishes its own least time for a tender."""
    agreement = one.lot.agreement
    agreement.regime_key, agreement.minimum_tender_days = "PCR_2015_LIGHT_TOUCH", 3
    agreement.save()
    one.tender = current(one)

    assert refused(lambda: ask(one)) == (USUAL,)
    assert publish(one).state == TenderState.PUBLISHED


# ── Asking ───────────────────────────────────────────────────────────────────────────────────


def test_everyone_who_would_be_invited_is_asked_once_and_told(one):
    ask(one)

    told = Notification.objects.filter(subject__contains="A shorter time for bids")
    assert {each.email for each in told} == {owner_of(each).email for each in one.providers}
    assert [each.body for each in told if "Ten places" in each.body] == []
    assert refused(lambda: ask(one)) == ("Everyone who would be invited has been asked.",)
    event = AuditEvent.objects.get(action="shorter_period.asked")
    assert len(event.facts["asked"]) == 9


def asking(**facts):
    now = datetime(2026, 6, 1, 9, tzinfo=UTC)
    return rules.objections_to_asking_period(
        **{
            "state": TenderState.DRAFT,
            "is_short": True,
            "closes_at": now + timedelta(days=7),
            "at": now,
            "unasked": 9,
            "is_declined": False,
        }
        | facts
    )


@pytest.mark.parametrize(
    ("facts", "objections"),
    [
        ({}, []),
        (
            {"state": TenderState.PUBLISHED},
            ["A shorter time is agreed before the tender is published."],
        ),
        ({"closes_at": datetime(2026, 6, 1, 9, tzinfo=UTC)}, ["The closing date has passed."]),
        ({"is_short": False}, [USUAL]),
        (
            {"is_declined": True},
            ["One of those asked has declined this closing date. Choose another."],
        ),
        ({"unasked": 0}, ["Everyone who would be invited has been asked."]),
    ],
)
def test_when_a_shorter_period_is_asked_for(facts, objections):
    assert asking(**facts) == objections


def test_a_decliner_ends_it_for_that_moment_and_who_asked_is_told(one):
    ask(one)
    answer(one, one.providers[0], has_agreed=False)

    told = Notification.objects.get(subject__contains="is declined")
    assert told.email == one.drafter.email
    assert one.providers[0].name not in told.body
    assert refused(lambda: ask(one)) == (
        "One of those asked has declined this closing date. Choose another.",
    )
    move(one, closes_at=one.tender.closes_at + timedelta(days=1))
    one.tender = current(one)
    ask(one)
    assert ShorterPeriod.objects.count() == 2


@pytest.mark.parametrize("day", [date(2026, 11, 25), date(2027, 3, 20), date(2026, 10, 17)])
@pytest.mark.parametrize("hour", [9, 12, 17])
def test_the_usual_time_is_the_first_that_publication_would_take(one, day, hour):
    """At the draft's time of day, also where the clocks change in between."""
    at = datetime.combine(day, time(12), tzinfo=UTC)
    tender = current(one)
    tender.closes_at = timezone.make_aware(datetime.combine(day + timedelta(days=7), time(hour)))

    usual = services.usual_closing(tender, at)

    assert timezone.localtime(usual).hour == hour
    before = timezone.make_aware(
        datetime.combine(timezone.localdate(usual) - timedelta(days=1), time(hour))
    )
    found = [services.has_short_time(tender, at, each) for each in (before, usual)]
    assert found == [True, False]


# ── Answering ────────────────────────────────────────────────────────────────────────────────


def test_each_answers_once_and_only_while_it_matters(one):
    ask(one)
    first, second = one.providers[:2]
    answer(one, first)
    assert refused(lambda: answer(one, first, has_agreed=False)) == (
        "Your organisation has answered.",
    )
    row = PeriodAnswer.objects.get(provider=second)

    def late():
        services.answer_shorter_period(answer=row, has_agreed=True, by=owner_of(second), at=one.now)

    before = one.tender.closes_at
    move(one, closes_at=before + timedelta(hours=1))
    assert refused(late) == (
        "The closing date has changed since. You are asked again if you have to agree.",
    )
    move(one, closes_at=before)
    services.abandon_tender(tender=one.tender, reason="Not needed.", by=one.officer, at=one.now)
    assert refused(late) == ("The tender is no longer a draft, so nothing is left to agree.",)


def test_the_last_to_agree_is_told_to_who_asked(one):
    ask(one)
    answer(one, *one.providers[:8])
    assert not Notification.objects.filter(subject__contains="has agreed").exists()

    answer(one, one.providers[8])

    assert Notification.objects.get(subject__contains="has agreed").email == one.drafter.email
    assert AuditEvent.objects.filter(action="shorter_period.answered").count() == 9


def test_the_database_refuses_half_an_answer_and_a_longer_period(one):
    period = ask(one)
    for rows, wrong in (
        (PeriodAnswer.objects.filter(provider=one.providers[0]), {"has_agreed": True}),
        (ShorterPeriod.objects.filter(pk=period.pk), {"usual_until": period.closes_at}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**wrong)


# ── The pages ────────────────────────────────────────────────────────────────────────────────


def test_the_whole_way_through_the_pages(client, one):
    path = reverse("tenders:ask_shorter_period", args=[one.tender])
    assert path in shown(page(client, one.drafter, "tender", one.tender))
    asked = shown(page(client, one.drafter, "ask_shorter_period", one.tender))
    assert [each.name for each in one.providers if each.name not in asked] == []
    send(client, one.drafter, "ask_shorter_period", one.tender, reason="Soon.")

    for provider in one.providers:
        owner = owner_of(provider)
        row = PeriodAnswer.objects.get(provider=provider)
        [task] = [each for each in tasks_for(owner, one.now) if each.url == row.get_absolute_url()]
        assert task.what == f"Time for bids on tender {one.tender}"
        text = shown(page(client, owner, "answer_shorter_period", one.tender, row.pk))
        assert ["Rehabilitation places" in text, "Soon." in text, "Ten places" in text] == [
            True,
            True,
            False,
        ]
        send(client, owner, "answer_shorter_period", one.tender, row.pk, has_agreed="yes")
        assert row.get_absolute_url() not in {each.url for each in tasks_for(owner, one.now)}

    found = shown(page(client, one.officer, "tender", one.tender))
    assert found.count("Agreed") == 9
    assert page(client, one.officer, "publish_tender", one.tender).context["objections"] == []
    send(client, one.officer, "publish_tender", one.tender)
    assert current(one).state == TenderState.PUBLISHED


def test_another_provider_finds_no_such_question_and_no_answer_is_asked_for(client, one):
    ask(one)
    row = PeriodAnswer.objects.get(provider=one.providers[0])
    stranger = owner_of(one.providers[1])

    assert page(client, stranger, "answer_shorter_period", one.tender, row.pk).status_code == 404
    assert (
        send(
            client, stranger, "answer_shorter_period", one.tender, row.pk, has_agreed="yes"
        ).status_code
        == 404
    )
    missing = send(
        client,
        owner_of(one.providers[0]),
        "answer_shorter_period",
        one.tender,
        row.pk,
        has_agreed="",
    )
    assert set(missing.context["form"].errors) == {"has_agreed"}


@pytest.mark.django_db
def test_a_draft_with_the_usual_time_offers_no_shorter_one(client):
    competition = Competition()
    tender = draft(competition, days=20)

    assert reverse("tenders:ask_shorter_period", args=[tender]) not in shown(
        page(client, competition.drafter, "tender", tender)
    )
    assert page(client, competition.drafter, "ask_shorter_period", tender).context[
        "objections"
    ] == [USUAL]
