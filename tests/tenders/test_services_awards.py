"""The ranking, the recommendation, and a decision with its contract, price, letters and notice."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dps_portal.agreements.models import NoticeKind, NoticeTask
from dps_portal.agreements.rules import Quarter
from dps_portal.audit.models import AuditEvent
from dps_portal.notifications.models import Notification
from dps_portal.refusals import Refused
from providers.models import Admission, Rate
from tenders import services
from tenders.models import Award, Contract, Letter
from tenders.states import TenderState
from tests.factories.tenders import Competition, owner_of, provider_on

pytestmark = pytest.mark.django_db


@pytest.fixture
def competition():
    return Competition()


def recommend(competition, *bids, **facts):
    return services.recommend_award(
        tender=competition.tender,
        bids=bids or [competition.first()],
        reason="Ranked first.",
        by=competition.officer,
        at=competition.now,
        **facts,
    )


def approve(competition, **facts):
    return services.approve_award(
        **{
            "tender": competition.tender,
            "consulted_with": "Councillor Dale, Cabinet Member",
            "consultation": "The Cabinet Member agreed.",
            "alternatives": "To abandon the tender; the need goes on.",
            "consulted_on": timezone.localdate(competition.now),
            "by": competition.commissioner,
            "at": competition.now,
        }
        | facts
    )


WHY = "Because of a reason that both people wrote down in ten words."


def told(provider):
    return f"{provider.name} ({provider.reference})"


def refused(act) -> tuple:
    with pytest.raises(Refused) as refusal:
        act()
    return refusal.value.reasons


# ── Ranking ──────────────────────────────────────────────────────────────────────────────────


def test_the_ranking_weighs_quality_and_price(competition):
    competition.locked(80_000, 100_000, agreed={"Provider 1": 3, "Provider 2": 5})

    assert [
        (place.bid.provider.name, place.quote.weekly_pence, place.totals, place.result.rank)
        for place in services.ranking(competition.tender)
    ] == [
        (
            "Provider 2",
            100_000,
            {"price": "32.00", "quality": "60.00", "total": "92.00"},
            1,
        ),
        ("Provider 1", 80_000, {"price": "40.00", "quality": "36.00", "total": "76.00"}, 2),
    ]


def test_a_bid_below_the_minimum_score_is_out_before_prices_are_compared(competition):
    competition.locked(80_000, 100_000, minimum_question_score=3, agreed={"Provider 1": 2})

    first, last = services.ranking(competition.tender)
    assert (first.bid.provider.name, first.totals["price"]) == ("Provider 2", "40.00")
    assert (last.bid.provider.name, last.result.excluded) == ("Provider 1", "below minimum score")


def test_bids_equal_in_everything_share_their_rank(competition):
    competition.locked(90_000, 90_000)

    assert [place.result.rank for place in services.ranking(competition.tender)] == [1, 1]


def test_equal_totals_go_to_the_higher_quality(competition):
    # 40 × 60,000 ÷ 100,000 is 24, so that 24 + 60 ties with 40 + 44: quality 11 of 15.
    competition.scored(60_000, 100_000, score_scale_max=15)
    for response in competition.responses():
        competition.moderate(
            response, points={"Provider 1": 11, "Provider 2": 15}[response.bid.provider.name]
        )
    services.lock_quality(tender=competition.tender, by=competition.officer, at=competition.now)

    assert [
        (place.bid.provider.name, place.totals["total"], place.result.rank)
        for place in services.ranking(competition.tender)
    ] == [("Provider 2", "84.00", 1), ("Provider 1", "84.00", 2)]


# ── Recommendation ───────────────────────────────────────────────────────────────────────────


def test_recommend_award_keeps_the_ranking_as_it_stood(competition):
    competition.locked(90_000, 95_000)

    award = recommend(competition)

    assert award.ranking[1] == {
        "provider": competition.providers[1].reference,
        "weekly_pence": 95_000,
        "excluded": "",
        "price_score": "720/19",
        "quality_score": "48",
        "total": "1632/19",
        "rank": 2,
        "steps": list(services.ranking(competition.tender)[1].steps),
    }
    competition.tender.refresh_from_db()
    assert competition.tender.state == TenderState.RECOMMENDED
    event = AuditEvent.objects.get(action="award.recommended")
    assert event.facts == {
        "providers": [competition.providers[0].reference],
        "departs": False,
    }
    message = Notification.objects.get(subject__contains="recommended")
    assert message.email == competition.commissioner.email


def test_another_bid_than_the_first_needs_two_people_who_say_why(competition):
    competition.locked(90_000, 95_000)
    second = services.ranking(competition.tender)[1].bid

    assert refused(lambda: recommend(competition, second)) == (
        f"The published basis names {told(competition.providers[0])}. Choose as it says, or "
        "record why not, in 10 words or more; the person who decides must agree in writing.",
    )
    assert not Award.objects.exists()
    recommend(competition, second, departure=WHY)
    competition.tender.refresh_from_db()
    assert refused(lambda: approve(competition)) == (
        "The recommendation departs from the published basis. Record why you agree, in 10 words "
        "or more.",
    )
    [contract] = approve(competition, departure_agreed=WHY)
    assert contract.provider == competition.providers[1]
    assert (contract.award.departure, contract.award.departure_agreed) == (WHY, WHY)


def test_a_lot_that_parts_nobody_does_not_spare_the_second_person(competition):
    competition.locked(90_000, 95_000)
    second = services.ranking(competition.tender)[1].bid

    award = recommend(competition, second, departure=WHY, draw=WHY)

    assert (award.departure, award.draw) == (WHY, "")
    competition.tender.refresh_from_db()
    assert len(refused(lambda: approve(competition))) == 1


def test_r7_7_equal_bids_that_the_rule_leaves_are_parted_by_a_recorded_lot(competition):
    competition.locked(90_000, 90_000)
    second = services.ranking(competition.tender)[1].bid

    assert refused(lambda: recommend(competition, second)) == (
        "Equal bids are parted by drawing a lot. Record when, how and before whom it was drawn, "
        "in 10 words or more.",
    )
    award = recommend(competition, second, draw=WHY)
    assert (list(award.bids.all()), award.draw, award.departure) == ([second], WHY, "")


def test_a_tender_for_several_awards_to_the_best_few(competition):
    competition.providers.append(provider_on(competition.lot, name="Provider 3"))
    competition.locked(90_000, 95_000, 99_000, award_basis="TOP_N", award_places=2)
    places = services.ranking(competition.tender)

    assert len(refused(lambda: recommend(competition, places[0].bid))) == 1
    recommend(competition, *(place.bid for place in places[:2]))
    competition.tender.refresh_from_db()
    contracts = approve(competition)

    assert [(each.provider.name, each.weekly_pence) for each in contracts] == [
        ("Provider 1", 90_000),
        ("Provider 2", 95_000),
    ]
    assert list(Letter.objects.order_by("provider__name").values_list("won", flat=True)) == [
        *(True, True, False)
    ]
    lost = Letter.objects.get(won=False).body
    assert "Contracts go to Provider 1, Provider 2." in lost
    assert NoticeTask.objects.count() == 1


def test_a_tender_with_a_threshold_awards_to_everyone_who_reaches_it(competition):
    competition.locked(
        90_000,
        95_000,
        award_basis="ABOVE_THRESHOLD",
        award_threshold=86,
    )
    first, second = (place.bid for place in services.ranking(competition.tender))

    assert services.expected_winners(competition.tender, services.ranking(competition.tender)) == [
        first
    ]
    assert len(refused(lambda: recommend(competition, first, second))) == 1
    assert list(recommend(competition, first).bids.all()) == [first]


def test_a_provider_no_longer_admitted_is_not_recommended(competition):
    competition.locked()
    Admission.objects.filter(provider=competition.providers[0]).update(
        ended_on=timezone.localdate()
    )

    assert refused(lambda: recommend(competition)) == (
        f"{told(competition.providers[0])} is no longer admitted to the lot.",
    )


def test_nothing_is_recommended_before_the_lock(competition):
    competition.moderated()

    assert refused(lambda: recommend(competition, competition.tender.bids.first())) == (
        "The tender is marked “Opened, quality being scored”, which does not allow this.",
    )


# ── Approval ─────────────────────────────────────────────────────────────────────────────────


def test_approve_award_makes_the_contract_and_puts_its_price_in_force(competition):
    contract = competition.awarded(90_000, 95_000)

    winner = competition.providers[0]
    assert (contract.provider, contract.lot, contract.weekly_pence) == (
        winner,
        competition.lot,
        90_000,
    )
    assert (contract.start, contract.end) == competition.contract
    rate = Rate.objects.filter(provider=winner).in_force(contract.start).first()
    assert (rate.weekly_pence, rate.source, rate.effective_from) == (
        90_000,
        "award",
        contract.start,
    )
    award = Award.objects.get()
    assert (award.approved_by, award.consultation) == (
        competition.commissioner,
        "The Cabinet Member agreed.",
    )
    competition.tender.refresh_from_db()
    assert competition.tender.state == TenderState.AWARDED
    event = AuditEvent.objects.get(action="award.approved")
    assert event.facts == {
        "contracts": {winner.reference: 90_000},
        "consulted_on": timezone.localdate(competition.now).isoformat(),
        "standstill_last_day": None,
    }


def test_a_price_that_holds_already_is_not_set_again(competition):
    competition.recommended(100_000, 100_000, agreed={"Provider 1": 5})
    winner = competition.providers[0]

    approve(competition)

    assert Rate.objects.filter(provider=winner).count() == 1


def test_approve_award_owes_the_notice_of_its_quarter(competition):
    competition.awarded()

    task = NoticeTask.objects.get()
    quarter = Quarter.of(timezone.localdate(competition.now))
    assert (task.kind, task.what, task.due_on) == (
        NoticeKind.QUARTERLY_AWARD,
        f"Contract award notice for {quarter}",
        quarter.notice_due,
    )


def test_every_bidder_gets_a_letter_with_its_own_scores_and_the_winners(competition):
    competition.awarded(90_000, 95_000, agreed={"Provider 1": 5, "Provider 2": 3})

    won, lost = Letter.objects.order_by("provider__name")
    assert (won.won, lost.won) == (True, False)
    assert "Your bid has been successful." in won.body
    assert "The contract goes to Provider 1." in lost.body
    assert "Quality: 36.00. Price: 37.89. Total: 73.89 out of 100. Rank: 2." in lost.body
    assert "Provider 1. Quality: 60.00. Price: 40.00. Total: 100.00 out of 100." in lost.body
    assert "“Safety”, 5 against 3: Agreed after discussion." in lost.body
    assert "Safety (weight 40): 3 out of 5.\nReason: Agreed after discussion." in lost.body
    assert "Safety (weight 40): 5 out of 5." in lost.body
    assert Notification.objects.filter(subject__startswith="The outcome").count() == 2


def test_no_letter_or_message_shows_a_price(competition):
    competition.awarded(91_234, 95_678)

    for words in [
        *Letter.objects.values_list("body", flat=True),
        *Notification.objects.values_list("body", flat=True),
    ]:
        for amount in ("912.34", "956.78", "91234", "95678"):
            assert amount not in words


def test_a_letter_is_seen_by_its_provider_and_by_those_who_see_prices(competition):
    competition.awarded()
    mine = competition.providers[0]

    assert [letter.provider for letter in Letter.objects.visible_to(owner_of(mine))] == [mine]
    assert Letter.objects.visible_to(competition.officer).count() == 2
    assert not Letter.objects.visible_to(competition.evaluators[0]).exists()


def test_approve_award_is_refused_to_the_recommender_and_to_the_future(competition):
    competition.recommended()
    award = Award.objects.get()
    Award.objects.update(recommended_by=competition.commissioner)

    assert refused(
        lambda: approve(competition, consulted_on=timezone.localdate() + timedelta(days=1))
    ) == (
        "An award is approved by a person other than the one who recommended it.",
        "The consultation cannot be in the future.",
    )
    award.refresh_from_db()
    assert award.approved_at is None
    assert not Contract.objects.exists()
    assert not Letter.objects.exists()


def test_approve_award_twice_has_one_effect(competition):
    competition.awarded()

    assert len(refused(lambda: approve(competition))) == 1
    assert Contract.objects.count() == 1
    assert Letter.objects.count() == 2


def test_a_price_that_cannot_be_set_leaves_nothing_behind(competition):
    competition.recommended(90_000, 95_000)
    Rate.objects.create(
        provider=competition.providers[0],
        lot=competition.lot,
        effective_from=competition.contract[0],
        weekly_pence=99_000,
        source="award",
    )

    assert len(refused(lambda: approve(competition))) == 1
    assert not Contract.objects.exists()
    assert not NoticeTask.objects.exists()
    competition.tender.refresh_from_db()
    assert competition.tender.state == TenderState.RECOMMENDED


def test_a_recommended_tender_can_still_be_abandoned_by_two(competition):
    competition.recommended()
    for officer in (competition.officer, competition.commissioner):
        services.abandon_tender(
            tender=competition.tender,
            reason="The service is no longer needed.",
            by=officer,
            at=competition.now,
        )

    competition.tender.refresh_from_db()
    assert competition.tender.state == TenderState.ABANDONED
