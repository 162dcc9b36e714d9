"""The pages: happy path, refusals shown, who may open what, and what nobody may tell."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from dps_portal.accounts.roles import Role
from tenders import services
from tenders.models import Clarification, Invitation, Price, Tender
from tenders.states import TenderState
from tests.factories.accounts import UserFactory
from tests.factories.tenders import CHOSEN, CRITERIA, Competition, owner_of, provider_on

pytestmark = pytest.mark.django_db

BY_REFERENCE = (
    *("tender", "edit_tender", "set_criteria", "publish_tender", "abandon_tender"),
    *("declare_interest", "open_bids", "score_bids", "moderate_scores", "lock_quality"),
    *("ranking", "recommend_award", "approve_award"),
)
INVITED = (
    *("invitation", "ask_clarification", "edit_price", "submit_bid", "withdraw_bid"),
    "bid_task_list",
)


@pytest.fixture
def competition():
    return Competition(closes_in=timedelta(days=10))


def page(client, person, name, *args):
    client.force_login(person)
    return client.get(reverse(f"tenders:{name}", args=args))


def send(client, person, name, *args, **data):
    client.force_login(person)
    return client.post(reverse(f"tenders:{name}", args=args), data)


def shown(response):
    """The page without what differs on every request."""
    text = response.content.decode()
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", text)


def boxes(name, day):
    return {f"{name}_{part}": getattr(day, part) for part in ("day", "month", "year")}


def typed(competition, **facts):
    """The draft as it is typed on the page."""
    day = timezone.localdate(competition.closes_at)
    return {
        "lot": competition.lot.pk,
        "title": "Rehabilitation places",
        "need": "Ten places.",
        "price_weight": "40",
        **CHOSEN,
        "score_scale_max": "5",
        "closes_time": "12:00",
        "evaluators": [person.pk for person in competition.evaluators],
        "moderator": competition.moderator.pk,
        **boxes("contract_start", competition.contract[0]),
        **boxes("contract_last_day", competition.contract[1] - timedelta(days=1)),
        **boxes("closes_on", day + timedelta(days=5)),
    } | facts


def typed_criteria(rows=CRITERIA):
    data = {"form-TOTAL_FORMS": "6", "form-INITIAL_FORMS": "0"}
    for place in range(6):
        row = rows[place] if place < len(rows) else {"word_limit": 500}
        data |= {f"form-{place}-{name}": value for name, value in row.items()}
    return data


# ── Drafting ─────────────────────────────────────────────────────────────────────────────────


def test_a_tender_is_drafted_on_two_pages_and_published_on_a_third(client, competition):
    answer = send(client, competition.drafter, "create_tender", **typed(competition))
    tender = Tender.objects.get()
    assert answer.url == reverse("tenders:set_criteria", args=[tender])
    assert timezone.localtime(tender.closes_at).strftime("%H:%M") == "12:00"
    assert tender.contract_end == competition.contract[1]
    answer = send(client, competition.drafter, "set_criteria", tender, **typed_criteria())
    assert answer.url == tender.get_absolute_url()
    assert tender.criteria.count() == 2
    answer = send(client, competition.officer, "publish_tender", tender)
    assert answer.url == tender.get_absolute_url()
    tender.refresh_from_db()
    assert tender.state == TenderState.PUBLISHED


def test_what_was_typed_survives_a_mistake(client, competition):
    answer = send(
        client,
        competition.drafter,
        "create_tender",
        **typed(competition, title="Kept as typed", closes_time="noon", price_weight="4o"),
    )

    form = answer.context["form"]
    assert form.errors["closes_time"] == ["Closing time must be a time like 12:00"]
    assert form.errors["price_weight"] == ["Price weight must be a whole number from 0 to 100"]
    assert "Kept as typed" in shown(answer)
    assert not Tender.objects.exists()


@pytest.mark.parametrize(("day", "clock"), [((2027, 3, 28), "01:30"), ((2027, 10, 31), "01:30")])
def test_a_time_that_the_clock_change_makes_doubtful_is_refused(client, competition, day, clock):
    when = timezone.datetime(*day)
    answer = send(
        client,
        competition.drafter,
        "create_tender",
        **typed(competition, closes_time=clock, **boxes("closes_on", when)),
    )

    assert answer.context["form"].errors["closes_time"] == [
        "This time does not exist on that day, or comes twice, because the clocks change. "
        "Choose another"
    ]


def test_a_refusal_is_shown_on_the_form(client, competition):
    answer = send(
        client, competition.drafter, "create_tender", **typed(competition, price_weight="90")
    )

    assert answer.context["form"].non_field_errors() == [
        "The price weight is outside the range that the agreement published."
    ]


def test_edit_tender_shows_the_draft_and_saves_it(client, competition):
    tender = competition.drafted()
    shown_form = page(client, competition.officer, "edit_tender", tender).context["form"]
    assert shown_form.initial["title"] == "Rehabilitation places"
    assert shown_form.initial["contract_last_day"] == competition.contract[1] - timedelta(days=1)

    send(client, competition.officer, "edit_tender", tender, **typed(competition, title="New"))

    tender.refresh_from_db()
    assert (tender.title, tender.drafted_by) == ("New", competition.officer)


def test_a_criterion_is_removed_by_emptying_its_row(client, competition):
    tender = competition.drafted()
    rows = [CRITERIA[0] | {"weight": 60}, {"name": "", "weight": "", "question": ""}]

    answer = send(client, competition.drafter, "set_criteria", tender, **typed_criteria(rows))

    assert answer.status_code == 302
    assert list(tender.criteria.values_list("name", "weight")) == [("Safety", 60)]


def test_weights_that_do_not_add_up_are_told_and_kept(client, competition):
    tender = competition.drafted()
    rows = [CRITERIA[0] | {"name": "Only one"}]

    answer = send(client, competition.drafter, "set_criteria", tender, **typed_criteria(rows))

    assert "must add up to 100" in shown(answer)
    assert "Only one" in shown(answer)
    assert tender.criteria.count() == 2


def test_half_a_criterion_is_asked_for_the_rest(client, competition):
    tender = competition.drafted()

    answer = send(
        client, competition.drafter, "set_criteria", tender, **typed_criteria([{"name": "Half"}])
    )

    assert list(answer.context["form"].forms[0].errors) == ["weight", "question", "word_limit"]
    asked = ["Enter weight", "Enter question to bidders", "Enter word limit"]
    assert [words for words in asked if words not in shown(answer)] == []
    assert tender.criteria.count() == 2


def test_the_publication_page_names_every_objection(client, competition):
    tender = competition.drafted()
    tender.criteria.all().delete()

    text = shown(page(client, competition.drafter, "publish_tender", tender))

    assert "A tender is published by a person other than the one who drafted it." in text
    assert "There must be at least one criterion." in text
    assert "Publish and invite" not in text


def test_a_tender_is_abandoned_through_the_pages_by_two(client, competition):
    tender = competition.published()
    send(client, competition.officer, "abandon_tender", tender, reason="No money.")
    assert "Another person must agree" in shown(
        page(client, competition.officer, "abandon_tender", tender)
    )
    send(client, competition.commissioner, "abandon_tender", tender)

    tender.refresh_from_db()
    assert tender.state == TenderState.ABANDONED
    assert "No money." in shown(page(client, competition.officer, "tender", tender))


# ── Bidding ──────────────────────────────────────────────────────────────────────────────────


def test_a_provider_drafts_submits_and_downloads_its_receipt(client, competition):
    tender = competition.published()
    owner = owner_of(competition.providers[0])
    text = shown(page(client, owner, "invitation", tender))
    assert tender.model_hash in text
    assert "How do you keep people safe?" in text
    send(client, owner, "edit_answer", tender, 1, text="We keep people safe.")
    send(client, owner, "edit_answer", tender, 2, text="They recover.", is_finished="on")
    send(client, owner, "edit_price", tender, weekly_pence="£845.00")
    assert "£845.00" in shown(page(client, owner, "submit_bid", tender))
    assert client.get(reverse("tenders:receipt", args=[tender])).status_code == 404

    send(client, owner, "submit_bid", tender)

    receipt = client.get(reverse("tenders:receipt", args=[tender]))
    assert receipt["Content-Disposition"] == f'attachment; filename="receipt-{tender}.txt"'
    assert receipt["Content-Type"] == "text/plain; charset=utf-8"
    digest = services.own_bid(competition.invitation(competition.providers[0])).submitted[
        "quality"
    ]["digest"]
    assert digest in receipt.content.decode()
    assert digest in shown(page(client, owner, "invitation", tender))
    send(client, owner, "withdraw_bid", tender)
    assert "You have not submitted a bid." in shown(page(client, owner, "invitation", tender))


def test_a_price_above_the_list_is_told_at_its_field(client, competition):
    tender = competition.published()

    answer = send(
        client, owner_of(competition.providers[0]), "edit_price", tender, weekly_pence="1,000.01"
    )

    assert answer.context["form"].errors["weekly_pence"] == [
        "Price for one week must be £1,000.00 or less"
    ]


def test_a_member_drafts_but_does_not_submit(client, competition):
    house = provider_on(
        competition.lot, name="Big", roles=(Role.PROVIDER_OWNER, Role.PROVIDER_MEMBER)
    )
    tender = competition.published()
    member = house.memberships.get(is_owner=False).user

    assert page(client, member, "edit_answer", tender, 1).status_code == 200
    assert page(client, member, "submit_bid", tender).status_code == 403
    assert send(client, member, "withdraw_bid", tender).status_code == 403


def test_a_provider_that_was_not_invited_finds_nothing(client, competition):
    tender = competition.published()
    stranger = owner_of(provider_on(competition.lot, name="Stranger"))

    for name in INVITED:
        assert page(client, stranger, name, tender).status_code == 404
    for name in INVITED[1:-1]:
        assert send(client, stranger, name, tender).status_code == 404


def test_a_question_is_asked_and_answered_through_the_pages(client, competition):
    tender = competition.published()
    first, second = (owner_of(provider) for provider in competition.providers)
    send(client, first, "ask_clarification", tender, question="How many beds?")
    asked = Clarification.objects.get()
    assert "How many beds?" not in shown(page(client, second, "invitation", tender))
    council = shown(page(client, competition.officer, "tender", tender))
    assert "How many beds?" in council
    assert first.name not in council

    send(client, competition.officer, "answer_clarification", tender, asked.pk, answer="Ten.")

    assert "Ten." in shown(page(client, second, "invitation", tender))


def test_after_the_close_pages_say_closed_at_once_and_take_nothing(client):
    competition = Competition(closes_in=timedelta(seconds=-1))
    tender = competition.published()
    owner = owner_of(competition.providers[0])

    text = shown(page(client, owner, "invitation", tender))
    assert "Closed, waiting to be opened" in text
    assert "Bids closed at" in text
    answer = send(client, owner, "edit_answer", tender, 1, text="Late")
    assert answer.context["form"].non_field_errors() == ["The deadline for bids has passed."]


# ── Nobody else can tell ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("closes_in", [timedelta(days=10), timedelta(seconds=-1)])
def test_every_page_of_everyone_else_is_the_same_with_no_bid_and_with_two(client, closes_in):
    competition = Competition(closes_in=closes_in)
    tender = competition.published()
    competition.declare(competition.officer, *competition.evaluators)
    everyone = [
        competition.officer,
        competition.commissioner,
        competition.evaluators[0],
        competition.moderator,
        UserFactory(roles=[Role.AUDITOR]),
        UserFactory(roles=[Role.SYSTEM_ADMIN]),
        UserFactory(roles=[Role.FINANCE]),
    ]

    def all_pages():
        seen = {}
        for person in everyone:
            client.force_login(person)
            for name in BY_REFERENCE:
                answer = client.get(reverse(f"tenders:{name}", args=[tender]))
                seen[person.ref, name] = (answer.status_code, shown(answer))
            seen[person.ref, "list"] = shown(client.get(reverse("tenders:tender_list")))
        return seen

    before = all_pages()
    competition.bid_all(90_000, 95_000)

    assert all_pages() == before


# ── Evaluation and award ─────────────────────────────────────────────────────────────────────


def test_who_has_declared_an_interest_finds_no_bid(client):
    competition = Competition()
    tender = competition.opened()
    competition.declare(competition.evaluators[0], has_interest=True)
    where = (tender, competition.providers[0])

    assert page(client, competition.evaluators[0], "bid", *where).status_code == 404
    assert page(client, competition.evaluators[0], "score_response", *where, 1).status_code == 404
    assert "no bid is shown to you" in shown(
        page(client, competition.evaluators[0], "tender", tender)
    )


def test_an_evaluator_meets_no_price_on_any_page_before_the_award(client):
    competition = Competition()
    tender = competition.locked(91_234, 95_678)
    services.recommend_award(
        tender=tender,
        bids=[competition.first()],
        reason="First.",
        by=competition.officer,
        at=competition.now,
    )
    evaluator = competition.evaluators[0]
    answers = [page(client, evaluator, name, tender) for name in BY_REFERENCE]
    answers.append(page(client, evaluator, "bid", tender, competition.providers[0]))
    answers.append(page(client, evaluator, "score_response", tender, competition.providers[0], 1))

    assert Price.objects.count() == 2
    for answer in answers:
        for amount in ("912.34", "956.78", "91234", "95678", "Recommended"):
            assert amount not in re.sub(r"Award recommended", "", shown(answer))
    assert page(client, evaluator, "ranking", tender).status_code == 403


def test_an_evaluator_sees_no_score_of_another_before_all_are_in(client):
    competition = Competition()
    tender = competition.opened()
    first, second = competition.evaluators
    competition.declare(first, second)
    response = competition.responses()[0]
    services.score_response(
        response=response, points=1, reason="SECRETREASON", by=first, at=competition.now
    )
    where = (tender, response.bid.provider, response.criterion.position)

    assert "SECRETREASON" in shown(page(client, first, "score_response", *where))
    assert "SECRETREASON" not in shown(page(client, second, "score_response", *where))


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (Role.PROCUREMENT, set(BY_REFERENCE) - {"score_bids", "moderate_scores", "approve_award"}),
        (
            Role.COMMISSIONER,
            set(BY_REFERENCE)
            - {"score_bids", "moderate_scores", "lock_quality", "recommend_award"},
        ),
        (Role.EVALUATOR, {"tender", "declare_interest", "score_bids"}),
        (Role.MODERATOR, {"tender", "declare_interest", "moderate_scores", "ranking"}),
        (Role.AUDITOR, {"tender", "declare_interest", "ranking"}),
        (Role.FINANCE, set()),
        (Role.ASSESSOR, set()),
        (Role.ASSESSMENT_MANAGER, set()),
        (Role.SYSTEM_ADMIN, set()),
        (Role.PROVIDER_OWNER, set()),
    ],
)
def test_each_page_opens_to_its_roles_only(client, competition, role, allowed):
    tender = competition.drafted()
    person = UserFactory(roles=[role])

    opened = {
        name
        for name in BY_REFERENCE
        if page(client, person, name, tender).status_code in (200, 404)
    }

    assert opened == allowed


# ── Lists ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("tenders", [1, 3])
def test_tender_list_costs_the_same_however_long(client, django_assert_num_queries, tenders):
    person = UserFactory(roles=[Role.PROCUREMENT])
    for _ in range(tenders):
        Competition(providers=0).drafted()
    client.force_login(person)

    with django_assert_num_queries(8):
        answer = client.get(reverse("tenders:tender_list"))

    assert len(answer.context["page"]) == tenders


@pytest.mark.parametrize("tenders", [1, 3])
def test_invitation_list_costs_the_same_however_long(client, django_assert_num_queries, tenders):
    competition = Competition(providers=1)
    for _ in range(tenders):
        competition.published()
    client.force_login(owner_of(competition.providers[0]))

    with django_assert_num_queries(8):
        answer = client.get(reverse("tenders:invitation_list"))

    assert len(answer.context["page"]) == tenders


def test_tender_list_is_searched_and_filtered(client, competition):
    draft = competition.drafted(title="Draft places")
    published = competition.published(title="Published places")
    client.force_login(competition.officer)

    def found(**query):
        answer = client.get(reverse("tenders:tender_list"), query)
        return set(answer.context["page"])

    assert found() == {draft, published}
    assert found(q="draft") == {draft}
    assert found(q=published.reference[:8]) == {published}
    assert found(state="published") == {published}
    assert found(state="rubbish", page="rubbish") == {draft, published}


def test_empty_lists_say_so(client):
    assert "No tenders to show." in shown(
        page(client, UserFactory(roles=[Role.PROCUREMENT]), "tender_list")
    )
    assert "has not been invited" in shown(
        page(client, UserFactory(roles=[Role.PROVIDER_OWNER]), "invitation_list")
    )
    assert not Invitation.objects.exists()
