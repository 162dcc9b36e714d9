"""A visitor to the demonstration meets each thing that happens before and after an admission."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from dps_portal.agreements.models import Agreement, AgreementDocument, Deviation
from dps_portal.agreements.services import is_locked
from dps_portal.publication.models import Question, Subscription
from providers.models import (
    Admission,
    Clarification,
    DeclarationRequest,
    EvidenceDocument,
    Measure,
    MemberInvitation,
    Provider,
    Rate,
    ReasonsRequest,
    RegistrationClaim,
)
from providers.states import MeasureKind
from tenders.models import Attachment, Criterion
from tenders.services import own_bid
from tenders.states import TenderState

from .conftest import TODAY


def names(rows, of="provider__name"):
    return sorted(rows.values_list(of, flat=True))


@pytest.fixture
def agreement(council):
    return Agreement.objects.get()


def test_every_story_is_told(agreement):
    # What the public reads
    assert is_locked(agreement)
    assert list(agreement.notice_tasks.filter(published_on=None)) == []
    assert [d.versions.count() for d in AgreementDocument.objects.all()] == [2, 2]
    assert sorted(q.answered_at is None for q in Question.objects.all()) == [False, False, True]
    assert sorted(s.confirmed_at is None for s in Subscription.objects.all()) == [False, True]
    assert list(Deviation.objects.values_list("rule", "after")) == [("minimum_tender_days", "14")]

    # Applications on their way
    waiting = Clarification.objects.filter(answered_at=None)
    assert names(waiting.filter(asks_correction=False), "application__provider__name") == [
        "Wheatear Lodge"
    ]
    extended = Provider.objects.exclude(applications__extension_ground="")
    assert names(extended, "name") == ["Heronsgate House"]
    asked = {
        asked.lot_application.application.provider.name: asked.answered_at is not None
        for asked in ReasonsRequest.objects.all()
    }
    assert asked == {"Sandpiper Court": True, "Pebblecombe House": False}

    # Those who are admitted
    held = Admission.objects.held(TODAY)
    assert names(held.suspended(TODAY)) == ["Oakapple Community"] * 2
    assert names(Admission.objects.filter(ended_on__lte=TODAY)) == ["Kestrel Heights"]
    assert names(Measure.objects.filter(is_approved=None, kind=MeasureKind.EXCLUSION)) == [
        "Copperfield Lodge"
    ]
    papers = EvidenceDocument.objects.held_at(None)
    soon = TODAY + timedelta(days=30)
    assert names(papers.filter(expires_on__lt=TODAY)) == ["Copperfield Lodge"]
    assert names(papers.filter(expires_on__range=(TODAY, soon))) == ["Fernhollow Trust"]
    assert names(EvidenceDocument.objects.to_check()) == ["Alderbeck House"]
    assert names(DeclarationRequest.objects.filter(answered_at=None)) == ["Saltmarsh Retreat"]
    assert (
        DeclarationRequest.objects.exclude(answered_at=None).count() == 14 + 1
    )  # and one before an award
    assert names(Rate.objects.filter(effective_from__gt=TODAY)) == ["Juniper Bank"]
    further = Provider.objects.filter(
        admissions__in=held, applications__submitted_at=None, applications__isnull=False
    )
    assert names(further, "name") == ["Windmill Farmstead"]

    # People
    assert names(MemberInvitation.objects.filter(accepted_at=None)) == ["Harbourlight Recovery"]
    assert names(RegistrationClaim.objects.waiting(), "name") == ["Alderbeck North"]


def test_files_come_with_the_answers_of_two_tenders(council):
    asked = Criterion.objects.filter(attachments__gt=0).select_related("tender")
    assert sorted((one.tender.state, one.name, bool(one.guidance)) for one in asked) == [
        (TenderState.OPENED, "Clinical quality", True),
        (TenderState.PUBLISHED, "Clinical quality", True),
    ]

    opened, published = (one.tender for one in asked.order_by("pk"))
    files = Attachment.objects.select_related("document", "response__bid")
    assert [one.response.bid.tender_id for one in files] == [opened.pk] * opened.bids.count()
    assert {len(own_bid(one).submitted_files) for one in published.invitations.all()} == {0, 1}
    evaluator = opened.panel.scoring().order_by("pk").first().user
    client = Client()
    client.force_login(evaluator)
    one = files[0]
    address = [opened.reference, one.response.bid.provider.reference]
    page = client.get(reverse("tenders:score_response", args=[*address, 1]))
    where = reverse("tenders:attachment", args=[*address, one.document_id])
    assert where in page.content.decode()
    assert client.get(where).getvalue() == one.document.content()
