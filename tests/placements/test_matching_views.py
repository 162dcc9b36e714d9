"""The pages of matching: the comparison, the fit, a competition, the profile and vacancies."""

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from dps_portal.accounts.roles import Role
from placements import services
from placements.models import Competition, FitNote, Placement, Vacancy
from tests.factories.accounts import UserFactory
from tests.factories.agreements import LotFactory
from tests.factories.placements import AT, Journey, owner_of, provider_on

from .test_views import boxes, errors, on

pytestmark = pytest.mark.django_db

LATER = date(2026, 6, 10)
PLANNED = boxes("planned_admission", LATER)


@pytest.fixture(autouse=True)
def _in_may_2026():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def journey():
    return Journey(planned=LATER).budget(y2026=27_000_000)


def test_options_are_sorted_by_what_is_asked(client, journey):
    near = provider_on(journey.lot, weekly_pence=90_000, name="Soon House")
    services.state_vacancy(
        provider=near,
        lot=journey.lot,
        places=1,
        earliest_on=date(2026, 5, 2),
        meets=["dual_diagnosis"],
        by=owner_of(near),
        at=AT,
    )
    referral = journey.matching()
    client.force_login(journey.people["assessor"])

    def first(**query):
        page = client.get(on("match_referral", referral, **PLANNED, **query))
        return page.context["options"][0].provider

    assert first() == first(sort="price") == first(sort="nonsense") == journey.provider
    assert first(sort="earliest") == first(sort="fit") == near
    words = client.get(on("match_referral", referral, **PLANNED, sort="fit")).content.decode()
    assert 'aria-sort="ascending">Fit' in words
    assert "2 May 2026" in words
    assert "stated 1 May 2026" in words


@pytest.mark.parametrize("providers", [1, 3])
def test_comparison_costs_the_same_however_many(client, providers, django_assert_num_queries):
    lot = LotFactory()
    made = [provider_on(lot, name=f"House {number}") for number in range(providers)]
    journey = Journey(lot=lot, provider=made[0])
    referral = journey.matching()
    client.force_login(journey.people["assessor"])

    with django_assert_num_queries(21):
        page = client.get(on("match_referral", referral, **PLANNED))

    assert len(page.context["options"]) == providers


@pytest.mark.parametrize("providers", [1, 3])
def test_placement_shows_what_was_compared(client, providers, django_assert_num_queries):
    lot = LotFactory()
    made = [provider_on(lot, name=f"House {number}") for number in range(providers)]
    placement = Journey(lot=lot, provider=made[0]).offered()
    client.force_login(placement.referral.worker)

    with django_assert_num_queries(26):
        page = client.get(placement.get_absolute_url())

    assert len(page.context["options"]) == providers
    assert "Providers compared when this was chosen" in page.content.decode()


def test_assessor_marks_a_provider_as_not_suitable(client, journey):
    referral = journey.matching()
    client.force_login(journey.people["assessor"])
    page = on("judge_option", referral, journey.provider, **PLANNED)
    assert client.get(page).status_code == 200

    response = client.post(page, {"is_suitable": "no", "note": "No lift."})

    assert response["Location"] == on("match_referral", referral, **PLANNED)
    assert FitNote.objects.get().note == "No lift."
    words = client.get(response["Location"]).content.decode()
    assert "Not suitable" in words
    assert "No lift." in words
    assert ">Choose<" not in words
    assert client.get(page).context["form"].initial == {"is_suitable": "no", "note": "No lift."}


def test_fit_is_judged_of_an_option_on_a_day(client, journey):
    referral = journey.matching()
    client.force_login(journey.people["assessor"])
    stranger = provider_on(LotFactory())

    assert client.get(on("judge_option", referral, stranger, **PLANNED)).status_code == 404
    for name in ("judge_option", "choose_option"):
        response = client.get(on(name, referral, journey.provider))
        assert response["Location"] == on("match_referral", referral)
    response = client.get(on("start_competition", referral))
    assert response["Location"] == on("match_referral", referral)


def test_words_of_the_profile_are_checked_on_the_page(client, journey):
    referral = journey.matching()
    client.force_login(journey.people["assessor"])
    page = on("choose_option", referral, journey.provider, **PLANNED)
    facts = {"person_choice": "The sea.", "needs": "Known to Dr Jones."}

    assert errors(client.post(page, facts)) == [
        "“Dr Jones” looks like the name of a person.",
        "Take this out, or tick that you have checked the words.",
    ]
    client.post(
        page, facts | {"has_checked": "on", "sex": "female", "constraints": "Ground floor."}
    )

    profile = Placement.objects.get().profile
    assert (profile["needs"], profile["sex"], profile["constraints"]) == (
        "Known to Dr Jones.",
        "Female",
        "Ground floor.",
    )


def test_competition_is_drafted_from_its_page(client, journey):
    referral = journey.matching()
    evaluators = [UserFactory(roles=[Role.EVALUATOR]) for _ in range(2)]
    moderator = UserFactory(roles=[Role.MODERATOR])
    client.force_login(journey.people["assessor"])
    page = on("start_competition", referral, **PLANNED)
    assert client.get(page).context["form"].initial == {"needs": referral.needs_summary}

    response = client.post(
        page,
        {
            "needs": "A quiet room.",
            **boxes("closes_on", LATER - timedelta(days=10)),
            "closes_time": "12:00",
            "evaluators": [each.pk for each in evaluators],
            "moderator": moderator.pk,
        },
    )

    competition = Competition.objects.get()
    assert response["Location"] == referral.get_absolute_url()
    assert "Needs: A quiet room." in competition.tender.need
    words = client.get(on("match_referral", referral, **PLANNED)).content.decode()
    assert competition.tender.reference in words
    assert on("start_competition", referral) not in words


def test_provider_states_its_places(client, journey):
    client.force_login(owner_of(journey.provider))
    page = reverse("placements:state_vacancy")
    assert "Nothing is stated yet." in client.get(page).content.decode()

    client.post(
        page,
        {
            "lot": journey.lot.pk,
            "places": "2",
            **boxes("earliest_on", LATER),
            "meets": ["arbd", "dual_diagnosis"],
        },
    )

    vacancy = Vacancy.objects.get()
    assert (vacancy.places, vacancy.earliest_on, vacancy.meets) == (
        2,
        LATER,
        ["arbd", "dual_diagnosis"],
    )
    assert "Dual diagnosis" in client.get(page).content.decode()


def test_provider_without_a_lot_has_nothing_to_state(client):
    owner = owner_of(provider_on(LotFactory(), since=LATER))
    client.force_login(owner)

    words = client.get(reverse("placements:state_vacancy")).content.decode()
    assert "Your organisation has no place on a lot." in words


def test_offer_says_by_when_an_answer_is_wanted(client, journey):
    placement = journey.offered()
    client.force_login(owner_of(journey.provider))

    words = client.get(placement.get_offer_url()).content.decode()
    assert "Please answer by Thursday 7 May 2026." in words
    assert on("offer_profile", placement) in words
    journey.accept(placement)
    words = client.get(placement.get_offer_url()).content.decode()
    assert "Please answer by" not in words
    assert on("offer_profile", placement) in words


def test_t7_the_profile_is_gone_once_the_person_has_left(client, journey):
    placement = journey.admitted()
    client.force_login(owner_of(journey.provider))
    assert client.get(on("offer_profile", placement)).status_code == 200

    journey.leave(placement, LATER + timedelta(days=3))

    assert client.get(on("offer_profile", placement)).status_code == 404
    assert client.get(placement.get_offer_url()).status_code == 200
