"""Who is told to do what, by when."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dps_portal.accounts.roles import Role
from dps_portal.reports.worklist import care, procurement, tasks_for
from placements import services
from placements.states import RequestState
from tests.factories import providers
from tests.factories.accounts import UserFactory
from tests.factories.agreements import AgreementFactory
from tests.factories.placements import AT, Journey, noon, owner_of
from tests.factories.tenders import Competition
from tests.factories.tenders import owner_of as bidder

pytestmark = pytest.mark.django_db


def list_of(user, at=AT):
    return [(task.what, task.why, task.due) for task in tasks_for(user, at)]


def but_for_what_stands(user, at=AT):
    """An invented provider's application never left its draft, and it has sent no return."""
    always = ("Application", "Return for")
    return [task for task in list_of(user, at) if not task[0].startswith(always)]


@pytest.fixture
def journey():
    return Journey().budget(y2026=27_000_000)


# ── Placements ───────────────────────────────────────────────────────────────────────────────
def test_assessor_is_led_from_draft_to_admission(journey):
    assessor = journey.people["assessor"]
    placement = journey.approved()

    assert list_of(assessor) == [
        (f"Placement {placement.reference}", "Record the admission", journey.planned)
    ]


@pytest.mark.parametrize(
    ("step", "why", "due"),
    [
        ("draft", "Submit it", None),
        ("assessing", "Record whether the person is eligible", date(2026, 5, 18)),
        ("on_hold", "Look at it again", date(2026, 5, 20)),
        ("matching", "Find a placement", None),
    ],
)
def test_assessor_is_told_the_next_step_of_a_referral(journey, step, why, due):
    referral = getattr(journey, step)()

    assert list_of(journey.people["assessor"]) == [(f"Referral {referral.reference}", why, due)]


def test_manager_allocates_what_was_submitted(journey):
    referral = journey.submitted()

    assert list_of(journey.people["manager"]) == [
        (f"Referral {referral.reference}", "Allocate it", date(2026, 5, 6))
    ]


def test_manager_countersigns_what_was_found_not_eligible(journey):
    referral = journey.not_eligible()

    assert list_of(journey.people["manager"]) == [
        (f"Referral {referral.reference}", "Countersign it, or return it", date(2026, 5, 18))
    ]


def test_assessor_is_asked_on_the_seventh_night_away(journey):
    placement = journey.admitted()
    first = journey.planned + timedelta(days=10)
    services.record_absence(
        placement=placement,
        start=first,
        end=first + timedelta(days=8),
        reason="Hospital",
        cost_centre="council",
        first_nights=7,
        first_percent=100,
        later_percent=100,
        by=journey.people["assessor"],
        at=noon(first),
    )

    def asked(day):
        return list_of(journey.people["assessor"], noon(first + timedelta(days=day)))

    task = (
        f"Absence from placement {placement}",
        "Decide whether to go on paying",
        first + timedelta(days=6),
    )
    assert [asked(day) for day in (0, 7, 8)] == [[task], [task], []]
    journey.leave(placement, first + timedelta(days=2))
    assert task not in asked(2)


def test_provider_answers_its_offer(journey):
    placement = journey.offered()

    assert but_for_what_stands(owner_of(journey.provider)) == [
        (f"Placement {placement.reference}", "Accept or decline the offer", date(2026, 5, 7))
    ]


def test_funding_request_waits_for_another_person(journey):
    request = journey.requested()
    requester = UserFactory(roles=[Role.COMMISSIONER])
    request.requested_by = requester
    request.save()

    task = (f"Funding request {request.reference}", "Decide on it", date(2026, 5, 11))
    assert task in list_of(journey.people["manager"])
    assert task not in list_of(requester)


def test_request_without_money_keeps_waiting(journey):
    journey.decide(journey.requested(), RequestState.DEFERRED, reason="No room")

    assert "Waiting for money" in [why for _, why, _ in list_of(journey.people["manager"])]


def test_ending_funding_comes_four_weeks_before(journey):
    placement = journey.admitted()
    ends = placement.funded_until
    assessor = journey.people["assessor"]

    assert list_of(assessor, noon(ends - timedelta(days=29))) == []
    assert list_of(assessor, noon(ends - timedelta(days=28))) == [
        (
            f"Placement {placement.reference}",
            "Funding ends: extend it or record the exit",
            ends,
        )
    ]


def test_ceiling_waits_for_finance(journey):
    services.propose_ceiling(
        agreement=journey.agreement,
        year=2026,
        ceiling_pence=1,
        decision_reference="Decision 12",
        by=journey.people["commissioner"],
        at=AT,
    )

    assert list_of(journey.people["finance"]) == [("A proposed ceiling", "Confirm it", None)]
    assert list_of(journey.people["commissioner"]) == []


# ── Applications ─────────────────────────────────────────────────────────────────────────────
def test_application_is_finished_then_assessed_and_decided():
    draft = providers.draft()
    submitted = providers.submitted()
    name = f"Application {submitted.reference}"

    assert list_of(providers.owner_of(draft.provider)) == [
        (f"Application {draft.reference}", "Finish and submit it", None)
    ]
    assert list_of(UserFactory(roles=[Role.PROCUREMENT])) == [
        (name, "Assess and recommend", submitted.decide_by)
    ]
    assert list_of(UserFactory(roles=[Role.COMMISSIONER])) == [
        (name, "Decide on it", submitted.decide_by)
    ]


def test_what_waits_is_not_hidden_behind_what_does_not(monkeypatch, journey):
    monkeypatch.setattr(care, "MOST", 1)
    journey.admitted()  # funded for months
    other = Journey(lot=journey.lot, provider=journey.provider, people=journey.people)
    waits = other.accepted()

    assert [task.what for task in care.stays(journey.people["manager"], AT)] == [
        f"Placement {waits.reference}"
    ]


def test_a_panel_is_not_hidden_behind_other_tenders(monkeypatch):
    monkeypatch.setattr(procurement, "MOST", 1)
    Competition().published()  # its bids close first
    competition = Competition()
    competition.opened()
    person = competition.evaluators[0]

    assert [task.what for task in procurement.tenders(person, competition.now)] == [
        f"Tender {competition.tender.reference}"
    ]


# ── Tenders ──────────────────────────────────────────────────────────────────────────────────
def whys(user, competition):
    return [why for _, why, _ in list_of(user, competition.now)]


def test_draft_tender_is_published_by_another_person():
    competition = Competition()
    competition.drafted()

    assert whys(competition.drafter, competition) == ["Finish it; another person publishes it"]
    assert whys(competition.officer, competition) == ["Publish it, if it is finished"]


def test_provider_sees_an_invitation_while_bids_are_open():
    competition = Competition(closes_in=timedelta(days=2))
    competition.published()
    owner = bidder(competition.providers[0])

    assert but_for_what_stands(owner, competition.now) == [
        (
            f"Tender {competition.tender.reference}",
            "Bids are open",
            timezone.localdate(competition.closes_at),
        )
    ]
    assert but_for_what_stands(owner, competition.closes_at) == []


def test_bids_wait_for_their_opening():
    competition = Competition()
    competition.published()

    assert whys(competition.officer, competition) == ["Bidding is over: two officers open the bids"]
    assert whys(competition.evaluators[0], competition) == []


def test_panel_scores_then_quality_is_locked():
    competition = Competition()
    competition.opened()

    assert whys(competition.evaluators[0], competition) == ["You are on its panel"]
    assert whys(competition.officer, competition) == ["Quality is being scored"]
    assert whys(UserFactory(roles=[Role.EVALUATOR]), competition) == []


def test_award_is_recommended_by_the_officer():
    competition = Competition()
    competition.locked()
    assert whys(competition.officer, competition) == ["Recommend an award"]
    assert whys(competition.commissioner, competition) == []


def test_recommended_award_waits_for_the_commissioner():
    competition = Competition()
    competition.recommended()

    assert whys(competition.commissioner, competition) == ["Approve the award"]


# ── As many questions however many agreements there are ──────────────────────────────────────
def test_agreements_of_others_cost_a_provider_nothing(journey):
    owner = owner_of(journey.provider)

    def asked():
        with CaptureQueriesContext(connection) as queries:
            told = list_of(owner)
        return len(queries), told

    list_of(owner)  # reads the roles
    one = asked()
    AgreementFactory.create_batch(2, published=True)

    assert asked() == one


# ── Order ────────────────────────────────────────────────────────────────────────────────────
def test_the_soonest_comes_first_and_the_undated_last(journey):
    journey.approved()
    journey.planned = date(2026, 6, 1)
    journey.approved()
    journey.draft()

    assert [due for _, _, due in list_of(journey.people["assessor"])] == [
        date(2026, 6, 1),
        date(2026, 6, 10),
        None,
    ]
