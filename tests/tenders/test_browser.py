"""The pages of a competition in a real browser: no axe findings, no sideways scroll."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from dps_portal.refusals import Refused
from tenders import services
from tenders.models import Tender
from tests.accessibility import bring_axe, faults
from tests.factories.tenders import Competition, owner_of
from tests.tenders.test_attachments import WithFiles

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def look(browser, client, live_server):
    """Look at a page as a person; fails on what is wrong with it."""
    context = browser.new_context()
    bring_axe(context)
    page = context.new_page()

    def look(by, name, *args):
        client.force_login(by)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}]
        )
        path = reverse(name if ":" in name else f"tenders:{name}", args=args)
        answer = page.goto(live_server.url + path)
        assert answer.status == 200
        assert (faults(page), name) == ([], name)

    yield look
    context.close()


def test_drafting_and_publishing(look):
    one = Competition()
    tender = one.drafted(closes_at=one.now + timedelta(days=20))
    ref = tender.reference

    look(one.drafter, "tender_list")
    look(one.drafter, "create_tender")
    for name in ("tender", "edit_tender", "set_criteria", "abandon_tender"):
        look(one.drafter, name, ref)
    look(one.officer, "publish_tender", ref)


def test_bidding(look):
    one = Competition()
    one.published()
    ref = one.tender.reference
    one.bid(one.providers[0])
    Tender.objects.update(closes_at=one.now + timedelta(days=20))
    owner = owner_of(one.providers[0])

    look(owner, "invitation_list")
    for name in ("invitation", "ask_clarification", "submit_bid", "withdraw_bid"):
        look(owner, name, ref)
    for name in ("bid_task_list", "edit_price"):
        look(owner, name, ref)
    for name in ("edit_answer", "attach_file"):
        look(owner, name, ref, 1)
    look(one.officer, "tender", ref)


def test_opening_scoring_and_locking(look):
    one = Competition()
    ref = one.scored().reference
    provider = one.providers[0].reference

    look(one.drafter, "declare_interest", ref)
    look(one.evaluators[0], "score_bids", ref)
    look(one.evaluators[0], "score_response", ref, provider, 1)
    look(one.moderator, "moderate_scores", ref)
    look(one.moderator, "moderate_response", ref, provider, 1)
    look(one.officer, "lock_quality", ref)
    look(one.officer, "open_bids", ref)
    look(one.officer, "bid", ref, provider)


def test_replacing_an_evaluator(look):
    one = Competition()
    one.opened()
    look(one.officer, "replace_member", one.tender.reference)


def test_ranking_and_award(look):
    one = Competition()
    one.locked()
    ref = one.tender.reference
    look(one.officer, "ranking", ref)
    look(one.officer, "recommend_award", ref)


def test_the_award_and_its_letters(look):
    one = Competition()
    ref = one.recommended().reference
    look(one.commissioner, "approve_award", ref)


def test_the_standstill(look):
    one = Competition()
    ref = one.in_standstill().reference
    challenge = services.record_challenge(
        tender=one.tender,
        challenger="Provider 2",
        received_on=timezone.localdate(one.now),
        grounds="The scores.",
        by=one.officer,
        at=one.now,
    )
    for name in ("tender", "confirm_award", "decision_record"):
        look(one.commissioner, name, ref)
    look(one.officer, "record_challenge", ref)
    look(one.commissioner, "settle_challenge", ref, challenge.pk)
    look(owner_of(one.providers[1]), "letter", ref)


def test_the_letters(look):
    one = Competition()
    one.awarded()
    ref = one.tender.reference
    look(owner_of(one.providers[1]), "letter", ref)
    look(one.officer, "sent_letter", ref, one.providers[0].reference)
    look(one.officer, "tender", ref)


def test_a_bid_with_files_and_refused_submissions(look):
    one = WithFiles(closes_in=timedelta(days=10))
    one.published()
    provider, ref = one.providers[0], one.tender.reference
    owner = owner_of(provider)
    with pytest.raises(Refused):
        services.submit_bid(invitation=one.invitation(provider), by=owner, at=one.now)
    one.attach(provider, name="a-programme-with-a-rather-long-name-of-its-file.pdf")
    look(owner, "bid_task_list", ref)
    look(owner, "edit_answer", ref, 1)
    one.submit(provider)
    look(owner, "invitation", ref)
    one.open()
    look(one.officer, "tender", ref)
    look(one.officer, "bid", ref, provider.reference)
    look(one.evaluators[0], "score_response", ref, provider.reference, 1)
