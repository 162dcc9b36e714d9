"""Abnormally low prices: flagged, asked about, explained, decided, and ranked afresh (R7.9)."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from dps_portal.audit.models import AuditEvent
from dps_portal.notifications.models import Notification
from dps_portal.refusals import Refused
from tenders import rules, services
from tenders.models import Evaluation, LowPriceCheck
from tests.factories.tenders import Competition, owner_of, provider_on
from tests.tenders.test_views import boxes, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def competition():
    """The third price is 40% below the mean of the others."""
    one = Competition()
    one.providers.append(provider_on(one.lot, name="Provider 3"))
    one.locked(100_000, 100_000, 60_000, agreed={"Provider 1": 5, "Provider 2": 4})
    return one


def bid_of(competition, place):
    rows = competition.tender.bids.select_related("tender", "provider", "price")
    return rows.get(provider=competition.providers[place])


def ask(competition, **facts):
    return services.ask_explanation(
        **{
            "bid": bid_of(competition, 2),
            "question": "How?",
            "due_at": competition.now + timedelta(days=5),
            "by": competition.officer,
            "at": competition.now,
        }
        | facts
    )


def decide(competition, *, is_accepted=False, at=None):
    return services.decide_price(
        bid=bid_of(competition, 2),
        is_accepted=is_accepted,
        reason="The staff named cannot be paid from it.",
        by=competition.officer,
        at=at or competition.now,
    )


def refused(act) -> tuple:
    with pytest.raises(Refused) as refusal:
        act()
    return refusal.value.reasons


@pytest.mark.parametrize(
    ("pence", "found"),
    [
        ({"A": 80, "B": 100}, []),
        ({"A": 79, "B": 100}, ["A"]),
        ({"A": 100}, []),
        ({}, []),
        ({"A": 64, "B": 100, "C": 60}, ["C"]),
    ],
)
def test_r7_9_a_price_is_abnormally_low_by_the_mean_of_the_others(pence, found):
    assert rules.abnormally_low(pence, percent=20) == found


def test_nothing_is_recommended_while_a_price_is_unexplained(competition):
    recommend = {
        "tender": competition.tender,
        "bids": [competition.first()],
        "reason": "First.",
        "by": competition.officer,
        "at": competition.now,
    }
    third = competition.providers[2]
    unexplained = (
        f"The price of {third.name} ({third.reference}) is abnormally low. Ask for an explanation "
        "and decide on it first.",
    )

    assert refused(lambda: services.recommend_award(**recommend)) == unexplained
    ask(competition)
    assert refused(lambda: services.recommend_award(**recommend)) == unexplained
    services.explain_price(
        check=LowPriceCheck.objects.get(), answer="So.", by=owner_of(third), at=competition.now
    )
    assert refused(lambda: services.recommend_award(**recommend)) == unexplained
    decide(competition, is_accepted=True)
    assert services.recommend_award(**recommend).pk


def test_r7_9_nobody_is_rejected_unasked_or_before_the_time_is_over(competition):
    assert refused(lambda: decide(competition)) == (
        "A price is decided on only after an explanation was asked for.",
    )
    ask(competition)
    assert refused(lambda: decide(competition)) == ("The bidder still has time to explain.",)
    assert decide(competition, at=competition.now + timedelta(days=5)).is_accepted is False
    assert refused(lambda: decide(competition, at=competition.now + timedelta(days=6))) == (
        "This price has been decided on.",
    )


def test_r7_3_a_rejection_ranks_afresh_and_keeps_both_rankings(competition):
    before = [place.bid.provider.name for place in services.ranking(competition.tender)]
    ask(competition)
    decide(competition, at=competition.now + timedelta(days=5))
    after = services.ranking(competition.tender)

    assert before == ["Provider 3", "Provider 1", "Provider 2"]
    assert [(place.bid.provider.name, place.result.rank) for place in after] == [
        ("Provider 1", 1),
        ("Provider 2", 2),
        ("Provider 3", None),
    ]
    assert after[2].result.excluded == "abnormally low price, not accounted for"
    assert after[0].totals["price"] == "40.00"
    first, second = Evaluation.objects.order_by("version")
    assert [place["rank"] for place in first.ranking] == [1, 2, 3]
    assert [place["rank"] for place in second.ranking] == [1, 2, None]
    assert second.cause == "Provider 3 rejected: its price is not accounted for"
    assert AuditEvent.objects.get(action="low_price.decided").facts == {"is_accepted": False}


def test_the_bidder_alone_is_asked_and_may_better_its_words(competition):
    ask(competition)
    third, other = owner_of(competition.providers[2]), owner_of(competition.providers[0])
    check = LowPriceCheck.objects.get()

    assert Notification.objects.get(subject__contains="your price").email == third.email
    assert list(LowPriceCheck.objects.visible_to(third)) == [check]
    assert not LowPriceCheck.objects.visible_to(other).exists()
    assert not LowPriceCheck.objects.visible_to(competition.evaluators[0]).exists()
    for words in ("So.", "So, and more."):
        services.explain_price(check=check, answer=words, by=third, at=competition.now)
    check.refresh_from_db()
    assert (check.answer, check.state) == ("So, and more.", "Explained, to be decided")
    assert refused(lambda: ask(competition)) == (
        "An explanation of this price has been asked for.",
    )


def test_it_is_asked_explained_and_decided_on_pages(client, competition):
    tender, third = competition.tender, competition.providers[2]
    owner, due = owner_of(third), timezone.localdate() + timedelta(days=5)
    client.force_login(competition.officer)
    page = client.get(reverse("tenders:ranking", args=[tender])).content.decode()
    assert "Prices to be explained first" in page
    asked = {"question": "How is it <covered>?", **boxes("due_on", due)}
    send(client, competition.officer, "ask_explanation", tender, third.reference, **asked)
    client.force_login(owner)
    invited = client.get(reverse("tenders:invitation", args=[tender])).content.decode()
    assert "The council asks you to explain your price" in invited
    page = client.get(reverse("tenders:explain_price", args=[tender])).content.decode()
    assert "How is it &lt;covered&gt;?" in page
    send(client, owner, "explain_price", tender, answer="We own the house.")
    decision = {"is_accepted": "no", "reason": "Wages are not covered."}
    client.force_login(competition.officer)
    path = reverse("tenders:decide_price", args=[tender, third.reference])
    assert "We own the house." in client.get(path).content.decode()
    answer = send(client, competition.officer, "decide_price", tender, third.reference, **decision)

    assert answer.url == reverse("tenders:ranking", args=[tender])
    page = client.get(answer.url).content.decode()
    assert "Before and after each exclusion" in page
    assert "Wages are not covered." in page


def test_the_ranking_shows_what_would_change_who_wins(client, competition):
    client.force_login(competition.officer)
    page = client.get(reverse("tenders:ranking", args=[competition.tender]))

    margins = {each["what"]: each for each in page.context["margins"]}
    assert margins["Weight of the price"] == {
        "what": "Weight of the price",
        "now": "40",
        "same": "34 to 100",
        "changes": "at 33",
        "is_close": False,
    }
    assert len(margins) == 3 + 3 + 6
