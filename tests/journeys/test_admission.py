"""A provider's life: admitted on two lots, refused on one, another lot later, renewals."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Role
from dps_portal.audit import verification
from dps_portal.notifications.models import Notification
from providers.models import (
    Admission,
    Application,
    Clarification,
    CqcLocation,
    DeclarationRequest,
    EvidenceDocument,
    LotApplication,
    Provider,
)
from providers.states import Criterion
from tests.factories.accounts import UserFactory
from tests.factories.agreements import AgreementFactory, LotFactory

from .walk import three_boxes

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

PAPER = {"name": "paper.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%%EOF\n"}
PASSWORD = "lantern-harbour-77"
KINDS = ("insurance", "employers", "professional", "data_protection", "safeguarding")


class Council:
    def __init__(self):
        self.today = timezone.localdate()
        agreement = AgreementFactory()
        self.lots = [
            LotFactory(agreement=agreement, number=number, title=title)
            for number, title in enumerate(("Standard", "Enhanced", "Specialist"), start=1)
        ]
        self.reference = agreement.reference
        self.officer = UserFactory(roles=[Role.PROCUREMENT])
        self.commissioner = UserFactory(roles=[Role.COMMISSIONER])
        CqcLocation.objects.create(
            location_id="1-990000001",
            name="Newcomer House",
            postcode="ZZ99 3VZ",
            service_types="Rehabilitation (substance abuse)",
        )


def sign_up(walk):
    """An account by a code that is sent by e-mail; returns its user."""
    address = "owner@newcomer.example"
    password = {"password1": PASSWORD, "password2": PASSWORD}
    walk.open("account_signup").send(email=address, name="New Owner", **password)
    code = re.search(r"^\s*([A-Z0-9-]{6,9})\s*$", Notification.objects.get().body, re.MULTILINE)
    walk.send(code=code[1])
    return User.objects.get(email=address)


def apply(walk, council):
    """Register, tell of an old ground, fill in every section and hand it in."""
    walk.become(council.owner).open("providers:register_provider").send(
        name="Newcomer House", address="1 Invented Street", company_number="99000123"
    )
    walk.open("providers:start_application", council.reference)
    walk.send(lots=[lot.pk for lot in council.lots])
    ref = Application.objects.get().reference
    walk.open("providers:location_list", ref, query="q=Newcomer").send("Add Newcomer House")
    walk.open("providers:save_details", ref).send(confirm=True)
    walk.open("providers:save_declaration", ref).send(
        has_grounds="yes", discretionary="insolvency", declared_by_name="New Owner"
    )
    declaration = Application.objects.get().declaration.pk
    walk.open("providers:save_ground", declaration, "insolvency").send(
        **three_boxes("happened_on", council.today - timedelta(days=400)),
        what_happened="An arrangement with creditors.",
        measures="New owners and reserves.",
    )
    for kind in KINDS:
        upload(walk, council, "save_evidence", ref, kind)
    for lot in council.lots:
        offer(walk, ref, lot.number)
    walk.open("providers:submit_application", ref).send(confirm=True)
    return ref


def upload(walk, council, page, *place):
    walk.open(f"providers:{page}", *place).send(
        file=PAPER, **three_boxes("expires_on", council.today + timedelta(days=300))
    )


def offer(walk, ref, number, price="800"):
    walk.open("providers:save_lot", ref, number).send(
        service_description="A twelve-week programme.",
        weekly_pence=price,
        locations=Provider.objects.get().locations.get().pk,
    )


def clarify(walk, council, ref):
    """The officer asks for a correction, the provider answers and hands it in again."""
    for person in (council.officer, council.commissioner):
        walk.become(person).open("providers:declare_interest", ref).send(has_conflict="no")
    walk.become(council.officer).open("providers:ask_clarification", ref)
    walk.send(about=1, question="Is the price right?", asks_correction=True)
    walk.become(council.owner).open("providers:application", ref)
    walk.open("providers:answer_clarification", Clarification.objects.get().pk)
    walk.send(answer="It is 790.")
    offer(walk, ref, 1, price="790")
    walk.open("providers:submit_application", ref).send(confirm=True)


def judge(walk, council, ref, number, outcome):
    finding = dict.fromkeys(Criterion, "met")
    if outcome == "refused":
        finding[Criterion.SERVICE] = "not_met"
    walk.become(council.officer).open("providers:assess_lot", ref, number).send(
        **{f"{criterion}_finding": finding[criterion] for criterion in Criterion},
        **{f"{criterion}_reason": "Checked." for criterion in Criterion},
    )
    walk.open("providers:recommend_lot", ref, number).send(outcome=outcome, reason="As found.")
    walk.become(council.commissioner).open("providers:decide_lot", ref, number)
    walk.send(outcome=outcome, reason="As recommended.")


def on_lots():
    return list(
        Admission.objects.current(timezone.localdate())
        .order_by("lot__number")
        .values_list("lot__number", flat=True)
    )


def test_from_registration_to_a_mended_lapse(walk):
    council = Council()
    walk.open("publication:opportunity").open("publication:agreement", council.reference)
    council.owner = sign_up(walk)
    ref = apply(walk, council)
    clarify(walk, council, ref)
    walk.become(council.officer).open("providers:application_review", ref)
    assert "What the correction changed" in walk.text
    declaration = Application.objects.get().declaration.pk
    walk.open("providers:assess_ground", declaration, "insolvency").send(
        finding="sufficient", reason="It is in the past."
    )
    for number, outcome in ((1, "admitted"), (2, "admitted"), (3, "refused")):
        judge(walk, council, ref, number, outcome)
    assert on_lots() == [1, 2]
    assert LotApplication.objects.get(lot__number=1).weekly_pence == 79_000

    # The refusal: its letter, the reasons on request.
    walk.become(council.owner).open("providers:decision_letter", ref, 3)
    assert "not to admit your organisation" in walk.text
    walk.open("providers:request_reasons", ref, 3).send()
    walk.become(council.officer).open("providers:reasons_list")
    walk.open("providers:answer_reasons", ref, 3).send(answer="No nurse at night.")

    # The refused lot again, with the answers of before.
    walk.become(council.owner).open("providers:start_application", council.reference)
    walk.send(lots=council.lots[2].pk, reuse="yes")
    again = Application.objects.exclude(reference=ref).get().reference
    walk.open("providers:application", again)
    walk.open("providers:save_details", again).send(confirm=True)
    walk.open("providers:save_declaration", again).send(has_grounds="no", declared_by_name="Me")
    walk.open("providers:save_lot", again, 3).send()
    walk.open("providers:submit_application", again).send(confirm=True)
    for person in (council.officer, council.commissioner):
        walk.become(person).open("providers:declare_interest", again).send(has_conflict="no")
    judge(walk, council, again, 3, "admitted")
    assert on_lots() == [1, 2, 3]

    # A renewed declaration.
    walk.become(council.officer).open("providers:request_declarations").send(reason="Once a year.")
    asked = DeclarationRequest.objects.get().pk
    walk.become(council.owner).open("providers:declaration_request", asked)
    walk.open("providers:renew_grounds", asked).send(has_grounds="no", declared_by_name="New Owner")
    walk.open("providers:answer_request", asked).send(confirm=True)
    assert DeclarationRequest.objects.get().answered_at is not None

    # The insurance lapses and is mended.
    EvidenceDocument.objects.filter(kind="insurance", ended_at=None).update(
        expires_on=council.today - timedelta(days=1)
    )
    walk.become(council.officer).open("providers:compliance_list")
    assert "insurance certificate: expired" in walk.text
    walk.become(council.owner).open("providers:evidence_overview")
    upload(walk, council, "renew_evidence", "insurance")
    renewed = EvidenceDocument.objects.get(kind="insurance", ended_at=None).document_id
    walk.become(council.officer).open("providers:check_evidence", renewed)
    walk.send(finding="accepted")
    assert "expired" not in walk.open("providers:compliance_list").text

    walk.become(council.owner).open("providers:provider", Provider.objects.get().reference)
    walk.become(council.commissioner).open("providers:provider", Provider.objects.get().reference)
    assert verification.verify().broken_at is None
