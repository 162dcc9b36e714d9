"""One mini-competition by everybody in it: draft, files, standstill, challenge, contract."""

from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone

from dps_portal.accounts.roles import Role
from dps_portal.audit import verification
from providers.models import Rate
from tenders.models import (
    Award,
    Bid,
    Challenge,
    Clarification,
    Contract,
    DebriefRequest,
    Response,
    SubmissionAttempt,
    Tender,
)
from tenders.states import TenderState
from tests.factories.accounts import UserFactory
from tests.factories.agreements import AgreementFactory, LotFactory
from tests.factories.tenders import owner_of, provider_on

from .walk import three_boxes

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

FILE = {"name": "programme.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%%EOF\n"}
REASON = "The programme is described in full; the figures of last year are missing."
NOTE = "One read the plan as staffed by day alone; the panel found the night in the rota."


class Council:
    """The lot is at £1,000 a week; two are admitted to it."""

    def __init__(self):
        self.today = timezone.localdate()
        self.lot = LotFactory(agreement=AgreementFactory(), number=1)
        self.steady = provider_on(self.lot, name="Steady House", list_pence=99_000)
        self.cheap = provider_on(self.lot, name="Cheap House", list_pence=99_000)
        self.dear = provider_on(self.lot, name="Dear House", list_pence=99_000)
        self.drafter, self.officer = (UserFactory(roles=[Role.PROCUREMENT]) for _ in range(2))
        self.commissioner = UserFactory(roles=[Role.COMMISSIONER])
        self.evaluators = [UserFactory(roles=[Role.EVALUATOR]) for _ in range(2)]
        self.moderator, self.late_moderator = (
            UserFactory(roles=[Role.MODERATOR]) for _ in range(2)
        )
        self.auditor = UserFactory(roles=[Role.AUDITOR])

    def on(self, days):
        return self.today + timedelta(days=days)


def author(walk, council):
    """From a template to the publication by a second person."""
    walk.become(council.drafter).open("tenders:template_list")
    walk.open("tenders:draft_from_template", "standard").send(
        lot=council.lot.pk,
        title="Twelve-week places",
        need="Up to four places.",
        **three_boxes("contract_start", council.on(60)),
        **three_boxes("contract_last_day", council.on(400)),
        **three_boxes("closes_on", council.on(20)),
        closes_time="12:00",
        price_formula="LOWEST_RATIO",
        price_weight=40,
        score_scale_max=5,
        minimum_question_score=2,
        evaluators=[person.pk for person in council.evaluators],
        moderator=council.moderator.pk,
    )
    ref = Tender.objects.get().reference
    walk.open("tenders:set_criteria", ref).send(
        **{
            "form-0-name": "Safety",
            "form-0-weight": 60,
            "form-0-question": "How is it safe?",
            "form-0-attachments": 1,
        },
        **{
            f"form-{row}-{field}": ""  # the other four of the template are left out
            for row in range(1, 5)
            for field in ("name", "weight", "question")
        },
    )
    walk.open("tenders:rehearse", ref)
    walk.become(council.officer).open("tenders:tender", ref)
    walk.open("tenders:publish_tender", ref).send()
    return ref


def clarify(walk, council, ref):
    """Asked by one, read by all without its name; and a later deadline by two officers."""
    walk.become(owner_of(council.steady)).open("tenders:ask_clarification", ref)
    walk.send(question="May Steady House bid for two of the places?")
    walk.become(council.officer)
    walk.open("tenders:answer_clarification", ref, Clarification.objects.get().pk)
    walk.send(wording="May one bid for two of the places?", answer="Yes, for any number of them.")
    told = walk.become(owner_of(council.cheap)).open("tenders:invitation", ref).text
    assert ("for any number of them" in told, "Steady House" in told) == (True, False)
    walk.become(council.drafter).open("tenders:extend_deadline", ref).send(
        **three_boxes("closes_on", council.on(24)), closes_time="12:00", reason="More time helps."
    )
    walk.become(council.officer).open("tenders:extend_deadline", ref).send()
    noon = datetime.combine(council.on(24), time(12), tzinfo=timezone.get_default_timezone())
    assert Tender.objects.get().closes_at == noon


def bid(walk, council, ref):
    """With files; one refused for want of an answer; one withdrawn for good. The officers see no trace."""
    before = walk.become(council.officer).open("tenders:tender", ref).text
    for provider, price in (
        (council.steady, "900"),
        (council.cheap, "600"),
        (council.dear, "950"),
    ):
        walk.become(owner_of(provider)).open("tenders:invitation", ref)
        walk.open("tenders:bid_task_list", ref)
        walk.open("tenders:edit_price", ref).send(weekly_pence=price)
        if provider == council.cheap:
            walk.open("tenders:submit_bid", ref)
            assert "This is not possible now" in walk.text
        walk.open("tenders:edit_answer", ref, 1)
        walk.send(text="Nurses are there day and night.", is_finished=True)
        walk.open("tenders:attach_file", ref, 1).send(file=FILE)
        walk.open("tenders:submit_bid", ref).send()
        assert "receipt" in walk.open("tenders:invitation", ref).text.lower()
    walk.open("tenders:withdraw_bid", ref).send()
    assert not Bid.objects.exists()
    assert walk.become(council.officer).open("tenders:tender", ref).text == before


def evaluate(walk, council, ref):
    """Interests first, one of the moderator, who is replaced; then scores, agreement, the lock."""
    Tender.objects.update(closes_at=timezone.now() - timedelta(minutes=1))
    people = [council.drafter, council.officer, council.commissioner, *council.evaluators]
    for person in people:
        walk.become(person).open("tenders:declare_interest", ref).send(has_interest="no")
    walk.become(council.moderator).open("tenders:declare_interest", ref)
    walk.send(has_interest="yes", details="A cousin works there.")
    walk.become(council.officer).open("tenders:replace_member", ref).send(
        leaving=council.moderator.pk, joining=council.late_moderator.pk, reason="An interest."
    )
    walk.become(council.late_moderator).open("tenders:declare_interest", ref)
    walk.send(has_interest="no")
    for person in (council.commissioner, council.officer):
        walk.become(person).open("tenders:open_bids", ref).send()
    assert set(Bid.objects.values_list("provider__name", flat=True)) == {
        "Steady House",
        "Cheap House",
    }
    places = [
        (ref, one.bid.provider.reference, one.criterion.position)
        for one in Response.objects.select_related("bid__provider", "criterion").in_order()
    ]
    for person, points in zip(council.evaluators, (2, 4), strict=True):
        walk.become(person).open("tenders:score_bids", ref)
        for place in places:
            walk.open("tenders:score_response", *place).send(points=points, reason=REASON)
            assert "£" not in walk.text
    walk.become(council.late_moderator).open("tenders:moderate_scores", ref)
    for place, points in zip(places, (3, 4), strict=True):
        walk.open("tenders:moderate_response", *place).send(points=points, reason=NOTE)
    walk.become(council.officer).open("tenders:lock_quality", ref).send()


def ask_about_the_low_price(walk, council, ref):
    low = council.cheap.reference
    walk.become(council.officer).open("tenders:ask_explanation", ref, low)
    walk.send(question="How do you do it?", **three_boxes("due_on", council.on(5)))
    walk.become(owner_of(council.cheap)).open("tenders:explain_price", ref)
    walk.send(answer="The house is our own, and the staff is shared with a home next door.")
    walk.become(council.officer).open("tenders:decide_price", ref, low)
    walk.send(is_accepted="no", reason="The rota that was sent leaves the nights unstaffed.")


def decide(walk, council, ref):
    """Recommended, approved with a standstill, challenged, settled, confirmed."""
    ranking = walk.open("tenders:ranking", ref).text
    assert "88.00" in ranking  # 40 x 900/900 and 60 x 4/5, now that the low price is out
    winner = Bid.objects.get(provider=council.steady)
    walk.open("tenders:recommend_award", ref).send(bids=[winner.pk], reason="Highest total.")
    walk.become(council.commissioner).open("tenders:approve_award", ref).send(
        consulted_with="Councillor Dale, Cabinet Member",
        consultation="The Cabinet Member was consulted and agreed.",
        alternatives="To buy place by place; that costs more.",
        decided_as="Director of Public Health",
        with_standstill="yes",
        **three_boxes("consulted_on", council.today),
    )
    for provider in (council.steady, council.cheap):
        walk.become(owner_of(provider)).open("tenders:letter", ref)
    walk.open("tenders:request_debrief", ref).send(question="What did the rota lack?")
    walk.become(council.officer)
    walk.open("tenders:answer_debrief", ref, DebriefRequest.objects.get().pk)
    walk.send(answer="A nurse between ten in the evening and six in the morning.")
    walk.open("tenders:record_challenge", ref).send(
        challenger="Cheap House, its director",
        grounds="The rota was misread.",
        **three_boxes("received_on", council.today),
    )
    Award.objects.update(standstill_last_day=council.on(-1))
    walk.become(council.commissioner).open("tenders:confirm_award", ref)
    assert "A challenge to the award is not settled yet." in walk.text
    walk.open("tenders:settle_challenge", ref, Challenge.objects.get().pk)
    walk.send(settlement="The rota was read again by two people; it has no nurse at night.")
    walk.open("tenders:confirm_award", ref).send()


def test_from_a_template_to_a_contract_after_a_challenge(walk):
    council = Council()
    ref = author(walk, council)
    clarify(walk, council, ref)
    bid(walk, council, ref)
    evaluate(walk, council, ref)
    ask_about_the_low_price(walk, council, ref)
    decide(walk, council, ref)

    tender, contract = Tender.objects.get(), Contract.objects.get()
    assert (tender.state, contract.provider, contract.weekly_pence) == (
        TenderState.AWARDED,
        council.steady,
        90_000,
    )
    agreed = Rate.objects.exclude(source="price_list").get()
    assert (agreed.provider, agreed.weekly_pence) == (council.steady, 90_000)
    assert not SubmissionAttempt.objects.exists()  # the page named what was missing, none was sent
    walk.open("tenders:contract", contract.reference)
    walk.open("tenders:contract_list")
    walk.open("tenders:decision_record", ref)
    walk.become(council.auditor).open("tenders:tender", ref)
    walk.context.clear_cookies()
    public = walk.open("publication:tender", ref).text
    assert "Awarded to Steady House" in public
    assert "To buy place by place" in public
    assert verification.verify().broken_at is None
