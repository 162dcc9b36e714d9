"""No address, method or message brings a price to those who score before the lock (SoD 4)."""

import io
from urllib.parse import urlencode

import pytest
from django.test import Client
from pypdf import PdfReader

from dps_portal.notifications.models import Notification
from providers.models import Rate
from tests.crawl import addresses, ask, every_page
from tests.factories.agreements import LotFactory
from tests.factories.known import arguments_of
from tests.factories.tenders import Competition

pytestmark = pytest.mark.django_db

METHODS = ("GET", "HEAD", "POST", "OPTIONS")
PRICE, LISTED = 8_371_964, 9_000_000
FORMS = ("8371964", "83719.64", "83,719.64")
TYPED = urlencode({"points": 4, "reason": "Clear.", "has_interest": "no", "question": "Why?"})
FORM = "application/x-www-form-urlencoded"


def competition():
    found = Competition(lot=LotFactory(ceiling_weekly_pence=LISTED), providers=2)
    Rate.objects.update(weekly_pence=LISTED)
    return found


def told(response) -> str:
    """Everything of an answer that a reader could come by: body, headers, the words of a PDF."""
    words = [response.body.decode("latin-1"), str(response.headers)]
    if response.body.startswith(b"%PDF"):
        words += [page.extract_text() for page in PdfReader(io.BytesIO(response.body)).pages]
    return "\n".join(words)


def shows_price(text: str) -> bool:
    return any(form in text for form in FORMS)


def asked(person, pages):
    """``(page, method, answer)`` for every address and method; a page also as its file."""
    client = Client()
    client.force_login(person)
    for name, path in pages:
        for method in METHODS:
            sent = {"data": TYPED, "content_type": FORM} if method == "POST" else {}
            answer = ask(client, method, path, **sent)
            yield name, method, answer
            if (method, answer.status_code) == ("GET", 200):
                yield name, "CSV", ask(client, "GET", f"{path}?download=csv")


def leaks(person, pages):
    """Where the price is shown: the page and the method, or the message."""
    found = set()
    for name, method, response in asked(person, pages):
        if shows_price(told(response)):
            found.add((name, method))
    messages = Notification.objects.filter(to=person)
    return found | {("message", one.subject) for one in messages if shows_price(str(one.body))}


@pytest.mark.parametrize("role", ["evaluator", "moderator"])
def test_no_page_shows_a_price_to_those_who_score_before_the_lock(role):
    """Of two tenders: one whose bids lie sealed, one that is scored and agreed."""
    opened = competition()
    opened.moderated(PRICE, PRICE)
    sealed = competition()
    sealed.evaluators, sealed.moderator = opened.evaluators, opened.moderator
    sealed.published()
    sealed.bid_all(PRICE, PRICE)
    person = {"evaluator": opened.evaluators[0], "moderator": opened.moderator}[role]
    pages = addresses(arguments_of(opened, sealed))

    assert {name for name, _ in pages} == {name for name, *_ in every_page()}
    assert leaks(person, pages) == set()


def test_after_the_lock_the_same_crawl_finds_the_price_for_the_moderator_alone():
    """The twin: it must, or the test above proves nothing."""
    one = competition()
    one.locked(PRICE, PRICE)
    pages = [page for page in addresses(arguments_of(one)) if page[0].startswith("tenders:")]

    assert leaks(one.evaluators[0], pages) == set()
    assert ("tenders:ranking", "GET") in leaks(one.moderator, pages)
