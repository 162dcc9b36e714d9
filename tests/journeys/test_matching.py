"""The comparison, the choice and the offer in a real browser, on a phone as well."""

from datetime import timedelta

import pytest
from django.utils import timezone

from placements.models import MatchOption, Placement, Vacancy
from tests.factories.agreements import LotFactory
from tests.factories.placements import Journey, owner_of, provider_on

from .walk import three_boxes

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_places_are_stated_options_compared_and_one_is_offered(walk):
    now = timezone.now()
    day = timezone.localdate(now) + timedelta(days=14)
    lot = LotFactory()
    harbour = provider_on(lot, weekly_pence=84_500, name="Harbour House")
    court = provider_on(lot, weekly_pence=92_500, name="Willow Court Recovery Centre")
    journey = Journey(lot=lot, provider=court, planned=day, at=now)
    first = journey.choose(journey.matching(), provider=harbour)
    journey.decline(first, by=owner_of(harbour))
    referral, query = first.referral.reference, three_boxes("planned_admission", day)
    query = "&".join(f"{name}={value}" for name, value in query.items())

    walk.become(owner_of(court)).open("placements:state_vacancy")
    walk.send(lot=lot.pk, places=3, **three_boxes("earliest_on", day), meets=["dual_diagnosis"])
    assert Vacancy.objects.get().places == 3

    walk.become(journey.people["assessor"])
    walk.open("placements:judge_option", referral, court.reference, query=query)
    walk.send(is_suitable="yes", note="Step-free throughout.")
    assert "Step-free throughout." in walk.text
    assert "Declined before" in walk.text
    walk.open("placements:start_competition", referral, query=query)
    walk.open("placements:choose_option", referral, court.reference, query=query)
    walk.send(person_choice="Close to family.", constraints="Ground floor.", sex="female")
    assert "Providers compared when this was chosen" in walk.text

    placement = Placement.objects.latest("pk")
    assert MatchOption.objects.filter(placement=placement).count() == 2
    walk.become(owner_of(court)).open("placements:offer", placement.reference)
    walk.open("placements:offer_profile", placement.reference)
    assert "Ground floor." in walk.text
    walk.open("placements:answer_offer", placement.reference)
    walk.send(accepts="no", decline_kind="needs", reason="No nurse at night.")
    placement.refresh_from_db()
    assert placement.decline_kind == "needs"
