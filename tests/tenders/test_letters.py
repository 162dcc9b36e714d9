"""The outcome letter as a file: the words as sent, the scores in a table, and who decided."""

import io
import re
from html import unescape

import page
import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags
from pypdf import PdfReader

from dps_portal.accounts.roles import Role
from dps_portal.ui.templatetags.portal import day
from tenders.models import Letter
from tests.factories.accounts import UserFactory
from tests.factories.tenders import Competition, owner_of, provider_on

pytestmark = pytest.mark.django_db


@pytest.fixture
def competition():
    one = Competition()
    one.awarded(agreed={"Provider 1": 5, "Provider 2": 3})
    return one


def get(client, person, name, *args):
    client.force_login(person)
    return client.get(reverse(f"tenders:{name}", args=args))


def plain(text):
    return "".join(text.split())


def read(response):
    file = PdfReader(io.BytesIO(response.content))
    return file, plain("".join(one.extract_text() for one in file.pages))


def test_the_file_repeats_the_letter_and_shows_the_scores_beside_the_winners(client, competition):
    loser = competition.providers[1]
    reference = competition.tender.reference
    answer = get(client, owner_of(loser), "letter_pdf", reference)
    file, text = read(answer)

    assert page.is_pdf_compliant_bytes(answer.content, profile="ua1")
    assert file.metadata.title == f"Outcome of tender {reference} – letter to Provider 2"
    assert file.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert file.trailer["/Root"]["/Lang"] == "en-GB"
    for paragraph in Letter.objects.get(provider=loser).body.strip().split("\n\n"):
        assert plain(paragraph) in text
    assert "Safety4035Agreedafterdiscussion." in text
    decided = f"Commissioner, Commissioner (Public Health), for Northhaven Council, on {day(timezone.localdate(competition.now))}."
    assert plain(decided) in text
    assert plain("due within 15 days of the day on which you ask") in text


def test_the_winner_is_compared_with_nobody(client, competition):
    winner = competition.providers[0]
    _, text = read(get(client, owner_of(winner), "letter_pdf", competition.tender.reference))

    assert "Safety405Agreedafterdiscussion." in text
    assert "Provider2" not in text


def test_the_council_gets_the_same_file_and_the_page_leads_to_it(client, competition):
    args = [competition.tender.reference, competition.providers[0].reference]
    url = reverse("tenders:sent_letter_pdf", args=args)

    letter = reverse("tenders:sent_letter", args=args)
    assert letter in get(client, competition.officer, "bid", *args).text
    assert letter not in get(client, competition.evaluators[0], "bid", *args).text
    assert url in get(client, competition.officer, "sent_letter", *args).text
    answer = get(client, competition.officer, "sent_letter_pdf", *args)
    assert (
        answer["Content-Disposition"] == f'attachment; filename="outcome-{args[0]}-{args[1]}.pdf"'
    )
    assert answer["Content-Type"] == "application/pdf"


def test_a_letter_file_is_not_for_others(client, competition):
    reference = competition.tender.reference
    stranger = provider_on(competition.lot, name="Stranger")
    args = [reference, stranger.reference]
    asked = {
        "stranger": get(client, owner_of(stranger), "letter_pdf", reference),
        "no letter": get(client, competition.officer, "sent_letter_pdf", *args),
        "undeclared": get(
            client,
            UserFactory(roles=[Role.PROCUREMENT]),
            "sent_letter_pdf",
            reference,
            competition.providers[0].reference,
        ),
        "council": get(client, competition.officer, "letter_pdf", reference),
    }

    assert {who: answer.status_code for who, answer in asked.items()} == {
        "stranger": 404,
        "no letter": 404,
        "undeclared": 404,
        "council": 403,
    }


def test_the_page_shows_the_words_of_the_letter_under_its_headings(client, competition):
    loser = competition.providers[1]
    text = get(client, owner_of(loser), "letter", competition.tender.reference).text

    assert re.findall(r'<h2 class="govuk-heading-s">(.*?)</h2>', text) == [
        "HOW YOUR BID WAS SCORED",
        "THE SUCCESSFUL BID",
        "HOW BIDS WERE COMPARED",
    ]
    shown = plain(unescape(strip_tags(text)))
    for paragraph in Letter.objects.get(provider=loser).body.strip().split("\n\n"):
        assert plain(paragraph) in shown
