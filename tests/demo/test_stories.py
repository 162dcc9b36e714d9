"""A visitor to the demonstration meets each thing that happens before and after an admission."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from dps_portal.accounts.roles import Role
from dps_portal.agreements.models import Agreement, AgreementDocument, Deviation
from dps_portal.agreements.services import is_locked
from dps_portal.demo.people import sign_ins
from dps_portal.publication.models import Question, Subscription
from placements.models import (
    BreakGlass,
    BudgetYear,
    Contribution,
    Exit,
    FactProposal,
    ForecastRun,
    FundingRequest,
    LedgerEntry,
    OutcomeScore,
    Person,
    Placement,
    Restriction,
    Review,
    SubjectRequest,
)
from placements.states import (
    ExitStatus,
    OutcomeMeasure,
    PlacementState,
    ReferralState,
    RequestKind,
    RequestState,
    SubjectRequestState,
)
from placements.views.stays import facts_of
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


def test_every_story_of_a_stay_is_told(council):
    now = datetime.combine(TODAY, time(12), tzinfo=UTC)
    stays = Placement.objects.all()
    facts = [(one, facts_of(one, TODAY)) for one in stays.exclude(state=PlacementState.CLOSED)]

    # On the desk of the team
    assert {flag for _, fact in facts for flag in fact["late"]} == {
        *("Admission overdue", "Long absence", "Review due", "Discharge report late"),
    }
    assert [one.state for one, fact in facts if fact["nights_beyond"]] == [PlacementState.ADMITTED]
    assert stays.ending_by(TODAY + timedelta(days=14)).count() >= 2
    assert list(FactProposal.objects.values_list("kind", "state")) == [("arrival", "open")]
    declined = stays.get(state=PlacementState.PROVIDER_DECLINED)
    assert (declined.decline_kind, declined.referral.state) == ("needs", ReferralState.MATCHING)
    assert declined.referral.fit_notes.count() == 2
    gone = stays.get(state=PlacementState.NON_ARRIVAL)
    assert (gone.referral.state, gone.referral.withdrawn_for) == ("closed", "changed_mind")
    moved = stays.get(transferred_from__isnull=False)
    assert (moved.state, moved.transferred_from.state) == ("admitted", "discharged")
    assert FundingRequest.objects.get(state=RequestState.DRAFT).kind == RequestKind.EXTENSION

    # What was completed
    closed = stays.filter(state=PlacementState.CLOSED)
    assert set(Exit.objects.standing().values_list("status", flat=True)) == set(ExitStatus)
    assert list(closed.filter(report_received_on=None)) == []
    assert OutcomeScore.objects.count() == closed.count() * len(OutcomeMeasure)
    assert Contribution.objects.exists()
    assert Review.objects.exists()

    # Money
    extensions = FundingRequest.objects.filter(kind=RequestKind.EXTENSION).waiting()
    assert sorted(extensions.values_list("state", flat=True)) == ["deferred", "submitted"]
    years = BudgetYear.objects.order_by("year").values_list("state", flat=True)
    assert list(years) == ["closed"] * 4 + ["open"] * 2
    prior = LedgerEntry.objects.exclude(corrects=None)
    assert [(row.corrects, row.budget_year.year) for row in prior] == [(2025, 2026)]
    assert ForecastRun.objects.count() == 1

    # Whose record it is
    person = Restriction.objects.get().person
    seen = {
        user.name
        for role in (Role.ASSESSOR, Role.ASSESSMENT_MANAGER)
        for user in sign_ins()[role]
        if Person.objects.visible_to(user, now).filter(pk=person.pk).exists()
    }
    readers = person.readers.open().values_list("user__name", flat=True)
    assert seen == set(readers)
    reviewed = BreakGlass.objects.order_by("at").values_list("is_justified", flat=True)
    assert list(reviewed) == [False, None]
    assert SubjectRequest.objects.get().state == SubjectRequestState.WAITING


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
