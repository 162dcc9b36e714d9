"""What the database itself refuses."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from tenders.models import (
    Award,
    Bid,
    Clarification,
    ConsensusScore,
    Contract,
    Criterion,
    InterestDeclaration,
    Invitation,
    Letter,
    OpeningApproval,
    PanelMember,
    Price,
    Response,
    Score,
    Tender,
)
from tests.factories.tenders import Competition

pytestmark = pytest.mark.django_db


def refused(act, constraint):
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        act()
    text = str(error.value)
    assert constraint in text or "UNIQUE" in text


@pytest.fixture
def awarded():
    competition = Competition()
    competition.awarded()
    return competition


def test_a_tender_is_whole(awarded):
    for constraint, change in {
        "contract_ends_after_start": {"contract_end": timezone.localdate()},
        "tender_publication_is_whole": {"public_key": None},
        "tender_published_by_another_person": {"published_by": awarded.drafter},
        "price_weight_is_percent": {"price_weight": 101},
        "tender_abandoned_with_reason": {"state": "abandoned"},
        "published_tender_abandoned_by_two": {
            "abandon_asked_by": awarded.officer,
            "abandoned_by": awarded.officer,
        },
    }.items():
        refused(lambda change=change: Tender.objects.update(**change), constraint)


def test_what_follows_from_a_tender_is_whole(awarded):
    for model, constraint, change in (
        (Criterion, "criterion_weight_is_percent", {"weight": 0}),
        (Criterion, "criterion_named_once", {"name": "Same"}),
        (Criterion, "criterion_placed_once", {"position": 9}),
        (PanelMember, "one_moderator", {"is_moderator": True}),
        (Bid, "intact_bid_is_whole", {"digest": ""}),
        (Price, "bid_price_positive", {"weekly_pence": 0}),
        (Score, "score_has_a_reason", {"reason": ""}),
        (ConsensusScore, "consensus_has_a_reason", {"reason": ""}),
        (Award, "award_approved_after_consultation", {"consultation": ""}),
        (Award, "award_approved_by_another_person", {"approved_by": awarded.officer}),
        (Contract, "contract_options_were_published", {"options_taken": 1}),
        (Contract, "contract_price_positive", {"weekly_pence": 0}),
        (Contract, "registered_contract_ends_after_start", {"end": timezone.localdate()}),
    ):
        refused(lambda model=model, change=change: model.objects.update(**change), constraint)


def test_each_thing_happens_once(awarded):
    for model, constraint in {
        Invitation: "invited_once",
        Bid: "one_bid_per_provider",
        Response: "one_response",
        OpeningApproval: "opening_approved_once",
        PanelMember: "on_a_panel_once",
        InterestDeclaration: "interests_declared_once",
        Score: "scored_once",
        Letter: "one_outcome_letter",
    }.items():
        row = model.objects.first()
        row.pk = None
        refused(lambda row=row: row.save(force_insert=True), constraint)


def test_an_answer_comes_with_who_and_when(awarded):
    refused(
        lambda: Clarification.objects.create(
            tender=awarded.tender,
            asked_by=awarded.officer,
            asked_at=timezone.now(),
            question="What?",
            answer="This.",
        ),
        "clarification_answer_is_whole",
    )
