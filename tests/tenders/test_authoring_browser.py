"""Headings, templates, a shorter time and reworded questions in a real browser."""

from datetime import timedelta

import pytest

from dps_portal.agreements.models import AwardCriterion
from tenders import services
from tenders.models import PeriodAnswer
from tests.factories.tenders import Competition, owner_of
from tests.tenders.test_browser import look  # noqa: F401 - a fixture

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
]


def with_headings(**facts):
    one = Competition(**facts)
    for position, (name, weights) in enumerate(
        {"Clinical quality": (20, 50), "Aftercare and recovery": (5, 25)}.items(), start=1
    ):
        AwardCriterion.objects.create(
            agreement=one.lot.agreement,
            position=position,
            name=name,
            description="What people achieve, and how that is known.",
            weight_min=weights[0],
            weight_max=weights[1],
        )
    return one


def test_headings_and_templates(look):  # noqa: F811
    one = with_headings()
    agreement = one.lot.agreement.reference
    tender = services.create_tender(
        **one.terms(closes_at=one.now + timedelta(days=20)), by=one.drafter, at=one.now
    )

    for name in ("agreements:set_award_criteria", "agreements:agreement", "publication:agreement"):
        look(one.commissioner, name, agreement)
    look(one.drafter, "set_criteria", tender)
    look(one.drafter, "template_list")
    look(one.drafter, "draft_from_template", "several")


def test_a_shorter_time(look):  # noqa: F811
    one = Competition()
    one.published_at = one.now
    tender = one.drafted(closes_at=one.now + timedelta(days=7))
    look(one.drafter, "ask_shorter_period", tender)
    services.ask_shorter_period(
        tender=tender, reason="A place is needed soon.", by=one.drafter, at=one.now
    )
    first, second = PeriodAnswer.objects.order_by("pk")
    look(owner_of(second.provider), "answer_shorter_period", tender, second.pk)
    services.answer_shorter_period(
        answer=first, has_agreed=True, by=owner_of(first.provider), at=one.now
    )

    look(owner_of(first.provider), "answer_shorter_period", tender, first.pk)
    look(one.drafter, "ask_shorter_period", tender)
    look(one.officer, "tender", tender)


def test_a_question_that_names_its_asker(look):  # noqa: F811
    one = Competition(closes_in=timedelta(days=20))
    one.published()
    asked = services.ask_clarification(
        tender=one.tender,
        question="Provider 1 has ten beds. Is that enough?",
        by=owner_of(one.providers[0]),
        at=one.now,
    )
    look(one.officer, "answer_clarification", one.tender, asked.pk)
    services.answer_clarification(
        clarification=asked,
        wording="Are ten beds enough?",
        answer="Yes.",
        by=one.officer,
        at=one.now,
    )

    look(owner_of(one.providers[0]), "ask_clarification", one.tender)
    look(owner_of(one.providers[0]), "invitation", one.tender)
