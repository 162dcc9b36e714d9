"""``manage.py acceptance_manifest --out FILE``: sign-ins and pages for outside checks (§6)."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from dps_portal.agreements.models import Agreement
from dps_portal.demo.people import PASSWORD, sign_ins
from placements.models import BudgetYear, FundingRequest, Placement, Referral
from placements.states import PlacementState, ReferralState, RequestState
from providers.models import Application
from providers.states import ApplicationState
from tenders.models import Tender
from tenders.states import TenderState


def first(rows, **facts) -> str | None:
    """The reference of the first such row, if there is one."""
    return rows.filter(**facts).order_by("pk").values_list("reference", flat=True).first()


def pages(agreement: Agreement) -> dict[str, str]:
    """Paths by meaning; a page of a row that the data does not hold is left out."""
    tender = {state: first(Tender.objects, state=state) for state in TenderState}
    placement = {state: first(Placement.objects, state=state) for state in PlacementState}
    referral = {state: first(Referral.objects, state=state) for state in ReferralState}
    submitted = first(Application.objects, state=ApplicationState.SUBMITTED)
    asked = FundingRequest.objects.filter(state__in=[RequestState.SUBMITTED, RequestState.DEFERRED])
    year = BudgetYear.objects.filter(agreement=agreement).order_by("year").first()
    live = placement[PlacementState.ADMITTED]
    named = {
        "home": ("home", []),
        "opportunity": ("publication:opportunity", []),
        "sign_in": ("account_login", []),
        "sign_up": ("account_signup", []),
        "messages": ("notifications:message_list", []),
        "provider.register": ("providers:register_provider", []),
        "provider.organisation": ("providers:own_provider", []),
        "provider.apply": ("providers:start_application", [agreement.reference]),
        "provider.list": ("providers:provider_list", []),
        "application.list": ("providers:application_list", []),
        "application.review": ("providers:application_review", [submitted]),
        "application.decide": ("providers:application_review", [submitted]),
        "tender.list": ("tenders:tender_list", []),
        "tender.create": ("tenders:create_tender", []),
        "tender.publish": ("tenders:publish_tender", [tender[TenderState.DRAFT]]),
        "tender.open": ("tenders:open_bids", [tender[TenderState.PUBLISHED]]),
        "tender.score": ("tenders:score_bids", [tender[TenderState.OPENED]]),
        "tender.moderate": ("tenders:moderate_scores", [tender[TenderState.OPENED]]),
        "tender.ranking": ("tenders:ranking", [tender[TenderState.QUALITY_LOCKED]]),
        "tender.award": ("tenders:approve_award", [tender[TenderState.RECOMMENDED]]),
        "bid.list": ("tenders:invitation_list", []),
        "bid.create": ("tenders:bid_task_list", [tender[TenderState.PUBLISHED]]),
        "bid.submit": ("tenders:submit_bid", [tender[TenderState.PUBLISHED]]),
        "referral.list": ("placements:referral_list", []),
        "referral.create": ("placements:make_referral", []),
        "referral.allocate": (
            "placements:allocate_referral",
            [referral[ReferralState.SUBMITTED]],
        ),
        "referral.countersign": (
            "placements:countersign_referral",
            [referral[ReferralState.COUNTERSIGNING]],
        ),
        "referral.caseloads": ("placements:caseload_list", []),
        "referral.match": ("placements:match_referral", [referral[ReferralState.MATCHING]]),
        "placement.list": ("placements:placement_list", []),
        "placement": ("placements:placement", [live]),
        "placement.extend": ("placements:request_funding", [live, "extension"]),
        "placement.exit": ("placements:record_exit", [live]),
        "placement.approve": ("placements:decide_funding", [first(asked)]),
        "placement.requests": ("placements:request_list", []),
        "offer.list": ("placements:offer_list", []),
        "budget": ("placements:budget_list", []),
        "budget.year": ("placements:budget_year", [agreement.reference, year.year]),
        "budget.propose": ("placements:propose_ceiling", []),
        "spend.report": ("reports:spend", []),
        "spend.csv": ("reports:spend_csv", []),
        "spend.xlsx": ("reports:spend_xlsx", []),
        "statement": ("reports:statement", []),
        "finance_pack": ("reports:pack", []),
        "spend.pdf": ("reports:request_spend_pdf", []),
        "spend.runs": ("reports:report_list", []),
        "audit.trail": ("reports:audit_trail", []),
        "audit.verify": ("reports:verify_trail", []),
        "health": ("reports:health", []),
    }
    return {
        meaning: reverse(name, args=arguments)
        for meaning, (name, arguments) in named.items()
        if None not in arguments
    }


class Command(BaseCommand):
    help = "Writes the demonstration's sign-ins and the paths of its pages as JSON."

    def add_arguments(self, parser):
        parser.add_argument("--out", type=Path, required=True)

    def handle(self, *, out, **options):
        agreement = Agreement.objects.order_by("pk").first()
        if agreement is None:
            raise CommandError("There is no agreement yet. Run seed_demo first.")
        manifest = {
            "roles": {
                role: [
                    {"user": person.email, "password": PASSWORD, "totp_secret": None}
                    for person in people
                ]
                for role, people in sign_ins().items()
            },
            "pages": pages(agreement),
        }
        out.write_text(json.dumps(manifest, indent=1), encoding="utf-8")
        self.stdout.write(f"{len(manifest['pages'])} pages, {len(manifest['roles'])} roles: {out}")
