"""Takes the pictures of README and guides from the running demonstration (``make run`` first)."""

import os
import sys
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import django

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dps_portal.settings")
django.setup()

from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402

from dps_portal.accounts.roles import Role  # noqa: E402
from dps_portal.agreements.models import Agreement  # noqa: E402
from dps_portal.clock import financial_year  # noqa: E402
from dps_portal.demo.people import PASSWORD, email  # noqa: E402
from placements.models import (  # noqa: E402
    Absence,
    BudgetYear,
    FactProposal,
    FitNote,
    FundingRequest,
    Invoice,
    InvoiceImport,
    Placement,
    Referral,
    Restriction,
)
from providers.models import DeclarationRequest, Measure, Provider  # noqa: E402
from tenders.models import Response, Tender  # noqa: E402

ORIGIN = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"
OK = 200
BELOW_THE_HEAD = "#main-content"  # where there is much to show
FOLDER = ROOT / "docs" / "pictures"
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync")


def owner(name: str) -> str:
    """The address of who answers for an invented provider."""
    return Provider.objects.get(name=name).owners().get().email


def application_of(name: str) -> str:
    return Provider.objects.get(name=name).applications.latest("started_at").reference


def page_of(name: str, response: Response) -> str:
    bid = response.bid
    place = [bid.tender.reference, bid.provider.reference, response.criterion.position]
    return reverse(f"tenders:{name}", args=place)


def assessment_shots() -> list[tuple[str, str, str]]:
    """Those of the assessment team's guide, each as whoever works on the case."""

    def of(name: str, row: Placement | Referral, *args: str, query: str = "") -> tuple[str, str]:
        worker = row.referral.worker if isinstance(row, Placement) else row.worker
        at = reverse(f"placements:{name}", args=[row.reference, *args])
        return (worker or row.created_by).email, f"{at}{query}{BELOW_THE_HEAD}"

    manager = email(Role.ASSESSMENT_MANAGER, 1)
    discharged = Placement.objects.filter(state="discharged").order_by("exits__on")[0]
    asked = FundingRequest.objects.get(kind="extension", state="submitted")
    away = Absence.objects.latest("pk").placement
    offered = Placement.objects.filter(state="awaiting_provider").latest("pk")
    day = timezone.localdate() + timedelta(days=7)
    boxes = {"day": day.day, "month": day.month, "year": day.year}
    planned = urlencode({f"planned_admission_{name}": value for name, value in boxes.items()})
    return [
        ("assessment-home", manager, reverse("home")),
        ("referral", *of("referral", Referral.objects.get(state="draft"))),
        ("caseloads", manager, reverse("placements:caseload_list")),
        (
            "matching",
            *of("match_referral", FitNote.objects.earliest("pk").referral, query=f"?{planned}"),
        ),
        (
            "profile",
            owner(offered.provider.name),
            reverse("placements:offer_profile", args=[offered.reference]),
        ),
        ("extension", *of("request_funding", away, "extension")),
        ("funding-request", manager, asked.get_absolute_url()),
        ("arrival", *of("placement", FactProposal.objects.get(state="open").placement)),
        ("stay", *of("placement", away)),
        ("exposure", manager, reverse("placements:exposure_list")),
        ("discharge", *of("placement", discharged)),
        (
            "person",
            manager,
            f"{Restriction.objects.get().person.get_absolute_url()}{BELOW_THE_HEAD}",
        ),
    ]


def shots() -> list[tuple[str, str | None, str]]:
    """Name, the address of who looks, and the page."""
    tender = Tender.objects.get(state="published").reference
    ranked = Tender.objects.get(state="quality_locked").reference
    placement = Placement.objects.filter(state="admitted").latest("pk").reference
    scored = Tender.objects.get(state="opened").reference
    drafted = Tender.objects.get(state="draft").reference
    decided = Tender.objects.get(state="recommended").reference
    answered = Response.objects.filter(bid__tender__reference=ranked).order_by("pk").first()
    open_answer = Response.objects.filter(bid__tender__reference=scored).order_by("pk")[1]
    evaluator, moderator = email(Role.EVALUATOR, 1), email(Role.MODERATOR, 1)
    agreement = Agreement.objects.get().reference
    officer, commissioner = email(Role.PROCUREMENT, 1), email(Role.COMMISSIONER, 1)
    asked = DeclarationRequest.objects.get(answered_at=None)
    measure = Measure.objects.get(is_approved=None).reference
    suspended = Measure.objects.get(is_approved=True).provider
    inviting = Provider.objects.get(name="Harbourlight Recovery")
    year = BudgetYear.objects.get(year=financial_year(timezone.localdate()))
    draft = application_of("Brackenfold Recovery")
    reviewed = application_of("Wheatear Lodge")
    return [
        ("opportunity", None, reverse("publication:opportunity")),
        ("home", commissioner, reverse("home")),
        ("tender", officer, reverse("tenders:tender", args=[tender])),
        ("ranking", officer, reverse("tenders:ranking", args=[ranked])),
        (
            "placement",
            email(Role.ASSESSMENT_MANAGER, 1),
            reverse("placements:placement", args=[placement]),
        ),
        ("spend", email(Role.FINANCE, 1), reverse("reports:spend")),
        # The provider's guide
        ("documents", None, reverse("publication:document_list", args=[agreement])),
        (
            "application",
            owner("Brackenfold Recovery"),
            reverse("providers:application", args=[draft]),
        ),
        (
            "evidence",
            owner("Brackenfold Recovery"),
            reverse("providers:evidence_list", args=[draft]),
        ),
        (
            "question",
            owner("Wheatear Lodge"),
            reverse("providers:application", args=[reviewed]),
        ),
        (
            "people",
            owner(inviting.name),
            reverse("providers:member_list", args=[inviting.reference]),
        ),
        (
            "declaration",
            owner(asked.provider.name),
            reverse("providers:declaration_request", args=[asked.pk]),
        ),
        ("prices", owner("Juniper Bank"), reverse("providers:price_list")),
        ("renewals", owner("Copperfield Lodge"), reverse("providers:evidence_overview")),
        # The guides for procurement and for evaluators
        ("rehearsal", officer, reverse("tenders:rehearse", args=[drafted])),
        ("decision", email(Role.COMMISSIONER, 2), reverse("tenders:approve_award", args=[decided])),
        ("contracts", officer, reverse("tenders:contract_list")),
        ("evaluator-home", evaluator, reverse("home")),
        ("score", evaluator, page_of("score_response", open_answer)),
        ("moderation", moderator, page_of("moderate_response", answered)),
        # The commissioner's guide
        ("agreement", commissioner, reverse("agreements:agreement", args=[agreement])),
        ("applications", officer, reverse("providers:application_list")),
        ("review", officer, reverse("providers:application_review", args=[reviewed])),
        ("questions", officer, reverse("publication:question_list")),
        ("compliance", commissioner, reverse("providers:compliance_list")),
        ("provider", commissioner, suspended.get_absolute_url()),
        ("measure", commissioner, reverse("providers:measure", args=[measure])),
        ("budget-year", commissioner, year.get_absolute_url()),
        *assessment_shots(),
        *money_shots(year),
    ]


def money_shots(year: BudgetYear) -> list[tuple[str, str, str]]:
    """Those of the guides for finance and for auditors."""
    finance, auditor = email(Role.FINANCE, 1), email(Role.AUDITOR, 1)
    matched = Invoice.objects.filter(state="matched").latest("pk")
    staged = InvoiceImport.objects.latest("pk")
    over = Placement.objects.filter(state="closed").latest("pk").reference
    checklist = reverse("placements:year_checklist", args=[year.agreement.reference, year.year])
    return [
        ("invoice", finance, matched.get_absolute_url()),
        ("invoice-import", finance, staged.get_absolute_url()),
        ("year-checklist", finance, checklist),
        ("dashboard", email(Role.COMMISSIONER, 1), reverse("reports:dashboard")),
        ("auditor-desk", auditor, reverse("reports:auditor_desk")),
        ("cost-check", auditor, reverse("reports:cost_check", args=[over])),
    ]


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    pages = shots()
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=list(FLAGS))
        for name, looker, path in pages:
            page = browser.new_page(viewport={"width": 1100, "height": 900})
            if looker:
                page.goto(f"{ORIGIN}{reverse('account_login')}")
                page.get_by_label("Email").fill(looker)
                page.get_by_label("Password", exact=True).fill(PASSWORD)
                button = page.get_by_role("main").get_by_role("button", name="Sign in").first
                with page.expect_navigation():
                    button.click()
            answer = page.goto(f"{ORIGIN}{path}")
            if answer.status != OK:
                raise SystemExit(f"{path} answers {answer.status}, so there is no picture of it.")
            page.evaluate("document.activeElement.blur()")  # no outline of where it jumped to
            page.screenshot(path=FOLDER / f"{name}.png")
            page.close()
        browser.close()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    main()
