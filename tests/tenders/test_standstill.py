"""A standstill of the council's own choice, and challenges to the award during it (R4.5, R4.9)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from dps_portal.accounts.roles import Role
from dps_portal.agreements.models import NoticeTask
from dps_portal.agreements.regimes import REGIMES
from dps_portal.audit.models import AuditEvent
from dps_portal.notifications.models import Notification
from dps_portal.publication import registers
from dps_portal.refusals import Refused
from dps_portal.reports.worklist import tasks_for
from providers.models import DeclarationRequest, Rate
from providers.services import request_declarations
from tenders import rules, services
from tenders.models import Award, Challenge, Contract, Letter, Tender
from tenders.states import TenderState
from tests.factories.accounts import UserFactory
from tests.factories.tenders import Competition, owner_of

pytestmark = pytest.mark.django_db

MOMENT = timedelta(microseconds=1)
RUNS = "The standstill is not over yet."
CHALLENGED = "A challenge to the award is not settled yet."


@pytest.fixture
def competition():
    one = Competition()
    one.in_standstill(agreed={"Provider 1": 5, "Provider 2": 3})
    return one


def ends_at(competition):
    return Award.objects.get(tender=competition.tender).standstill_ends_at


def confirm(competition, *, by=None, at=None):
    return services.confirm_award(
        tender=competition.tender,
        by=by or competition.commissioner,
        at=at or ends_at(competition),
    )


def record(competition, *, by=None, **facts):
    return services.record_challenge(
        **{
            "tender": competition.tender,
            "challenger": "Provider 2, its director",
            "received_on": timezone.localdate(competition.now),
            "grounds": "Our answer on outcomes was misread.",
            "by": by or competition.officer,
            "at": competition.now,
        }
        | facts
    )


def settle(competition, challenge, *, by=None):
    return services.settle_challenge(
        challenge=challenge,
        settlement="Withdrawn after the panel's notes were shared.",
        by=by or competition.commissioner,
        at=competition.now,
    )


def refused(act) -> tuple:
    with pytest.raises(Refused) as refusal:
        act()
    return refusal.value.reasons


def get(client, person, name, *args):
    client.force_login(person)
    return client.get(reverse(f"tenders:{name}", args=args))


def post(client, person, name, *args, **data):
    client.force_login(person)
    return client.post(reverse(f"tenders:{name}", args=args), data)


# ── How long it runs ─────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("key", REGIMES)
@pytest.mark.parametrize(
    ("sent", "last_day"),
    [
        (date(2026, 12, 1), date(2026, 12, 11)),
        (date(2026, 12, 16), date(2026, 12, 29)),  # over Boxing Day and its substitute
    ],
)
def test_r4_5_a_standstill_is_ten_days_and_ends_with_a_working_day(key, sent, last_day):
    assert REGIMES[key].voluntary_standstill.ends_on(sent) == last_day
    assert REGIMES[key].standstill is None


def test_r4_5_it_ends_at_midnight_in_london_at_the_end_of_the_last_day():
    award = Award(standstill_last_day=date(2026, 12, 11))
    assert award.standstill_ends_at == datetime(2026, 12, 12, tzinfo=UTC)
    assert Award(standstill_last_day=date(2026, 7, 10)).standstill_ends_at == datetime(
        2026, 7, 10, 23, tzinfo=UTC
    )
    assert award.is_in_standstill(award.standstill_ends_at - MOMENT)
    assert not award.is_in_standstill(award.standstill_ends_at)
    assert not Award().is_in_standstill(datetime(2026, 12, 1, tzinfo=UTC))


# ── The decision with a standstill ───────────────────────────────────────────────────────────
def test_r4_5_the_letters_go_at_once_and_nothing_else_is_made(competition):
    award = Award.objects.get()

    assert competition.tender.state == TenderState.STANDSTILL
    assert (award.confirmed_at, award.confirmed_by) == (None, None)
    assert award.standstill_last_day == services.standstill_last_day(
        competition.tender, competition.now
    )
    assert list(Letter.objects.order_by("provider__name").values_list("won", flat=True)) == [
        True,
        False,
    ]
    assert list(Contract.objects.all()) == []
    assert list(NoticeTask.objects.all()) == []
    assert list(Rate.objects.filter(source="award")) == []


def test_r4_5_the_letter_names_the_end_the_reasons_and_the_winners_advantages(competition):
    won, lost = Letter.objects.order_by("provider__name")
    last_day = Award.objects.get().standstill_last_day

    for letter in (won, lost):
        assert f"No contract is made before midnight at the end of {last_day:%A} " in letter.body
    assert "It is made only after the standstill below" in won.body
    assert "We have decided to award the contract to Provider 1." in lost.body
    assert "“Safety”, 5 against 3: Agreed after discussion." in lost.body


def test_r4_4_bidders_are_told_how_a_tie_was_parted_and_why_a_price_was_rejected():
    competition = Competition(providers=3)
    competition.locked(90_000, 90_000, 40_000)
    facts = {"by": competition.officer, "at": competition.now}
    low = competition.tender.bids.get(provider=competition.providers[2])
    services.ask_explanation(
        bid=low, question="Why?", due_at=competition.now + timedelta(days=1), **facts
    )
    services.explain_price(
        check=low.low_price_check, answer="So.", by=owner_of(low.provider), at=competition.now
    )
    services.decide_price(bid=low, is_accepted=False, reason="Wages are not covered.", **facts)
    drawn = "Drawn from an urn on Tuesday before two officers and the monitoring officer."
    services.recommend_award(
        tender=competition.tender,
        bids=[competition.tender.bids.get(provider=competition.providers[0])],
        reason="First.",
        draw=drawn,
        **facts,
    )
    competition.approve()
    letters = dict(Letter.objects.values_list("provider__name", "body"))

    for body in letters.values():
        assert f"HOW EQUAL BIDS WERE PARTED\n\n{drawn}" in body
    assert "Its total is equal to another" in letters["Provider 2"]
    assert "not accounted for.\nReason: Wages are not covered." in letters["Provider 3"]


def test_the_public_hears_of_the_award_once_it_is_confirmed(competition, client):
    agreement = competition.lot.agreement
    agreement.published = True
    agreement.save()

    def public():
        row = registers.published_tenders(competition.now).get(pk=competition.tender.pk)
        return row.stage, registers.winners_of(row), list(registers.contracts_of(agreement))

    assert public() == (registers.EVALUATED, "", [])
    (contract,) = confirm(competition)
    assert public() == (registers.AWARDED, "Provider 1", [contract])


def test_evaluators_and_auditors_see_no_price_before_the_award_is_confirmed(competition):
    auditor = UserFactory(roles=[Role.AUDITOR])
    competition.declare(auditor)

    assert list(Tender.objects.prices_shown_to(auditor)) == []
    assert list(Tender.objects.reports_shown_to(competition.commissioner)) == []
    confirm(competition)
    assert list(Tender.objects.prices_shown_to(auditor)) == [competition.tender]
    assert list(Tender.objects.reports_shown_to(competition.commissioner)) == [competition.tender]


# ── Confirming ───────────────────────────────────────────────────────────────────────────────
def test_r4_5_no_award_is_confirmed_before_the_last_moment_has_passed(competition):
    end = ends_at(competition)

    assert refused(lambda: confirm(competition, at=end - MOMENT)) == (RUNS,)
    (contract,) = confirm(competition, at=end)

    award = Award.objects.get()
    competition.tender.refresh_from_db()
    assert competition.tender.state == TenderState.AWARDED
    assert (award.confirmed_by, award.confirmed_at) == (competition.commissioner, end)
    assert (contract.provider, contract.start) == (
        competition.providers[0],
        competition.contract[0],
    )
    assert Rate.objects.get(source="award").weekly_pence == contract.weekly_pence
    assert services.notice_of(contract) == NoticeTask.objects.get()
    assert AuditEvent.objects.get(action="award.confirmed").facts == {
        "contracts": {contract.provider.reference: contract.weekly_pence}
    }
    told = Notification.objects.filter(
        subject=f"The award of tender {competition.tender} is confirmed"
    )
    assert sorted(told.values_list("to", flat=True)) == sorted(
        owner_of(provider).pk for provider in competition.providers
    )


def test_an_award_is_confirmed_by_another_person_than_its_recommender(competition):
    other = UserFactory(roles=[Role.COMMISSIONER])
    competition.declare(other)

    assert refused(lambda: confirm(competition, by=competition.officer)) == (
        "An award is confirmed by a person other than the one who recommended it.",
    )
    assert len(confirm(competition, by=other)) == 1


def test_a_winner_no_longer_admitted_is_not_confirmed(competition):
    winner = competition.providers[0]
    winner.admissions.update(ended_on=timezone.localdate(competition.now), end_reason="Left")

    assert refused(lambda: confirm(competition)) == (
        f"Provider 1 ({winner.reference}) is no longer admitted to the lot.",
    )


def test_an_award_without_standstill_is_confirmed_with_its_approval():
    competition = Competition()
    competition.awarded()
    award = Award.objects.get()

    assert (award.confirmed_by, award.confirmed_at) == (award.approved_by, award.approved_at)
    assert award.standstill_last_day is None
    assert refused(lambda: confirm(competition, at=competition.now)) == (
        "Only an award that was approved with a standstill is confirmed.",
    )


def test_two_people_abandon_a_tender_in_standstill(competition, client):
    for person in (competition.officer, competition.commissioner):
        services.abandon_tender(
            tender=competition.tender, reason="The need has gone.", by=person, at=competition.now
        )
    competition.tender.refresh_from_db()

    assert competition.tender.state == TenderState.ABANDONED
    assert list(Contract.objects.all()) == []
    loser = owner_of(competition.providers[1])
    shown = get(client, loser, "letter", competition.tender.reference).content.decode()
    assert "after this letter. No contract was made." in shown
    report = services.procurement_report(competition.tender)
    assert (report.contracts, report.abandon_reason) == ((), "The need has gone.")


# ── Challenges ───────────────────────────────────────────────────────────────────────────────
def test_r4_9_a_challenge_holds_the_contract_back_until_another_person_settles_it(competition):
    challenge = record(competition)

    assert refused(lambda: confirm(competition)) == (CHALLENGED,)
    assert refused(lambda: settle(competition, challenge, by=competition.officer)) == (
        "A challenge is settled by a person other than the one who recorded it.",
    )
    settle(competition, challenge)
    assert refused(lambda: settle(competition, challenge)) == ("This challenge is settled.",)
    assert len(confirm(competition)) == 1


@pytest.mark.parametrize("state", TenderState)
def test_r4_9_a_challenge_is_recorded_in_the_standstill_alone(state):
    in_time = {"received_on": date(2026, 12, 1), "noticed_on": date(2026, 12, 1)}
    objections = rules.objections_to_challenge(
        state=state, has_interest=False, today=date(2026, 12, 1), **in_time
    )
    assert objections == (
        []
        if state == TenderState.STANDSTILL
        else ["A challenge is recorded during the standstill, before the contract."]
    )


def test_r4_9_the_day_of_a_challenge_lies_between_the_letters_and_today(competition):
    today = timezone.localdate(competition.now)

    assert refused(lambda: record(competition, received_on=today + timedelta(days=1))) == (
        "The challenge cannot have come in the future.",
    )
    assert refused(lambda: record(competition, received_on=today - timedelta(days=1))) == (
        "The challenge cannot have come before the letters were sent.",
    )


def test_the_database_wants_two_people_for_a_challenge_and_for_a_confirmation(competition):
    challenge = record(competition)
    with pytest.raises(IntegrityError), transaction.atomic():
        Challenge.objects.filter(pk=challenge.pk).update(
            settlement="Ours.", settled_by=competition.officer, settled_at=competition.now
        )
    for facts in (
        {"confirmed_by": competition.officer, "confirmed_at": ends_at(competition)},
        {"confirmed_by": competition.commissioner},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Award.objects.update(**facts)


@pytest.mark.parametrize("state", TenderState)
def test_r4_5_an_award_is_confirmed_in_the_standstill_alone(state):
    def objections(**facts):
        return rules.objections_to_confirmation(
            **{
                "state": state,
                "is_on_panel": False,
                "is_recommender": False,
                "has_interest": False,
                "not_admitted": (),
                "undeclared": (),
                "overdue": (),
                "is_in_standstill": False,
                "is_challenged": False,
            }
            | facts
        )

    if state != TenderState.STANDSTILL:
        assert objections() == ["Only an award that was approved with a standstill is confirmed."]
        return
    assert objections() == []
    assert objections(undeclared=["Haven House"], overdue=["Harbour House"]) == [
        "Haven House has been asked to renew its declaration, and still has time to.",
        "The declaration of Harbour House is overdue. It is renewed, or the provider suspended, "
        "before the contract is made.",
    ]
    assert objections(is_in_standstill=True, is_challenged=True, is_on_panel=True) == [
        RUNS,
        CHALLENGED,
        "An award is confirmed by a person who is not on the panel.",
    ]


# ── What people see ──────────────────────────────────────────────────────────────────────────
def test_bidders_read_the_end_of_the_standstill_on_their_letter(client, competition):
    reader = owner_of(competition.providers[1])
    reference = competition.tender.reference
    shown = get(client, reader, "letter", reference).content.decode()
    last_day = Award.objects.get().standstill_last_day

    assert f"The standstill ends at midnight at the end of {last_day:%A} {last_day.day} " in shown
    confirm(competition)
    assert "The standstill is over." in get(client, reader, "letter", reference).content.decode()


def test_the_work_list_leads_to_the_confirmation_and_to_open_challenges(competition):
    end = ends_at(competition)
    commissioner, officer = competition.commissioner, competition.officer
    what = f"Tender {competition.tender.reference}"

    def of(person, at):
        return [
            (task.what, task.why) for task in tasks_for(person, at) if "tender" in task.what.lower()
        ]

    assert of(commissioner, end - MOMENT) == []
    assert of(commissioner, end) == [(what, "Confirm the award: the standstill is over")]
    record(competition)
    challenge = (f"Challenge to the award of tender {competition.tender.reference}", "Settle it")
    assert of(commissioner, end) == [challenge]
    assert of(officer, end) == []


def test_approving_with_a_standstill_and_all_that_follows_on_the_pages(client):
    competition = Competition()
    competition.recommended()
    reference, officer = competition.tender.reference, competition.officer
    today = timezone.localdate(competition.now)
    day = {
        "received_on_day": today.day,
        "received_on_month": today.month,
        "received_on_year": today.year,
    }
    consulted = {key.replace("received", "consulted"): value for key, value in day.items()}

    answer = post(
        client,
        competition.commissioner,
        "approve_award",
        reference,
        consulted_with="Councillor Dale",
        consultation="The Cabinet Member agreed.",
        alternatives="None.",
        decided_as="Director of Public Health",
        with_standstill="yes",
        **consulted,
    )
    assert answer.status_code == 302
    competition.tender.refresh_from_db()
    assert competition.tender.state == TenderState.STANDSTILL

    facts = {"challenger": "Provider 2", "grounds": "The scores."} | day
    assert post(client, officer, "record_challenge", reference, **facts).status_code == 302
    challenge = Challenge.objects.get()
    shown = get(client, competition.commissioner, "tender", reference).content.decode()
    assert "Legal hold" in shown
    assert CHALLENGED in shown
    assert (
        RUNS in get(client, competition.commissioner, "confirm_award", reference).content.decode()
    )
    page = get(client, officer, "settle_challenge", reference, challenge.pk).content.decode()
    assert "other than the one who recorded it" in page
    post(
        client,
        competition.commissioner,
        "settle_challenge",
        reference,
        challenge.pk,
        settlement="Withdrawn.",
    )
    challenge.refresh_from_db()
    assert challenge.settled_by == competition.commissioner
    Award.objects.update(standstill_last_day=today - timedelta(days=1))
    answer = post(client, competition.commissioner, "confirm_award", reference)
    assert answer.status_code == 302
    assert Contract.objects.count() == 1


@pytest.mark.parametrize("role", [Role.EVALUATOR, Role.AUDITOR, Role.FINANCE])
def test_challenges_are_shown_to_those_who_see_rankings(competition, role):
    challenge = record(competition)
    reader = UserFactory(roles=[role])

    shown = [challenge] if role == Role.AUDITOR else []
    assert list(Challenge.objects.visible_to(reader)) == shown
    assert list(Challenge.objects.visible_to(owner_of(competition.providers[1]))) == []


# ── Declarations that grow old while it runs (R2.13) ─────────────────────────────────────────
def renewal(competition, *, at):
    return request_declarations(
        agreement=competition.tender.lot.agreement,
        provider=competition.providers[0],
        reason="A change of directors was reported.",
        by=competition.officer,
        at=at,
    )[0]


def test_r2_13_a_declaration_asked_for_in_the_standstill_is_renewed_before_the_contract(
    competition,
):
    end = ends_at(competition)
    asked = renewal(competition, at=end)
    name = f"{asked.provider.name} ({asked.provider.reference})"

    with pytest.raises(Refused) as early:
        confirm(competition, at=end)
    with pytest.raises(Refused) as late:
        confirm(competition, at=end + timedelta(days=30))
    assert early.value.reasons == (
        f"{name} has been asked to renew its declaration, and still has time to.",
    )
    assert late.value.reasons == (
        f"The declaration of {name} is overdue. It is renewed, or the provider suspended, before "
        "the contract is made.",
    )

    DeclarationRequest.objects.update(answered_at=end)
    assert len(confirm(competition, at=end)) == 1


def test_r2_13_what_the_approval_went_on_without_is_not_asked_for_again(competition):
    Award.objects.update(overdue_reason="The insurer confirmed that nothing has changed.")
    end = ends_at(competition)
    renewal(competition, at=end)

    assert len(confirm(competition, at=end + timedelta(days=30))) == 1
