"""Until the opening nobody learns of a bid: not its words, its price, its author, or that it is."""

import re
from datetime import timedelta

import pytest
from django.apps import apps

from dps_portal.audit.models import AuditEvent
from dps_portal.notifications.models import Notification
from dps_portal.sealing import Tampered
from providers.models import Rate
from tenders import services
from tenders.models import Invitation
from tests.factories.agreements import LotFactory
from tests.factories.tenders import CRITERIA, Competition, owner_of

pytestmark = pytest.mark.django_db

CANARY = "kingfisher over the water"
PRICE = 8_371_964
LISTED = 9_000_000
PRICE_FORMS = ("8371964", "83719.64", "83,719.64")


@pytest.fixture
def competition():
    """Published, with three invited providers; its deadline has passed."""
    one = Competition(lot=LotFactory(ceiling_weekly_pence=LISTED), providers=3)
    Rate.objects.update(weekly_pence=LISTED)
    one.published()
    return one


def bid(competition, number, **facts):
    return competition.bid(
        competition.providers[number], **{"answer": CANARY, "pence": PRICE} | facts
    )


def everything_stored() -> str:
    """Every value of every row of every table, bytes as Latin-1."""
    return "\n".join(
        bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else str(value)
        for model in apps.get_models()
        for row in model.objects.values_list()
        for value in row
    )


def test_no_table_holds_an_answer_or_a_price_before_the_opening(competition):
    bid(competition, 0)
    competition.draft_bid(competition.providers[1], answer=CANARY, pence=PRICE)

    stored = everything_stored()

    assert CRITERIA[0]["question"] in stored  # what is meant to be readable is found
    assert [form for form in (CANARY, *PRICE_FORMS) if form in stored] == []


def test_prices_stay_out_of_every_table_until_quality_is_locked():
    one = Competition(lot=LotFactory(ceiling_weekly_pence=LISTED), providers=2)
    Rate.objects.update(weekly_pence=LISTED)
    one.moderated(PRICE, PRICE + 1)

    stored = everything_stored()
    assert "We do it well." in stored
    assert [form for form in PRICE_FORMS if form in stored] == []

    services.lock_quality(tender=one.tender, by=one.officer, at=one.now)
    assert "8371964" in everything_stored()


def test_bidding_leaves_no_trail_and_no_message():
    one = Competition(closes_in=timedelta(days=1))
    one.published()
    before = (AuditEvent.objects.count(), Notification.objects.count())
    own = {"invitation": one.invitation(one.providers[0]), "by": owner_of(one.providers[0])}

    one.draft_bid(one.providers[0])
    services.submit_bid(**own, at=one.now)
    services.withdraw_bid(**own, at=one.now)

    assert (AuditEvent.objects.count(), Notification.objects.count()) == before


def test_blank_draft_and_submitted_envelopes_have_one_size(competition):
    bid(competition, 0, answer=CANARY * 4)
    competition.draft_bid(competition.providers[1], pence=1)

    rows = Invitation.objects.values_list("quality_envelope", "price_envelope", "own_copy")

    assert len({tuple(map(len, row)) for row in rows}) == 1


def test_every_save_writes_all_three_envelopes_anew(competition):
    first, second = (
        (bytes(one.quality_envelope), bytes(one.price_envelope), bytes(one.own_copy))
        for one in [
            bid(competition, 0),
            competition.draft_bid(competition.providers[0], answer=CANARY, pence=PRICE),
        ]
    )

    assert [before == after for before, after in zip(first, second, strict=True)] == [False] * 3


def test_another_providers_key_does_not_open_a_copy(competition):
    bid(competition, 0)
    stolen = competition.invitation(competition.providers[1])
    stolen.own_copy = competition.invitation(competition.providers[0]).own_copy

    with pytest.raises(Tampered):
        services.own_bid(stolen)


def test_the_council_reads_the_same_page_with_no_bid_and_with_two(client, competition):
    client.force_login(competition.officer)

    def page():
        found = client.get(competition.tender.get_absolute_url())
        assert found.status_code == 200
        return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", found.content.decode())

    without = page()
    bid(competition, 0)
    bid(competition, 1)

    assert page() == without


def test_an_invitation_is_visible_to_its_own_provider_alone(competition):
    council = [competition.officer, competition.commissioner, competition.moderator]
    first = competition.providers[0]

    assert [Invitation.objects.visible_to(person).count() for person in council] == [0, 0, 0]
    own = Invitation.objects.visible_to(owner_of(first))
    assert [one.provider for one in own] == [first]
