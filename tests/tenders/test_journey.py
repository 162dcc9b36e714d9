"""The whole competition through its pages: every page is read, every act is a posted form."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tenders.models import Bid, Contract, Response, Tender
from tenders.states import TenderState
from tests.factories.tenders import CHOSEN, Competition, owner_of

DECIDED = {
    "consulted_with": "Councillor Dale",
    "consultation": "Agreed.",
    "alternatives": "None.",
    "decided_as": "Director of Public Health",
    "with_standstill": "no",
}
pytestmark = pytest.mark.django_db


def day(name, value):
    return {f"{name}_day": value.day, f"{name}_month": value.month, f"{name}_year": value.year}


@pytest.fixture
def act(client):
    """Reads the page of an act as a person, posts the form, and follows to the next page."""

    def act(by, name, *args, **typed):
        client.force_login(by)
        url = reverse(f"tenders:{name}", args=args)
        assert client.get(url).status_code == 200
        answer = client.post(url, typed)
        assert answer.status_code == 302, errors(answer)
        shown = client.get(answer.url)
        assert shown.status_code == 200
        return shown.content.decode()

    return act


def errors(answer):
    form = answer.context["form"]
    return form.errors, getattr(form, "non_form_errors", list)()


@pytest.fixture
def read(client):
    def read(by, name, *args):
        client.force_login(by)
        found = client.get(reverse(f"tenders:{name}", args=args))
        assert found.status_code == 200
        return found.content.decode()

    return read


def terms(one):
    today = timezone.localdate(one.now)
    return {
        "lot": one.lot.pk,
        "title": "Twelve weeks",
        "need": "Places for people with standard needs.",
        **day("contract_start", today + timedelta(days=60)),
        **day("contract_last_day", today + timedelta(days=424)),
        **day("closes_on", today + timedelta(days=20)),
        "closes_time": "12:00",
        "price_weight": 40,
        **CHOSEN,
        "score_scale_max": 5,
        "minimum_question_score": 2,
        "evaluators": [person.pk for person in one.evaluators],
        "moderator": one.moderator.pk,
    }


CRITERIA = {
    "form-TOTAL_FORMS": 6,
    "form-INITIAL_FORMS": 0,
    "form-0-name": "Safety",
    "form-0-weight": 40,
    "form-0-question": "How do you keep people safe?",
    "form-0-word_limit": 100,
    "form-1-name": "Outcomes",
    "form-1-weight": 20,
    "form-1-question": "What do people achieve?",
    "form-1-word_limit": 100,
    **{f"form-{row}-word_limit": 500 for row in range(2, 6)},
}


@pytest.fixture
def published(act):
    """A competition that was drafted and published by hand, and the reference of its tender."""
    one = Competition()
    act(one.drafter, "create_tender", **terms(one))
    ref = Tender.objects.get().reference
    act(one.drafter, "set_criteria", ref, **CRITERIA)
    act(one.drafter, "edit_tender", ref, **terms(one) | {"title": "Thirteen weeks"})
    act(one.officer, "publish_tender", ref)
    return one, ref


@pytest.fixture
def locked(published, act, read):
    """Two bids, opened, scored, moderated and locked."""
    one, ref = published
    for provider, pounds in zip(one.providers, ("900", "800.50"), strict=True):
        owner = owner_of(provider)
        act(owner, "edit_answer", ref, 1, text="Safely.")
        act(owner, "edit_answer", ref, 2, text="Much.")
        act(owner, "edit_price", ref, weekly_pence=pounds)
        act(owner, "submit_bid", ref)
        assert ref in read(owner, "receipt", ref)
        act(owner, "withdraw_bid", ref)
        act(owner, "submit_bid", ref)
    Tender.objects.update(closes_at=timezone.now() - timedelta(minutes=1))
    for person in [one.officer, one.commissioner, *one.evaluators, one.moderator]:
        act(person, "declare_interest", ref, has_interest="no")
    act(one.commissioner, "open_bids", ref)
    act(one.officer, "open_bids", ref)
    for name, people in {
        "score_response": one.evaluators,
        "moderate_response": [one.moderator],
    }.items():
        for person in people:
            for response in Response.objects.select_related("bid__provider", "criterion"):
                place = (ref, response.bid.provider.reference, response.criterion.position)
                act(person, name, *place, points=4, reason="Agreed by all.")
    act(one.officer, "lock_quality", ref)
    return one, ref


def test_an_invitation_shows_the_questions_the_hash_and_no_asker(published, act, read):
    one, ref = published
    first, second = map(owner_of, one.providers)

    act(second, "ask_clarification", ref, question="Is detoxification included?")
    asked = Tender.objects.get().clarifications.get()
    act(one.officer, "answer_clarification", ref, asked.pk, answer="No.")

    page = read(first, "invitation", ref)
    shown = ["How do you keep people safe?", Tender.objects.get().model_hash]
    assert [text for text in shown if text not in page] == []
    assert "Is detoxification included?" in page
    assert one.providers[1].name not in page
    assert "Thirteen weeks" in read(first, "invitation_list")


def test_no_page_shows_a_price_to_an_evaluator_before_the_award(locked, read, client):
    one, ref = locked

    for person in one.evaluators:
        client.force_login(person)
        assert client.get(reverse("tenders:ranking", args=[ref])).status_code == 403
        pages = [read(person, "bid", ref, provider.reference) for provider in one.providers]
        pages += [read(person, name, ref) for name in ("tender", "score_bids")]
        assert [price for price in ("800.50", "900.00") for page in pages if price in page] == []


def test_the_award_is_ranked_recommended_approved_and_told(locked, act, read):
    one, ref = locked

    page = read(one.officer, "ranking", ref)
    assert [text for text in ("£800.50", "£900.00", "88.00") if text not in page] == []
    winner = Bid.objects.get(provider=one.providers[1])
    act(one.officer, "recommend_award", ref, bids=[winner.pk], reason="It ranks first.")
    consulted = day("consulted_on", timezone.localdate())
    act(one.commissioner, "approve_award", ref, **DECIDED, **consulted)

    assert Tender.objects.get().state == TenderState.AWARDED
    assert Contract.objects.get().weekly_pence == 80_050
    letter = read(owner_of(one.providers[0]), "letter", ref)
    assert one.providers[1].name in letter
    assert "800.50" not in letter
    read(one.officer, "sent_letter", ref, one.providers[0].reference)
    read(one.officer, "tender_list")
    read(one.moderator, "moderate_scores", ref)


def test_a_published_tender_is_abandoned_through_its_page_by_two(act):
    one = Competition()
    ref = one.published().reference

    act(one.officer, "abandon_tender", ref, reason="The need has gone.")
    act(one.commissioner, "abandon_tender", ref)

    assert Tender.objects.get().state == TenderState.ABANDONED


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"closes_time": "25:61"}, "closes_time"),
        ({"price_weight": "forty"}, "price_weight"),
        ({"price_weight": "-1"}, "price_weight"),
        ({"contract_start_month": "13"}, "contract_start"),
        ({"evaluators": ["x"]}, "evaluators"),
        ({"title": "x" * 201}, "title"),
        ({"lot": "999999"}, "lot"),
    ],
)
def test_what_is_typed_wrongly_is_told_on_its_field_and_kept(client, typed, field):
    one = Competition()
    client.force_login(one.drafter)

    page = client.post(reverse("tenders:create_tender"), terms(one) | typed)

    assert page.status_code == 200
    assert list(page.context["form"].errors) == [field]
    assert "Places for people with standard needs." in page.content.decode()
    assert not Tender.objects.exists()


@pytest.mark.parametrize(
    "pounds", ["-5", "0", "1e3", "NaN", "Infinity", "9" * 400, "12.345", "1000.01", "nine"]
)
def test_a_price_that_is_none_is_told_on_its_field(client, pounds):
    one = Competition(closes_in=timedelta(days=1))
    ref = one.published().reference
    client.force_login(owner_of(one.providers[0]))

    page = client.post(reverse("tenders:edit_price", args=[ref]), {"weekly_pence": pounds})

    assert page.status_code == 200
    assert list(page.context["form"].errors) == ["weekly_pence"]
    assert page.context["form"]["weekly_pence"].value() == pounds


def test_another_providers_member_finds_no_invitation(client):
    one = Competition(providers=1)
    ref = one.published().reference
    stranger = Competition(providers=1)
    client.force_login(owner_of(stranger.providers[0]))

    pages = [
        "invitation",
        "bid_task_list",
        "edit_price",
        "submit_bid",
        "withdraw_bid",
        "receipt",
        "letter",
    ]

    found = {client.get(reverse(f"tenders:{name}", args=[ref])).status_code for name in pages}
    assert found == {404}
