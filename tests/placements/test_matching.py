"""Matching: options compared and kept, the choice, the offer and its answer, competitions."""

import json
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from dps_portal.accounts.roles import Role
from dps_portal.audit.models import AuditEvent
from dps_portal.notifications.models import Notification
from dps_portal.refusals import Refused
from placements import services
from placements.models import Competition, MatchOption, Placement, Vacancy
from placements.services import Words
from placements.states import PlacementState, ReferralState
from placements.tasks import remind_of_offers
from providers.models import Admission, Measure
from providers.states import MeasureKind
from tenders.models import Award, Contract, Tender
from tenders.services import abandon_tender
from tenders.states import TenderState
from tests.factories.accounts import UserFactory
from tests.factories.agreements import LotFactory
from tests.factories.placements import AT, PLANNED, Journey, noon, owner_of, provider_on
from tests.factories.tenders import Competition as Contest

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def lot():
    return LotFactory()


@pytest.fixture
def cheap(lot):
    return provider_on(lot, weekly_pence=80_000, name="Cheap House")


@pytest.fixture
def journey(lot):
    dear = provider_on(lot, weekly_pence=90_000, name="Dear House")
    return Journey(lot=lot, provider=dear).budget(y2026=10**9)


def refused(act) -> list:
    with pytest.raises(Refused) as refusal:
        act()
    return list(refusal.value.reasons)


def judge(journey, referral, provider, *, is_suitable, note="No lift."):
    return services.judge_option(
        referral=referral,
        provider=provider,
        is_suitable=is_suitable,
        note=note,
        by=journey.people["assessor"],
        at=AT,
    )


def state(provider, lot, **facts):
    return services.state_vacancy(
        **{
            "provider": provider,
            "lot": lot,
            "places": 2,
            "earliest_on": PLANNED,
            "meets": ["dual_diagnosis"],
            "by": owner_of(provider),
            "at": AT,
        }
        | facts
    )


def options(referral, day=PLANNED):
    return services.match_options(referral, day)


def locate(provider, postcode):
    place = provider.locations.create(
        cqc_location_id=f"1-{provider.pk}",
        name="The house",
        postcode=postcode,
        in_directory=True,
        added_at=AT,
    )
    provider.admissions.get().lot_application.locations.add(place)


# ── What is compared ─────────────────────────────────────────────────────────────────────────
def test_options_are_compared_by_fit_time_distance_and_outcomes(journey, lot, settings):
    settings.COUNCIL_POSTCODE = "L1"
    locate(journey.provider, "M1 1AA")
    state(journey.provider, lot, places=5, meets=[])
    vacancy = state(journey.provider, lot)
    for number in range(6):
        placement = journey.admitted()
        journey.leave(
            placement, PLANNED + DAY, status="planned" if number < 4 else "withdrawn_by_provider"
        )
    dead = journey.admitted()
    journey.leave(dead, PLANNED + DAY, status="excluded")

    [option] = options(journey.matching())

    assert (option.vacancy, option.earliest_on, option.unmet) == (vacancy, PLANNED, [])
    assert option.miles == 31
    assert (option.planned_exits, option.exits, option.planned_rate) == (4, 6, 67)
    assert option.planned_interval == (30, 90)


def test_what_is_not_known_is_not_made_up(journey):
    [option] = options(journey.matching())

    assert (option.vacancy, option.unmet, option.miles) == (None, None, None)
    assert (option.exits, option.planned_rate, option.planned_interval) == (0, None, None)


def test_k04_few_exits_show_no_rate(journey):
    for _ in range(4):
        journey.leave(journey.admitted(), PLANNED + DAY)

    [option] = options(journey.matching())

    assert (option.exits, option.planned_rate) == (4, None)


def test_a_corrected_exit_counts_as_it_was_corrected(journey):
    placement = journey.admitted()
    journey.leave(placement, PLANNED + DAY)
    left = {"status": "unplanned", "reason": "dropped_out", "destination": "Unknown"}
    services.correct_exit(
        placement=placement,
        day=PLANNED + DAY,
        **left,
        aftercare_agreed=False,
        notice_nights=0,
        why="Left alone.",
        by=journey.people["manager"],
        at=noon(PLANNED + DAY),
    )

    [option] = options(journey.matching())

    assert (option.planned_exits, option.unplanned_exits) == (0, 1)


def test_needs_that_a_provider_does_not_state_are_named(journey, lot):
    state(journey.provider, lot, meets=["arbd"])

    [option] = options(journey.matching())

    assert option.unmet == ["Dual diagnosis"]


@pytest.mark.parametrize("providers", [1, 3])
def test_options_cost_the_same_however_many(lot, providers, django_assert_num_queries):
    made = [provider_on(lot, name=f"House {number}") for number in range(providers)]
    journey = Journey(lot=lot, provider=made[0])
    for each in made:
        locate(each, "L1 1AA")
        state(each, lot)
    referral = journey.matching()

    with django_assert_num_queries(10):
        assert len(options(referral)) == providers


def contract_of(provider, lot, *, start=PLANNED, end=PLANNED + timedelta(days=365), pence=70_000):
    contest = Contest(lot=lot, providers=0)
    tender = Tender.objects.create(
        **{
            name: value
            for name, value in contest.terms().items()
            if name not in {"evaluators", "moderator"}
        },
        drafted_by=contest.drafter,
        drafted_at=AT,
    )
    award = Award.objects.create(
        tender=tender,
        ranking=[],
        reason="First.",
        recommended_by=contest.officer,
        recommended_at=AT,
    )
    return Contract.objects.create(
        award=award, provider=provider, lot=lot, start=start, end=end, weekly_pence=pence
    )


def test_a_contract_counts_like_an_admission_within_its_term(journey, lot):
    referral = journey.matching()
    Admission.objects.update(ended_on=date(2026, 5, 2))
    assert options(referral) == []

    contract_of(journey.provider, lot)

    assert [option.provider for option in options(referral)] == [journey.provider]
    assert options(referral, PLANNED - DAY) == []
    assert options(referral, PLANNED + timedelta(days=365)) == []


def test_a_contract_does_not_lift_a_suspension_or_an_exclusion(journey, lot):
    referral = journey.matching()
    contract_of(journey.provider, lot)
    admission = Admission.objects.get()
    admission.suspended_from = date(2026, 5, 2)
    admission.save()
    assert options(referral) == []

    admission.suspended_from, admission.ended_on = None, date(2026, 5, 2)
    admission.save()
    assert len(options(referral)) == 1
    measure = Measure.objects.create(
        provider=journey.provider,
        kind=MeasureKind.EXCLUSION,
        from_on=date(2026, 5, 2),
        reason="Why.",
        recommended_by=UserFactory(),
        recommended_at=AT,
        is_approved=True,
        decided_by=UserFactory(),
        decided_at=AT,
    )
    measure.admissions.add(admission)
    assert options(referral) == []


# ── The choice ───────────────────────────────────────────────────────────────────────────────
def test_every_option_is_kept_as_it_stood_when_one_was_chosen(journey, lot, cheap):
    referral = journey.matching()
    middle = provider_on(lot, weekly_pence=85_000, name="Middle House")
    first = journey.choose(referral, provider=middle, why_not_cheapest="It has a garden.")
    journey.decline(first, by=owner_of(middle))
    judge(journey, referral, cheap, is_suitable=False)
    judge(journey, referral, journey.provider, is_suitable=True, note="Has a lift.")
    state(journey.provider, lot)

    placement = journey.choose(referral, why_not_cheapest="")

    kept = [
        (
            option.provider,
            option.is_chosen,
            option.is_suitable,
            option.weekly_pence,
            option.source,
            option.total_pence,
            option.earliest_on,
            option.unmet,
            option.fit_note,
            option.why_not,
        )
        for option in placement.options.order_by("total_pence")
    ]
    assert kept == [
        (cheap, False, False, 80_000, "price_list", 1_051_429, None, None, "No lift.", "No lift."),
        (
            *(middle, False, True, 85_000, "price_list", 1_117_143, None, None, ""),
            "No place in time: No bed.",
        ),
        (
            *(journey.provider, True, True, 90_000, "price_list", 1_182_857, PLANNED, []),
            *("Has a lift.", ""),
        ),
    ]
    judge_again = refused(lambda: judge(journey, referral, cheap, is_suitable=True))
    assert judge_again == [
        "The referral is marked “Placement proposed”, which does not allow this."
    ]


def test_the_cheapest_suitable_is_not_the_cheapest(journey, cheap):
    referral = journey.matching()
    assert refused(lambda: journey.choose(referral, why_not_cheapest="")) == [
        "Say why this is chosen although a cheaper provider is suitable."
    ]
    judge(journey, referral, cheap, is_suitable=False)

    assert refused(lambda: journey.choose(referral, provider=cheap, why_not_cheapest="")) == [
        "This provider is marked as not suitable for the person."
    ]
    assert journey.choose(referral, why_not_cheapest="").why_not_cheapest == ""


def test_a_note_is_corrected_and_each_is_on_the_trail(journey, cheap):
    referral = journey.matching()
    judge(journey, referral, cheap, is_suitable=False)
    judge(journey, referral, cheap, is_suitable=True, note="There is a lift.")

    [option, _] = options(referral)
    assert (option.is_suitable, option.fit.note) == (True, "There is a lift.")
    events = AuditEvent.objects.filter(action="option.judged").order_by("seq")
    assert [event.facts["is_suitable"] for event in events] == [False, True]


def test_one_option_is_chosen_and_it_is_suitable(journey, cheap):
    placement = journey.choose(journey.matching())

    for facts in ({"is_chosen": True}, {"is_suitable": False}):
        with pytest.raises(IntegrityError), transaction.atomic():
            MatchOption.objects.filter(placement=placement).update(**facts)


def test_one_offer_at_a_time(journey, cheap):
    referral = journey.matching()
    journey.choose(referral)

    assert refused(lambda: journey.choose(referral, provider=cheap)) == [
        "The referral is marked “Placement proposed”, which does not allow this."
    ]
    assert Placement.objects.count() == 1


# ── The profile ──────────────────────────────────────────────────────────────────────────────
def test_profile_is_kept_as_it_was_offered(journey):
    referral = journey.matching()
    placement = journey.choose(
        referral,
        words=Words(
            needs="A quiet room.",
            constraints="Not in the north west.",
            sex="female",
            latest_admission=date(2026, 6, 24),
        ),
    )
    type(referral).objects.update(needs_summary="Changed.", complexity=[])

    placement.refresh_from_db()
    assert placement.profile == {
        "lot": str(journey.lot),
        "age_band": "45 to 54",
        "sex": "Female",
        "complexity": ["Dual diagnosis"],
        "needs": "A quiet room.",
        "constraints": "Not in the north west.",
        "urgency": "Routine",
        "start_from": "2026-06-10",
        "start_until": "2026-06-24",
    }


def test_t7_nothing_of_the_person_is_in_the_profile(journey):
    referral = journey.assess(
        journey.submit_and_allocate(
            journey.draft(
                name="Canary Quillfeather", number="QX987654", date_of_birth=date(1977, 7, 17)
            )
        )
    )
    referral = services.start_matching(referral=referral, by=journey.people["assessor"], at=AT)
    placement = journey.choose(referral)

    told = json.dumps(placement.profile) + " ".join(
        f"{each.subject} {each.body}" for each in Notification.objects.all()
    )
    secrets = ("Canary", "Quillfeather", "QX987654", "1977", "17 July", referral.person.reference)
    assert [secret for secret in (*secrets, referral.reference) if secret in told] == [
        referral.reference  # in a message to the team; never to the provider
    ]
    assert referral.reference not in json.dumps(placement.profile)


def test_r7_13_words_that_point_to_the_person_are_refused(journey):
    referral = journey.matching()
    words = Words(needs="Alex Example, born 29/02/1980.", constraints="Lives in PR8 1AA.")

    reasons = refused(
        lambda: journey.choose(referral, words=words, person_choice="Alex wants the sea.")
    )

    assert reasons == [
        "“PR8 1AA” looks like a postcode.",
        "The text has the person's name.",
        "The text has the person's date of birth.",
        "A part of the person's name is in the text.",
        "“29/02/1980” looks like a date of birth.",
        "Take this out, or tick that you have checked the words.",
    ]
    assert not Placement.objects.exists()


def test_a_doubt_is_passed_by_who_has_checked_it(journey):
    referral = journey.matching()
    words = {"needs": "Was seen by Dr Jones."}

    assert refused(lambda: journey.choose(referral, words=Words(**words))) == [
        "“Dr Jones” looks like the name of a person.",
        "Take this out, or tick that you have checked the words.",
    ]
    assert journey.choose(referral, words=Words(**words, has_checked=True))


# ── The answer ───────────────────────────────────────────────────────────────────────────────
def test_acceptance_says_from_when_and_a_refusal_why(journey):
    placement = journey.accept(journey.offered())
    assert (placement.state, placement.earliest_admission) == (
        PlacementState.AWAITING_FUNDING,
        PLANNED,
    )

    declined = journey.decline(journey.offered(), decline_kind="needs", reason="No nurse.")
    assert (declined.decline_kind, declined.decline_reason, declined.is_live) == (
        "needs",
        "No nurse.",
        False,
    )


def test_an_answer_is_reminded_of_once(journey):
    placement = journey.offered()
    assert placement.reply_due_on == date(2026, 5, 7)  # three working days, over a bank holiday
    due = AT + timedelta(days=6)

    assert services.remind_of_offers(at=due - DAY) == 0
    assert [services.remind_of_offers(at=due + late * DAY) for late in range(3)] == [1, 0, 0]
    assert (
        Notification.objects.filter(
            subject=f"A placement still waits for your answer: {placement}",
            to=owner_of(journey.provider),
        ).count()
        == 1
    )


def test_nobody_is_reminded_of_an_answered_offer(journey):
    journey.accepted()

    assert remind_of_offers() == 0


# ── Vacancies ────────────────────────────────────────────────────────────────────────────────
def test_what_was_stated_before_stays_on_record(journey, lot):
    state(journey.provider, lot, places=0)
    last = state(journey.provider, lot, places=3)

    assert list(Vacancy.objects.current()) == [last]
    assert Vacancy.objects.count() == 2
    assert AuditEvent.objects.order_by("seq").last().action == "vacancy.stated"


def test_places_are_stated_of_a_lot_that_is_held(journey):
    elsewhere = LotFactory()

    assert refused(lambda: state(journey.provider, elsewhere, earliest_on=date(2026, 4, 30))) == [
        "Your organisation has no place on this lot.",
        "The earliest admission is in the past.",
    ]


def test_a_contracted_provider_states_its_places(journey, lot):
    Admission.objects.update(ended_on=date(2026, 4, 1))
    contract_of(journey.provider, lot, start=date(2026, 4, 1))

    assert state(journey.provider, lot).lot == lot


# ── A competition for one placement ──────────────────────────────────────────────────────────
def start(journey, referral, **facts):
    return services.start_competition(
        **{
            "referral": referral,
            "planned_admission": PLANNED,
            "words": Words(constraints="Not in the north west."),
            "closes_at": AT + timedelta(days=10),
            "evaluators": [UserFactory(roles=[Role.EVALUATOR]) for _ in range(2)],
            "moderator": UserFactory(roles=[Role.MODERATOR]),
            "by": journey.people["assessor"],
            "at": AT,
        }
        | facts
    )


def test_competition_is_a_draft_with_the_profile_as_its_need(journey, lot):
    competition = start(journey, journey.matching())

    tender = competition.tender
    assert (tender.state, tender.lot, tender.contract_start, tender.contract_end) == (
        TenderState.DRAFT,
        lot,
        PLANNED,
        date(2026, 9, 10),
    )
    assert tender.need == (
        f"Lot: {lot}\nAge: 45 to 54\nComplexity: Dual diagnosis\n"
        "Needs: Needs a residential programme.\n"
        "What must be kept in mind: Not in the north west.\nUrgency: Routine\nStart: 10 June 2026"
    )
    assert tender.criteria.count() == 4
    assert tender.drafted_by == journey.people["assessor"]


def test_nothing_is_chosen_while_a_competition_runs(journey):
    referral = journey.matching()
    competition = start(journey, referral)

    assert refused(lambda: journey.choose(referral)) == [
        "The competition for this placement has no winner yet."
    ]
    assert refused(lambda: start(journey, referral)) == [
        "A competition for this placement is running already."
    ]
    abandon_tender(
        tender=competition.tender, reason="No need.", by=journey.people["commissioner"], at=AT
    )
    assert journey.choose(referral)


def test_an_agreement_may_ask_for_a_competition(journey):
    agreement = journey.agreement
    agreement.placement_competition = True
    agreement.save()

    assert refused(lambda: journey.choose(journey.matching())) == [
        "The agreement asks for a competition for each placement."
    ]


def test_the_winner_is_the_option_at_the_price_awarded(lot):
    contest = Contest(lot=lot)
    contract = contest.awarded(82_000, 95_000)
    journey = Journey(lot=lot, provider=contract.provider, planned=contract.start, at=contest.now)
    provider_on(lot, weekly_pence=70_000, name="Cheaper, and no bidder")
    referral = journey.matching()
    Competition.objects.create(
        referral=referral,
        tender=contest.tender,
        profile={},
        started_by=journey.people["assessor"],
        started_at=contest.now,
    )

    [option] = options(referral, contract.start)
    assert (option.provider, option.weekly_pence, option.source) == (
        contract.provider,
        82_000,
        "award",
    )
    placement = journey.choose(referral, why_not_cheapest="")
    assert placement.weekly_pence == 82_000
    referral.refresh_from_db()
    assert referral.state == ReferralState.PLACEMENT_PROPOSED
