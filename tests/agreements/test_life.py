"""The life of an agreement: its rules, rounds, notices, validity and countdown."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.apps import apps
from django.urls import get_resolver

from dps_portal.accounts.roles import Role
from dps_portal.agreements import services
from dps_portal.agreements.models import Agreement, Deviation, NoticeKind, NoticeTask
from dps_portal.agreements.views import midnight
from dps_portal.audit.models import AuditEvent
from dps_portal.notifications.models import Notification
from dps_portal.refusals import Refused
from providers import services as providers
from tests.factories.accounts import UserFactory
from tests.factories.agreements import AgreementFactory, LotFactory
from tests.factories.providers import AT as DECEMBER
from tests.factories.providers import decided, draft, owner_of, submitted

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
TODAY = AT.date()
REGIMES = ("PCR_2015_REG_34", "PCR_2015_LIGHT_TOUCH")
RULES = {
    **dict.fromkeys(
        ["decide_days", "extended_days", "refresh_days", "minimum_tender_days", "opens_in_rounds"]
    ),
    "placement_competition": False,
    "lapsed_evidence": "shown",
    "inadequate_rating": "shown",
}


def lock(agreement):
    """Record the contract notice."""
    return NoticeTask.objects.create(
        agreement=agreement,
        kind=NoticeKind.CONTRACT,
        what="Contract notice",
        due_on=date(2022, 1, 1),
        published_on=date(2022, 1, 1),
        reference="2022/S 1",
    )


def by(role=Role.COMMISSIONER):
    return {"by": UserFactory(roles=[role]), "at": AT}


def reasons(act, **facts):
    with pytest.raises(Refused) as refusal:
        act(**facts)
    return refusal.value.reasons


# ── Rules ────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("regime", REGIMES)
def test_r1_3_rules_are_set_before_the_notice_and_locked_after_it(regime):
    agreement = AgreementFactory(regime_key=regime)

    services.set_rules(agreement=agreement, **RULES | {"decide_days": 8}, **by())

    agreement.refresh_from_db()
    assert agreement.regime.decide_application.days == 8
    lock(agreement)
    assert reasons(services.set_rules, agreement=agreement, **RULES, **by()) == (
        "The contract notice is recorded, so the rules change only with a deviation record.",
    )


def test_r1_3_a_deviation_changes_the_rule_and_tells_all_participants():
    held = decided()
    agreement = held.lot.agreement
    applying = draft(lots=[LotFactory(agreement=agreement)])
    draft()  # on another agreement
    lock(agreement)

    deviation = providers.record_deviation(
        agreement=agreement,
        rule="minimum_tender_days",
        value=14,
        reason="More time.",
        no_breach="It is longer for everybody.",
        **by() | {"at": DECEMBER},
    )

    agreement.refresh_from_db()
    assert agreement.regime.minimum_tender.days == 14
    told = Notification.objects.filter(subject__startswith="A published rule has changed")
    assert {message.to for message in told} == {
        owner_of(held.application.provider),
        owner_of(applying.provider),
    }
    assert (deviation.before, deviation.after) == ("", "14")
    assert AuditEvent.objects.filter(action="agreement.rule_changed").count() == 1


def test_r1_3_without_its_record_no_deviation_takes_effect():
    agreement = AgreementFactory()
    lock(agreement)
    facts = {"agreement": agreement, "rule": "minimum_tender_days", "value": 9}

    assert reasons(providers.record_deviation, **facts, reason="", no_breach="", **by()) == (
        "Say why the rule changes.",
        "Say why this breaches neither transparency nor equal treatment.",
        "Days at least for a tender: regulation 34 asks for 10 at least.",
    )
    agreement.refresh_from_db()
    assert agreement.minimum_tender_days is None
    assert not Notification.objects.exists()


def test_r1_1_nothing_changes_the_regime_of_an_agreement():
    agreement = AgreementFactory()
    lock(agreement)
    facts = {"rule": "regime_key", "value": REGIMES[1], "reason": "Why.", "no_breach": "None."}

    assert reasons(providers.record_deviation, agreement=agreement, **facts, **by()) == (
        "This is no rule that a notice publishes, so it cannot change.",
    )
    with pytest.raises(KeyError):  # set_rules takes the published rules and nothing else
        services.set_rules(agreement=agreement, regime_key=REGIMES[1], **by())
    agreement.refresh_from_db()
    assert agreement.regime_key == REGIMES[0]


def test_r1_5_r2_15_nothing_limits_the_number_of_providers_or_charges_them():
    names = {
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
    }
    addresses = str(get_resolver().reverse_dict.keys())
    for word in ("max_providers", "fee", "charge", "levy", "rebate", "rank_at_admission"):
        assert [name for name in names if word in name.lower()] == []
        assert word not in addresses


# ── Rounds and notices ───────────────────────────────────────────────────────────────────────
def test_r2_2_a_round_is_opened_with_its_notice():
    agreement = AgreementFactory(regime_key=REGIMES[1])
    opens = AT + timedelta(days=10)
    window = {"opens_at": opens, "closes_at": opens + timedelta(days=15)}

    services.open_round(agreement=agreement, **window, **by(Role.PROCUREMENT))

    notice = agreement.notice_tasks.get()
    assert (notice.kind, notice.due_on) == (NoticeKind.REOPENING, opens.date())
    assert reasons(services.open_round, agreement=agreement, **window, **by()) == (
        "The round overlaps with another one.",
    )
    services.record_notice(
        notice=notice, reference="2026/S 2", published_on=TODAY, **by(Role.PROCUREMENT)
    )
    assert agreement.rounds.get().notice_reference == "2026/S 2"


def test_r2_2_a_round_may_close_with_the_term_and_not_after_it():
    agreement = AgreementFactory(regime_key=REGIMES[1], end=date(2027, 4, 1))
    facts = {"agreement": agreement, "opens_at": midnight(date(2027, 3, 1))}

    assert reasons(services.open_round, **facts, closes_at=midnight(date(2027, 4, 2)), **by()) == (
        "The round must lie within the term of the agreement.",
    )
    assert services.open_round(**facts, closes_at=midnight(date(2027, 4, 1)), **by())


def test_notice_is_recorded_once_and_its_reminders_are_owed_once():
    officer = UserFactory(roles=[Role.PROCUREMENT])
    notice = NoticeTask.objects.create(
        agreement=AgreementFactory(), what="Award notice", due_on=TODAY + timedelta(days=7)
    )

    assert [services.remind_of_notices(at=AT) for _ in range(2)] == [1, 0]
    assert services.remind_of_notices(at=AT + timedelta(days=8)) == 1
    record = {"reference": "2026/S 9", "published_on": TODAY, "by": officer, "at": AT}
    services.record_notice(notice=notice, **record)
    assert services.remind_of_notices(at=AT + timedelta(days=9)) == 0
    assert reasons(services.record_notice, notice=notice, **record) == (
        "This notice is recorded already.",
    )


def test_r2_16_one_notice_is_owed_for_each_quarter():
    agreement = AgreementFactory()
    for day in (date(2026, 4, 1), date(2026, 6, 30), date(2026, 7, 1)):
        services.owe_quarterly_notice(agreement=agreement, award_day=day)

    assert list(agreement.notice_tasks.order_by("due_on").values_list("due_on", flat=True)) == [
        date(2026, 7, 30),
        date(2026, 10, 30),
    ]


# ── Validity ─────────────────────────────────────────────────────────────────────────────────
def test_r2_14_an_early_end_owes_its_notice_and_is_incomplete_until_then():
    agreement = AgreementFactory(end=date(2027, 4, 1))

    services.end_early(
        agreement=agreement,
        end=date(2027, 1, 1),
        decided_on=TODAY,
        evidence="Decision 3",
        file=("decision.pdf", b"%PDF-1.4\n%%EOF\n"),
        **by(),
    )

    agreement.refresh_from_db()
    change = agreement.validity_changes.get()
    assert (agreement.end, change.is_complete) == (date(2027, 1, 1), False)
    assert change.notice.what == "Contract award notice (termination)"
    services.record_notice(
        notice=change.notice, reference="2026/S 5", published_on=TODAY, **by(Role.PROCUREMENT)
    )
    assert agreement.validity_changes.get().is_complete


def test_r1_2_a_change_of_validity_owes_its_notice():
    agreement = AgreementFactory(end=date(2027, 4, 1))
    facts = {"agreement": agreement, "end": date(2028, 4, 1), "evidence": "Decision 2"}

    services.change_validity(**facts, decided_on=date(2026, 2, 1), **by())

    assert agreement.notice_tasks.get().kind == NoticeKind.VALIDITY_CHANGE
    assert reasons(
        services.change_validity,
        **facts | {"end": date(2028, 5, 1)},
        decided_on=date(2026, 2, 24),
        **by(),
    ) == ("Validity could not be changed after 23 February 2026.",)


def test_r2_6_the_first_evaluation_is_given_more_time():
    agreement = AgreementFactory()
    facts = {"agreement": agreement, "until": TODAY + timedelta(days=30)}

    services.set_initial_evaluation(**facts, is_anything_invited=False, **by())

    assert Agreement.objects.get().initial_evaluation_until == TODAY + timedelta(days=30)
    assert reasons(services.set_initial_evaluation, **facts, is_anything_invited=True, **by()) == (
        "An invitation was sent already, so the first evaluation cannot be extended.",
    )


# ── Countdown ────────────────────────────────────────────────────────────────────────────────
def test_r1_9_the_countdown_names_the_next_option_and_then_the_end():
    agreement = AgreementFactory(end=date(2026, 4, 1))
    option = agreement.options.create(
        number=1, start=date(2026, 4, 1), end=date(2027, 4, 1), exercise_by=date(2026, 3, 31)
    )
    assert services.next_deadline(agreement, date(2026, 3, 31)) == (date(2026, 3, 31), option)
    assert services.next_deadline(agreement, date(2026, 4, 1)) == (date(2026, 3, 31), None)

    services.exercise_option(option=option, evidence="Decision 1", on=date(2026, 2, 1), **by())

    agreement.refresh_from_db()
    assert services.next_deadline(agreement, TODAY) == (date(2027, 3, 31), None)
    assert (agreement.last_day - TODAY).days == 129


def test_r1_9_each_stage_is_told_once_and_a_late_run_tells_the_nearest():
    person = UserFactory(roles=[Role.COMMISSIONER])
    AgreementFactory(end=date(2027, 4, 1))

    sent = [
        services.remind_of_countdown(at=AT + timedelta(days=days)) for days in (0, 0, 9, 100, 101)
    ]

    assert sent == [1, 0, 1, 1, 0]
    assert Notification.objects.filter(to=person).count() == 3


@pytest.mark.parametrize(
    ("at", "running"),
    [(date(2029, 2, 23), True), (date(2029, 2, 24), False)],
)
def test_r1_2_no_system_outlasts_the_regulations_whatever_its_term(at, running):
    assert AgreementFactory.build(end=date(2030, 4, 1)).is_running(at) is running


def test_deviation_is_told_in_words():
    def words(before, after):
        one = Deviation(before=before, after=after)
        return one.was, one.became

    assert words("", "14") == ("the regime’s own", "14")
    assert words("True", "False") == ("in rounds", "for the whole term")
    assert words("shown", "not_invited") == (
        "Shown to the council, nothing else",
        "Not invited and not matched until it is mended",
    )


# ── Both profiles on one agreement ───────────────────────────────────────────────────────────
@pytest.mark.parametrize("regime", REGIMES)
def test_both_profiles_work_on_one_agreement(regime):
    agreement = AgreementFactory(regime_key=regime)
    agreement.rounds.create(opens_at=DECEMBER, closes_at=DECEMBER + timedelta(days=15))

    application = submitted(lots=[LotFactory(agreement=agreement)], at=DECEMBER)

    assert application.decide_by == date(2026, 12, 15)
