"""Interests, clarifications, self-cleaning, letters, reasons and the reminders of a review."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Role
from dps_portal.audit.models import AuditEvent
from dps_portal.notifications.models import Notification
from dps_portal.refusals import Refused
from dps_portal.reports.worklist import tasks_for
from providers import services
from providers.models import (
    Admission,
    Application,
    Declaration,
    EvidenceDocument,
    Rate,
    ReasonsRequest,
)
from providers.states import (
    ApplicationState,
    Criterion,
    ExclusionGround,
    ExtensionGround,
    Finding,
    Outcome,
    RateSource,
    SelfCleaning,
)
from providers.tasks import remind_of_reviews
from tests.factories.accounts import UserFactory
from tests.factories.agreements import LotFactory
from tests.factories.providers import (
    AT,
    assess,
    decided,
    owner_of,
    recommended,
    reviewer,
    submitted,
    whole_draft,
)

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
ANSWER_DUE = date(2026, 12, 8)  # five working days after the first of December


def on(year, month, day, hour=9):
    return datetime(year, month, day, hour, tzinfo=UTC)


def reasons_of(act, **facts):
    with pytest.raises(Refused) as refusal:
        act(**facts)
    return refusal.value.reasons


def told(person) -> list[str]:
    messages = Notification.objects.filter(to=person).order_by("pk")
    return list(messages.values_list("subject", flat=True))


def ask(application, *, by=None, at=AT, due_on=ANSWER_DUE, **facts):
    return services.ask_clarification(
        **{
            "application": application,
            "lot_application": None,
            "question": "How many nurses are there at night?",
            "due_on": due_on,
            "asks_correction": False,
            "by": by or reviewer(application, Role.PROCUREMENT, at=at),
            "at": at,
        }
        | facts
    )


def answer(clarification, *, at=AT, words="One."):
    owner = owner_of(clarification.application.provider)
    return services.answer_clarification(clarification=clarification, answer=words, by=owner, at=at)


# ── Interests (R4.2) ─────────────────────────────────────────────────────────────────────────
def every_act(application, by):
    """What the council does with an application before it is decided."""
    lot_application = application.lots.first()
    acts = {"by": by, "at": AT}
    outcome = {"outcome": Outcome.ADMITTED, "reason": "As assessed."}
    return {
        "assess": lambda: services.record_assessment(
            lot_application=lot_application,
            findings={Criterion.PRICE: (Finding.MET, "Within the ceiling.")},
            **acts,
        ),
        "recommend": lambda: services.recommend_lot(
            lot_application=lot_application, **outcome, **acts
        ),
        "decide": lambda: services.decide_lot(lot_application=lot_application, **outcome, **acts),
        "ask": lambda: ask(application, by=by),
        "recall": lambda: services.recall_application(application=application, **acts),
    }


@pytest.mark.parametrize("act", ["assess", "recommend", "decide", "ask", "recall"])
def test_r4_2_nobody_acts_before_declaring_nor_with_a_conflict(act):
    application = recommended().application
    person = UserFactory(roles=[Role.PROCUREMENT, Role.COMMISSIONER])
    before = AuditEvent.objects.count()

    assert reasons_of(every_act(application, person)[act]) == (
        "Declare first whether you have an interest in this application.",
    )
    assert AuditEvent.objects.count() == before
    declare(application, person, has_conflict=True, details="My brother works there.")
    assert reasons_of(every_act(application, person)[act]) == (
        "You declared a conflict of interest, so another person does this.",
    )


def declare(application, person, *, has_conflict=False, details=""):
    return services.declare_interest(
        application=application, has_conflict=has_conflict, details=details, by=person, at=AT
    )


def test_r4_2_who_has_not_declared_sees_that_there_is_an_application_and_nothing_in_it():
    application = submitted()
    seen = {
        role: UserFactory(roles=[role])
        for role in (Role.PROCUREMENT, Role.COMMISSIONER, Role.AUDITOR)
    }
    for role, person in seen.items():
        reads = role == Role.AUDITOR
        assert list(Application.objects.visible_to(person)) == [application]
        assert Application.objects.read_by(person).exists() == reads
        assert EvidenceDocument.objects.visible_to(person).exists() == reads
        assert Declaration.objects.visible_to(person).exists() == reads

    declare(application, seen[Role.PROCUREMENT])

    assert list(Application.objects.read_by(seen[Role.PROCUREMENT])) == [application]
    assert EvidenceDocument.objects.visible_to(seen[Role.PROCUREMENT]).exists()
    assert list(Declaration.objects.visible_to(seen[Role.PROCUREMENT])) == [application.declaration]


def test_r4_2_a_conflict_closes_everything_of_the_application_and_its_messages():
    lot_application = decided(outcome=Outcome.REFUSED)
    application = lot_application.application
    person, colleague = (UserFactory(roles=[Role.PROCUREMENT]) for _ in range(2))

    declare(application, person, has_conflict=True, details="I hold shares in it.")
    services.request_reasons(
        lot_application=lot_application, by=owner_of(application.provider), at=AT
    )

    assert told(colleague)[-2:] == [
        f"A colleague has a conflict of interest in application {application}",
        f"Application {application}: the provider asks for the reasons",
    ]
    assert told(person) == []
    assert not Application.objects.visible_to(person).exists()
    assert not EvidenceDocument.objects.visible_to(person).exists()
    assert not Declaration.objects.visible_to(person).exists()
    assert not ReasonsRequest.objects.visible_to(person).exists()
    assert Application.objects.visible_to(colleague).exists()


def test_r4_2_a_conflict_is_declared_once_with_its_details_which_the_trail_leaves_out():
    application = submitted()
    person = UserFactory(roles=[Role.PROCUREMENT])

    assert reasons_of(
        services.declare_interest,
        application=application,
        has_conflict=True,
        details="",
        by=person,
        at=AT,
    ) == ("Say what the conflict of interest is.",)
    declare(application, person, has_conflict=True, details="My brother.")
    assert reasons_of(
        services.declare_interest,
        application=application,
        has_conflict=False,
        details="",
        by=person,
        at=AT,
    ) == ("You have declared already.",)
    event = AuditEvent.objects.get(action="application.interest_declared")
    assert event.facts == {"has_conflict": True}


def test_the_database_refuses_a_conflict_without_details():
    application = submitted()
    with pytest.raises(IntegrityError, match="conflict_has_details"), transaction.atomic():
        application.interests.create(person=UserFactory(), has_conflict=True, at=AT)


# ── Clarifications (R3.6) ────────────────────────────────────────────────────────────────────
def test_r3_6_a_question_is_asked_answered_and_kept_apart_from_the_answers():
    application = submitted()
    officer = reviewer(application, Role.PROCUREMENT)
    handed_in = services.applications.snapshot(application)
    one = ask(application, by=officer, lot_application=application.lots.get())

    answered = answer(one, words="Two from 9pm on.")

    assert (answered.answer, answered.answered_at) == ("Two from 9pm on.", AT)
    assert told(owner_of(application.provider))[-1] == (
        f"The council asks about your application {application}"
    )
    assert told(officer)[-1] == f"There is an answer on application {application}"
    application.refresh_from_db()
    assert application.state == ApplicationState.SUBMITTED
    assert services.applications.snapshot(application) == handed_in
    assert reasons_of(answer, clarification=one) == ("This question is answered already.",)


def test_r3_6_an_answer_is_due_in_two_working_days_at_the_earliest_and_in_five_usually():
    application = submitted()
    officer = reviewer(application, Role.PROCUREMENT)
    christmas_eve = on(2026, 12, 24)

    assert services.earliest_answer(application, AT) == date(2026, 12, 3)
    assert services.usual_answer(application, AT) == ANSWER_DUE
    assert services.earliest_answer(application, christmas_eve) == date(2026, 12, 30)
    assert reasons_of(
        ask, application=application, by=officer, question="", due_on=date(2026, 12, 2)
    ) == ("Write the question.", "Give the provider at least two working days to answer.")
    assert ask(application, by=officer, due_on=date(2026, 12, 3)).pk


@pytest.mark.parametrize("asks_correction", [False, True])
def test_r2_5_a_clarification_does_not_stop_the_clock(asks_correction):
    application = submitted()
    one = ask(application, asks_correction=asks_correction)
    application.refresh_from_db()
    assert application.decide_by == date(2026, 12, 15)
    assert application.is_overdue(date(2026, 12, 16))

    answer(one, at=AT + 7 * DAY)
    if asks_correction:
        services.submit_application(
            application=application, by=owner_of(application.provider), at=AT + 7 * DAY
        )

    application.refresh_from_db()
    assert application.received_at == AT
    assert application.decide_by == date(2026, 12, 15)
    assert list(Application.objects.overdue(date(2026, 12, 16))) == [application]


def test_r3_6_a_returned_application_is_taken_back_once_the_day_is_past():
    application = submitted()
    officer = reviewer(application, Role.PROCUREMENT)
    one = ask(application, by=officer, asks_correction=True)
    # Answering the question does not cut short the time to correct what was asked for.
    answer(one)

    def recall(at):
        return services.recall_application(application=application, by=officer, at=at)

    assert reasons_of(recall, at=on(2026, 12, 8, 23)) == ("The provider still has time to answer.",)
    recall(on(2026, 12, 9))

    application.refresh_from_db()
    assert application.state == ApplicationState.SUBMITTED
    assert application.answered_at == on(2026, 12, 9)
    assert application.submissions.count() == 2
    assert told(owner_of(application.provider))[-1] == (
        f"Your application {application} goes on with the answers as they stand"
    )
    assert reasons_of(recall, at=on(2026, 12, 10)) == ("The application is not with the provider.",)


def test_r3_6_what_is_not_answered_when_it_is_decided_is_closed():
    application = recommended().application
    one = ask(application)
    services.decide_lot(
        lot_application=application.lots.get(),
        outcome=Outcome.ADMITTED,
        reason="As recommended.",
        by=reviewer(application, Role.COMMISSIONER),
        at=AT,
    )
    assert reasons_of(answer, clarification=one) == (
        "The application is closed, so nothing more is asked.",
    )


# ── Self-cleaning (R3.1, R3.2) ───────────────────────────────────────────────────────────────
def with_ground(happened_on=date(2025, 6, 1), kind=ExclusionGround.MISCONDUCT):
    """Put to the council with one ground, every criterion found met."""
    application = whole_draft()
    by = {"by": owner_of(application.provider), "at": AT}
    declaration = services.save_declaration(
        application=application, grounds=[kind], declared_by_name="Alex Owner", **by
    )
    services.save_ground(
        ground=declaration.grounds.get(),
        happened_on=happened_on,
        what_happened="A manager broke the rules.",
        compensation="Paid.",
        cooperation="Full.",
        measures="New management.",
        file=None,
        **by,
    )
    services.submit_application(application=application, **by)
    return application


def find_ground(application, finding=SelfCleaning.SUFFICIENT, *, reason="New people.", by=None):
    return services.assess_ground(
        ground=application.declaration.grounds.get(),
        finding=finding,
        reason=reason,
        by=by or reviewer(application, Role.PROCUREMENT),
        at=AT,
    )


def put(lot_application, outcome):
    return services.recommend_lot(
        lot_application=lot_application,
        outcome=outcome,
        reason="As assessed.",
        by=reviewer(lot_application.application, Role.PROCUREMENT),
        at=AT,
    )


@pytest.mark.parametrize("outcome", Outcome)
def test_r3_2_nothing_is_decided_while_self_cleaning_is_unassessed(outcome):
    application = with_ground()
    lot_application = application.lots.get()
    refused = outcome == Outcome.REFUSED
    assess(lot_application, **({"standing": Finding.NOT_MET} if refused else {}))

    assert reasons_of(put, lot_application=lot_application, outcome=outcome) == (
        "Assess the self-cleaning of each declared ground first.",
    )
    finding = SelfCleaning.INSUFFICIENT if refused else SelfCleaning.SUFFICIENT
    find_ground(application, finding)

    assert put(lot_application, outcome).recommendation == outcome


def test_r3_1_a_discretionary_ground_never_rejects_by_itself():
    """Even where what was done about it does not suffice, a person weighs it."""
    application = with_ground()
    find_ground(application, SelfCleaning.INSUFFICIENT)
    lot_application = application.lots.get()
    assess(lot_application)

    assert put(lot_application, Outcome.ADMITTED).recommendation == Outcome.ADMITTED


def test_r3_1_a_ground_that_no_longer_counts_needs_no_assessment():
    application = with_ground(happened_on=date(2023, 11, 30))
    lot_application = application.lots.get()
    assess(lot_application)

    assert put(lot_application, Outcome.ADMITTED).recommendation == Outcome.ADMITTED


def test_r3_2_a_finding_on_a_ground_has_its_reason_and_its_reviewer():
    application = with_ground()
    person = UserFactory(roles=[Role.PROCUREMENT])

    assert reasons_of(find_ground, application=application, reason="", by=person) == (
        "Give the reason.",
        "Declare first whether you have an interest in this application.",
    )
    ground = find_ground(application)

    assert ground.finding == SelfCleaning.SUFFICIENT
    event = AuditEvent.objects.get(action="declaration.ground_assessed")
    assert event.facts == {"ground": ExclusionGround.MISCONDUCT, "finding": "sufficient"}


# ── One recommendation stands ────────────────────────────────────────────────────────────────
def test_a_recommendation_stands_until_new_findings_withdraw_it():
    lot_application = recommended()

    assert reasons_of(put, lot_application=lot_application, outcome=Outcome.REFUSED) == (
        "There is a recommendation already. New findings withdraw it.",
    )
    assess(lot_application, service=Finding.NOT_MET)

    assert put(lot_application, Outcome.REFUSED).recommendation == Outcome.REFUSED


# ── Decisions and letters (R2.7, R2.8) ───────────────────────────────────────────────────────
def test_r2_7_decision_letter_and_message_are_one():
    lot_application = decided(outcome=Outcome.REFUSED)

    assert lot_application.letter.split("\n\n", 2)[2] == (
        "The council has decided not to admit your organisation to this lot.\n"
        "\n"
        "These criteria were not met:\n"
        "- Service meets the specification of the lot\n"
        "\n"
        "Reason: As recommended.\n"
        "\n"
        "You can apply again at once. You can also ask for the reasons in writing; the council "
        "answers within 15 days.\n"
        "\n"
        "Nobody is limited in number, ranked or charged for joining."
    )
    assert told(owner_of(lot_application.application.provider))[-1] == (
        f"There is a decision on your application {lot_application.application}"
    )


def test_r2_7_the_database_refuses_a_decision_without_a_letter():
    lot_application = recommended()
    lot_application.outcome = Outcome.REFUSED
    lot_application.decided_by = UserFactory()
    lot_application.decided_at = AT
    with pytest.raises(IntegrityError, match="lot_decision_is_whole"), transaction.atomic():
        lot_application.save()


def test_r2_8_each_lot_of_one_application_has_its_own_reasons():
    standard = LotFactory(title="Standard")
    specialist = LotFactory(agreement=standard.agreement, title="Specialist")
    one, other = submitted(lots=[standard, specialist]).lots_in_order()
    assess(one)
    assess(other, service=Finding.NOT_MET)
    for lot_application, outcome, reason in [
        (one, Outcome.ADMITTED, "All criteria are met."),
        (other, Outcome.REFUSED, "There is no doctor on site."),
    ]:
        put(lot_application, outcome)
        services.decide_lot(
            lot_application=lot_application,
            outcome=outcome,
            reason=reason,
            by=reviewer(lot_application.application, Role.COMMISSIONER),
            at=AT,
        )

    one.refresh_from_db()
    other.refresh_from_db()
    assert [each.lot for each in Admission.objects.all()] == [standard]
    assert "Reason: All criteria are met." in one.letter
    assert "Reason: There is no doctor on site." in other.letter
    assert "no doctor" not in one.letter


def test_an_admission_takes_the_price_that_already_holds_from_that_day():
    lot_application = recommended()
    rate = {
        "provider": lot_application.application.provider,
        "lot": lot_application.lot,
        "effective_from": AT.date(),
        "weekly_pence": lot_application.weekly_pence,
        "source": RateSource.PRICE_LIST,
        "by": UserFactory(),
        "at": AT,
    }
    services.set_rate(**rate)

    services.decide_lot(
        lot_application=lot_application,
        outcome=Outcome.ADMITTED,
        reason="As recommended.",
        by=reviewer(lot_application.application, Role.COMMISSIONER),
        at=AT,
    )

    assert Admission.objects.count() == Rate.objects.count() == 1


def test_r2_5_an_extension_has_its_ground_and_its_words_and_runs_from_the_same_day():
    application = submitted(at=on(2026, 12, 22))
    services.extend_decision(
        application=application,
        ground=ExtensionGround.DOCUMENTS,
        reason="The insurer has not answered.",
        by=reviewer(application, Role.PROCUREMENT),
        at=on(2026, 12, 23),
    )
    application.refresh_from_db()
    assert application.decide_by == date(2027, 1, 15)
    assert application.get_extension_ground_display() == ("Further documents must be examined")


# ── Reasons on request (R4.4) ────────────────────────────────────────────────────────────────
def request(lot_application, at=AT):
    return services.request_reasons(
        lot_application=lot_application,
        by=owner_of(lot_application.application.provider),
        at=at,
    )


def test_r4_4_reasons_asked_for_on_1_december_are_due_on_16_december():
    lot_application = decided(outcome=Outcome.REFUSED)
    officer = reviewer(lot_application.application, Role.PROCUREMENT)

    asked = request(lot_application)

    assert asked.due_on == date(2026, 12, 16)
    assert reasons_of(request, lot_application=lot_application) == (
        "The reasons were asked for already.",
    )
    give = {"request": asked, "by": officer, "at": AT + DAY}
    assert reasons_of(services.answer_reasons, answer="", **give) == ("Write the reasons.",)
    services.answer_reasons(answer="No nurse at night.", **give)
    assert reasons_of(services.answer_reasons, answer="More.", **give) == (
        "This request is answered already.",
    )
    owner = owner_of(lot_application.application.provider)
    assert told(owner)[-1] == (
        f"The reasons you asked for: application {lot_application.application}"
    )


def test_r4_4_reasons_are_for_a_refusal():
    assert reasons_of(request, lot_application=decided()) == (
        "Reasons can be asked for where a lot was refused.",
    )


# ── Reminders ────────────────────────────────────────────────────────────────────────────────
def sweep(remind, person, *moments):
    """How many messages there are for ``person`` after each moment, swept twice."""
    start = Notification.objects.filter(to=person).count()
    counts = []
    for at in moments:
        remind(at=at)
        remind(at=at)
        counts.append(Notification.objects.filter(to=person).count() - start)
    return counts


def test_r2_5_assessors_and_deciders_are_reminded_before_and_after_the_day():
    application = submitted()  # to be decided by Tuesday 15 December
    people = [UserFactory(roles=[role]) for role in (Role.PROCUREMENT, Role.COMMISSIONER)]
    both = UserFactory(roles=[Role.PROCUREMENT, Role.COMMISSIONER])
    for person in [*people, both]:
        Notification.objects.filter(to=person).delete()
    moments = [on(2026, 12, 10), on(2026, 12, 11), on(2026, 12, 15), on(2026, 12, 16)]

    assert sweep(services.remind_of_decisions, people[0], *moments) == [0, 1, 1, 2]
    for person in [*people, both]:
        assert told(person) == [
            f"Application {application} is due for a decision",
            f"Overdue: decide on application {application}",
        ]


def test_a_reminder_missed_by_downtime_is_sent_late_once():
    application = submitted()
    person = UserFactory(roles=[Role.COMMISSIONER])

    assert sweep(services.remind_of_decisions, person, on(2027, 1, 20)) == [1]
    assert told(person) == [f"Overdue: decide on application {application}"]


def test_r2_5_an_extension_is_reminded_of_anew():
    application = submitted()
    person = reviewer(application, Role.PROCUREMENT)
    assert sweep(services.remind_of_decisions, person, on(2026, 12, 14)) == [1]
    services.extend_decision(
        application=application,
        ground=ExtensionGround.VERIFICATION,
        reason="We check with the CQC.",
        by=person,
        at=on(2026, 12, 14),
    )
    moments = [on(2026, 12, 17), on(2026, 12, 18), on(2026, 12, 23)]
    assert sweep(services.remind_of_decisions, person, *moments) == [0, 1, 2]


def test_r4_2_who_has_a_conflict_is_reminded_of_nothing():
    lot_application = decided(outcome=Outcome.REFUSED)
    waiting = submitted()
    person = UserFactory(roles=[Role.PROCUREMENT])
    for application in (lot_application.application, waiting):
        declare(application, person, has_conflict=True, details="My brother.")
    request(lot_application)

    assert sweep(services.remind_of_decisions, person, on(2026, 12, 16)) == [0]
    assert sweep(services.remind_of_reasons, person, on(2026, 12, 16)) == [0]


def test_r3_6_the_provider_is_reminded_the_day_before_and_who_asked_once_it_is_overdue():
    application = submitted()
    officer, colleague = (reviewer(application, Role.PROCUREMENT) for _ in range(2))
    ask(application, by=officer)
    owner = owner_of(application.provider)
    moments = [on(2026, 12, 6), on(2026, 12, 7), on(2026, 12, 8)]

    assert sweep(services.remind_of_clarifications, owner, *moments) == [0, 1, 1]
    assert sweep(services.remind_of_clarifications, officer, *moments, on(2026, 12, 9)) == [
        *(0, 0, 0),
        1,
    ]
    assert told(owner)[-1] == f"Your answer on application {application} is due"
    assert told(officer)[-1] == f"No answer in time on application {application}"
    assert f"No answer in time on application {application}" not in told(colleague)


def test_r3_6_nobody_is_reminded_of_what_is_answered():
    application = submitted()
    answer(ask(application))
    owner = owner_of(application.provider)
    assert sweep(services.remind_of_clarifications, owner, on(2026, 12, 9)) == [0]


def test_r4_4_assessors_are_reminded_of_reasons_three_days_before():
    lot_application = decided(outcome=Outcome.REFUSED)
    asked = request(lot_application)
    officer = reviewer(lot_application.application, Role.PROCUREMENT)
    moments = [on(2026, 12, 12), on(2026, 12, 13), on(2026, 12, 20)]

    assert sweep(services.remind_of_reasons, officer, *moments) == [0, 1, 1]
    services.answer_reasons(request=asked, answer="No nurse.", by=officer, at=on(2026, 12, 21))
    other = UserFactory(roles=[Role.PROCUREMENT])
    assert sweep(services.remind_of_reasons, other, on(2026, 12, 22)) == [0]


def waiting_for(person, at=AT):
    return [(task.what, task.why, task.due) for task in tasks_for(person, at)]


def test_questions_and_corrections_are_on_the_work_list_of_the_provider():
    application = submitted()
    officer = reviewer(application, Role.PROCUREMENT)
    owner = User.objects.get(pk=owner_of(application.provider).pk)
    assert waiting_for(owner) == []
    one = ask(application, by=officer, asks_correction=True)
    correct = (f"Application {application}", "Correct it and hand it in again", ANSWER_DUE)

    assert waiting_for(owner) == [
        correct,
        (f"Question on application {application}", "Answer it", ANSWER_DUE),
    ]
    answer(one)
    assert waiting_for(owner) == [correct]


def test_reasons_are_on_the_work_list_of_those_who_give_them():
    lot_application = decided(outcome=Outcome.REFUSED)
    officer, conflicted = (UserFactory(roles=[Role.PROCUREMENT]) for _ in range(2))
    declare(lot_application.application, conflicted, has_conflict=True, details="My brother.")
    request(lot_application)

    assert waiting_for(officer) == [
        (f"Reasons for application {lot_application.application}", "Give them", date(2026, 12, 16))
    ]
    assert waiting_for(conflicted) == []


def test_the_task_reminds_of_everything_once():
    submitted(at=datetime.now(UTC) - 40 * DAY)
    UserFactory(roles=[Role.COMMISSIONER])

    assert (remind_of_reviews(), remind_of_reviews()) == (1, 0)
