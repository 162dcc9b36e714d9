"""A move to another provider without leaving the programme (money.md R22, K02)."""

from datetime import date, timedelta
from fractions import Fraction
from math import floor

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse

from dps_portal.refusals import Refused
from placements import rules, services
from placements.models import Competition, Placement, Referral
from placements.services.year_facts import read_year
from placements.states import LedgerKind, PlacementState, RequestKind, RequestState
from providers.models import Rate
from tests.factories.agreements import LotFactory
from tests.factories.placements import PLANNED, Journey, admit, noon, owner_of, provider_on
from tests.factories.tenders import Competition as Contest

from .test_services_money import assert_ledger_agrees, committed, entries
from .test_views import boxes

pytestmark = pytest.mark.django_db

MOVE, UNTIL = date(2026, 7, 22), date(2026, 9, 10)  # C57, two years later
DAY = timedelta(days=1)


@pytest.fixture
def journey():
    return Journey().budget(y2026=27_000_000, y2027=27_000_000)


@pytest.fixture
def other(journey):
    return provider_on(journey.lot, weekly_pence=87_500, name="Valley House")


@pytest.fixture
def first(journey, other):
    return journey.admitted()


@pytest.fixture
def second(journey, first, other):
    return journey.prepare_transfer(first, other, MOVE)


def refused(act, **facts) -> list:
    with pytest.raises(Refused) as refusal:
        act(**facts)
    return list(refusal.value.reasons)


def by(journey, who="assessor", on=MOVE):
    return {"by": journey.people[who], "at": noon(on)}


def move_out(journey, placement, day=MOVE):
    return journey.leave(placement, day, reason="transferred", destination="Valley House")


def states(*placements):
    for each in placements:
        each.refresh_from_db()
    return [*(each.state for each in placements), Referral.objects.get().state]


def pence(nights, weekly):
    return floor(Fraction(nights * weekly, 7) + Fraction(1, 2))


# ── The night, the money, the count ──────────────────────────────────────────────────────────
def test_r22_the_transfer_night_is_the_new_providers_only(journey, first, second):
    assert second.funded_until == UNTIL  # the rest of what was funded
    assert committed()[2026] == 1_110_571 + 625_000

    journey.arrive(second, MOVE)

    nights = [
        [night for night, _ in services.stay_of(each).nights()]
        for each in Placement.objects.order_by("pk")
    ]
    assert [(len(each), each[0], each[-1]) for each in nights] == [
        (42, PLANNED, MOVE - DAY),
        (50, MOVE, UNTIL - DAY),
    ]
    assert [services.position(each) for each in Placement.objects.order_by("pk")] == [
        {2026: 507_000},
        {2026: 625_000},
    ]
    assert entries(first)[-1] == (LedgerKind.RELEASE, 2026, 507_000 - 1_110_571)
    assert committed()[2026] == 1_132_000
    assert_ledger_agrees()


@pytest.mark.parametrize("move", [date(2027, 3, 25), date(2027, 3, 31), date(2027, 4, 1)])
def test_r22_both_sides_add_up_to_the_penny_across_31_march(journey, move):
    new_year, until = date(2027, 4, 1), date(2027, 5, 10)
    valley = provider_on(journey.lot, weekly_pence=87_777, name="Valley House")
    journey.planned = date(2027, 2, 10)
    first = journey.admitted()

    second = journey.arrive(journey.prepare_transfer(first, valley, move), move)

    stays = [(date(2027, 2, 10), move, 84_500), (move, until, 87_777)]
    old = [pence((min(end, new_year) - start).days, weekly) for start, end, weekly in stays]
    whole = [pence((end - start).days, weekly) for start, end, weekly in stays]
    sums = [services.position(Placement.objects.get(pk=each.pk)) for each in (first, second)]
    assert [sum(each.values()) for each in sums] == whole
    assert [each.get(2026, 0) for each in sums] == old if move < new_year else [old[0], 0]
    assert sum(committed().values()) == sum(whole)
    assert_ledger_agrees()


def test_r22_a_transfer_on_the_day_of_arrival_leaves_the_first_provider_no_night(
    journey, first, other
):
    second = journey.prepare_transfer(first, other, PLANNED)

    journey.arrive(second, PLANNED)

    assert services.position(Placement.objects.get(pk=first.pk)) == {}
    assert services.position(Placement.objects.get(pk=second.pk)) == {2026: 1_150_000}
    assert_ledger_agrees()


def test_k02_a_linked_transfer_is_no_new_admission(journey, second):
    journey.arrive(second, MOVE)

    episodes = Placement.objects.values_list("admission", "transferred_from")
    assert rules.admissions_by_year(
        (admission, linked is not None) for admission, linked in episodes
    ) == {2026: 1}
    budget = journey.agreement.budget_years.get(year=2026)
    facts, _ = read_year(budget, MOVE + DAY, rules.SEEDS)
    assert facts.experience.discharges == 0


# ── Prepared beside the placement that goes on ───────────────────────────────────────────────
def test_a_transfer_is_prepared_while_the_person_is_in_place(journey, first, other):
    options = services.match_options(Referral.objects.get(), MOVE)
    assert [(each.provider, each.total_pence) for each in options] == [(other, 625_000)]

    second = journey.offer_transfer(first, other, MOVE)

    assert second.transferred_from == first
    assert states(first, second) == ["admitted", "awaiting_provider", "placed"]
    assert refused(
        journey.choose, referral=first.referral, provider=other, planned_admission=MOVE
    ) == ["A transfer is prepared already. Cancel it first."]


def test_where_the_person_is_cannot_be_chosen_again(journey, first):
    assert refused(journey.choose, referral=first.referral, planned_admission=MOVE) == [
        "The provider has no place on the lot, or no price, on the planned day."
    ]


def cancelled(journey, second):
    services.cancel_placement(placement=second, reason="No.", **by(journey))


def not_taken_up(journey, second):
    services.record_non_arrival(placement=second, reason="Stayed.", **by(journey))


@pytest.mark.parametrize("end", [cancelled, not_taken_up])
def test_without_the_transfer_the_person_stays_where_they_are(journey, first, second, other, end):
    end(journey, second)

    assert states(first)[-2:] == ["admitted", "placed"]
    assert committed()[2026] == 1_110_571
    assert_ledger_agrees()
    again = journey.prepare_transfer(first, other, MOVE)
    journey.arrive(again, MOVE)
    assert states(first, again) == ["discharged", "admitted", "placed"]


def test_a_transfer_that_the_provider_or_the_approver_declines_leaves_all_as_it_was(
    journey, first, other
):
    offer = journey.offer_transfer(first, other, MOVE)
    journey.decline(offer, by=owner_of(other))
    assert states(first, offer) == ["admitted", "provider_declined", "placed"]

    offer = journey.offer_transfer(first, other, MOVE)
    offer = journey.answer(offer, earliest_admission=MOVE, by=owner_of(other))
    journey.decide(journey.request(offer), RequestState.DECLINED, reason="No.")
    assert states(first, offer) == ["admitted", "funding_declined", "placed"]


def test_the_database_keeps_one_in_place_and_one_sought(journey, first, second):
    def taken(**facts):
        with pytest.raises(IntegrityError), transaction.atomic():
            Placement.objects.filter(pk=second.pk).update(**facts)

    taken(transferred_from=None)
    taken(state=PlacementState.ADMITTED, admission=MOVE)
    second.pk, second.reference = None, "PL-OTHER"
    with pytest.raises(IntegrityError), transaction.atomic():
        second.save(force_insert=True)


def test_a_transfer_goes_to_the_lot_to_which_the_person_has_moved(journey, first, other):
    lot = LotFactory(agreement=journey.agreement, number=2)
    for provider in (journey.provider, other):
        admit(provider, lot, since=date(2022, 4, 1), owner=owner_of(provider))
        Rate.objects.create(
            provider=provider,
            lot=lot,
            effective_from=date(2022, 4, 1),
            weekly_pence=100_000,
            source="price_list",
        )
    journey.decide(journey.ask(first, RequestKind.BAND_CHANGE, lot=lot, start=date(2026, 7, 1)))

    second = journey.prepare_transfer(first, other, MOVE)

    assert (second.lot, second.weekly_pence) == (lot, 100_000)


def test_the_competition_for_the_first_placement_does_not_bind_a_transfer():
    contest = Contest(lot=LotFactory())
    contract = contest.awarded(82_000, 95_000)
    journey = Journey(
        lot=contest.lot, provider=contract.provider, planned=contract.start, at=contest.now
    )
    other = provider_on(contest.lot, weekly_pence=90_000, name="No bidder")
    referral = journey.matching()
    Competition.objects.create(
        referral=referral,
        tender=contest.tender,
        profile={},
        started_by=journey.people["assessor"],
        started_at=contest.now - DAY,
    )
    assert services.competition_of(referral) is not None
    year = contract.start.year
    journey.budget(**{f"y{each}": 27_000_000 for each in (year - 1, year, year + 1)})
    journey.arrive(journey.fund(journey.choose(referral)), contract.start)

    assert services.competition_of(referral) is None
    options = services.match_options(referral, contract.start + DAY)
    assert other in [option.provider for option in options]
    assert contract.provider not in [option.provider for option in options]


# ── The arrival ──────────────────────────────────────────────────────────────────────────────
def test_the_arrival_ends_the_other_placement_in_the_same_act(journey, first, second):
    asked = journey.extension(first, date(2026, 10, 8))

    journey.arrive(second, MOVE)
    journey.arrive(second, MOVE)  # the same fact again

    assert states(first, second) == ["discharged", "admitted", "placed"]
    left, asked = first.exits.get(), type(asked).objects.get(pk=asked.pk)
    assert (left.on, left.status, left.reason, left.is_transfer) == (
        MOVE,
        "planned",
        "transferred",
        True,
    )
    assert asked.state == RequestState.LAPSED
    assert refused(journey.arrive, placement=second, day=MOVE + DAY) == [
        "Another admission date is already recorded. Use a correction to change it."
    ]


def test_the_arrival_cannot_be_before_the_person_came_to_the_first_provider(journey, first, second):
    assert refused(journey.arrive, placement=second, day=PLANNED - DAY) == [
        "The person had not come yet to the placement that ends with this one."
    ]
    assert states(first, second) == ["admitted", "approved", "placed"]


def test_the_exit_may_be_recorded_first(journey, first, second):
    move_out(journey, first)
    assert states(first, second) == ["discharged", "approved", "placement_proposed"]
    assert refused(journey.arrive, placement=second, day=MOVE - DAY) == [
        "The person was in another placement on that night."
    ]

    journey.arrive(second, MOVE + DAY)

    assert states(first, second) == ["discharged", "admitted", "placed"]
    assert first.exits.get().on == MOVE
    assert_ledger_agrees()


def test_the_search_goes_on_where_the_transfer_fails_after_the_exit(journey, first, second):
    move_out(journey, first)

    cancelled(journey, second)

    assert states(first, second) == ["discharged", "cancelled", "matching"]
    services.reopen_placement(placement=first, reason="Never left.", **by(journey, "manager"))
    assert states(first, second) == ["admitted", "cancelled", "placed"]
    assert_ledger_agrees()


def test_an_exit_for_another_reason_cancels_the_transfer(journey, first, second):
    journey.leave(first, MOVE - DAY, status="unplanned")

    assert states(first, second) == ["discharged", "cancelled", "closed"]
    assert second.end_reason == "The person left before the transfer."
    assert committed()[2026] == pence(41, 84_500)
    assert_ledger_agrees()


def test_nobody_is_transferred_to_nowhere(journey, first):
    assert refused(move_out, journey=journey, placement=first) == [
        "No transfer is prepared. Prepare it first, or choose another reason."
    ]


# ── Withdrawn, corrected, reopened ───────────────────────────────────────────────────────────
def test_a_referral_is_not_withdrawn_while_the_person_is_in_place(journey, first, second):
    assert refused(journey.withdraw, referral=first.referral) == [
        "The person is in a placement. Record the exit instead."
    ]
    move_out(journey, first)

    journey.withdraw(first.referral, at=noon(MOVE))

    assert states(first, second) == ["discharged", "cancelled", "closed"]
    assert_ledger_agrees()


def test_an_exit_that_a_transfer_follows_keeps_its_reason_and_moves_by_a_day(
    journey, first, second
):
    journey.arrive(second, MOVE)
    facts = {
        "placement": first,
        "destination": "Valley House",
        "aftercare_agreed": False,
        "notice_nights": 0,
        "why": "Misread.",
        **by(journey, "manager"),
    }
    left = {"status": "planned", "reason": "completed_drug_free"}
    assert refused(services.correct_exit, day=MOVE, **left, **facts) == [
        "A transfer follows this exit. Cancel it first, or keep the reason."
    ]

    services.correct_exit(day=MOVE - DAY, status="planned", reason="transferred", **facts)
    services.correct_admission(
        placement=second, admission=MOVE - DAY, reason="Misread.", **by(journey, "manager")
    )

    assert committed()[2026] == pence(41, 84_500) + pence(50, 87_500)
    assert_ledger_agrees()


def test_what_a_transfer_has_followed_is_not_taken_up_again(journey, first, second):
    reopen = {"reason": "In error.", **by(journey, "manager")}
    move_out(journey, first)
    services.reopen_placement(placement=first, **reopen)
    assert states(first, second) == ["admitted", "approved", "placed"]

    journey.arrive(second, MOVE)

    assert refused(services.reopen_placement, placement=first, **reopen) == [
        "Another placement has followed this one."
    ]


def test_a_cancelled_transfer_is_taken_up_again_unless_another_is_prepared(
    journey, first, second, other
):
    reopen = {"placement": second, "reason": "In error.", **by(journey, "manager")}
    cancelled(journey, second)
    third = journey.offer_transfer(first, other, MOVE)
    assert refused(services.reopen_placement, **reopen) == [
        "Another placement has followed this one."
    ]
    cancelled(journey, third)

    services.reopen_placement(**reopen)

    assert states(first, second) == ["admitted", "awaiting_funding", "placed"]


def test_a_stay_is_long_by_the_whole_programme(journey, first, second):
    journey.arrive(second, MOVE)
    end = date(2026, 12, 10)  # six months after the first admission

    assert not services.is_long_stay(journey.extension(second, end))
    services.withdraw_request(request=second.requests.last(), **by(journey))
    assert services.is_long_stay(journey.extension(second, end + DAY))


# ── The pages ────────────────────────────────────────────────────────────────────────────────
def test_the_pages_lead_from_the_placement_to_the_transfer(client, journey, first, other):
    client.force_login(journey.people["assessor"])
    with time_machine.travel(noon(PLANNED), tick=False):
        page = client.get(first.get_absolute_url()).content.decode()
        search = reverse("placements:match_referral", args=[first.referral.reference])
        assert "Prepare a transfer" in page
        assert search in page

        query = "?" + "&".join(f"{key}={value}" for key, value in planned().items())
        listed = client.get(search + query).content.decode()
        assert "The person is with Harbour House" in listed
        choose = reverse(
            "placements:choose_option", args=[first.referral.reference, other.reference]
        )
        response = client.post(choose + query, {"person_choice": "Near.", "needs": "A room."})
        second = Placement.objects.latest("pk")
        assert response.url == second.get_absolute_url()

        assert second.reference in client.get(first.get_absolute_url()).content.decode()
        assert first.reference in client.get(second.get_absolute_url()).content.decode()
        listed = client.get(search + query).content.decode()
        assert "A transfer is prepared already. Cancel it first." in listed
        exit_page = client.get(reverse("placements:record_exit", args=[first.reference]))
        assert f"Placement {second} is prepared as a transfer." in exit_page.content.decode()


def planned():
    return boxes("planned_admission", MOVE)
