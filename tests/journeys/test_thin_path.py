"""The whole path in a real browser: from registering to the right total in the PDF."""

import io
import re
from datetime import datetime, time, timedelta
from fractions import Fraction

import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Role
from dps_portal.audit import verification
from dps_portal.clock import add_months, financial_year
from dps_portal.notifications.models import Notification
from dps_portal.notifications.tasks import send_waiting
from dps_portal.reports.models import ReportRun
from dps_portal.reports.tasks import render_spend_report
from placements.models import BudgetRevision, BudgetYear, FundingRequest, Placement, Referral
from placements.services import compare_ledger, remind_of_ending_funding
from placements.tasks import watch_ceilings
from providers.models import Application, CqcLocation, Location, Provider
from providers.states import Criterion
from tenders.models import Bid, Response, Tender
from tests.factories.accounts import UserFactory
from tests.factories.agreements import AgreementFactory, LotFactory
from tests.factories.tenders import owner_of, provider_on

from .walk import three_boxes

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

PAPER = {"name": "paper.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%%EOF\n"}
PASSWORD = "lantern-harbour-77"
WEEKLY = 80_000  # the list price of the provider that registers


class Town:
    """Everybody of the council, an agreement with one lot, and a provider that is there already."""

    def __init__(self):
        self.today = timezone.localdate()
        self.lot = LotFactory(agreement=AgreementFactory(), number=1)
        self.rival = provider_on(self.lot, name="Rival House", list_pence=90_000)
        self.officers = [UserFactory(roles=[Role.PROCUREMENT]) for _ in range(2)]
        self.commissioners = [
            UserFactory(roles=[Role.COMMISSIONER], approval_limit_pence=10**8) for _ in range(2)
        ]
        self.evaluators = [UserFactory(roles=[Role.EVALUATOR]) for _ in range(2)]
        self.moderator = UserFactory(roles=[Role.MODERATOR])
        self.finance = UserFactory(roles=[Role.FINANCE])
        self.assessor = UserFactory(roles=[Role.ASSESSOR])
        self.manager = UserFactory(roles=[Role.ASSESSMENT_MANAGER], approval_limit_pence=10**8)
        CqcLocation.objects.create(
            location_id="1-990000001",
            name="Newcomer House",
            address="1 Invented Street",
            postcode="ZZ99 3VZ",
            local_authority="Nowhere",
            region="Nowhere",
            service_types="Rehabilitation (substance abuse)",
        )


def register(walk, town):
    """Sign up with a code sent by e-mail, register, apply for the lot, be admitted."""
    address = "owner@newcomer.example"
    walk.open("account_signup").send(
        email=address, name="New Owner", password1=PASSWORD, password2=PASSWORD
    )
    code = Notification.objects.get(email=address)
    walk.send(code=re.search(r"^\s*([A-Z0-9-]{6,9})\s*$", code.body, re.MULTILINE)[1])
    owner = User.objects.get(email=address)
    walk.become(owner)
    walk.open("providers:register_provider").send(
        name="Newcomer House", address="1 Invented Street", company_number="99000123"
    )
    walk.open("providers:start_application", town.lot.agreement.reference)
    walk.send(lots=town.lot.pk)
    ref = Application.objects.get(provider__name="Newcomer House").reference
    walk.open("providers:location_list", ref, query="q=Newcomer").send("Add Newcomer House")
    walk.open("providers:save_details", ref).send(confirm=True)
    walk.open("providers:save_declaration", ref).send(
        has_grounds="no", declared_by_name="New Owner"
    )
    for kind in ("insurance", "employers", "professional", "data_protection", "safeguarding"):
        walk.open("providers:save_evidence", ref, kind).send(
            file=PAPER, **three_boxes("expires_on", town.today + timedelta(days=300))
        )
    walk.open("providers:save_lot", ref, 1).send(
        service_description="A twelve-week programme.",
        weekly_pence="800",
        locations=Location.objects.get(provider__name="Newcomer House").pk,
    )
    walk.open("providers:submit_application", ref).send(confirm=True)
    for person in (town.officers[0], town.commissioners[0]):
        walk.become(person).open("providers:declare_interest", ref).send(has_conflict="no")
    walk.become(town.officers[0]).open("providers:assess_lot", ref, 1)
    met = {f"{criterion}_finding": "met" for criterion in Criterion}
    walk.send(**met, **{f"{criterion}_reason": "Checked." for criterion in Criterion})
    walk.open("providers:recommend_lot", ref, 1).send(outcome="admitted", reason="All met.")
    walk.become(town.commissioners[0]).open("providers:decide_lot", ref, 1)
    walk.send(outcome="admitted", reason="All met.")
    return owner, Provider.objects.get(name="Newcomer House")


def compete(walk, town, owner):
    """Draft, publish, two bids, open, score, moderate, lock, rank, award, letters."""
    walk.become(town.officers[0]).open("tenders:create_tender")
    noon = datetime.combine(town.today + timedelta(days=20), time(12))
    walk.send(
        lot=town.lot.pk,
        title="Thirteen-week places",
        need="Up to four places.",
        **three_boxes("contract_start", town.today + timedelta(days=60)),
        **three_boxes("contract_last_day", town.today + timedelta(days=400)),
        **three_boxes("closes_on", noon.date()),
        closes_time="12:00",
        price_weight=40,
        score_scale_max=5,
        minimum_question_score=2,
        evaluators=[person.pk for person in town.evaluators],
        moderator=town.moderator.pk,
    )
    ref = Tender.objects.get().reference
    walk.open("tenders:set_criteria", ref).send(
        **{"form-0-name": "Safety", "form-0-weight": 60, "form-0-question": "How is it safe?"}
    )
    walk.become(town.officers[1]).open("tenders:publish_tender", ref).send()
    for bidder, price in ((owner, "790"), (owner_of(town.rival), "780.50")):
        walk.become(bidder).open("tenders:bid_task_list", ref)
        walk.open("tenders:edit_answer", ref, 1)
        walk.send(text="Nurses are there day and night.", is_finished=True)
        walk.open("tenders:edit_price", ref).send(weekly_pence=price)
        walk.open("tenders:submit_bid", ref).send()
        assert "receipt" in walk.open("tenders:invitation", ref).text.lower()
    Tender.objects.update(closes_at=timezone.now() - timedelta(minutes=1))
    people = [*town.officers, *town.commissioners, *town.evaluators, town.moderator]
    for person in people:
        walk.become(person).open("tenders:declare_interest", ref).send(has_interest="no")
    walk.become(town.commissioners[0]).open("tenders:open_bids", ref).send()
    walk.become(town.officers[0]).open("tenders:open_bids", ref).send()
    for name, panel in (("score", town.evaluators), ("moderate", [town.moderator])):
        for person in panel:
            walk.become(person)
            for one in Response.objects.select_related("bid__provider", "criterion"):
                place = (ref, one.bid.provider.reference, one.criterion.position)
                walk.open(f"tenders:{name}_response", *place)
                walk.send(points=4, reason="Clear and complete.")
    walk.become(town.officers[1]).open("tenders:lock_quality", ref).send()
    ranking = walk.open("tenders:ranking", ref).text
    # 40 x 780.50/790.00 = 39.5190 and 60 x 4/5 = 48
    assert ("87.52" in ranking, "88.00" in ranking) == (True, True)
    winner = Bid.objects.get(provider=town.rival)
    walk.open("tenders:recommend_award", ref).send(bids=[winner.pk], reason="Highest total.")
    walk.become(town.commissioners[1]).open("tenders:approve_award", ref)
    walk.send(
        consulted_with="Councillor Dale, Cabinet Member",
        consultation="The Cabinet Member was consulted.",
        alternatives="To buy place by place; that costs more.",
        **three_boxes("consulted_on", town.today),
    )
    for bidder in (owner, owner_of(town.rival)):
        assert "Rival House" in walk.become(bidder).open("tenders:letter", ref).text


def exact(nights, weekly=WEEKLY):
    """The cost of nights at the list price, half up, counted apart from the product's rules."""
    return int(Fraction(weekly * nights, 7) + Fraction(1, 2))


def fund_the_years(walk, town, cost):
    """A ceiling of which the whole stay takes about nine tenths, by two people through pages."""
    for year in sorted({*cost, financial_year(town.today)}):
        walk.become(town.commissioners[0]).open("placements:propose_ceiling")
        pounds = f"{-(-cost.get(year, 10**6) * 100 // 90) / 100:.2f}"
        walk.send(year=year, ceiling_pence=pounds, decision_reference="Cabinet decision 1")
        revision = BudgetRevision.objects.get(year=year)
        where = (town.lot.agreement.reference, year, revision.pk)
        walk.become(town.finance).open("placements:confirm_ceiling", *where).send()


def write(walk, ref, sections):
    """Each section saved on its own page."""
    for section, answers in sections.items():
        walk.open("placements:save_answers", ref, section).send(**answers)


def place(walk, town, owner, provider):
    """Referral, match, offer, funding, admission, reminder, extension, alert, exit."""
    today = town.today
    walk.become(town.assessor).open("placements:make_referral").send(
        number="SC-1234",
        name="Somebody Invented",
        **three_boxes("date_of_birth", today.replace(year=1980, day=1)),
    )
    ref = Referral.objects.get().reference
    write(
        walk,
        ref,
        {
            "source": {
                "source": "Community service",
                "urgency": "routine",
                **three_boxes("received_on", today),
            },
            "needs": {"needs_summary": "A quiet room."},
            "circumstances": {
                "home_circumstances": "Lives alone.",
                "complexity": ["dual_diagnosis"],
            },
            "consent": {"has_consent": True, **three_boxes("consent_on", today)},
            "community": {"community_options_tried": "A day programme."},
        },
    )
    walk.open("placements:referral", ref).send("Submit")
    walk.become(town.manager).open("placements:allocate_referral", ref).send(
        worker=town.assessor.pk
    )
    walk.become(town.assessor)
    write(
        walk,
        ref,
        {
            "care-act": {
                **three_boxes("care_act_assessed_on", today),
                "care_act_eligible": "yes",
                "care_act_reason": "Two outcomes cannot be achieved.",
            },
            "clinical-review": {
                "clinical_review_by": "Consultant psychiatrist",
                **three_boxes("clinical_review_on", today),
                "clinical_review": "Indicated.",
            },
            "options": {},
            "complexity": {},
            "residence": {"residence": "ours"},
            "charging": {"charging": "public_health"},
            "outcomes": {"desired_outcomes": "A year of sobriety."},
            "recommendation": {"lot": town.lot.pk},
        },
    )
    walk.open("placements:referral", ref).send("is eligible")
    walk.open("placements:referral", ref).send("matching")
    query = "&".join(f"{n}={v}" for n, v in three_boxes("planned_admission", today).items())
    walk.page.goto(
        walk.server.url
        + reverse("placements:choose_option", args=[ref, provider.reference])
        + f"?{query}"
    )
    walk.check().send(person_choice="Close to family.")
    placement = Placement.objects.get().reference
    assert "Somebody" not in walk.become(owner).open("placements:offer", placement).text
    assert "Somebody" not in walk.open("placements:offer_profile", placement).text
    walk.open("placements:answer_offer", placement).send(
        accepts="yes", **three_boxes("earliest_admission", today)
    )
    walk.become(town.assessor).open("placements:request_funding", placement, "initial")
    walk.send(reason="Eligible; community options tried.")
    decide(walk, town)
    walk.become(town.assessor).open("placements:record_admission", placement)
    walk.send(**three_boxes("admission", today))
    until = Placement.objects.get().funded_until
    soon = timezone.now() + (until - today) - timedelta(days=28)
    assert remind_of_ending_funding(at=soon) == 1
    assert remind_of_ending_funding(at=soon) == 0
    walk.open("placements:request_funding", placement, "extension")
    walk.send(
        **three_boxes("end", until + timedelta(days=28)),
        reason="Four weeks complete the programme.",
    )
    decide(walk, town)
    watch_ceilings()
    assert Notification.objects.filter(to=town.finance, key__startswith="ceiling:").count() == 1
    walk.become(town.assessor).open("placements:record_exit", placement).send(
        **three_boxes("day", today),
        status="planned",
        reason="completed_drug_free",
        destination="Own home",
    )


def decide(walk, town):
    request = FundingRequest.objects.latest("requested_at").reference
    walk.become(town.commissioners[0]).open("placements:decide_funding", request)
    walk.send(decision="approved", reason="Meets the criteria.")


def whole_cost(start):
    """Pence by year of three months and four weeks at the list price."""
    end = add_months(start, 3) + timedelta(days=28)
    parts, told = {}, 0
    for night in range((end - start).days):
        year = financial_year(start + timedelta(days=night))
        parts[year] = parts.get(year, 0) + exact(night + 1) - told
        told = exact(night + 1)
    return parts


def test_the_whole_path_from_registration_to_the_total_in_the_pdf(walk):
    town = Town()
    walk.open("publication:opportunity")
    owner, provider = register(walk, town)
    compete(walk, town, owner)
    fund_the_years(walk, town, whole_cost(town.today))
    place(walk, town, owner, provider)

    walk.become(town.finance).open("home").open("reports:spend").send("Make the PDF")
    run = ReportRun.objects.get()
    render_spend_report(str(run.job_id))
    walk.open("reports:report_run", run.pk)
    with walk.page.expect_download() as download:
        walk.page.get_by_text("Download the PDF").click()
    with open(download.value.path(), "rb") as file:
        text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(file.read())).pages)
    one_night = f"£{exact(1) / 100:,.2f}"
    assert f"Sum of placements {one_night} = sum of the ledger {one_night}" in " ".join(
        text.split()
    )

    assert BudgetYear.objects.get(year=financial_year(town.today)).committed_pence == exact(1)
    # The reminder is due 28 days before the funding ends; everything else goes out now, once.
    assert send_waiting() == Notification.objects.count() - 1
    assert send_waiting() == 0
    assert verification.verify().broken_at is None
    assert compare_ledger().differences == []
    assert len(set(walk.seen)) > 40
