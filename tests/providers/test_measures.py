"""Suspension, reinstatement and exclusion: two people, reasons, and effects by date."""

import threading
from datetime import date, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from dps_portal.accounts.roles import Role
from dps_portal.audit.models import AuditEvent
from dps_portal.notifications.models import Notification
from dps_portal.refusals import Refused
from providers import services
from providers.models import Admission, Measure
from providers.states import ExclusionGround, MeasureKind, SelfCleaning
from providers.tasks import remind_of_open_suspensions
from tests.factories.accounts import UserFactory
from tests.factories.agreements import LotFactory
from tests.factories.providers import AT, decided, owner_of
from tests.providers.test_race import at_once

pytestmark = pytest.mark.django_db
TODAY = date(2026, 12, 1)
LATER = date(2027, 1, 4)


@pytest.fixture
def admission():
    return decided().admission


def refused(act):
    with pytest.raises(Refused) as refusal:
        act()
    return list(refusal.value.reasons)


def recommend(admission, kind=MeasureKind.SUSPENSION, **facts):
    facts = {
        "from_on": TODAY,
        "until_on": None,
        "reason": "Warned on 1 November; no declaration came.",
        "by": UserFactory(roles=[Role.PROCUREMENT]),
        "at": AT,
    } | facts
    return services.recommend_measure(
        provider=admission.provider, kind=kind, admissions=[admission], **facts
    )


def decide(measure, **facts):
    facts = {
        "is_approved": True,
        "reason": "No declaration came.",
        "by": UserFactory(roles=[Role.COMMISSIONER]),
        "at": AT,
    } | facts
    return services.decide_measure(measure=measure, **facts)


def take(admission, kind=MeasureKind.SUSPENSION, **facts):
    return decide(recommend(admission, kind, **facts), at=facts.get("at", AT))


def is_current(admission, day):
    return Admission.objects.current(day).filter(pk=admission.pk).exists()


def test_a_suspension_ends_by_itself_on_its_day(admission):
    take(admission, from_on=date(2026, 12, 8), until_on=LATER)

    days = [date(2026, 12, 7), date(2026, 12, 8), date(2027, 1, 3), LATER]
    assert [is_current(admission, day) for day in days] == [True, False, False, True]


def test_a_suspension_without_an_end_holds_until_somebody_ends_it(admission):
    take(admission)
    assert not is_current(admission, date(2029, 12, 1))

    take(admission, MeasureKind.REINSTATEMENT, from_on=LATER)
    assert not is_current(admission, LATER - timedelta(days=1))
    assert is_current(admission, LATER)


def test_a_reinstatement_before_the_suspension_begins_undoes_it(admission):
    take(admission, from_on=LATER)
    take(admission, MeasureKind.REINSTATEMENT)

    admission.refresh_from_db()
    assert (admission.suspended_from, admission.suspension_reason) == (None, "")


def test_a_decision_that_comes_late_holds_from_its_day(admission):
    measure = recommend(admission, from_on=TODAY)

    decide(measure, at=AT + timedelta(days=7))

    assert is_current(admission, date(2026, 12, 7))
    assert not is_current(admission, date(2026, 12, 8))


def test_the_provider_hears_of_an_approved_measure_alone(admission):
    owner = owner_of(admission.provider)
    told = Notification.objects.filter(to=owner, subject__contains="decided on your admission")
    officer = UserFactory(roles=[Role.PROCUREMENT])

    down = decide(recommend(admission, by=officer), is_approved=False)
    assert not told.exists()
    assert not Measure.objects.visible_to(owner).exists()
    assert is_current(admission, TODAY)
    assert Notification.objects.filter(to=officer, subject__contains=down.reference).exists()

    measure = take(admission)
    assert told.count() == 1
    assert reverse("providers:measure", args=[measure]) in told.get().body
    assert measure.decision_reason not in told.get().body
    assert list(Measure.objects.visible_to(owner)) == [measure]


def test_who_recommends_does_not_decide(admission):
    officer = UserFactory(roles=[Role.PROCUREMENT])
    measure = recommend(admission, by=officer)

    assert refused(lambda: decide(measure, by=officer, reason="")) == [
        "A person other than the one who recommended decides.",
        "Give the reason.",
    ]
    measure.refresh_from_db()
    assert (measure.is_approved, is_current(admission, TODAY)) == (None, True)
    actions = AuditEvent.objects.filter(action__startswith="measure.").values_list("action")
    assert list(actions) == [("measure.recommended",)]


def test_a_second_recommendation_waits_for_the_first(admission):
    measure = recommend(admission)
    assert refused(lambda: recommend(admission)) == [
        f"A recommendation on {admission.lot} already waits for a decision."
    ]

    decide(measure)
    assert refused(lambda: recommend(admission)) == [
        f"{admission.lot} already has a suspension from 1 December 2026."
    ]


def test_another_providers_admission_is_not_touched(admission):
    other = decided().admission

    reasons = refused(
        lambda: services.recommend_measure(
            provider=other.provider,
            kind=MeasureKind.SUSPENSION,
            admissions=[admission],
            from_on=TODAY,
            until_on=None,
            reason="Why.",
            by=UserFactory(),
            at=AT,
        )
    )
    assert reasons == ["Choose at least one lot that the provider is admitted to."]


def test_an_exclusion_ends_every_admission(admission):
    lot = LotFactory(agreement=admission.lot.agreement)
    second = decided(provider=admission.provider, lots=[lot]).admission

    take(admission, MeasureKind.EXCLUSION, from_on=LATER)

    for each in (admission, second):
        assert is_current(each, LATER - timedelta(days=1))
        assert not is_current(each, LATER)
        each.refresh_from_db()
        assert each.end_reason == "No declaration came."


def declare_fraud(admission, *, happened_on=date(2026, 6, 1)):
    provider = admission.provider
    by = {"by": owner_of(provider), "at": AT}
    asked = services.request_declarations(
        agreement=admission.lot.agreement,
        provider=provider,
        reason="A report in the press.",
        by=None,
        at=AT,
    )[0]
    services.save_grounds(
        declaration=asked.declaration,
        grounds=[ExclusionGround.FRAUD],
        declared_by_name="Alex Owner",
        **by,
    )
    services.save_ground(
        ground=asked.declaration.grounds.get(),
        happened_on=happened_on,
        what_happened="A manager was convicted.",
        compensation="Paid back.",
        cooperation="With the police.",
        measures="The manager has left.",
        file=None,
        **by,
    )
    services.answer_request(asked=asked, **by)
    return asked.declaration.grounds.get()


def test_r3_2_an_exclusion_waits_for_the_assessment_of_self_cleaning(admission):
    ground = declare_fraud(admission)
    measure = recommend(admission, MeasureKind.EXCLUSION)

    assert refused(lambda: decide(measure)) == ["Assess the self-cleaning first: Fraud."]
    assert is_current(admission, TODAY)

    services.assess_ground(
        ground=ground,
        finding=SelfCleaning.INSUFFICIENT,
        reason="Nothing was paid back.",
        by=UserFactory(roles=[Role.PROCUREMENT]),
        at=AT,
    )
    decide(measure)
    assert not is_current(admission, TODAY)


def test_r3_2_a_ground_that_no_longer_counts_needs_no_assessment(admission):
    declare_fraud(admission, happened_on=date(2021, 12, 1))

    take(admission, MeasureKind.EXCLUSION)

    assert not is_current(admission, TODAY)


def test_those_who_decide_are_reminded_of_an_open_suspension_each_month(admission):
    commissioner = UserFactory(roles=[Role.COMMISSIONER])
    take(admission)
    told = Notification.objects.filter(to=commissioner, subject__endswith="has no end")

    def sweep(*day):
        services.remind_of_open_suspensions(at=datetime(*day, 9, tzinfo=AT.tzinfo))
        return told.count()

    assert [sweep(2026, 12, 31), sweep(2027, 1, 1), sweep(2027, 1, 31)] == [0, 1, 1]
    assert [sweep(2027, 4, 15), sweep(2027, 4, 16)] == [2, 2]  # one for months that were missed
    assert AuditEvent.objects.filter(action="provider.suspension_reminded").count() == 2


def test_a_suspension_with_an_end_needs_no_reminder(admission):
    UserFactory(roles=[Role.COMMISSIONER])
    take(admission, until_on=date(2028, 1, 1))

    assert services.remind_of_open_suspensions(at=AT + timedelta(days=90)) == 0
    assert remind_of_open_suspensions() == 0


# ── Races ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_wins():
    measure = recommend(decided().admission)
    people = [UserFactory(roles=[Role.COMMISSIONER]) for _ in range(2)]

    done, refusals, errors = at_once(*(lambda by=by: decide(measure, by=by) for by in people))

    assert errors == []
    assert len(done) == 1
    assert refusals == [("This recommendation is already decided.",)]
    assert AuditEvent.objects.filter(action="measure.decided").count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_both_decide():
    """The twin: looking first and writing after must fail, or the test above proves nothing."""
    measure = recommend(decided().admission)
    people = [UserFactory(roles=[Role.COMMISSIONER]) for _ in range(2)]
    looked = threading.Barrier(2)

    def act(by):
        one = Measure.objects.get(pk=measure.pk)
        undecided = one.is_approved is None
        connection.close()
        looked.wait()
        with transaction.atomic():
            if undecided:
                one.is_approved, one.decided_by, one.decided_at = True, by, AT
                one.save()
        return undecided

    done, _, errors = at_once(*(lambda by=by: act(by) for by in people))

    assert (done, errors) == ([True, True], [])


@pytest.mark.django_db(transaction=True)
def test_of_two_recommendations_at_once_one_is_recorded():
    admission = decided().admission
    people = [UserFactory(roles=[Role.PROCUREMENT]) for _ in range(2)]

    done, refusals, errors = at_once(*(lambda by=by: recommend(admission, by=by) for by in people))

    assert (len(done), len(refusals), errors) == (1, 1, [])
    assert Measure.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_both_recommendations_are_recorded():
    """The twin: looking first and writing after must fail, or the test above proves nothing."""
    admission = decided().admission
    people = [UserFactory(roles=[Role.PROCUREMENT]) for _ in range(2)]
    looked = threading.Barrier(2)

    def act(by):
        waiting = admission.measures.waiting().exists()
        connection.close()
        looked.wait()
        with transaction.atomic():
            if not waiting:
                Measure.objects.create(
                    provider=admission.provider,
                    kind=MeasureKind.SUSPENSION,
                    from_on=TODAY,
                    reason="Why.",
                    recommended_by=by,
                    recommended_at=AT,
                ).admissions.add(admission)

    _, _, errors = at_once(*(lambda by=by: act(by) for by in people))

    assert (Measure.objects.count(), errors) == (2, [])


# ── Pages ────────────────────────────────────────────────────────────────────────────────────


def day_fields(name, day):
    return {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}


def test_from_the_page_of_a_provider_to_the_decision(client):
    now = timezone.now()
    day = timezone.localdate(now)
    admission = decided(at=now).admission
    provider = admission.provider
    officer = UserFactory(roles=[Role.PROCUREMENT])
    commissioner = UserFactory(roles=[Role.COMMISSIONER])
    client.force_login(officer)
    path = reverse("providers:recommend_measure", args=[provider, "suspension"])
    assert path in client.get(provider.get_absolute_url()).content.decode()

    facts = {"admissions": [admission.pk], **day_fields("from_on", day), "reason": "Warned."}
    answer = client.post(path, facts | {"admissions": []})
    assert "Select at least one lot" in answer.content.decode()
    assert "Warned." in answer.content.decode()
    measure_url = client.post(path, facts).headers["Location"]
    assert measure_url == Measure.objects.get().get_absolute_url()
    assert "already waits" in client.post(path, facts).content.decode()

    client.force_login(commissioner)
    assert "Decide" in client.get(measure_url).content.decode()
    decision = {"is_approved": "yes", "reason": "No declaration came."}
    assert client.post(f"{measure_url}decide/", decision).headers["Location"] == measure_url
    again = client.post(f"{measure_url}decide/", decision).content.decode()
    assert "This recommendation is already decided." in again

    client.force_login(owner_of(provider))
    page = client.get(measure_url).content.decode()
    assert "No declaration came." in page
    assert "Warned." not in page
    assert officer.name not in page
    assert commissioner.name not in page
    assert measure_url in client.get(provider.get_absolute_url()).content.decode()


def test_an_exclusion_that_cannot_be_approved_says_why(client, admission):
    declare_fraud(admission)
    measure = recommend(admission, MeasureKind.EXCLUSION)
    client.force_login(UserFactory(roles=[Role.COMMISSIONER]))

    page = client.get(reverse("providers:decide_measure", args=[measure])).content.decode()

    assert "Assess the self-cleaning first: Fraud." in page


def test_an_unknown_kind_of_measure_is_not_found(client, admission):
    client.force_login(UserFactory(roles=[Role.PROCUREMENT]))
    path = reverse("providers:recommend_measure", args=[admission.provider, "penalty"])

    assert client.get(path).status_code == 404


@pytest.mark.parametrize("measures", [1, 3])
def test_measure_list_costs_the_same_however_long(client, measures, django_assert_num_queries):
    for _ in range(measures):
        recommend(decided().admission)
    client.force_login(UserFactory(roles=[Role.AUDITOR]))
    client.get(reverse("providers:measure_list"))

    with django_assert_num_queries(6):
        page = client.get(reverse("providers:measure_list"))

    assert len(page.context["page"]) == measures


def test_measure_list_is_searched_filtered_and_downloaded(client, admission):
    taken = take(admission)
    waiting = recommend(admission, MeasureKind.REINSTATEMENT)
    client.force_login(UserFactory(roles=[Role.COMMISSIONER]))

    def found(**query):
        page = client.get(reverse("providers:measure_list"), query)
        return set(page.context["page"])

    assert found() == found(q=admission.provider.reference) == {taken, waiting}
    assert (
        found(q=taken.reference) == found(kind="suspension") == found(state="approved") == {taken}
    )
    assert found(state="waiting") == {waiting}
    assert found(state="turned_down") == set()
    answer = client.get(
        reverse("providers:measure_list"), {"download": "csv", "q": taken.reference}
    )
    lines = answer.content.decode().splitlines()
    assert lines[0].startswith('"Reference","Kind"')
    assert f'"{taken.reference}","Suspension"' in lines[1]
    assert len(lines) == 2
